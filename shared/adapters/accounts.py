"""A borrower's account in the pool of those who may sign in: its phone, and its end."""

from dataclasses import dataclass
from typing import Any

from shared.domain.errors import Refused


@dataclass(frozen=True, slots=True)
class Accounts:
    cognito: Any
    pool_id: str

    def phone(self, borrower_id: str) -> str | None:
        """E.164; None for whoever left the pool."""
        try:
            user = self.cognito.admin_get_user(UserPoolId=self.pool_id, Username=_subject(borrower_id))
        except self.cognito.exceptions.UserNotFoundException:
            return None
        return next((str(each["Value"]) for each in user["UserAttributes"] if each["Name"] == "phone_number"), None)

    def change_phone(self, borrower_id: str, phone: str) -> None:
        """From now on this phone signs him in. Raises `Refused` (phone_taken) when it signs somebody else in.

        It is looked for first, since not every pool refuses a second one by itself; of two at once AWS refuses one.
        """
        taken = Refused("phone_taken", "This phone signs somebody else in.", "/phone")
        if self._has(phone):
            raise taken
        attributes = [{"Name": "phone_number", "Value": phone}, {"Name": "phone_number_verified", "Value": "true"}]
        try:
            self.cognito.admin_update_user_attributes(
                UserPoolId=self.pool_id, Username=_subject(borrower_id), UserAttributes=attributes
            )
        except self.cognito.exceptions.AliasExistsException as error:
            raise taken from error

    def _has(self, phone: str) -> bool:
        try:
            self.cognito.admin_get_user(UserPoolId=self.pool_id, Username=phone)
        except self.cognito.exceptions.UserNotFoundException:
            return False
        return True

    def sign_out(self, borrower_id: str) -> None:
        """No refresh token that was given so far is good any more."""
        self.cognito.admin_user_global_sign_out(UserPoolId=self.pool_id, Username=_subject(borrower_id))

    def remove(self, borrower_id: str) -> None:
        """Ends every session and forgets the phone; nothing happens when that was done before."""
        try:
            self.cognito.admin_delete_user(UserPoolId=self.pool_id, Username=_subject(borrower_id))
        except self.cognito.exceptions.UserNotFoundException:
            return


def _subject(borrower_id: str) -> str:
    return borrower_id.removeprefix("brw_")
