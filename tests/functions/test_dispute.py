"""Disputes about the credit file: one at a time for a loan, once for a request, with a clock that costs."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from shared.adapters.loans import CONTRACT, HEAD, Loans
from shared.adapters.table import Table, Write, record
from shared.domain.disputes import REASONS, raised
from shared.domain.loan import sanctioned
from shared.markets import market
from tests.domain.lending import AT, LENT_ON, Life, contract, rupees
from tests.functions.door import Answer, call, opened

LOAN, UNPAID = f"loan_{'0' * 26}", f"loan_{'1' * 26}"
DAY = timedelta(days=1)
Say = Callable[..., Answer]


@pytest.fixture
def say(loans: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Say]:
    for loan_id, life in ((LOAN, Life(contract())), (UNPAID, Life(contract(), None))):
        start = sanctioned(loan_id, "brw_asha", life.contract, "app_1", "off_1", AT)
        loans.transact([Write(record(start, loan_id, HEAD)), Write(record(life.contract, loan_id, CONTRACT))])
        Loans(loans).book(replace(life.loan, loan_id=loan_id), life.contract, life.entries)
    with opened("dispute", monkeypatch, loans=loans) as handler:

        def said(loan_id: str = LOAN, key: str = "one", subject: str = "asha", **body: Any) -> Answer:
            whole = {"loan_id": loan_id, "reason": "paid_already"} | body
            return call(handler, "POST /v1/me/credit-file/disputes", whole, subject=subject, key=key)

        def shown(subject: str = "asha") -> Any:
            return call(handler, "GET /v1/me/credit-file/disputes", subject=subject).body["disputes"]

        said.shown = shown  # type: ignore[attr-defined]
        yield said


def test_a_dispute_is_taken_once_and_its_clock_runs(say: Any) -> None:
    first, again = say(), say()

    assert first.status == 201 and first.body == again.body
    assert again.headers["Idempotency-Replayed"] == "true"
    assert say.shown() == [first.body]
    raised_on = date.fromisoformat(first.body["raised_at"][:10])
    assert abs((date.fromisoformat(first.body["repair_by"]) - raised_on).days - 30) <= 1
    assert first.body["state"] == "open" and first.body["compensation"]["minor"] == 0


def test_a_second_dispute_of_a_loan_waits_for_the_first(say: Any) -> None:
    say()

    assert (say(key="two").status, say(key="two").body["code"]) == (422, "dispute_open")
    assert len(say.shown()) == 1


def test_of_a_loan_that_was_not_paid_out_nothing_is_wrong(say: Any) -> None:
    assert say(UNPAID).body["code"] == "not_reported"


def test_anothers_loan_is_not_there(say: Any) -> None:
    assert say(subject="other").status == 404
    assert say.shown("other") == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [({"reason": "unhappy"}, "/reason"), ({"loan_id": "loan_x"}, "/loan_id"), ({"detail": "my name"}, "/detail")],
)
def test_a_dispute_that_cannot_be_is_refused_with_its_place(say: Any, body: dict[str, Any], pointer: str) -> None:
    answer = say(**body)

    assert answer.status in (400, 422)
    assert [error["pointer"] for error in answer.body["errors"]] == [pointer]
    assert say.shown() == []


@pytest.mark.parametrize(("days", "owed"), [(0, "0"), (30, "0"), (31, "100"), (45, "1500")])
def test_each_day_after_the_thirtieth_costs_a_hundred_rupees(days: int, owed: str) -> None:
    life, rules = Life(contract()), market("in", LENT_ON).credit_dispute
    made = raised("dsp_1", life.loan, life.contract, REASONS[0], (), rules, on=LENT_ON, at=AT)

    assert made.compensation(LENT_ON + days * DAY) == rupees(owed)
    assert replace(made, repaired_on=LENT_ON + 33 * DAY).compensation(LENT_ON + 400 * DAY) == rupees("300")
