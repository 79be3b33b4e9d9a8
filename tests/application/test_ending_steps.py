"""Settlements and write-offs at every step, killed before and after every call: one effect."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest

from shared.adapters.audit import Audit
from shared.adapters.endings import WriteOffs
from shared.adapters.rails import Amount, PaymentNews
from shared.adapters.requests import Request
from shared.adapters.table import Table
from shared.application.check_book import is_book_right
from shared.application.end_loan import decide_write_off, propose_write_off
from shared.application.settle_loan import decide_settlement, decline_settlement, offer_settlement, show_settlements
from shared.application.settle_repayment import settle_repayment
from shared.domain.errors import NotFound, Refused
from shared.domain.staff import Staff
from tests.application.desk import Desk
from tests.application.killed import AT_EACH_CALL, Desks, done_three_times, killed_at_each_call
from tests.domain.lending import rupees

# The due of 28 February is 214 days late.
AT = datetime(2026, 9, 30, 6, 30, tzinfo=UTC)
RAVI = Staff("stf_ravi", ("reviewer",))
MEENA, ANITA = (Staff(name, ("approver",)) for name in ("stf_meena", "stf_anita"))


class LateDesk(Desk):
    def offer(self, pay: str = "17000", key: str = "offer", name: str = "stl_1") -> Any:
        """One person may offer this; 12,000 takes two."""
        ids = (name, self.new_id("aud"))
        by = date(2026, 10, 10)
        given = self.by(MEENA, key)
        return offer_settlement(self.loan_id, rupees(pay), by, "He sells his car.", MEENA, ids, AT, **given)

    def suggest(self) -> Any:
        return self.offer("12000")

    def second(self, state: str = "offered", member: Staff = ANITA) -> Any:
        given = self.by(member, state)
        return decide_settlement(self.loan_id, "stl_1", state, "Seen.", member, self.new_id("aud"), AT, **given)

    def refuse(self) -> Any:
        return self.second("refused")

    def withdraw(self) -> Any:
        return self.second("withdrawn")

    def says_no(self) -> Any:
        request = Request("brw_asha", f"POST /v1/loans/{self.loan_id}/settlements/stl_1/answer", "no", "hash", 200)
        given = {**self.by(MEENA, "no"), "request": request}
        return decline_settlement(self.loan_id, "stl_1", self.new_id("aud"), AT, **given)

    def settled(self) -> list[str]:
        return [state for _, state in show_settlements(self.loan_id, AT, loans=self.loans)]

    def propose(self, key: str = "propose") -> Any:
        given = self.by(RAVI, key)
        return propose_write_off(self.loan_id, "Not to be found.", RAVI, self.new_id("aud"), AT, **given)

    def approve(self, member: Staff = MEENA, state: str = "approved") -> Any:
        given = self.by(member, "approve")
        return decide_write_off(self.loan_id, state, "Seen.", member, self.new_id("aud"), AT, **given)

    def decline(self) -> Any:
        return self.approve(state="declined")

    def by(self, member: Staff, key: str) -> dict[str, Any]:
        request = Request(member.staff_id, f"POST /v1/desk/loans/{self.loan_id}", key, "hash", 201)
        return {"loans": self.loans, "request": request, "view": lambda *_: {"done": True}}

    def records(self) -> list[str]:
        found, _ = Audit(Table(self.onlooker, self.loans.table.name)).page("in", "2026-09", None, 20)
        return [decision.action for decision in found]


@dataclass(frozen=True)
class Step:
    before: Callable[[LateDesk], object]
    verb: Callable[[LateDesk], object]
    state: str
    entries: dict[str, int]
    records: list[str]


def lent(desk: LateDesk) -> None:
    desk.lent()


def proposed(desk: LateDesk) -> None:
    desk.lent()
    desk.propose()


def suggested(desk: LateDesk) -> None:
    desk.lent()
    desk.suggest()


def offered(desk: LateDesk) -> None:
    desk.lent()
    desk.offer()


GRANTED, TAKEN_BACK = {"waiver_granted": 1, "reversal": 0}, {"waiver_granted": 1, "reversal": 1}


STEPS = {
    "a settlement is offered": Step(lent, LateDesk.offer, "active", GRANTED, ["settlement.offered"]),
    "one above the limit is proposed": Step(
        lent, LateDesk.suggest, "active", {"waiver_granted": 0}, ["settlement.proposed"]
    ),
    "and offered by the second": Step(
        suggested, LateDesk.second, "active", GRANTED, ["settlement.proposed", "settlement.offered"]
    ),
    "or refused": Step(
        suggested, LateDesk.refuse, "active", {"waiver_granted": 0}, ["settlement.proposed", "settlement.refused"]
    ),
    "a settlement is withdrawn": Step(
        offered, LateDesk.withdraw, "active", TAKEN_BACK, ["settlement.offered", "settlement.withdrawn"]
    ),
    "a settlement is declined": Step(
        offered, LateDesk.says_no, "active", TAKEN_BACK, ["settlement.offered", "settlement.declined"]
    ),
    "a write-off is proposed": Step(lent, LateDesk.propose, "active", {"write_off": 0}, ["write_off.proposed"]),
    "and approved": Step(
        proposed, LateDesk.approve, "written_off", {"write_off": 1}, ["write_off.proposed", "write_off.approved"]
    ),
    "or declined": Step(
        proposed, LateDesk.decline, "active", {"write_off": 0}, ["write_off.proposed", "write_off.declined"]
    ),
}


@pytest.fixture
def desk(desks: Desks) -> LateDesk:
    return desks(LateDesk)


def is_as_wanted(desk: LateDesk, step: Step) -> None:
    assert desk.state() == step.state
    assert {kind: desk.kinds().count(kind) for kind in step.entries} == step.entries
    assert sorted(desk.records()) == sorted(step.records)
    assert is_book_right(desk.loan_id, loans=desk.loans)


@AT_EACH_CALL
@pytest.mark.parametrize("name", STEPS)
def test_a_step_killed_at_any_call_is_right_once_it_was_tried_again(name: str, comes_after: bool, desks: Desks) -> None:
    killed_at_each_call(lambda: desks(LateDesk), STEPS[name], is_as_wanted, desks.death, comes_after=comes_after)


@pytest.mark.parametrize("name", STEPS)
def test_a_step_done_three_times_has_one_effect(name: str, desk: LateDesk) -> None:
    done_three_times(desk, STEPS[name], is_as_wanted)


def test_two_people_write_off(desk: LateDesk) -> None:
    proposed(desk)

    with pytest.raises(Refused) as refusal:
        desk.approve(member=Staff("stf_ravi", ("reviewer", "approver")))
    assert (refusal.value.code, desk.state()) == ("own_approval", "active")


def test_after_a_no_it_may_be_proposed_anew_and_approved(desk: LateDesk) -> None:
    proposed(desk)
    desk.decline()
    desk.propose("anew")
    decide_write_off(desk.loan_id, "approved", "Now.", MEENA, desk.new_id("aud"), AT, **desk.by(MEENA, "second"))

    assert desk.state() == "written_off"
    found = WriteOffs(desk.loans.table).of_loan(desk.loan_id)
    assert found is not None and (found.number, found.state) == (2, "approved")


def paid(desk: LateDesk, minor: int) -> None:
    """The rail tells of money for the loan's first order."""
    news = PaymentNews(
        type="payment.received",
        payment_id="upi_1",
        reference=desk.orders()[0].repayment_id,
        amount=Amount(minor=minor, currency="INR"),
        received_on=AT.date(),
    )
    settle_repayment(news, "pout_2", AT, loans=desk.loans)


