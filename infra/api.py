"""The HTTP API, made from the table of routes."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as api
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.excuses import excuse
from infra.function import Door
from infra.identity import Identity
from infra.removal import removal_of
from infra.routes import ROUTES
from infra.settings import Stage
from infra.staff import Staff

REQUESTS_PER_SECOND = 500
BURST = 1_000
# Anybody may have a code sent to any phone, and each costs: a phone has a limit of its own, and all of them this one.
SENDS_CODES = "/v1/sign-ins"
CODES_PER_SECOND = 20
CODES_BURST = 50
# No address, token or body: who asked is in the function's own log, as an id.
LOGGED = {
    "request_id": "$context.requestId",
    "at": "$context.requestTime",
    "verb": "$context.httpMethod",
    "route": "$context.routeKey",
    "status": "$context.status",
    "latency_ms": "$context.responseLatency",
    "error": "$context.error.messageString",
    "authorizer_error": "$context.authorizer.error",
}


class Api(Construct):
    def __init__(
        self,
        scope: Construct,
        *,
        stage: Stage,
        doors: Mapping[str, Door],
        borrowers: Identity,
        staff: Staff,
    ) -> None:
        super().__init__(scope, "Api")
        self.http = api.HttpApi(self, "Http", api_name=f"minnow-{stage.name}", create_default_stage=False)
        made_stage = self._stage(stage)
        signed_in = {
            "borrower": _signed_in("SignedIn", borrowers, stage),
            "staff": _signed_in("StaffSignedIn", staff, stage),
        }
        answers = {
            door: integrations.HttpLambdaIntegration(door, function.function, scope_permission_to_route=False)
            for door, function in doors.items()
        }
        # One route for all verbs of a path: a stack may have 500 resources, and to a verb that a path does not have the
        # door answers like to an address that it does not have.
        for route in {route.path: route for route in ROUTES}.values():
            [made] = self.http.add_routes(
                path=route.path,
                methods=[api.HttpMethod.ANY],
                integration=answers[route.door],
                authorizer=signed_in.get(route.who),
            )
            if route.path == SENDS_CODES:
                _slowed(made_stage, made)
            if route.who == "public":
                _open(made, "Anybody may ask for a quote, read the contract or begin to sign in.")
            if route.who == "signed":
                _open(made, "The caller is a bank rail without an account here; the door checks its signature.")

    def _stage(self, stage: Stage) -> api.CfnStage:
        log = logs.LogGroup(
            self,
            "AccessLog",
            log_group_name=f"/minnow/{stage.name}/requests",
            retention=logs.RetentionDays.ONE_YEAR,
            removal_policy=removal_of(stage),
        )
        made = api.HttpStage(
            self,
            "Stage",
            http_api=self.http,
            stage_name="$default",
            auto_deploy=True,
            throttle=api.ThrottleSettings(rate_limit=REQUESTS_PER_SECOND, burst_limit=BURST),
        )
        plain = made.node.default_child
        assert isinstance(plain, api.CfnStage)
        plain.access_log_settings = api.CfnStage.AccessLogSettingsProperty(
            destination_arn=log.log_group_arn, format=cdk.Stack.of(self).to_json_string(LOGGED)
        )
        self.url = made.url
        return plain


def _slowed(stage: api.CfnStage, route: api.HttpRoute) -> None:
    """The stage can limit a route only once it is there."""
    limits = {"ThrottlingRateLimit": CODES_PER_SECOND, "ThrottlingBurstLimit": CODES_BURST}
    stage.route_settings = {f"ANY {SENDS_CODES}": limits}
    plain = route.node.default_child
    assert isinstance(plain, api.CfnRoute)
    stage.add_resource_dependency(plain)


def _signed_in(name: str, who: Identity | Staff, stage: Stage) -> authorizers.HttpJwtAuthorizer:
    """Whoever shows a token that their pool gave to their client."""
    issuer = f"https://cognito-idp.{stage.region}.amazonaws.com/{who.pool.user_pool_id}"
    return authorizers.HttpJwtAuthorizer(name, issuer, jwt_audience=[who.client.user_pool_client_id])


def _open(route: api.HttpRoute, reason: str) -> None:
    excuse(route, {"AwsSolutions-APIG4": reason})
