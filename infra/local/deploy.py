"""Deploys the CDK app to a local cloud with the CDK's own command line, and mends what that cloud leaves undone."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from infra.local.cloud import Cloud
from infra.packages import ROOT
from infra.settings import LOCAL

STACK = f"minnow-{LOCAL.name}"
CDK = ROOT / "node_modules" / ".bin" / "cdk"
# In seconds.
ASKED_AGAIN_SECONDS = "3"
STAGING_BUCKET = f"cdk-hnb659fds-assets-{LOCAL.account}-{LOCAL.region}"


class DeployError(Exception):
    """Something refused to be built or deployed; the message says what, and where its whole output is."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where things are once deployed. `api_url` has no slash at its end: add `/v1/…`."""

    api_url: str
    user_pool_id: str
    user_pool_client_id: str
    staff_pool_id: str
    staff_client_id: str
    people_table: str
    loans_table: str
    kyc_bucket: str
    score_queue: str
    payouts_queue: str
    payments_queue: str
    parking_queue: str
    parameters: str


def deploy(cloud: Cloud, say: Callable[[str], object] = print) -> Outputs:
    """Brings the cloud to what the app now says; a cloud that has it already is left alone. Writes `outputs.json`."""
    assembly = cloud.directory / "cdk.out"
    # Packages of earlier deployments would stay in it for ever.
    shutil.rmtree(assembly, ignore_errors=True)
    say("Building the function packages and the template ...")
    template = {"CDK_OUTDIR": str(assembly), "CDK_CONTEXT_JSON": _context()}
    _run(cloud, "synth", [sys.executable, str(ROOT / "app.py")], template)
    stamp, deployed = _stamp(assembly), cloud.directory / "deployed"
    if not deployed.exists() or deployed.read_text() != stamp:
        _bootstrap(cloud, assembly, say)
        say("Deploying with the CDK ...")
        outputs = cloud.directory / "stack.json"
        command = [str(CDK), "deploy", STACK, "--app", str(assembly), "--outputs-file", str(outputs)]
        _run(cloud, "deploy", [*command, "--require-approval", "never", "--no-notices"])
        _mend(cloud, _outputs(cloud))
        deployed.write_text(stamp)
    made = _outputs(cloud)
    (cloud.directory / "outputs.json").write_text(json.dumps(asdict(made), indent=2) + "\n")
    return made


def _bootstrap(cloud: Cloud, assembly: Path, say: Callable[[str], object]) -> None:
    """What the CDK needs in an account before its first deployment: a bucket for packages, roles to deploy with."""
    formation = cloud.client("cloudformation")
    known = {stack["StackName"] for stack in formation.list_stacks()["StackSummaries"]}
    if "CDKToolkit" in known:
        return
    say("Bootstrapping the CDK ...")
    account = f"aws://{LOCAL.account}/{LOCAL.region}"
    _run(cloud, "bootstrap", [str(CDK), "bootstrap", account, "--app", str(assembly), "--no-notices"])
    # It lets only TLS in, and the local cloud speaks plain HTTP.
    cloud.client("s3").delete_bucket_policy(Bucket=STAGING_BUCKET)


def _mend(cloud: Cloud, outputs: Outputs) -> None:
    """What the local cloud accepts in a template and forgets, and what it wants that AWS does not."""
    tables = cloud.client("dynamodb")
    lives = tables.describe_time_to_live(TableName=outputs.people_table)["TimeToLiveDescription"]
    if lives["TimeToLiveStatus"] == "DISABLED":
        tables.update_time_to_live(
            TableName=outputs.people_table,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires_at"},
        )

    _allow_batches(cloud)
    _ask_again_soon(cloud)


def _ask_again_soon(cloud: Cloud) -> None:
    """The rails of this machine know at once what became of an order; until then, its message would lie there."""
    sqs = cloud.client("sqs")
    for url in sqs.list_queues()["QueueUrls"]:
        if f"{STACK}-PayoutsQueue" in url or f"{STACK}-DebitsQueue" in url:
            sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": ASKED_AGAIN_SECONDS})


def _allow_batches(cloud: Cloud) -> None:
    """Who may send a message may send ten at once; the local cloud asks for an action that AWS does not have."""
    iam = cloud.client("iam")
    roles = [role["RoleName"] for page in iam.get_paginator("list_roles").paginate() for role in page["Roles"]]
    for role in (role for role in roles if role.startswith(STACK)):
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            policy = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
            for statement in policy["Statement"]:
                actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
                if "sqs:SendMessage" in actions:
                    statement["Action"] = [*actions, "sqs:SendMessageBatch"]
            iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(policy))


def _outputs(cloud: Cloud) -> Outputs:
    found = json.loads((cloud.directory / "stack.json").read_text())[STACK]
    return Outputs(
        api_url=f"{cloud.endpoint}/_aws/execute-api/{found['ApiId']}/$default",
        user_pool_id=found["UserPoolId"],
        user_pool_client_id=found["UserPoolClientId"],
        staff_pool_id=found["StaffPoolId"],
        staff_client_id=found["StaffClientId"],
        people_table=found["PeopleTable"],
        loans_table=found["LoansTable"],
        kyc_bucket=found["KycBucket"],
        score_queue=found["ScoreQueue"],
        payouts_queue=found["PayoutsQueue"],
        payments_queue=found["PaymentsQueue"],
        parking_queue=found["ParkingQueue"],
        parameters=found["Parameters"],
    )


def _context() -> str:
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    return json.dumps({**context, "stage": LOCAL.name})


def _stamp(assembly: Path) -> str:
    """Assets are named after their content, so the templates and their list say all that will be deployed."""
    hashed = hashlib.sha256()
    for file in sorted(assembly.glob("*.json")):
        if file.name.endswith((".template.json", ".assets.json")):
            hashed.update(file.read_bytes())
    return hashed.hexdigest()


def _run(cloud: Cloud, name: str, command: list[str], more: Mapping[str, str] | None = None) -> None:
    """Runs one step against this cloud alone; what it prints is kept in `<name>.log`."""
    kept = ("PATH", "HOME", "LANG", "TMPDIR", "MINNOW_LAMBDA_PYTHON")
    environment = {
        **{variable: os.environ[variable] for variable in kept if variable in os.environ},
        **cloud.environment,
        "CDK_VALIDATION": "false",
        "CDK_DISABLE_VERSION_CHECK": "1",
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20",
        "CI": "true",
        **(more or {}),
    }
    log = cloud.directory / f"{name}.log"
    with log.open("w") as into:
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=into, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-30:])
        raise DeployError(f"`{name}` failed. The end of {log}:\n{tail}")