def test_money_after_a_write_off_is_recovery(desk: LateDesk) -> None:
    desk.lent().order()
    desk.propose()
    desk.approve()
    paid(desk, 96_973)

    assert desk.balance("recoveries") == -96_973


def test_nothing_is_decided_that_nobody_proposed(desk: LateDesk) -> None:
    desk.lent()

    with pytest.raises(NotFound):
        desk.approve()


def test_a_settlement_that_was_taken_back_leaves_the_loan_free_for_another(desk: LateDesk) -> None:
    offered(desk)
    desk.withdraw()
    assert desk.loans.get(desk.loan_id)[0].grant is None
    desk.offer("18000", "anew", "stl_2")

    assert desk.settled() == ["withdrawn", "offered"]


def test_who_proposed_a_settlement_does_not_approve_it(desk: LateDesk) -> None:
    suggested(desk)

    with pytest.raises(Refused) as refusal:
        desk.second(member=MEENA)
    assert (refusal.value.code, desk.settled()) == ("own_approval", ["proposed"])


def test_a_borrower_declines_nothing_that_he_was_not_offered(desk: LateDesk) -> None:
    suggested(desk)

    with pytest.raises(NotFound):
        desk.says_no()
    assert desk.settled() == ["proposed"]


def test_only_one_settlement_waits_for_its_second_person(desk: LateDesk) -> None:
    suggested(desk)

    with pytest.raises(Refused) as refusal:
        desk.offer("11000", "anew", "stl_2")
    assert refusal.value.code == "relief_open"


def test_a_loan_whose_arrears_were_paid_after_the_proposal_is_not_written_off(desk: LateDesk) -> None:
    """Seven instalments were due; the last of them is of today."""
    desk.lent().order("7000")
    desk.propose()
    paid(desk, 900_000)

    with pytest.raises(Refused) as refusal:
        desk.approve()
    assert (refusal.value.code, desk.state()) == ("not_late_enough", "active")
    desk.decline()
    assert desk.state() == "active"
