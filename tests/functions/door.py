"""A door opened without the cloud: events as the HTTP API sends them, answers as it would pass them on."""

import importlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest

from infra.local.device import Device
from shared import identity, settings, wiring, wiring_lenders
from shared.adapters import capacity, clients, merchants, parameters, partners, webhooks
from shared.adapters.table import Table
from shared.domain.sessions import Session
from tests.conftest import as_somebody

API = "api.example"
# The device on which whoever calls has signed in.
PHONE = Device()


class Context:
    function_name = "door"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:ap-south-1:000000000000:function:door"
    aws_request_id = "request"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Any
    headers: dict[str, str]


@contextmanager
def opened(name: str, monkeypatch: pytest.MonkeyPatch, **tables: Table) -> Iterator[Any]:
    """The handler of a door whose settings name the given tables: `opened("apply", monkeypatch, loans=loans)`."""
    # Sessions lie in the book of people, which a test about loans need not have.
    known = {"people": tables["loans"], **tables} if "loans" in tables else tables
    for table_name, table in known.items():
        monkeypatch.setenv(f"MINNOW_{table_name.upper()}_TABLE", table.name)
    # Clients live longer than a test: the next may be about doors that call with them.
    as_somebody(monkeypatch)
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Minnow")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "minnow-test")
    forget()
    try:
        yield importlib.import_module(f"functions.{name}.handler").handler
    finally:
        forget()


def turn_clock(ssm: Any, on: date, hour: int = 12) -> None:
    """The test clock of a door, whose parameter is `/test/clock`, shows that hour of a day in India. So no test finds
    another hour than in the run before it, nor a day that ends while it runs."""
    then = datetime.combine(on, time(hour), ZoneInfo("Asia/Kolkata"))
    ahead = (then - datetime.now(UTC)) / timedelta(days=1)
    ssm.put_parameter(Name="/test/clock", Value=str(ahead), Type="String", Overwrite=True)


def forget() -> None:
    """What a process keeps for its life must not outlive one test."""
    read = [partners._read, capacity._read, merchants._read, webhooks._read]
    made = [each for module in (wiring, wiring_lenders, identity) for each in vars(module).values()]
    kept = [settings.setting, parameters.parameter, *read, *made]
    for function in kept:
        # A client may live on: making one takes longer than all that a test does with it.
        if hasattr(function, "cache_clear") and function is not clients.client:
            function.cache_clear()


def _sign_in(subject: str, session_id: str, device: Device) -> None:
    """That this borrower has signed in on the device, unless he did before."""
    sessions, borrower_id, at = identity.sessions(), f"brw_{subject}", datetime.now(UTC)
    if sessions.table.get(f"sessions#{borrower_id}", session_id) is None:
        sessions.save(borrower_id, Session(session_id, at, at, device.key_id), None)


def call(
    handler: Any,
    route: str,
    body: Any = None,
    *,
    subject: str | None = None,
    key: str | None = None,
    query: dict[str, str] | None = None,
    roles: tuple[str, ...] = (),
    session: str = "here",
    device: Device = PHONE,
    headers: Mapping[str, str | None] = MappingProxyType({}),
) -> Answer:
    """Calls `route` ("POST /v1/quotes") as whose subject is given: a borrower, or with `roles` one of the staff.

    `session` names the sign-in that the token comes from, begun on the first device that calls with it. `headers` are
    sent instead of the right ones, those that are None not at all.
    """
    verb, path = route.split(" ")
    given = {"content-type": "application/json"} | ({"idempotency-key": key} if key else {})
    token = f"token of {subject}".replace(" ", "-") if subject else None
    given |= {"authorization": f"Bearer {token}"} if token else {}
    given |= {"dpop": device.proof(verb, f"https://{API}{path}", token)}
    if subject and session and not roles:
        _sign_in(subject, session, device)
    context: dict[str, Any] = {
        "requestId": "request",
        "stage": "$default",
        "domainName": API,
        "http": {"method": verb, "path": path, "sourceIp": "127.0.0.1", "protocol": "HTTP/1.1", "userAgent": "test"},
    }
    if subject:
        groups = {"cognito:groups": f"[{' '.join(roles)}]"} if roles else {}
        claims = {"sub": subject, "token_use": "access", "origin_jti": session, **groups}
        context["authorizer"] = {"jwt": {"claims": claims, "scopes": None}}
    event = {
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": urlencode(query or {}),
        "queryStringParameters": query or {},
        "headers": {name: value for name, value in {**given, **headers}.items() if value is not None},
        "requestContext": context,
        "body": body if isinstance(body, str) else json.dumps(body) if body is not None else None,
        "isBase64Encoded": False,
    }
    answer = handler(event, Context())
    return Answer(answer["statusCode"], json.loads(answer["body"]), answer.get("headers", {}))
