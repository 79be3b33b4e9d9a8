"""`python -m infra.local.ask GET /v1/me [BODY]`: a call of what `make up` keeps running, as the device signed in there.

A plain HTTP client cannot: every call of a borrower is signed with the key of the device that signed in.
"""

import json
import sys
from pathlib import Path
from typing import Any

from infra.local.client import Call, Client
from infra.local.device import from_kept
from infra.packages import ROOT

SIGNED_IN = ROOT / ".local" / "up" / "signed-in.json"


def keep(client: Client, refresh_token: str, file: Path = SIGNED_IN) -> None:
    """What it takes to go on as this device."""
    kept = {"api_url": client.api_url, "token": client.token, "refresh_token": refresh_token}
    file.write_text(json.dumps(kept | {"key": client.device.kept()}))
    file.chmod(0o600)


def ask(verb: str, path: str, body: Any = None, file: Path = SIGNED_IN) -> Call:
    """The answer, after a renewal of the sign-in where it takes one."""
    kept = json.loads(file.read_text())
    client = Client(kept["api_url"], kept["token"], device=from_kept(kept["key"]))
    answer = client.send(verb, path, body)
    if answer.status != 401:
        return answer
    renewed = client.send("POST", "/v1/sessions/refresh", {"refresh_token": kept["refresh_token"]}, key="")
    if not renewed.is_success:
        return renewed
    client.token = renewed.body["access_token"]
    keep(client, kept["refresh_token"], file)
    return client.send(verb, path, body)


def main(arguments: list[str]) -> int:
    if len(arguments) not in (2, 3) or not SIGNED_IN.exists():
        print(__doc__ if SIGNED_IN.exists() else "Nobody is signed in; `make up` does that.", file=sys.stderr)
        return 2
    answer = ask(arguments[0], arguments[1], json.loads(arguments[2]) if arguments[2:] else None)
    print(json.dumps(answer.body, indent=2, ensure_ascii=False))
    return 0 if answer.is_success else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
