"""A collector's steps: nobody contacts a borrower who was not told, out of hours, or past his caps; each step once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from shared.adapters.cases import Cases
from shared.adapters.notices import Contacts, Notices
from shared.adapters.rails import Amount, PaymentNews
from shared.adapters.reach import Reach
from shared.adapters.requests import Request
from shared.adapters.table import ANY, Table, Write, record
from shared.application.keep_case import keep_case
from shared.application.settle_repayment import settle_repayment
from shared.application.work_case import (
    assign_case,
    contacts_of,
    log_contact,
    log_promise,
    name_agent,
    show_case,
    take_to_court,
)
from shared.domain.cases import Agent
from shared.domain.contact import OptOut, Wishes
from shared.domain.errors import NotFound, Refused
from shared.domain.money import Money
from shared.domain.staff import Staff
from shared.domain.telling import SENT, Message, Telling
from tests.application.desk import Desk
from tests.application.killed import AT_EACH_CALL, Desks, done_three_times, killed_at_each_call

# 10 March 2026, noon in India: ten days after the first due date.
AT = datetime(2026, 3, 10, 6, 30, tzinfo=UTC)
MEENA, RAVI = Staff("stf_meena", ("collector",)), Staff("stf_ravi", ("collector",))


class CaseDesk(Desk):
    reached: Table

    def keep(self, at: datetime = AT) -> Any:
        return keep_case(self.loan_id, at, loans=self.loans)

    def name(self, member: Staff = MEENA, key: str = "name") -> Any:
        agent = Agent(member.staff_id, "Meena Iyer", "+911204567800")
        return name_agent(self.loan_id, agent, **self.by(member, key))

    def told(self) -> None:
        """The notice went out."""
        case = self.case()
        sent = Telling(
            *(case.notice_id, "agent_named", "duty", AT.date(), "en", (Message("sms", "…"),), AT),
            state=SENT,
            sent_at=AT,
        )
        item = record(sent, self.loan_id, f"notice#{case.notice_id}")
        Table(self.onlooker, self.loans.table.name).transact([Write(item, ANY)])

    def assign(self, member: Staff = MEENA) -> Any:
        return assign_case(self.loan_id, "Mine.", member, self.new_id("aud"), AT, **self.by(member, "assign"))

    def call(self, key: str = "call", at: datetime = AT, member: Staff = MEENA) -> Any:
        return log_contact(
            self.loan_id,
            "call",
            "asks_for_plan",
            member,
            self.new_id("con"),
            at,
            reach=Reach(self.reached),
            **self.by(member, key),
        )

    def promise(self, currency: str = "INR") -> Any:
        amount = Money(50_000, currency)
        return log_promise(self.loan_id, amount, date(2026, 3, 15), MEENA, AT, **self.by(MEENA, "promise"))

    def to_court(self) -> Any:
        member = Staff("stf_anil", ("approver",))
        late = AT + timedelta(days=90)
        return take_to_court(
            self.loan_id, "Nothing helps.", member, self.new_id("aud"), late, **self.by(member, "court")
        )

    def by(self, member: Staff, key: str) -> dict[str, Any]:
        request = Request(member.staff_id, f"POST /v1/desk/cases/{self.loan_id}", key, "hash", 200)
        return {"loans": self.loans, "request": request, "view": lambda *_: {"done": True}}

    def case(self) -> Any:
        return Cases(Table(self.onlooker, self.loans.table.name)).get(self.loan_id)

    def counted(self) -> Contacts:
        return Notices(Table(self.onlooker, self.loans.table.name)).contacts("brw_asha")


@dataclass(frozen=True)
class Step:
    before: Callable[[CaseDesk], object]
    verb: Callable[[CaseDesk], object]
    state: str
    contacts: int = 0
    promises: int = 0


def late(desk: CaseDesk) -> None:
    desk.lent()


def opened(desk: CaseDesk) -> None:
    late(desk)
    desk.keep()


def named(desk: CaseDesk) -> None:
    opened(desk)
    desk.name()
    desk.told()


def in_hand(desk: CaseDesk) -> None:
    named(desk)
    desk.assign()


STEPS = {
    "opened": Step(late, CaseDesk.keep, "open"),
    "named": Step(opened, CaseDesk.name, "named"),
    "assigned": Step(named, CaseDesk.assign, "assigned"),
    "contacted": Step(in_hand, CaseDesk.call, "assigned", contacts=1),
    "promised": Step(in_hand, CaseDesk.promise, "assigned", promises=1),
    "taken to court": Step(in_hand, CaseDesk.to_court, "legal"),
}


def of(desks: Desks, people: Table) -> CaseDesk:
    made = desks(CaseDesk)
    made.reached = people
    return made


@pytest.fixture
def desk(desks: Desks, people: Table) -> CaseDesk:
    return of(desks, people)


def is_as_wanted(desk: CaseDesk, step: Step) -> None:
    case = desk.case()
    assert (case.state, case.number, len(case.promises)) == (step.state, 1, step.promises)
    assert len(desk.counted().contacts) == step.contacts
    assert len(Cases(desk.loans.table).contacts(desk.loan_id)) == step.contacts


@AT_EACH_CALL
@pytest.mark.parametrize("name", STEPS)
def test_a_step_killed_at_any_call_is_right_once_it_was_tried_again(
    name: str, comes_after: bool, desks: Desks, people: Table
) -> None:
    killed_at_each_call(lambda: of(desks, people), STEPS[name], is_as_wanted, desks.death, comes_after=comes_after)


@pytest.mark.parametrize("name", STEPS)
def test_a_step_done_three_times_has_one_effect(name: str, desk: CaseDesk) -> None:
    done_three_times(desk, STEPS[name], is_as_wanted)


def test_an_assignment_without_a_delivered_notice_is_refused(desk: CaseDesk) -> None:
    opened(desk)
    desk.name()

    with pytest.raises(Refused) as refusal:
        desk.assign()
    assert (refusal.value.code, desk.case().state) == ("agent_not_told", "named")


def test_who_is_to_be_told_of_has_the_relay_wake_whoever_tells(desk: CaseDesk) -> None:
    opened(desk)
    desk.name()
    item = desk.loans.table.get(desk.loan_id, "case")
    assert item is not None and item["task"] == "notice"
    desk.told()
    desk.assign()

    item = desk.loans.table.get(desk.loan_id, "case")
    assert item is not None and "task" not in item


@pytest.mark.parametrize(
    ("at", "is_allowed"),
    [
        (datetime(2026, 3, 10, 2, 29, 59, tzinfo=UTC), False),
        (datetime(2026, 3, 10, 2, 30, tzinfo=UTC), True),
        (datetime(2026, 3, 10, 13, 29, 59, tzinfo=UTC), True),
        (datetime(2026, 3, 10, 13, 30, tzinfo=UTC), False),
    ],
)
def test_a_borrower_is_contacted_in_the_hours_of_his_own_zone(at: datetime, is_allowed: bool, desk: CaseDesk) -> None:
    """From 8 to 19 o'clock in India, which is 5:30 before the clock of the machine."""
    in_hand(desk)

    if is_allowed:
        desk.call(at=at)
    else:
        with pytest.raises(Refused) as refusal:
            desk.call(at=at)
        assert (refusal.value.code, refusal.value.members["rule"]) == ("contact_forbidden", "in.contact_hours")


