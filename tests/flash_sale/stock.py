"""What is there before the sale: borrowers with limits and tokens, and a lender whose money will not do for all.

Signing up takes longer than the sale itself; so what it would have written is written here, and what a decision would
have granted. Every request of the sale has a real token.
"""

import json
import os
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from infra.local.client import Client
from infra.local.deploy import STACK
from infra.local.outside import Outside
from infra.local.sandbox import PARTNERS
from shared import identity, wiring
from shared.adapters.limits import changed_limit
from shared.adapters.partners import store
from shared.adapters.people import SK
from shared.adapters.sessions import named
from shared.adapters.table import ANY, Write, record
from shared.domain.borrowers import Borrower
from shared.domain.limits import SpendingLimit
from shared.domain.money import Money
from shared.domain.sessions import Session
from shared.markets import market_at, today

LENDER = "sahyadri"
AT_ONCE = 8
FLOW = "ADMIN_USER_PASSWORD_AUTH"


def buyers(outside: Outside, count: int, granted: Money) -> list[Client]:
    """So many, signed in, each with a limit of his own."""
    _wire(outside)
    _allow_passwords(outside)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(lambda number: _buyer(outside, number, granted), range(count)))


def short_of_money(capital: Money) -> None:
    """One lender may have so much outstanding and no more."""
    written: Sequence[dict[str, Any]] = [each for each in _partners() if each["partner_id"] == LENDER]
    store(wiring.loans_table(), {**written[0], "capital_minor": capital.minor}, today("in", datetime.now(UTC)))


def _buyer(outside: Outside, number: int, granted: Money) -> Client:
    pool, outputs, phone = outside.cloud.client("cognito-idp"), outside.outputs, f"+9197000{number:05d}"
    identity.pool().admit(phone, None, "en")
    user = {"UserPoolId": outputs.user_pool_id, "Username": phone}
    password = f"aA1!{secrets.token_urlsafe(32)}"
    pool.admin_set_user_password(**user, Password=password, Permanent=True)
    tokens = pool.admin_initiate_auth(
        UserPoolId=outputs.user_pool_id,
        ClientId=outputs.user_pool_client_id,
        AuthFlow=FLOW,
        AuthParameters={"USERNAME": phone, "PASSWORD": password},
    )["AuthenticationResult"]
    _known(f"brw_{pool.admin_get_user(**user)['Username']}", granted)
    client = Client(outputs.api_url, tokens["AccessToken"])
    borrower_id, session_id = named(tokens["AccessToken"])
    at = datetime.now(UTC)
    identity.sessions().save(borrower_id, Session(session_id, at, at, client.device.key_id), None)
    return client


def _known(borrower_id: str, granted: Money) -> None:
    at = datetime.now(UTC)
    consents = market_at("in", at).consents_needed
    borrower = Borrower(
        borrower_id,
        "in",
        "en",
        consents=consents,
        has_profile=True,
        has_bank_account=True,
        accepted_documents=("pan_card",),
    )
    wiring.people_table().transact([Write(record(borrower, borrower_id, SK), ANY)])
    until = today("in", at) + timedelta(days=365)
    limit = SpendingLimit(borrower_id, "app_seeded", "in", granted, "A", Money(10**7, "INR"), at, until)
    wiring.loans_table().transact([changed_limit(limit)])


def _allow_passwords(outside: Outside) -> None:
    """This machine is the pool's administrator; the deployed client allows the code from the phone alone. On a machine
    that is slow the last checkout comes long after the first buyer has signed in."""
    pool, outputs = outside.cloud.client("cognito-idp"), outside.outputs
    names = {"UserPoolId": outputs.user_pool_id, "ClientId": outputs.user_pool_client_id}
    known = pool.describe_user_pool_client(**names)["UserPoolClient"]
    pool.update_user_pool_client(
        **names,
        ExplicitAuthFlows=[*known["ExplicitAuthFlows"], f"ALLOW_{FLOW}"],
        AccessTokenValidity=24,
        TokenValidityUnits=known["TokenValidityUnits"] | {"AccessToken": "hours"},
    )


def _wire(outside: Outside) -> None:
    """The product's own adapters, wired as its functions are."""
    os.environ.update(outside.cloud.environment)
    for door in ("apply", "sign_in"):
        known = outside.cloud.client("lambda").get_function_configuration(FunctionName=f"{STACK}-{door}")
        os.environ.update(known["Environment"]["Variables"])


def _partners() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads(PARTNERS.read_text())
    return loaded
