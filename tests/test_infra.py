"""Questions asked of the template: who may do what, what is kept, what wakes somebody."""

import json
import os
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from infra.routes import DOORS, ROUTES
from infra.settings import PRODUCTION, Stage

ROOT = Path(__file__).resolve().parents[1]
Resource = dict[str, Any]

# Which doors may put things into a book, which may only read it; all others may not see it.
# Those who open seals write openings, and nothing else that is a borrower's.
PEOPLE_WRITERS = {"borrower", "kyc", "kyc_check", "identity", "contact", "rights", "erase", "sign_in"}
PEOPLE_WRITERS |= {"desk_documents", "credit_file", "score", "payout", "provider", "phone", "desk_models", "notify"}
PEOPLE_WRITERS |= {"renew"}
PEOPLE_READERS = {"apply", "disburse", "checkout", "desk_cases", "desk_applications"}
# They read no more of the people than whether the caller's device has signed in.
PEOPLE_READERS |= {"loans", "repay", "plans", "relief", "dispute"}
BORROWERS = {route.door for route in ROUTES if route.who == "borrower"}
SIGNED_IN = ["sessions#*"]
PROVIDERS = ["provider_round#*", "provider_account#*", "links#*", "voucher#*"]
LOANS_WRITERS = {"apply", "score", "disburse", "payout", "repay", "settle", "rail", "night", "watch", "work"}
LOANS_WRITERS |= {"notify", "dispute", "plans", "desk_loans", "desk_cases", "relief", "desk", "checkout"}
LOANS_WRITERS |= {
    "report",
    "credit_file",
    "settling",
    "reconcile",
    "desk_money",
    "debit",
    "webhook",
    "desk_applications",
}
LOANS_WRITERS |= {"desk_partners", "desk_documents", "erase"}
# They add what a borrower is to be told, and see nothing of that book.
LOANS_TELLERS = {"borrower", "phone", "provider"}
LOANS_READERS = {"loans", "quote", "sweep", "rights", "desk_models", "resend", "partner", "undecided"}


@cache
def template_file(stage: Stage) -> Path:
    """The stage's template, made from empty packages. cdk-nag has passed it, or this raises."""
    os.environ["CDK_VALIDATION"] = "false"
    import aws_cdk as cdk

    from app import assemble

    out = Path(mkdtemp(prefix="minnow-template-"))
    empty = out / "empty.zip"
    with zipfile.ZipFile(empty, "w") as package:
        package.writestr(zipfile.ZipInfo("functions/__init__.py"), "")
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    app = cdk.App(analytics_reporting=False, outdir=str(out / "cdk.out"), context=context)
    assemble(app, stage, dict.fromkeys(DOORS, empty))
    return out / "cdk.out" / f"minnow-{stage.name}.template.json"


@cache
def template(stage: Stage) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(template_file(stage).read_text())
    return made


def resources(kind: str, stage: Stage = PRODUCTION) -> dict[str, Resource]:
    found = template(stage)["Resources"]
    return {name: resource for name, resource in found.items() if resource["Type"] == kind}


def properties(kind: str, stage: Stage = PRODUCTION) -> list[dict[str, Any]]:
    return [resource["Properties"] for resource in resources(kind, stage).values()]


def function_of(door: str, stage: Stage = PRODUCTION) -> dict[str, Any]:
    [found] = [each for each in properties("AWS::Lambda::Function", stage) if each["FunctionName"].endswith(f"-{door}")]
    return found


def as_text(value: Any) -> str:
    """A resource in a policy as text in which the logical ids of the template can be found."""
    return value if isinstance(value, str) else json.dumps(value)


def powers(door: str, stage: Stage = PRODUCTION) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every action that the door's role allows, with the resource and the conditions."""
    role = function_of(door, stage)["Role"]["Fn::GetAtt"][0]
    has = resources("AWS::IAM::Role", stage)[role]["Properties"]
    assert not has.get("ManagedPolicyArns")
    beside = [policy for policy in properties("AWS::IAM::Policy", stage) if {"Ref": role} in policy["Roles"]]
    for policy in (*has["Policies"], *beside):
        for statement in policy["PolicyDocument"]["Statement"]:
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            named = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
            for action in actions:
                yield from ((action, as_text(each), statement.get("Condition", {})) for each in named)


