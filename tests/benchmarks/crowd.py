"""Many borrowers who lack nothing, made as sign-up makes them, but without the minutes that their phones would take.

What stands in the book is written by the product's own adapters; the tokens are the pool's own.
"""

import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from infra.local.deploy import STACK
from infra.local.device import Device
from infra.local.outside import Outside
from shared.adapters.borrowers import Borrowers
from shared.adapters.paper_seals import PaperSeals
from shared.adapters.people import People
from shared.adapters.sessions import Sessions, named
from shared.adapters.table import Table
from shared.adapters.vault import Vault
from shared.domain.borrowers import EMPLOYMENTS, Address, Borrower, Means, Person
from shared.domain.money import Money
from shared.domain.sessions import Session
from shared.markets import market_at

MARKET, BORN = "in", date(1994, 6, 15)
HOME = Address("14 Lake Road", "Pune", "MH", "411001")
AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Someone:
    """A borrower with a token that is good for minutes, what he stated of his means, and the device that calls."""

    borrower_id: str
    token: str
    means: Means
    device: Device


def crowd(outside: Outside, numbers: range) -> list[Someone]:
    """One borrower for each number; another number, another person with other means."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(lambda number: _someone(outside, number), numbers))


def means(number: int) -> Means:
    """From those whom every table approves to those whom none does, as the number says."""
    incomes, owed = (12_000, 25_000, 45_000, 90_000), (0, 8, 18, 38)
    income = incomes[number % 4] * 100
    return Means(
        birth_date=BORN,
        monthly_income=Money(income, "INR"),
        monthly_obligations=Money(income * owed[number // 4 % 4] // 100, "INR"),
        employment=EMPLOYMENTS[number // 16 % len(EMPLOYMENTS)],
        months_employed=(6, 20, 48, 100)[number // 3 % 4],
    )


def _someone(outside: Outside, number: int) -> Someone:
    subject, token = _signed_in(outside, f"+9197{number:08d}")
    borrower_id, stated = f"brw_{subject}", means(number)
    book, at = _borrowers(outside), datetime.now(UTC)
    book.people.open(borrower_id, MARKET, "en")
    number_of_tax = f"ABCP{'VWXYZ'[number // 10_000 % 5]}{number % 10_000:04d}D"
    book.save_profile(
        borrower_id, Person("Asha Verma", number_of_tax, HOME), stated, PaperSeals(book.people, book.vault), at
    )
    book.people.change(borrower_id, lambda seen: (_ready(seen, at), []))
    device = Device()
    Sessions(book.people.table).save(borrower_id, Session(named(token)[1], at, at, device.key_id), None)
    return Someone(borrower_id, token, stated, device)


def _ready(borrower: Borrower, at: datetime) -> Borrower:
    """What the consents, the bank's answer and the verdict on a document would have left."""
    return replace(
        borrower,
        consents=market_at(MARKET, at).consents_needed,
        has_bank_account=True,
        account_check="verified",
        account_usable_from=at - timedelta(days=1),
        accepted_documents=("pan_card",),
    )


def _signed_in(outside: Outside, phone: str) -> tuple[str, str]:
    """The subject and an access token of the pool, asked for as an administrator."""
    pool, outputs = _pool(outside), outside.outputs
    user = {"UserPoolId": outputs.user_pool_id, "Username": phone}
    password = f"aA1!{secrets.token_urlsafe(32)}"
    phone_number = {"Name": "phone_number", "Value": phone}
    made = pool.admin_create_user(
        **user, TemporaryPassword=password, MessageAction="SUPPRESS", UserAttributes=[phone_number]
    )["User"]
    pool.admin_set_user_password(**user, Password=password, Permanent=True)
    answer = pool.admin_initiate_auth(
        UserPoolId=outputs.user_pool_id,
        ClientId=outputs.user_pool_client_id,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": phone, "PASSWORD": password},
    )["AuthenticationResult"]
    subject = next(str(each["Value"]) for each in made["Attributes"] if each["Name"] == "sub")
    return subject, str(answer["AccessToken"])


@cache
def _pool(outside: Outside) -> Any:
    """The pool, of a stage that goes away: its app may sign in with a password here, which no deployed one may."""
    pool, outputs = _client(outside, "cognito-idp"), outside.outputs
    flows = ["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH"]
    client = {"UserPoolId": outputs.user_pool_id, "ClientId": outputs.user_pool_client_id}
    pool.update_user_pool_client(**client, ExplicitAuthFlows=flows)
    return pool


@cache
def _client(outside: Outside, service: str) -> Any:
    return outside.cloud.client(service)


@cache
def _borrowers(outside: Outside) -> Borrowers:
    door = _client(outside, "lambda").get_function_configuration(FunctionName=f"{STACK}-borrower")
    vault = Vault(_client(outside, "kms"), door["Environment"]["Variables"]["MINNOW_VAULT_KEY"])
    return Borrowers(People(Table(_client(outside, "dynamodb"), outside.outputs.people_table)), vault, "crowd")
