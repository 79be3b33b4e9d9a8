"""A member of the staff at the desk: made by the administrator that this machine is, signed in, with roles."""

import secrets
from collections.abc import Callable
from contextlib import suppress

from infra.local.client import Call, Client, unheard
from infra.local.outside import Outside


class Member:
    """Somebody with these roles, signed in anew. `client` makes their calls."""

    def __init__(self, outside: Outside, name: str, *roles: str, told: Callable[[Call], None] = unheard) -> None:
        self.outside = outside
        self.email = f"{name}@minnow.example"
        self.roles = roles
        self.client = Client(outside.outputs.api_url, told=told)
        self.id_token = ""
        self.sign_in()

    def sign_in(self) -> None:
        """Makes the user if there is none, and asks for a token as an administrator: the app would ask a person."""
        pool, outputs = self.outside.cloud.client("cognito-idp"), self.outside.outputs
        user = {"UserPoolId": outputs.staff_pool_id, "Username": self.email}
        password = f"aA1!{secrets.token_urlsafe(32)}"
        with suppress(pool.exceptions.UsernameExistsException):
            pool.admin_create_user(**user, TemporaryPassword=password, MessageAction="SUPPRESS")
        pool.admin_set_user_password(**user, Password=password, Permanent=True)
        for role in self.roles:
            pool.admin_add_user_to_group(**user, GroupName=role)
        answer = pool.admin_initiate_auth(
            UserPoolId=outputs.staff_pool_id,
            ClientId=outputs.staff_client_id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": self.email, "PASSWORD": password},
        )["AuthenticationResult"]
        self.client.token, self.id_token = answer["AccessToken"], answer["IdToken"]