def who_may(actions: set[str], resource: str) -> set[str]:
    return {door for door in DOORS if any(action in actions and resource in on for action, on, _ in powers(door))}


def test_all_verbs_of_a_path_belong_to_one_door_and_one_kind_of_caller() -> None:
    assert len({(route.path, route.door, route.who) for route in ROUTES}) == len({route.path for route in ROUTES})


def test_every_path_leads_to_its_door_and_asks_for_the_token_of_those_who_may_call() -> None:
    integrations = resources("AWS::ApiGatewayV2::Integration")
    asks = {name: each["Properties"]["Name"] for name, each in resources("AWS::ApiGatewayV2::Authorizer").items()}
    who = {"SignedIn": "borrower", "StaffSignedIn": "staff"}
    found = set()
    for route in properties("AWS::ApiGatewayV2::Route"):
        [integration] = [each for name, each in integrations.items() if name in json.dumps(route["Target"])]
        uri = as_text(integration["Properties"]["IntegrationUri"])
        [door] = [door for door in DOORS if f'"{door.replace("_", "")}Function' in uri]
        verb, path = route["RouteKey"].split(" ")
        asked = who[asks[route["AuthorizerId"]["Ref"]]] if route["AuthorizationType"] == "JWT" else None
        found.add((verb, path, door, asked))

    signed_in = set(who.values())
    assert found == {("ANY", route.path, route.door, route.who if route.who in signed_in else None) for route in ROUTES}


@pytest.mark.parametrize(("who", "part"), [("SignedIn", "Identity"), ("StaffSignedIn", "Staff")])
def test_a_token_must_be_of_the_callers_own_pool_and_client(who: str, part: str) -> None:
    [authorizer] = [each for each in properties("AWS::ApiGatewayV2::Authorizer") if each["Name"] == who]
    [pool] = [name for name in resources("AWS::Cognito::UserPool") if name.startswith(part)]
    [client] = [name for name in resources("AWS::Cognito::UserPoolClient") if name.startswith(part)]

    assert authorizer["JwtConfiguration"]["Audience"] == [{"Ref": client}]
    assert {"Ref": pool} in authorizer["JwtConfiguration"]["Issuer"]["Fn::Join"][1]


def test_the_api_is_throttled_and_logs_who_asked_what_without_their_data() -> None:
    [stage] = properties("AWS::ApiGatewayV2::Stage")
    logged = json.loads(stage["AccessLogSettings"]["Format"])

    codes = stage["RouteSettings"]["ANY /v1/sign-ins"]["ThrottlingRateLimit"]
    assert 0 < codes < stage["DefaultRouteSettings"]["ThrottlingRateLimit"] / 10
    assert not {"$context.identity.sourceIp", "$context.authorizer.claims.phone_number"} & set(logged.values())


def test_every_function_has_a_role_a_log_and_a_package_of_its_own() -> None:
    functions = properties("AWS::Lambda::Function")

    assert len(functions) == len(DOORS)
    assert len({as_text(function["Role"]) for function in functions}) == len(DOORS)
    assert len({as_text(function["LoggingConfig"]["LogGroup"]) for function in functions}) == len(DOORS)
    assert {function["Handler"] for function in functions} == {f"functions.{door}.handler.handler" for door in DOORS}


def test_every_function_is_small_bounded_and_on_arm() -> None:
    for function in properties("AWS::Lambda::Function"):
        assert (function["Runtime"], function["Architectures"]) == ("python3.13", ["arm64"])
        assert function["MemorySize"] == 512
        assert function["Timeout"] <= 30


def test_every_log_ends() -> None:
    assert all(group["RetentionInDays"] for group in properties("AWS::Logs::LogGroup"))


