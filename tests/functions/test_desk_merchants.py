"""Merchants at the desk: stored by two members of the staff, paid within a minute, ended by their dates."""

from collections.abc import Iterator
from contextlib import ExitStack
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.adapters.merchants import Merchants
from shared.adapters.table import Table
from shared.domain.errors import Refused
from shared.domain.merchants import require_live
from shared.markets import today
from tests.functions.door import Answer, call, forget, opened
from tests.sandbox import MERCHANTS

PLACE = "/v1/desk/merchants"
ACCOUNT = MERCHANTS[0]["account"]
# The code is that of a bank's head office, as its bank publishes it.
COMPANY = ACCOUNT | {"ifsc": None, "account_number": "0200003619027", "cnaps": "102100099996"}


class Desk:
    def __init__(self, door: Any, loans: Table) -> None:
        self.door, self.loans, self.keys = door, loans, 0

    def call(self, route: str, body: Any = None, *, by: str = "anita", roles: str = "approver", **query: str) -> Answer:
        self.keys += 1
        return call(self.door, route, body, subject=by, key=f"key-{self.keys}", query=query, roles=(roles,))

    def propose(self, written: dict[str, Any], by: str = "anita") -> Answer:
        return self.call(f"POST {PLACE}", {"merchant": written, "reason": "As agreed."}, by=by)

    def decide(self, digest: str, decision: str = "approved", by: str = "ravi", merchant_id: str = "lotus") -> Answer:
        body = {"decision": decision, "digest": digest, "reason": "Seen."}
        return self.call(f"POST {PLACE}/{merchant_id}/decision", body, by=by)

    def is_paid(self) -> bool:
        forget()
        try:
            require_live(Merchants(self.loans).get("lotus"), "in", today("in", datetime.now(UTC)))
        except Refused:
            return False
        return True


@pytest.fixture
def desk(loans: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with ExitStack() as stack:
        yield Desk(stack.enter_context(opened("desk_partners", monkeypatch, loans=loans)), loans)


def lotus(**changes: Any) -> dict[str, Any]:
    return deepcopy(MERCHANTS[0]) | changes


def test_a_merchant_is_paid_once_another_has_approved_it(desk: Desk) -> None:
    made = desk.propose(lotus())
    assert made.status == 201 and not desk.is_paid()
    assert desk.decide(made.body["digest"], by="anita").body["code"] == "own_approval"
    done = desk.decide(made.body["digest"])

    assert (done.status, done.body["state"]) == (200, "approved") and desk.is_paid()
    shown = desk.call(f"GET {PLACE}/lotus", roles="auditor").body
    assert shown["stored"] == shown["proposed"] == lotus(account=ACCOUNT | {"cnaps": None})


def test_a_company_in_china_has_an_account_by_its_banks_code(desk: Desk) -> None:
    assert desk.propose(lotus(market="cn", account=COMPANY)).status == 201


def test_a_merchant_ends_on_the_day_that_two_have_stored(desk: Desk) -> None:
    desk.decide(desk.propose(lotus()).body["digest"])
    yesterday = (today("in", datetime.now(UTC)) - timedelta(days=1)).isoformat()
    desk.decide(desk.propose(lotus(live_until=yesterday)).body["digest"])

    assert not desk.is_paid()
    [row] = desk.call(f"GET {PLACE}", roles="reviewer").body["merchants"]
    assert (row["status"], row["live_until"], row["proposal"]) == ("ended", yesterday, "approved")


def test_each_step_leaves_a_record_of_who_and_why(desk: Desk) -> None:
    desk.decide(desk.propose(lotus()).body["digest"], "declined")
    records = desk.loans.query(f"audit#in#{datetime.now(UTC):%Y-%m}")

    assert [(each["action"], each["by"], each["subject"], each["reason"]) for each in records] == [
        ("merchant.proposed", "stf_anita", "merchant.lotus", "As agreed."),
        ("merchant.declined", "stf_ravi", "merchant.lotus", "Seen."),
    ]
    assert not desk.is_paid()
    assert ACCOUNT["account_number"] not in str(records)


def test_who_approves_says_what_they_saw(desk: Desk) -> None:
    first, second = (desk.propose(lotus(name=name)).body["digest"] for name in ("Lotus", "Lotos"))

    assert desk.decide(first).body["code"] == "figures_stale"
    assert desk.decide(second).status == 200
    assert desk.decide(second).body["code"] == "proposal_decided"


@pytest.mark.parametrize(
    ("written", "code", "word"),
    [
        (lotus(account=ACCOUNT | {"account_number": "12"}), "account_number_invalid", "account number"),
        (lotus(account=ACCOUNT | {"ifsc": None}), "ifsc_unknown", "IFSC"),
        (lotus(account=ACCOUNT | {"ifsc": "HDFC0ZZZZZZ"}), "ifsc_unknown", "IFSC"),
        (lotus(account=ACCOUNT | {"cnaps": "102100099996"}), "cnaps_invalid", "CNAPS"),
        (lotus(market="cn", account=COMPANY | {"cnaps": "102100099997"}), "cnaps_invalid", "CNAPS"),
        (lotus(market="cn", account=COMPANY | {"account_number": "12"}), "account_number_invalid", "account number"),
        (lotus(market="cn", account=COMPANY | {"cnaps": None}), "account_number_invalid", "account number"),
        (lotus(account=ACCOUNT | {"holder_name": ""}), "merchant_invalid", "account"),
        (lotus(name="<b>Lotus</b>"), "merchant_invalid", "name"),
        (lotus(merchant_id="lotus#1"), "merchant_invalid", "merchant_id"),
        (lotus(live_until="2020-01-01"), "merchant_invalid", "live_until"),
        (lotus(live_untill="2030-01-01"), "invalid_request", "live_untill"),
        (lotus(market="xx"), "market_unknown", "xx"),
        ({}, "invalid_request", "merchant_id"),
    ],
)
def test_what_cannot_be_stored_is_refused_with_what_is_wrong(
    desk: Desk, written: dict[str, Any], code: str, word: str
) -> None:
    answer = desk.propose(written)

    assert (answer.body["code"], word in answer.body["detail"]) == (code, True)
    assert desk.loans.get("merchant#lotus", "proposal") is None


def test_a_merchant_stays_in_its_market(desk: Desk) -> None:
    desk.decide(desk.propose(lotus()).body["digest"])
    chinese = {"account_number": "6222020200112230", "holder_name": "Lotus", "ifsc": None}

    assert desk.propose(lotus(market="cn", account=chinese)).body["code"] == "market_fixed"


def test_the_list_goes_on_behind_the_page_before(desk: Desk) -> None:
    for name in ("lotus", "amber", "zenith"):
        desk.decide(desk.propose(lotus(merchant_id=name)).body["digest"], merchant_id=name)
    first = desk.call(f"GET {PLACE}", limit="2").body
    second = desk.call(f"GET {PLACE}", limit="2", after=first["next"]).body

    found = [row["merchant_id"] for page in (first, second) for row in page["merchants"]]
    assert found == ["amber", "lotus", "zenith"] and second["next"] is None


def test_a_merchant_that_nobody_knows_is_not_found(desk: Desk) -> None:
    assert desk.call(f"GET {PLACE}/nobody").status == 404
    assert desk.decide("0" * 64, merchant_id="nobody").status == 404
