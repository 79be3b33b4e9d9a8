"""What a borrower is told of a loan: each notice once, when and as he may be told, whatever happens to who tells it."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from shared.adapters.notices import Contacts
from shared.adapters.table import ANY, Write, record
from shared.application.attend_loan import attend_loan
from shared.domain.contact import Contact, OptOut, Wishes
from shared.domain.penal import Penalty
from shared.domain.telling import FAILED, PLANNED, SENT
from tests.application.desk import Killed
from tests.application.post import Office, at
from tests.domain.lending import LENT_ON, Life, contract, rupees

DAY = timedelta(days=1)
DUE = date(2026, 2, 28)
FIRST = DUE - 3 * DAY
SOON = LENT_ON + 3 * DAY
PENALTY = Penalty("charge", Decimal("0.24"), 3, cap_share=Decimal("0.10"))
TERMS = contract(fees="0", penal=PENALTY)


def lent(language: str = "en") -> Office:
    return Office(Life(TERMS), language)


def late(days: int) -> Office:
    """Nothing was paid, and nobody was told anything so far."""
    office = Office(Life(TERMS))
    office.life.until(DUE + days * DAY)
    return office.booked()


def test_a_loan_that_was_paid_out_is_looked_at_and_waits_for_its_first_reminder() -> None:
    office = lent()

    assert office.listed_on() == LENT_ON
    assert office.tell(LENT_ON) == 0
    assert office.listed_on() == FIRST


def test_a_reminder_comes_once_in_the_borrowers_language_and_the_loan_waits_for_the_next() -> None:
    office = lent("hi")

    assert [office.tell(FIRST), office.tell(FIRST), office.tell(FIRST, 12)] == [1, 0, 0]
    [message] = office.network.taken
    assert "₹969.73" in message and "28 फ़र॰ 2026" in message and "+91" in message
    assert f"https://app.minnow.example/pay/{office.loan_id}" in message
    assert office.listed_on() == DUE - DAY


def test_what_was_told_is_kept_with_its_text_its_channel_and_its_time() -> None:
    office = lent()
    office.tell(FIRST)
    [telling] = office.told().values()

    assert (telling.notice_id, telling.state, telling.channel) == ("upcoming.3.due.1", SENT, "sms")
    assert telling.sent_at == at(FIRST)
    assert telling.message.body == office.network.taken[0]


def test_a_whole_month_without_a_payment_is_told_stage_by_stage() -> None:
    office = lent()
    days = [LENT_ON + number * DAY for number in range(62)]
    told = {on: office.tell(on) for on in days if (listed := office.listed_on()) is not None and listed <= on}
    ids = sorted(office.told().values(), key=lambda telling: telling.tried_at)

    assert [telling.notice_id for telling in ids if "due.1" in telling.notice_id] == [
        *("upcoming.3.due.1", "upcoming.1.due.1", "due_today.due.1"),
        *(f"overdue.{days}.due.1" for days in (1, 3, 7, 15, 30)),
    ]
    assert sum(told.values()) == len(ids) == len(office.network.taken)
    assert {"class_changed", "credit_report_preview"} <= {telling.kind for telling in ids}


@pytest.mark.parametrize(("hour", "next_day"), [(7, 0), (19, 1), (23, 1)])
def test_outside_contact_hours_nothing_is_sent_and_it_is_tried_when_they_begin(hour: int, next_day: int) -> None:
    office = lent()
    office.tell(LENT_ON)

    assert office.tell(FIRST, hour) == 0
    assert office.listed_on() == FIRST + next_day * DAY
    assert office.tell(FIRST + next_day * DAY, 8) == 1


def test_an_answer_to_a_payment_comes_at_any_hour_and_once() -> None:
    office = lent()
    office.life.pay(rupees("969.73"), SOON)
    listed_on = office.listed_on()
    office.booked()

    assert office.listed_on() == listed_on
    assert [office.tell(SOON, 23), office.tell(SOON, 23)] == [1, 0]
    assert "Rs 969.73" in office.network.taken[0]
    assert list(office.told()) == ["receipt.upi.payment.upi1"]


def test_a_payment_is_a_task_for_whoever_answers_it() -> None:
    office = lent()
    office.life.pay(rupees("969.73"), SOON)
    office.booked()
    items = office.loans.table.query(office.loan_id, "entry#")

    assert {item["sk"]: item.get("task") for item in items} == {
        "entry#payout_ordered.pout_1": None,
        "entry#repayment.upi.payment.upi1": "notice",
    }


def test_the_last_payment_is_answered_as_the_last_and_then_nobody_looks_any_more() -> None:
    office = lent()
    office.life.pay(rupees("21500"), SOON, "foreclosure")
    office.booked()
    office.tell(SOON)

    assert office.life.loan.state == "closed"
    assert [telling.notice_id for telling in office.told().values()] == ["receipt.upi.payment.upi1"]
    assert "fully repaid" in office.network.taken[0]
    assert office.listed_on() is None


def test_old_payments_are_not_answered() -> None:
    office = lent()
    office.life.pay(rupees("969.73"), DUE)
    office.booked()

    assert office.tell(DUE + 30 * DAY) >= 0
    assert not [each for each in office.told() if each.startswith("receipt")]


def test_a_class_is_told_once_and_so_is_the_way_back() -> None:
    office = late(31)
    office.tell(DUE + 31 * DAY)
    office.tell(DUE + 31 * DAY, 15)
    worse = [each for each in office.told() if each.startswith("class_changed")]
    office.life.pay(rupees("2100"), DUE + 32 * DAY)
    office.booked()
    office.tell(DUE + 32 * DAY)
    same_day = [each for each in office.told() if "standard" in each]
    assert office.listed_on() == DUE + 33 * DAY
    office.tell(DUE + 33 * DAY)

    assert worse == ["class_changed.SMA-1.2026-03-30"]
    assert same_day == []
    assert [each for each in office.told() if "standard" in each] == ["class_changed.standard.2026-04-01"]


def test_a_device_gets_a_push_message_and_no_text_message_comes() -> None:
    office = lent()
    office.has_device()
    office.tell(FIRST)

    [(address, title, body)] = office.pushes.taken
    assert (address, title) == ("/devices/one", "Payment due on 28 Feb 2026")
    assert "₹969.73" in body
    assert office.network.taken == []


def test_where_the_push_fails_a_text_message_comes() -> None:
    office = lent()
    office.has_device()
    office.pushes.is_down = True
    office.tell(FIRST)

    assert len(office.network.taken) == 1
    assert office.told()["upcoming.3.due.1"].channel == "sms"


def test_where_every_channel_fails_it_stays_due_and_is_sent_later() -> None:
    office = lent()
    office.network.is_down = True
    failing = [office.tell(FIRST, hour) for hour in (9, 11, 13, 15)]
    assert office.told()["upcoming.3.due.1"].state == FAILED
    listed = office.listed_on()
    office.network.is_down = False

    assert failing == [0, 0, 0, 0]
    assert listed is not None and listed <= FIRST
    assert [office.tell(FIRST, 16), office.tell(FIRST, 17)] == [1, 0]


def test_the_same_notice_that_failed_and_was_sent_later_counts_once_for_the_caps() -> None:
    office = lent()
    office.network.is_down = True
    office.tell(FIRST, 9)
    office.network.is_down = False
    office.tell(FIRST, 11)

    assert [contact.at for contact in office.notices.contacts("brw_asha").contacts] == [at(FIRST, 11)]


def test_what_a_borrower_opted_out_of_is_not_sent() -> None:
    office = lent()
    office.reach.save_wishes("brw_asha", Wishes((OptOut("reminder"),)))

    assert office.tell(FIRST) == 0
    assert office.told() == {} and office.listed_on() == DUE - DAY


def test_a_channel_that_a_borrower_opted_out_of_leaves_him_the_other() -> None:
    office = lent()
    office.has_device()
    office.reach.save_wishes("brw_asha", Wishes((OptOut(channel="push"),)))
    office.tell(FIRST)

    assert office.pushes.taken == [] and len(office.network.taken) == 1


def test_a_day_on_which_a_borrower_is_to_be_left_alone_moves_the_reminder_to_the_next() -> None:
    office = lent()
    office.reach.save_wishes("brw_asha", Wishes(do_not_contact=(FIRST,)))

    assert office.tell(FIRST) == 0
    assert office.listed_on() == FIRST + DAY
    assert office.tell(FIRST + DAY, 8) == 1


def test_who_was_contacted_twice_today_hears_a_reminder_tomorrow() -> None:
    office = lent()
    before = Contacts(tuple(Contact(at(FIRST, hour), "reminder") for hour in (8, 9)), 1)
    office.loans.table.transact([Write(record(before, "brw_asha", "contacts"), ANY)])

    assert office.tell(FIRST) == 0
    assert office.listed_on() == FIRST + DAY


def test_a_movement_meanwhile_keeps_the_loan_under_its_own_day() -> None:
    office = lent()
    office.tell(FIRST)
    loan, terms = office.loans.get(office.loan_id)
    office.life.until(DUE)
    office.booked()

    assert not office.loans.look_on(loan, terms, DUE + DAY)
    assert office.listed_on() == DUE


def test_a_loan_that_lies_where_it_should_is_looked_at_without_a_write() -> None:
    office = lent()
    office.tell(FIRST)
    written = office.dynamo.billed["write"]
    office.tell(FIRST, 12)

    assert office.dynamo.billed["write"] == written


def test_whoever_tells_finds_a_head_that_is_not_what_its_entries_say() -> None:
    office = lent()
    at_noon = at(FIRST, 12)
    loan, terms = office.loans.get(office.loan_id)
    assert attend_loan(office.loan_id, at_noon, loans=office.loans, post=office.post).is_book_right
    office.loans.book(replace(loan, excess=1), terms, [])

    assert not attend_loan(office.loan_id, at_noon, loans=office.loans, post=office.post).is_book_right


def test_looking_for_notices_changes_no_head() -> None:
    office = lent()
    before, terms = office.loans.get(office.loan_id)
    office.tell(FIRST)

    assert office.loans.get(office.loan_id) == (replace(before, notice_on=DUE - DAY), terms)


def killed(office: Office, number: int, *, comes_after: bool) -> bool:
    """Whether the teller died at that call."""
    office.death.at_call(number, comes_after)
    try:
        office.tell(FIRST, 9)
    except Killed:
        return True
    return False


@pytest.mark.parametrize("comes_after", [False, True])
def test_killed_at_any_call_it_is_told_and_twice_at_most_where_nobody_knows_whether_it_went_out(
    comes_after: bool,
) -> None:
    number, sent = 0, []
    while True:
        number += 1
        office = lent()
        if not killed(office, number, comes_after=comes_after):
            break
        office.death.at_call(0, comes_after=False)
        # The message comes again at once, and the sweep two hours later.
        office.tell(FIRST, 9)
        office.tell(FIRST, 11)
        office.tell(FIRST, 13)
        sent.append(len(office.network.taken))
        assert office.told()["upcoming.3.due.1"].state == SENT
        assert office.listed_on() == DUE - DAY

    assert len(sent) > 8
    # Sent, and nobody knows it: before it was marked, or right after the network took it.
    assert sorted(set(sent)) == [1, 2]
    assert sent.count(2) <= 3


def test_who_dies_at_every_try_sends_no_third_time() -> None:
    office = lent()
    for hour in (9, 11, 13, 15):
        office.network.dies = True
        with suppress(Killed):
            office.tell(FIRST, hour)
    office.network.dies = False
    office.tell(FIRST, 17)

    assert len(office.network.taken) == 2
    assert office.told()["upcoming.3.due.1"].state == PLANNED
    assert office.listed_on() == DUE - DAY


def test_two_who_tell_at_once_send_once() -> None:
    number = 0
    while True:
        number += 1
        office = lent()
        other = Between(office, number)
        office.dynamo.watched_by = other
        office.tell(FIRST)
        if other.calls < number:
            break
        assert len(office.network.taken) == 1, number
        assert office.told()["upcoming.3.due.1"].state == SENT

    assert number > 8


class PaidMeanwhile:
    """The instalment comes before a chosen call."""

    def __init__(self, office: Office, number: int) -> None:
        self.office, self.number, self.calls = office, number, 0

    def before(self) -> None:
        self.calls += 1
        if self.calls == self.number:
            self.office.dynamo.watched_by = None
            self.office.life.pay(rupees("969.73"), DUE + DAY)
            self.office.booked()

    def after(self) -> None:
        """Nothing comes between an answer and its reader."""


def test_who_pays_while_his_loan_is_read_is_not_told_that_he_is_late() -> None:
    office = late(1)
    office.dynamo.watched_by = PaidMeanwhile(office, 2)
    office.tell(DUE + DAY)

    assert office.network.taken == []
    # His lender hears on the day after that the class is standard again.
    assert office.listed_on() == DUE + 2 * DAY
    assert office.tell(DUE + 2 * DAY) == 0 and office.listed_on() == date(2026, 3, 28)


class Between:
    """Somebody else tells the same loan, before a chosen call."""

    def __init__(self, office: Office, number: int) -> None:
        self.office, self.number, self.calls = office, number, 0

    def before(self) -> None:
        self.calls += 1
        if self.calls == self.number:
            self.office.tell(FIRST, 10, 1)

    def after(self) -> None:
        """Nothing comes between an answer and its reader."""