def test_no_function_may_do_everything_of_anything() -> None:
    everywhere = {(door, action) for door in DOORS for action, on, _ in powers(door) if on == "*"}

    assert not [action for door in DOORS for action, _, _ in powers(door) if "*" in action]
    assert everywhere == {(door, "sns:Publish") for door in ("identity", "notify", "phone")}


@pytest.mark.parametrize(
    ("book", "writers", "readers", "others"),
    [
        ("People", PEOPLE_WRITERS, PEOPLE_READERS, set()),
        ("Loans", LOANS_WRITERS, LOANS_READERS, {"relay", *LOANS_TELLERS}),
    ],
)
def test_a_book_is_open_to_the_doors_that_need_it_and_no_others(
    book: str, writers: set[str], readers: set[str], others: set[str]
) -> None:
    table = f'"{book}Table'
    assert who_may({"dynamodb:PutItem"}, table) == writers | others - {"relay"}
    assert who_may({"dynamodb:UpdateItem"}, table) == writers
    assert who_may({"dynamodb:GetItem", "dynamodb:Query"}, table) == writers | readers
    assert who_may({"kms:Decrypt"}, f'"{book}Key') == writers | readers | others


def test_nothing_is_deleted_or_scanned_by_any_function() -> None:
    actions = {action for door in DOORS for action, _, _ in powers(door)}

    forgets = {"s3:DeleteObjectVersion", "cognito-idp:AdminDeleteUser"}
    # A change of phone forgets whoever began to sign in with that phone and never did.
    assert {door for door in DOORS for action, _, _ in powers(door) if action in forgets} == {"erase", "phone"}
    assert who_may({"s3:DeleteObjectVersion"}, "") == {"erase"}
    assert not {action for action in actions if "Delete" in action} - {"sqs:DeleteMessage", *forgets}
    assert not {action for action in actions if "Scan" in action}


@pytest.mark.parametrize(
    ("door", "table", "keys"),
    [
        ("quote", "Loans", ["partners"]),
        *((door, "Loans", ["brw_*"]) for door in sorted(LOANS_TELLERS)),
        ("rail", "Loans", ["rail#*"]),
        ("night", "Loans", ["night#*"]),
        (
            "desk",
            "Loans",
            [
                *("loan_*", "wvr_*", "waivers#*", "budget#*", "audit#*", "request#stf_*", "dsp_*"),
                *("rej_*", "reported#*"),
            ],
        ),
        ("relief", "Loans", ["loan_*", "wvr_*", "waivers#*", "budget#*", "audit#*", "request#brw_*", "app_*"]),
        ("identity", "People", ["login#*", "brw_*", "voucher#*", "erasures#*"]),
        ("sign_in", "People", ["sessions#*", "device#*"]),
        ("provider", "People", [*PROVIDERS, "sessions#*", "device#*"]),
        ("kyc_check", "People", ["brw_*", "paper#*"]),
        ("contact", "People", ["brw_*", "dev_*"]),
        (
            "rights",
            "Loans",
            ["brw_*", "app_*", "checkout_*", "loan_*", "pay_*", "plan_*", "wvr_*", "mnd_*", "dsp_*", "reported#*"],
        ),
        ("desk_documents", "Loans", ["brw_*", "audit#*", "request#stf_*"]),
        ("desk_documents", "People", ["brw_*", "paper#waiting#*", "openings#*"]),
        ("debit", "Loans", ["loan_*", "pay_*", "mnd_*", "pout_*", "held_*"]),
    ],
)
def test_a_door_with_one_kind_of_item_sees_only_its_keys(door: str, table: str, keys: list[str]) -> None:
    # An index holds keys only, of all loans.
    asked = [each for each in powers(door) if each[0].startswith("dynamodb:") and "/index/" not in each[1]]
    seen = [limits for _, on, limits in asked if f'"{table}Table' in on]

    limits = [each["ForAllValues:StringLike"]["dynamodb:LeadingKeys"] for each in seen]
    assert seen
    assert all(each in (keys, SIGNED_IN if door in BORROWERS and table == "People" else keys) for each in limits)


