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

    def holder(self, phone: str) -> str | None:
        """Who signs in with the phone, or has begun to."""
        try:
            user = self.cognito.admin_get_user(UserPoolId=self.pool_id, Username=phone)
        except self.cognito.exceptions.UserNotFoundException:
            return None
        return next(f"brw_{each['Value']}" for each in user["UserAttributes"] if each["Name"] == "sub")

    def change_phone(self, borrower_id: str, phone: str) -> None:
        """From now on this phone signs him in. Raises `Refused` (phone_taken) when AWS knows it as somebody else's.

        Not every pool looks for that by itself: whoever calls has asked for its holder.
        """
        attributes = [{"Name": "phone_number", "Value": phone}, {"Name": "phone_number_verified", "Value": "true"}]
        try:
            self.cognito.admin_update_user_attributes(
                UserPoolId=self.pool_id, Username=_subject(borrower_id), UserAttributes=attributes
            )
        except self.cognito.exceptions.AliasExistsException as error:
            raise taken() from error

    def sign_out(self, borrower_id: str) -> None:
        """No refresh token that was given so far is good any more."""
        self.cognito.admin_user_global_sign_out(UserPoolId=self.pool_id, Username=_subject(borrower_id))

    def remove(self, borrower_id: str) -> None:
        """Ends every session and forgets the phone; nothing happens when that was done before."""
        try:
            self.cognito.admin_delete_user(UserPoolId=self.pool_id, Username=_subject(borrower_id))
        except self.cognito.exceptions.UserNotFoundException:
            return


def taken() -> Refused:
    return Refused("phone_taken", "This phone signs somebody else in.", "/phone")


def _subject(borrower_id: str) -> str:
    return borrower_id.removeprefix("brw_")
