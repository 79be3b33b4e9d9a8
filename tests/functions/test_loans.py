"""The door `loans`: every number opens, any day can be asked for, and nothing of it writes."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.adapters.loans import CONTRACT, HEAD, Loans
from shared.adapters.table import Table, Write, record, unpack
from shared.domain.ledger import Entry
from shared.domain.penal import Penalty
from tests.domain.lending import Life, contract, rupees
from tests.functions.door import Answer, call, opened, turn_clock

# The loan was paid out 75 days ago: two dues have fallen, the first was paid in part and late.
LENT = date(2026, 1, 31)


class Desk:
    def __init__(self, handler: Any, table: Table, life: Life) -> None:
        self.handler, self.table, self.life = handler, table, life

    def get(
        self, rest: str = "", body: Any = None, subject: str = "asha", query: dict[str, str] | None = None
    ) -> Answer:
        verb = "GET" if body is None else "POST"
        return call(self.handler, f"{verb} /v1/loans/loan_1{rest}", body, subject=subject, query=query)

    def stored(self) -> list[dict[str, Any]]:
        return [unpack(item) for item in self.table.client.scan(TableName=self.table.name)["Items"]]


@pytest.fixture
def desk(aws: Any, loans: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("MINNOW_CLOCK_PARAMETER", "/test/clock")
    turn_clock(aws("ssm"), LENT + timedelta(days=75))
    life = Life(contract(penal=Penalty("charge", Decimal("0.24"), 3)), LENT)
    life.pay(rupees("500"), date(2026, 3, 10))
    start = life.start
    loans.transact([Write(record(start, "loan_1", HEAD)), Write(record(life.contract, "loan_1", CONTRACT))])
    booked: list[Entry] = life.entries
    Loans(loans).book(life.loan, life.contract, booked)
    with opened("loans", monkeypatch, loans=loans) as handler:
        yield Desk(handler, loans, life)


def test_a_loan_shows_what_is_overdue_with_its_penal_charges_to_the_day(desk: Desk) -> None:
    shown = desk.get().body

    # 16 April: what is left of February's due, since 28 February, and March's, since the 31st.
    assert (shown["on"], shown["days_past_due"]) == ("2026-04-16", 47)
    assert [due["number"] for due in shown["dues"]] == [1, 2]
    assert all(due["penalty"]["minor"] > 0 for due in shown["dues"])
    assert shown["overdue"]["minor"] == sum(amount["minor"] for due in shown["dues"] for amount in amounts(due))


def amounts(due: Any) -> list[Any]:
    return [due[part] for part in ("principal", "interest", "fee", "penalty")]


def test_any_past_day_can_be_asked_for(desk: Desk) -> None:
    first = desk.get(query={"on": "2026-02-28"}).body
    before = desk.get(query={"on": "2026-02-27"}).body

    assert (first["days_past_due"], [due["number"] for due in first["dues"]]) == (0, [1])
    assert amounts(first["dues"][0]) == [{"minor": minor, "currency": "INR"} for minor in (71_973, 25_000, 0, 0)]
    assert (before["dues"], before["outstanding"]["minor"]) == ([], 2_000_000)
    assert desk.get(query={"on": "2026-01-30"}).body["state"] == "sanctioned"


@pytest.mark.parametrize(
    ("on", "status", "code"),
    [
        ("2026-04-17", 422, "day_to_come"),
        ("yesterday", 422, "invalid_request"),
        ("2026-02-30", 422, "invalid_request"),
        ("1767225600", 422, "invalid_request"),
    ],
)
def test_a_day_that_cannot_be_shown_is_refused(on: str, status: int, code: str, desk: Desk) -> None:
    answer = desk.get(query={"on": on})

    assert (answer.status, answer.body["code"]) == (status, code)


def test_an_instalment_opens_into_its_days_and_what_settled_it(desk: Desk) -> None:
    opened = desk.get("/instalments/1").body

    assert sum(row["amount"]["minor"] for row in opened["interest_rows"]) == opened["interest"]["minor"] == 25_000
    rows = opened["penalty_rows"]
    assert [row["rule"] for row in rows[:4]] == ["grace", "grace", "grace", "charged"]
    assert rows[-1]["on"] == "2026-04-15"
    assert opened["penalty"]["minor"] == sum(row["amount"]["minor"] + row["tax"]["minor"] for row in rows)
    assert sum(part["amount"]["minor"] for part in opened["settlements"]) == 50_000
    assert {part["entry_id"] for part in opened["settlements"]} == {"repayment.upi.payment.upi1"}


@pytest.mark.parametrize(("number", "status"), [("24", 404), ("0", 422), ("x", 422)])
def test_an_instalment_that_has_no_days_is_not_found(number: str, status: int, desk: Desk) -> None:
    assert desk.get(f"/instalments/{number}").status == status


def test_a_receipt_says_what_a_payment_was_used_for(desk: Desk) -> None:
    (receipt,) = desk.get("/receipts").body["receipts"]

    assert (receipt["payment_id"], receipt["on"], receipt["amount"]["minor"]) == ("upi1", "2026-03-10", 50_000)
    assert [part["component"] for part in receipt["settled"]] == ["penalty", "interest", "principal"]


def test_the_statement_has_the_dues_that_the_night_has_not_booked_yet(desk: Desk) -> None:
    lines = desk.get("/statement").body["lines"]

    assert [line["what"] for line in lines][-2:] == ["penal_charge", "due"]
    assert (lines[-1]["number"], lines[-2]["number"]) == (2, None)


def test_a_line_of_the_statement_says_what_its_payment_settled(desk: Desk) -> None:
    (payment,) = [line for line in desk.get("/statement").body["lines"] if line["what"] == "repayment"]
    (receipt,) = desk.get("/receipts").body["receipts"]

    assert payment["settled"] == receipt["settled"] != []
    assert sum(part["amount"]["minor"] for part in payment["settled"]) == payment["paid"]["minor"]


def test_what_if_compares_with_what_was_agreed_and_writes_nothing(desk: Desk) -> None:
    asked = {"changes": [{"change": "foreclose", "on": "2026-05-01"}]}
    desk.get("")
    before = desk.stored()
    found = desk.get("/what-if", asked).body

    assert found["on"] == "2026-04-16"
    assert found["changed"]["ends_on"] == "2026-05-01"
    assert found["changed"]["charge"]["minor"] > 0
    assert found["saved"]["minor"] == found["as_agreed"]["to_pay"]["minor"] - found["changed"]["to_pay"]["minor"]
    assert desk.stored() == before


@pytest.mark.parametrize(
    "change",
    [
        {"change": "pay", "on": "2026-04-20", "amount": {"minor": 500_000, "currency": "INR"}, "purpose": "prepayment"},
        {"change": "skip", "number": 3},
        {"change": "tenor", "instalments": 30},
    ],
)
def test_every_change_can_be_imagined(change: Any, desk: Desk) -> None:
    found = desk.get("/what-if", {"changes": [change]})

    assert found.status == 200
    assert found.body["changed"] != found.body["as_agreed"]


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ([], "invalid_request", "/changes"),
        ([{"change": "vanish"}], "invalid_request", None),
        ([{"change": "skip", "number": 99}], "change_impossible", "/changes/0/number"),
        ([{"change": "foreclose", "on": "2026-04-15"}], "change_impossible", "/changes/0/on"),
        (
            [{"change": "pay", "on": "2026-04-20", "amount": {"minor": 1, "currency": "CNY"}, "purpose": "prepayment"}],
            "currency_mismatch",
            "/changes/0/amount/currency",
        ),
    ],
)
def test_what_cannot_be_imagined_is_refused_with_its_place(
    changes: Any, code: str, pointer: str | None, desk: Desk
) -> None:
    answer = desk.get("/what-if", {"changes": changes})

    assert (answer.status, answer.body["code"]) == (422, code)
    if pointer is not None:
        assert answer.body["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("rest", ["", "/receipts", "/instalments/1", "/statement"])
def test_another_borrower_finds_nothing(rest: str, desk: Desk) -> None:
    assert desk.get(rest, subject="ravi").status == 404