def test_a_books_key_opens_only_through_its_table() -> None:
    through = {"StringEquals": {"kms:ViaService": [f"dynamodb.{PRODUCTION.region}.amazonaws.com"]}}
    books = [
        limits
        for door in DOORS
        for action, on, limits in powers(door)
        if action.startswith("kms:") and ('"PeopleKey' in on or '"LoansKey' in on)
    ]

    assert books
    assert all(limits == through for limits in books)


def test_who_opens_seals_may_record_it_and_write_nothing_else_of_a_borrower() -> None:
    for door in ("score", "payout"):
        written = [
            limits
            for action, on, limits in powers(door)
            if action in ("dynamodb:PutItem", "dynamodb:UpdateItem") and '"PeopleTable' in on
        ]
        assert written
        assert all(each["ForAllValues:StringLike"]["dynamodb:LeadingKeys"] == ["openings#*"] for each in written)


def test_the_vault_is_opened_by_seven_doors_and_filled_by_two() -> None:
    openers = {"borrower", "score", "payout", "rights", "credit_file", "desk_models", "renew"}
    assert who_may({"kms:Decrypt"}, '"Vault') == openers
    assert who_may({"kms:GenerateDataKey", "kms:Encrypt"}, '"Vault') == {"borrower", "renew"}


def test_secrets_are_read_by_the_doors_that_sign_and_made_by_no_template() -> None:
    assert who_may({"ssm:GetParameter"}, "/rail/*") == {"payout", "debit", "rail", "borrower", "reconcile"}
    assert who_may({"ssm:GetParameter"}, "/rail/card*") == {"repay"}
    askers = {"score", "checkout", "desk_applications", "reconcile", "webhook", "partner"}
    assert who_may({"ssm:GetParameter"}, "/partner/*") == askers
    assert who_may({"ssm:GetParameter"}, "/push/*") == {"contact", "notify"}
    assert who_may({"ssm:GetParameter"}, "/openid/*") == {"provider"}
    assert not resources("AWS::SSM::Parameter")
    assert not resources("AWS::SecretsManager::Secret")


def test_only_two_doors_sign_in_at_the_pool_and_notify_asks_it_for_phones() -> None:
    users = {door for door in DOORS if any(action.startswith("cognito-idp:") for action, _, _ in powers(door))}

    assert users == {"sign_in", "provider", "phone", "notify", "rights", "erase"}
    assert not [action for action, _, _ in powers("provider") if action.startswith("cognito-idp:AdminCreate")]
    assert [action for action, _, _ in powers("rights") if action.startswith("cognito-idp:")] == [
        "cognito-idp:AdminGetUser",
        "cognito-idp:AdminUserGlobalSignOut",
    ]
    assert [action for action, _, _ in powers("notify") if action.startswith("cognito-idp:")] == [
        "cognito-idp:AdminGetUser"
    ]
    senders = {door for door in DOORS if any(action == "sns:Publish" for action, _, _ in powers(door))}
    assert senders == {"identity", "notify", "phone"}


def test_a_document_is_written_by_the_door_that_signs_uploads_and_read_by_the_one_that_checks() -> None:
    assert who_may({"s3:PutObject"}, "/documents/") == {"kyc"}
    assert who_may({"s3:GetObject"}, "/documents/") == {"kyc_check"}
    assert who_may({"s3:PutObject"}, "/accepted/") == {"kyc_check"}
    assert who_may({"s3:GetObject"}, "/accepted/") == {"desk_documents"}


