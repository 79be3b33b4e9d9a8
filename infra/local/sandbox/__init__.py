"""The world outside for a local cloud: bank rails, a lender, a push service, a keeper of accounts; each a process.

They keep what they did in the cloud's directory, under `sandbox`, so that a restart forgets nothing.
"""

import base64
import json
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from boto3.dynamodb.types import TypeSerializer

from infra.local.cloud import Cloud, CloudError
from infra.local.deploy import Outputs
from infra.local.ports import free_port, is_heard
from infra.packages import ROOT

# On a machine that is busy.
START_SECONDS = STOP_SECONDS = 300
PILOT = "tapti"
ANOTHER_SECRET = "whsec_dGhlIG5ldyBvbmUgdGhhdCB0aGUgcGFydG5lciBoYXMgbm90IHlldA=="
# One for each market, under the names that its pack gives. Its hours without debits are those of its banks.
RAILS: dict[str, dict[str, Any]] = {
    "rail": {
        "market": "in",
        "rail": "upi",
        "pages": "card",
        "time_zone": "Asia/Kolkata",
        "busy": [["10:00", "13:00"], ["17:00", "21:30"]],
    },
    "rail_cn": {
        "market": "cn",
        "rail": "nucc",
        "pages": "cardcn",
        "time_zone": "Asia/Shanghai",
        "busy": [["00:00", "08:00"], ["22:00", "24:00"]],
    },
}
PARTNERS = Path(__file__).with_name("partners.json")
MERCHANTS = Path(__file__).with_name("merchants.json")
SERVICES = (*RAILS, "partner", "push", "openid")
PROVIDER, CLIENT = "mi", "minnow"


@dataclass(frozen=True, slots=True)
class Services:
    """Where the sandbox services listen on this machine, and each market's rail with its secret, to sign as it does."""

    directory: Path
    rails: dict[str, str]
    rail_secrets: dict[str, str]
    partner_url: str
    partner_secret: str
    push_url: str
    push_secret: str
    openid_url: str

    def stop(self) -> None:
        stop(self.directory)


def start(cloud: Cloud, outputs: Outputs) -> Services:
    """The services running, and their addresses and secrets where the stage looks for them."""
    directory = cloud.directory / "sandbox"
    stop(directory)
    directory.mkdir(exist_ok=True)
    known = _known(directory)
    settings: dict[str, dict[str, Any]] = {}
    for name in SERVICES:
        settings[name] = _settings(known.get(name, {}), taken=[each["port"] for each in settings.values()])
    for name, rail in RAILS.items():
        settings[name] |= rail | {
            "callback_url": f"{outputs.api_url}/v1/rails/{{rail}}/events",
            "clock_parameter": f"{outputs.parameters}/clock",
        }
    rails = {rail["market"]: _url(settings[name]["port"]) for name, rail in RAILS.items()}
    settings["partner"] |= {"rails": rails}
    settings["openid"] |= {"clock_parameter": f"{outputs.parameters}/clock"}
    for name, wanted in settings.items():
        _write(directory / f"{name}.json", wanted)
        _run(directory, name)
    made = Services(
        directory,
        rails=rails,
        rail_secrets={rail["market"]: settings[name]["secret"] for name, rail in RAILS.items()},
        partner_url=_url(settings["partner"]["port"]),
        partner_secret=settings["partner"]["secret"],
        push_url=_url(settings["push"]["port"]),
        push_secret=settings["push"]["secret"],
        openid_url=_url(settings["openid"]["port"]),
    )
    _write(directory / "services.json", {**asdict(made), "directory": str(directory)})
    _tell(cloud, outputs, made)
    for name, wanted in settings.items():
        _await(directory, name, _url(wanted["port"]))
    return made


def stop(directory: Path) -> None:
    """Ends the services that were started for this directory, if they still run."""
    for settings in _known(directory).values():
        port, deadline = settings["port"], time.monotonic() + STOP_SECONDS
        # Whoever gives another answer is none of ours; whoever gives none may still be at it.
        if is_heard(port) and _ask(f"{_url(port)}/sandbox/stop", b"{}") in (200, 0):
            while is_heard(port) and time.monotonic() < deadline:
                time.sleep(0.05)


