"""A borrower is told of a debit in time, once, and of one that failed for good."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from shared.adapters.debits import Debits, changed_debit
from shared.adapters.mandates import changed_mandate, new_mandate
from shared.adapters.table import Write
from shared.domain import agenda
from shared.domain.debits import Debit
from tests.application.post import Office, at
from tests.application.test_tell_loan import DUE, FIRST, TERMS
from tests.domain.lending import LENT_ON, Life
from tests.domain.test_debits import MANDATE

DAY = timedelta(days=1)
NOTICE = DUE - 2 * DAY


def with_mandate(state: str = "active") -> Office:
    office = Office(Life(TERMS))
    office.loans.table.transact(new_mandate(replace(MANDATE, state=state)))
    return office


def debit(office: Office) -> Debit | None:
    return Debits(office.loans.table).of_loan(office.loan_id)


def told(office: Office, on: date, hour: int = 10) -> list[str]:
    """The notices of debits that are sent then."""
    before = set(office.told())
    office.tell(on, hour)
    return [notice_id for notice_id in office.told() if notice_id not in before and "debit" in notice_id]


def test_a_debit_is_planned_and_told_two_days_before_once_and_with_how_to_stop_it() -> None:
    office = with_mandate()
    sent = [(on, told(office, on)) for on in (LENT_ON, FIRST, NOTICE, NOTICE, NOTICE + DAY)]
    planned = debit(office)

    assert [ids for _, ids in sent] == [[], [], ["debit_notice.1.2026-02-28"], [], []]
    assert planned is not None and (planned.number, planned.state) == (1, "planned")
    [text] = [text for text in office.network.taken if "debited" in text]
    for part in ("Rs 969.73", "28 Feb 2026", "5:00 am", "1 Mar 2026, 10:00 am", "mnd_1", "To stop it", office.loan_id):
        assert part in text, part


def test_the_loan_waits_for_the_day_of_its_notice() -> None:
    office = with_mandate()
    office.tell(FIRST)

    assert office.listed_on() == NOTICE


def test_a_debit_is_planned_even_when_its_notice_cannot_be_sent() -> None:
    office = with_mandate()
    office.network.is_down = True
    office.tell(NOTICE)
    telling = office.told()["debit_notice.1.2026-02-28"]

    listed = office.listed_on()
    assert debit(office) is not None and telling.state == "failed"
    assert listed is not None and listed <= NOTICE


@pytest.mark.parametrize("state", ["created", "paused", "revoked"])
def test_nobody_is_told_of_a_debit_without_an_active_mandate(state: str) -> None:
    office = with_mandate(state)

    assert told(office, NOTICE) == [] and debit(office) is None


def test_a_debit_of_a_mandate_taken_back_before_its_notice_is_not_told() -> None:
    office = with_mandate()
    office.network.is_down = True
    office.tell(NOTICE)
    office.network.is_down = False
    office.loans.change(changed_mandate(replace(MANDATE, state="revoked")))
    office.tell(NOTICE, 12)

    assert not [text for text in office.network.taken if "debited" in text]


def test_of_a_debit_that_failed_the_borrower_is_told_once_while_it_is_unpaid() -> None:
    office = with_mandate()
    office.tell(NOTICE)
    planned = debit(office)
    assert planned is not None
    over = replace(planned, state="failed", attempts=4, tried_at=at(DUE + DAY, 6), reason="insufficient_funds")
    office.loans.table.transact([write := changed_debit(over, agenda.shard(office.life.loan, TERMS), tells=True)])
    office.life.until(DUE + DAY)
    office.booked()

    assert isinstance(write, Write) and write.item["task"] == "notice" and "debit_on" not in write.item
    assert told(office, DUE + DAY) == ["debit_failed.1.2026-02-28"]
    assert told(office, DUE + DAY, 12) == told(office, DUE + 3 * DAY) == []


def test_the_next_instalment_is_debited_after_one_that_failed() -> None:
    office = with_mandate()
    office.tell(NOTICE)
    planned = debit(office)
    assert planned is not None
    over = replace(planned, state="failed", attempts=4, tried_at=at(DUE + DAY, 6), reason="insufficient_funds")
    office.loans.change(changed_debit(over, agenda.shard(office.life.loan, TERMS)))
    office.life.until(date(2026, 3, 29))
    office.booked()

    assert told(office, date(2026, 3, 29)) == ["debit_failed.1.2026-02-28", "debit_notice.2.2026-03-31"]
