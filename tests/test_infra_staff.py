"""Questions asked of the template about staff: who they are, and that no function can make one."""

from infra.routes import DOORS, ROLES, ROUTES
from tests.test_infra import powers, properties, resources, who_may


def test_staff_have_a_second_factor_no_sign_up_and_a_group_for_each_role() -> None:
    [pool] = [each for name, each in resources("AWS::Cognito::UserPool").items() if name.startswith("Staff")]
    [client] = [each for name, each in resources("AWS::Cognito::UserPoolClient").items() if name.startswith("Staff")]

    assert pool["Properties"]["MfaConfiguration"] == "ON"
    assert pool["Properties"]["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]
    assert pool["Properties"]["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert set(client["Properties"]["ExplicitAuthFlows"]) == {"ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"}
    assert {group["GroupName"] for group in properties("AWS::Cognito::UserPoolGroup")} == set(ROLES)


def test_no_function_may_make_or_change_staff() -> None:
    assert who_may({action for door in DOORS for action, _, _ in powers(door)}, '"Staff') == set()


def test_only_staff_routes_name_roles() -> None:
    assert all(bool(route.roles) == (route.who == "staff") for route in ROUTES)
