"""The audit record: a decision is kept once, and a month is read page by page."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from shared.adapters.audit import Audit, decided
from shared.adapters.table import Stale, Table
from shared.domain.staff import Decision, figures_hash

SAW = {"overdue": 96_973, "days_past_due": 20}
MADE = Decision(
    decision_id="aud_01",
    market="in",
    subject="wvr_1",
    loan_id="loan_1",
    action="approve",
    by="stf_ravi",
    roles=("reviewer",),
    on=date(2026, 11, 30),
    at=datetime(2026, 11, 30, 18, 0, tzinfo=UTC),
    reason="Lost his work.",
    saw=SAW,
    saw_hash=figures_hash(SAW),
)


def test_a_decision_is_read_back_as_it_was_made(loans: Table) -> None:
    loans.transact([decided(MADE)])

    assert Audit(loans).page("in", "2026-11", None, 10) == ([MADE], None)
    assert Audit(loans).page("in", "2026-12", None, 10) == ([], None)
    assert Audit(loans).page("cn", "2026-11", None, 10) == ([], None)


def test_a_decision_is_never_written_over(loans: Table) -> None:
    loans.transact([decided(MADE)])

    with pytest.raises(Stale):
        loans.transact([decided(replace(MADE, reason="Another."))])


def test_a_month_comes_in_pages(loans: Table) -> None:
    made = [replace(MADE, decision_id=f"aud_0{number}") for number in range(5)]
    for decision in made:
        loans.transact([decided(decision)])

    first, then = Audit(loans).page("in", "2026-11", None, 3)
    assert (first, then) == (made[:3], "aud_02")
    assert Audit(loans).page("in", "2026-11", then, 3) == (made[3:], None)


def test_the_hash_of_figures_does_not_depend_on_their_order() -> None:
    assert figures_hash({"a": 1, "b": 2}) == figures_hash({"b": 2, "a": 1})
    assert figures_hash({"a": 1}) != figures_hash({"a": 2})
