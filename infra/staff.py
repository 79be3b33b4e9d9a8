"""Who the staff are: a Cognito pool of their own, with a group for each role.

The door that signs borrowers in may create users and change them. In a pool of its own nothing that it does, or is made
to do, can end in a role.
"""

import aws_cdk as cdk
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.excuses import excuse
from infra.identity import OWN_HAND
from infra.removal import removal_of
from infra.routes import ROLES
from infra.settings import Stage

# A role that was taken away is gone when the token that names it ends.
ACCESS_MINUTES = 15
WORKING_DAY_HOURS = 12

MAY = {
    "reviewer": "Decides what borrowers ask for, up to a limit.",
    "approver": "Decides above that limit, is the second of two, and takes decisions back.",
    "collector": "Works on overdue loans.",
    "auditor": "Reads every decision and changes nothing.",
}


class Staff(Construct):
    """The pool, its groups and the app's client. No function may change any of it: an administrator does."""

    def __init__(self, scope: Construct, *, stage: Stage) -> None:
        super().__init__(scope, "Staff")
        self.pool = cognito.UserPool(
            self,
            "Pool",
            user_pool_name=f"minnow-{stage.name}-staff",
            sign_in_aliases=cognito.SignInAliases(email=True),
            auto_verify=cognito.AutoVerifiedAttrs(phone=False, email=False),
            enable_sms_role=False,
            account_recovery=cognito.AccountRecovery.NONE,
            self_sign_up_enabled=False,
            sign_in_case_sensitive=False,
            mfa=cognito.Mfa.REQUIRED,
            mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
            password_policy=cognito.PasswordPolicy(
                min_length=14,
                require_digits=True,
                require_lowercase=True,
                require_symbols=True,
                require_uppercase=True,
                temp_password_validity=cdk.Duration.days(1),
            ),
            deletion_protection=not stage.is_sandbox,
            removal_policy=removal_of(stage),
        )
        for role in ROLES:
            self.pool.add_group(role.title(), group_name=role, description=MAY[role])
        self.client = self.pool.add_client(
            "App",
            # In a sandbox whoever holds the account's own credentials may get a member's token without the app.
            auth_flows=cognito.AuthFlow(user_srp=True, admin_user_password=stage.is_sandbox),
            disable_o_auth=True,
            generate_secret=False,
            write_attributes=OWN_HAND,
            prevent_user_existence_errors=True,
            enable_token_revocation=True,
            access_token_validity=cdk.Duration.minutes(ACCESS_MINUTES),
            id_token_validity=cdk.Duration.minutes(ACCESS_MINUTES),
            refresh_token_validity=cdk.Duration.hours(WORKING_DAY_HOURS),
            auth_session_validity=cdk.Duration.minutes(5),
        )
        second_factor = "Everybody here has a second factor; the paid plan would add nothing that a desk needs."
        excuse(self.pool, {"AwsSolutions-COG3": second_factor, "AwsSolutions-COG8": second_factor})