def _known(directory: Path) -> dict[str, Any]:
    """The settings of each service from last time."""
    files = {name: directory / f"{name}.json" for name in SERVICES}
    return {name: json.loads(file.read_text()) for name, file in files.items() if file.exists()}


def _settings(known: dict[str, Any], taken: list[int]) -> dict[str, Any]:
    """The secret of last time, and its port while nobody else has that."""
    secret = known.get("secret") or f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
    return {"port": free_port(known.get("port"), taken), "secret": secret}


def _run(directory: Path, name: str) -> None:
    with (directory / f"{name}.log").open("ab") as log:
        subprocess.Popen(
            [sys.executable, "-m", f"infra.local.sandbox.{'rail' if name in RAILS else name}", str(directory), name],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _tell(cloud: Cloud, outputs: Outputs, made: Services) -> None:
    """Stores what an operator stores on AWS when a rail or a partner is taken on."""
    partners = json.loads(PARTNERS.read_text())
    asked = [partner["partner_id"] for partner in partners if partner["pricing"] == "request"]
    places = {
        f"rail/{rail[kind]}": (made.rails[rail["market"]], made.rail_secrets[rail["market"]])
        for rail in RAILS.values()
        for kind in ("rail", "pages")
    }
    places |= {f"partner/{partner_id}": (f"{made.partner_url}/offers", made.partner_secret) for partner_id in asked}
    parameters = cloud.client("ssm")
    for partner in partners:
        # The pilot is told of its loans; the others may ask.
        partner["webhook_url"] = f"{made.partner_url}/events" if partner["partner_id"] == PILOT else None
    told = [(f"{place}/url", url, "String") for place, (url, _) in places.items()]
    told += [(f"{place}/secret", secret, "SecureString") for place, (_, secret) in places.items()]
    lenders = [f"partner/{partner['partner_id']}" for partner in partners]
    told += [(f"{place}/secret", made.partner_secret, "SecureString") for place in lenders if place not in places]
    told += [(f"{place}/statements", f"{made.partner_url}/statements", "String") for place in lenders]
    # Two secrets, as while a partner changes over to the new one.
    hooks = f"{ANOTHER_SECRET} {made.partner_secret}"
    told += [(f"partner/{each['partner_id']}/webhook_secrets", hooks, "SecureString") for each in partners]
    told += [
        (f"rail/{rail['rail']}/statements", f"{made.rails[rail['market']]}/statements", "String")
        for rail in RAILS.values()
    ]
    told += [("push/service", made.push_url, "String"), ("push/secret", made.push_secret, "SecureString")]
    place, secret = f"openid/{PROVIDER}", _known(made.directory)["openid"]["secret"]
    told += [(f"{place}/issuer", made.openid_url, "String"), (f"{place}/client_id", CLIENT, "String")]
    told += [(f"{place}/client_secret", secret, "SecureString")]
    for name, value, kind in told:
        parameters.put_parameter(Name=f"{outputs.parameters}/{name}", Value=value, Type=kind, Overwrite=True)
    table = cloud.client("dynamodb")
    items = [{"pk": "partners", "sk": each["partner_id"], "partner": each} for each in partners]
    merchants = json.loads(MERCHANTS.read_text())
    items += [{"pk": "merchants", "sk": each["merchant_id"], "merchant": each} for each in merchants]
    for item in items:
        packed = {name: TypeSerializer().serialize(value) for name, value in item.items()}
        table.put_item(TableName=outputs.loans_table, Item=packed)


def _await(directory: Path, name: str, url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while _ask(f"{url}/sandbox/health") == 0:
        if time.monotonic() > deadline:
            raise CloudError(f"The sandbox {name} did not start; see {directory / name}.log.")
        time.sleep(0.05)


def _ask(url: str, body: bytes | None = None) -> int:
    """The status of an answer; 0 when nobody listens."""
    try:
        with urllib.request.urlopen(url, body, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def _url(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _write(file: Path, value: Any) -> None:
    file.touch(mode=0o600)
    file.write_text(json.dumps(value, indent=2) + "\n")
