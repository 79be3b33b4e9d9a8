"""Who a borrower is: a Cognito pool in which a phone number and a one-time code sign in."""

import aws_cdk as cdk
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.excuses import excuse
from infra.function import Door
from infra.removal import removal_of
from infra.settings import Stage

ACCESS_MINUTES = 15
REFRESH_DAYS = 30
# The pool takes a token from any device, without a proof: whoever has stolen one would give the account his own phone,
# at once and untold. No client may write anything that signs in.
OWN_HAND = cognito.ClientAttributes().with_standard_attributes(locale=True)


class Identity(Construct):
    """The pool and the app's client. The door `identity` makes, sends and checks the codes."""

    def __init__(self, scope: Construct, *, stage: Stage, door: Door) -> None:
        super().__init__(scope, "Identity")
        self.pool = cognito.UserPool(
            self,
            "Borrowers",
            user_pool_name=f"minnow-{stage.name}",
            sign_in_aliases=cognito.SignInAliases(phone=True),
            # The code that signs in proves the phone; Cognito itself sends nothing.
            auto_verify=cognito.AutoVerifiedAttrs(phone=False, email=False),
            enable_sms_role=False,
            account_recovery=cognito.AccountRecovery.NONE,
            self_sign_up_enabled=False,
            sign_in_case_sensitive=False,
            # Nobody has a password; the policy keeps one from being set that could be guessed.
            password_policy=cognito.PasswordPolicy(
                min_length=12, require_digits=True, require_lowercase=True, require_symbols=True, require_uppercase=True
            ),
            lambda_triggers=cognito.UserPoolTriggers(
                define_auth_challenge=door.function,
                create_auth_challenge=door.function,
                verify_auth_challenge_response=door.function,
                pre_sign_up=door.function,
            ),
            deletion_protection=not stage.is_sandbox,
            removal_policy=removal_of(stage),
        )
        self.client = self.pool.add_client(
            "App",
            auth_flows=cognito.AuthFlow(custom=True),
            disable_o_auth=True,
            generate_secret=False,
            write_attributes=OWN_HAND,
            prevent_user_existence_errors=True,
            enable_token_revocation=True,
            access_token_validity=cdk.Duration.minutes(ACCESS_MINUTES),
            id_token_validity=cdk.Duration.minutes(ACCESS_MINUTES),
            refresh_token_validity=cdk.Duration.days(REFRESH_DAYS),
            auth_session_validity=cdk.Duration.minutes(5),
        )
        no_password = "No password can leak, and the door limits tries; the paid plan would add nothing."
        excuse(
            self.pool,
            {
                "AwsSolutions-COG2": "Each sign-in already needs a fresh code sent to the borrower's phone.",
                "AwsSolutions-COG3": no_password,
                "AwsSolutions-COG8": no_password,
            },
        )

    def asked_by(self, door: Door) -> None:
        """The door that asks for a borrower's phone, which the pool alone keeps."""
        door.may(["cognito-idp:AdminGetUser"], self.pool.user_pool_arn)
        door.knows(user_pool_id=self.pool.user_pool_id)

    def ended_by(self, door: Door) -> None:
        """The door that signs a borrower out everywhere."""
        door.may(["cognito-idp:AdminUserGlobalSignOut"], self.pool.user_pool_arn)

    def left_by(self, door: Door) -> None:
        """The door that removes whoever asked to be forgotten."""
        door.may(["cognito-idp:AdminDeleteUser"], self.pool.user_pool_arn)
        door.knows(user_pool_id=self.pool.user_pool_id)

    def changed_by(self, door: Door) -> None:
        """The door that gives a borrower another phone that nobody signs in with, and then signs him out everywhere."""
        door.may(["cognito-idp:AdminUpdateUserAttributes", "cognito-idp:AdminDeleteUser"], self.pool.user_pool_arn)
        self.asked_by(door)
        self.ended_by(door)

    def vouched_by(self, door: Door) -> None:
        """The door that signs in whom a provider knows: nobody who has not signed in with his phone before."""
        actions = ["cognito-idp:AdminInitiateAuth", "cognito-idp:AdminRespondToAuthChallenge"]
        door.may(actions, self.pool.user_pool_arn)
        door.knows(user_pool_id=self.pool.user_pool_id, user_pool_client_id=self.client.user_pool_client_id)

    def signed_in_by(self, door: Door) -> None:
        """The door that begins, answers and renews sign-ins, creating the borrower at the first."""
        door.may(
            [
                "cognito-idp:AdminCreateUser",
                "cognito-idp:AdminGetUser",
                "cognito-idp:AdminInitiateAuth",
                "cognito-idp:AdminRespondToAuthChallenge",
                "cognito-idp:AdminSetUserPassword",
                "cognito-idp:AdminUpdateUserAttributes",
            ],
            self.pool.user_pool_arn,
        )
        door.knows(user_pool_id=self.pool.user_pool_id, user_pool_client_id=self.client.user_pool_client_id)