def test_the_third_contact_of_a_day_is_refused(desk: CaseDesk) -> None:
    in_hand(desk)
    desk.call("one")
    desk.call("two", AT + timedelta(hours=1))

    with pytest.raises(Refused) as refusal:
        desk.call("three", AT + timedelta(hours=2))
    assert refusal.value.members["rule"] == "in.contact_caps"
    assert len(desk.counted().contacts) == 2


def test_who_does_not_wish_to_be_called_is_not(desk: CaseDesk) -> None:
    in_hand(desk)
    Reach(desk.reached).save_wishes("brw_asha", Wishes(opt_outs=(OptOut("recovery", "call"),)))

    with pytest.raises(Refused) as refusal:
        desk.call()
    assert refusal.value.members["rule"] == "borrower.opt_out"


def test_a_collector_contacts_only_his_own_borrowers(desk: CaseDesk) -> None:
    in_hand(desk)

    with pytest.raises(Refused) as refusal:
        desk.call(member=RAVI)
    assert refusal.value.code == "not_the_agent"


def test_the_borrower_sees_his_agent_each_contact_and_his_promises(desk: CaseDesk) -> None:
    late(desk)
    assert contacts_of(desk.loan_id, "brw_asha", AT, loans=desk.loans) is None
    desk.keep()
    desk.name()
    desk.told()
    desk.assign()
    desk.call()
    desk.promise()
    told = contacts_of(desk.loan_id, "brw_asha", AT, loans=desk.loans)

    assert told is not None and [made.outcome for made in told.contacts] == ["asks_for_plan"]
    assert [state for _, state in told.promises] == ["open"]
    with pytest.raises(NotFound):
        contacts_of(desk.loan_id, "brw_ravi", AT, loans=desk.loans)


def test_a_case_is_listed_while_it_is_open_and_closed_by_the_payment(desk: CaseDesk) -> None:
    in_hand(desk)
    listed = Cases(desk.loans.table)
    assert [case.loan_id for case in listed.page("in", None, 20)[0]] == [desk.loan_id]
    seen, may_call = show_case(desk.loan_id, AT, loans=desk.loans, reach=Reach(desk.reached))
    assert (seen.case.bucket, may_call.is_allowed) == ("SMA-0", True)
    desk.order("969.73", key="all")
    order = desk.orders()[0].repayment_id
    # It came on the day after the due date, late, and nothing is overdue since then.
    pay(desk, order)
    assert desk.keep() is True

    assert desk.case().state == "closed" and listed.page("in", None, 20)[0] == []


def pay(desk: CaseDesk, order: str) -> None:
    news = PaymentNews(
        type="payment.received",
        payment_id="upi_1",
        reference=order,
        amount=Amount(minor=96_973, currency="INR"),
        received_on=AT.date(),
    )
    settle_repayment(news, "pout_9", AT, loans=desk.loans)


def test_a_promise_is_of_the_loans_own_money(desk: CaseDesk) -> None:
    """Of another currency it would be kept by as many minor units of this one."""
    in_hand(desk)

    with pytest.raises(Refused) as refusal:
        desk.promise("CNY")
    assert refusal.value.code == "currency_mismatch"
    assert desk.case().promises == ()
