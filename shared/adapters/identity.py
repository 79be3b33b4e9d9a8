"""The pool of those who may sign in, Cognito: a phone number, and a challenge that our own triggers set and check."""

import secrets
from dataclasses import dataclass
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError

from shared.adapters.clients import BOUNDED
from shared.domain.sign_ins import Challenge, Tokens

# A trigger sends a text message meanwhile. A challenge is answered once: sent twice, the second answer is refused.
PATIENT = BOUNDED.merge(Config(read_timeout=8, retries={"mode": "standard", "total_max_attempts": 1}))
NOT_SIGNED_IN = (
    "NotAuthorizedException",
    "UserNotFoundException",
    "InvalidParameterException",
    "CodeMismatchException",
)


@dataclass(frozen=True, slots=True)
class Pool:
    cognito: Any
    pool_id: str
    client_id: str

    def admit(self, phone: str, language: str | None, default_language: str) -> None:
        """Makes sure that the phone has a user who may be challenged, in the language that was asked for."""
        user = self._user(phone) or self._create(phone, language or default_language)
        if user["UserStatus"] != "CONFIRMED":
            # Only a user with a password of their own may sign in at all; this one is forgotten at once.
            forgotten = f"aA1!{secrets.token_urlsafe(32)}"
            self.cognito.admin_set_user_password(
                UserPoolId=self.pool_id, Username=phone, Password=forgotten, Permanent=True
            )
        if language and language != _locale(user):
            locale = [{"Name": "locale", "Value": language}]
            self.cognito.admin_update_user_attributes(UserPoolId=self.pool_id, Username=phone, UserAttributes=locale)

    def challenge(self, name: str) -> Challenge:
        """Begins the sign-in of a phone or a subject; the triggers send the code where one is needed."""
        answer = self.cognito.admin_initiate_auth(
            UserPoolId=self.pool_id,
            ClientId=self.client_id,
            AuthFlow="CUSTOM_AUTH",
            AuthParameters={"USERNAME": name},
        )
        return Challenge(answer["Session"], answer["ChallengeParameters"].get("sending") != "limited")

    def answer(self, name: str, session: str, code: str) -> Tokens | Challenge | None:
        """Tokens for the right code; the challenge again, in a new session, for a wrong one; None when it is over."""
        try:
            answer = self.cognito.admin_respond_to_auth_challenge(
                UserPoolId=self.pool_id,
                ClientId=self.client_id,
                ChallengeName="CUSTOM_CHALLENGE",
                Session=session,
                ChallengeResponses={"USERNAME": name, "ANSWER": code},
            )
        except ClientError as error:
            if _is_refusal(error):
                return None
            raise
        made = answer.get("AuthenticationResult")
        return _tokens(made) if made else Challenge(answer["Session"])

    def vouched(self, borrower_id: str, secret: str) -> Tokens | None:
        """Tokens for whoever was vouched for with this secret; None when the voucher is not good."""
        subject = borrower_id.removeprefix("brw_")
        try:
            begun = self.challenge(subject)
        except ClientError as error:
            if _is_refusal(error):
                return None
            raise
        outcome = self.answer(subject, begun.session, secret)
        return outcome if isinstance(outcome, Tokens) else None

    def refresh(self, refresh_token: str) -> Tokens | None:
        """New tokens, or None when the token is not, or no longer, good."""
        try:
            answer = self.cognito.admin_initiate_auth(
                UserPoolId=self.pool_id,
                ClientId=self.client_id,
                AuthFlow="REFRESH_TOKEN_AUTH",
                AuthParameters={"REFRESH_TOKEN": refresh_token},
            )
        except ClientError as error:
            if _is_refusal(error):
                return None
            raise
        return _tokens(answer["AuthenticationResult"])

    def revoke(self, refresh_token: str) -> None:
        """It is good no more; nothing happens when it was not."""
        self.cognito.revoke_token(Token=refresh_token, ClientId=self.client_id)

    def _user(self, phone: str) -> Any:
        try:
            return self.cognito.admin_get_user(UserPoolId=self.pool_id, Username=phone)
        except self.cognito.exceptions.UserNotFoundException:
            return None

    def _create(self, phone: str, language: str) -> Any:
        attributes = [
            {"Name": "phone_number", "Value": phone},
            # Nobody gets in without the code that is sent to it.
            {"Name": "phone_number_verified", "Value": "true"},
            {"Name": "locale", "Value": language},
        ]
        try:
            made = self.cognito.admin_create_user(
                UserPoolId=self.pool_id, Username=phone, UserAttributes=attributes, MessageAction="SUPPRESS"
            )
        except self.cognito.exceptions.UsernameExistsException:
            # Created by another sign-in of the same phone a moment ago.
            return self._user(phone)
        return made["User"]


def _locale(user: Any) -> str | None:
    """The pool names the same list differently in its two answers."""
    attributes = user["UserAttributes"] if "UserAttributes" in user else user["Attributes"]
    return next((each["Value"] for each in attributes if each["Name"] == "locale"), None)


def _is_refusal(error: ClientError) -> bool:
    return error.response["Error"]["Code"] in NOT_SIGNED_IN


def _tokens(made: Any) -> Tokens:
    return Tokens(made["AccessToken"], made["IdToken"], made["ExpiresIn"], made.get("RefreshToken"))