def test_books_are_on_demand_restorable_encrypted_and_may_not_be_deleted() -> None:
    tables = resources("AWS::DynamoDB::Table")

    assert len(tables) == 2
    for table in tables.values():
        has = table["Properties"]
        assert table["DeletionPolicy"] == "RetainExceptOnCreate"
        assert has["DeletionProtectionEnabled"] is True
        assert has["BillingMode"] == "PAY_PER_REQUEST"
        assert has["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
        assert has["SSESpecification"]["SSEType"] == "KMS"
        assert has["SSESpecification"]["KMSMasterKeyId"]


def test_loans_are_told_to_the_relay_and_never_expire() -> None:
    [loans] = [table for name, table in resources("AWS::DynamoDB::Table").items() if name.startswith("Loans")]
    [people] = [table for name, table in resources("AWS::DynamoDB::Table").items() if name.startswith("People")]

    assert loans["Properties"]["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}
    assert "TimeToLiveSpecification" not in loans["Properties"]
    assert people["Properties"]["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}


def test_keys_pools_and_documents_outlive_the_stack() -> None:
    for kind in ("AWS::KMS::Key", "AWS::Cognito::UserPool", "AWS::S3::Bucket", "AWS::Logs::LogGroup"):
        for name, resource in resources(kind).items():
            assert resource["DeletionPolicy"] != "Delete" or name.startswith("AlarmsKey"), name
    assert {pool["DeletionProtection"] for pool in properties("AWS::Cognito::UserPool")} == {"ACTIVE"}


def test_every_key_that_can_rotate_does() -> None:
    for key in properties("AWS::KMS::Key"):
        assert key.get("EnableKeyRotation") is True or key["KeySpec"] == "HMAC_256"


def test_documents_are_private_versioned_and_under_their_own_key() -> None:
    [bucket] = [each for name, each in resources("AWS::S3::Bucket").items() if name.startswith("DocumentsBucket")]
    has = bucket["Properties"]

    assert set(has["PublicAccessBlockConfiguration"].values()) == {True}
    assert has["VersioningConfiguration"] == {"Status": "Enabled"}
    [rule] = has["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert "DocumentsKey" in as_text(rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"])
    assert {"AbortIncompleteMultipartUpload", "NoncurrentVersionExpiration"} <= set(
        has["LifecycleConfiguration"]["Rules"][0]
    )


def test_buckets_and_queues_take_no_plain_http() -> None:
    policies = [*properties("AWS::S3::BucketPolicy"), *properties("AWS::SQS::QueuePolicy")]
    refused = [
        as_text(each)
        for policy in policies
        for each in policy.get("Queues", [policy.get("Bucket")])
        if any(
            statement["Effect"] == "Deny" and statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
            for statement in policy["PolicyDocument"]["Statement"]
        )
    ]

    named = resources("AWS::S3::Bucket") | resources("AWS::SQS::Queue")
    assert {each for each in named if any(each in text for text in refused)} == named.keys()


def test_failed_payouts_slow_decisions_unfinished_nights_and_an_unbalanced_book_wake_somebody() -> None:
    alarms = {alarm["MetricName"]: alarm for alarm in properties("AWS::CloudWatch::Alarm")}

    counted = {"PayoutsFailed", "MoneyUnexplained", "DecisionSeconds", "NightUnfinished", "BookUnbalanced"}
    counted |= {"PartnersDegraded", "WebhooksFailed"}
    counted |= {"NoticesFailed", "DaysUnsettled", "MinorUnexplained", "DifferenceDays", "PayoutsLate", "CreditFileLate"}
    assert counted <= set(alarms)
    assert alarms["DecisionSeconds"]["Threshold"] == 300
    for alarm in alarms.values():
        assert alarm["AlarmActions"]
        if alarm["Namespace"] == "Minnow":
            [dimension] = alarm["Dimensions"]
            assert dimension["Value"] == function_of("score")["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]


def test_nobody_learns_from_a_refusal_whether_a_phone_is_known() -> None:
    clients = resources("AWS::Cognito::UserPoolClient")
    [borrowers] = [client["Properties"] for name, client in clients.items() if name.startswith("Identity")]

    assert {client["Properties"]["PreventUserExistenceErrors"] for client in clients.values()} == {"ENABLED"}
    assert set(borrowers["ExplicitAuthFlows"]) == {"ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"}
