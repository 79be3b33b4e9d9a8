"""A mandate is given, heard of and taken back, killed before and after every call, and done again: one effect."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from shared.adapters.mandates import Mandates
from shared.adapters.rails import MandateNews
from shared.adapters.requests import Request
from shared.application.give_mandate import give_mandate, hear_mandate, revoke_mandate, show_mandate
from shared.domain.errors import NotFound, Refused
from tests.application.desk import AT, ON, Desk
from tests.application.killed import AT_EACH_CALL, Desks, done_three_times, killed_at_each_call
from tests.domain.lending import rupees


class MandateDesk(Desk):
    def give(self, key: str = "give") -> Any:
        request = Request("brw_asha", f"POST /v1/loans/{self.loan_id}/mandate", key, "hash", 201)
        given: dict[str, Any] = {"loans": self.loans, "request": request, "view": lambda made: made.mandate_id}
        return give_mandate(self.loan_id, rupees("2000"), self.new_id("mnd"), AT, **given)

    def hear(self, news_type: Any = "mandate.active") -> Any:
        news = MandateNews(type=news_type, reference=self.mandate_id())
        return hear_mandate(news, loans=self.loans)

    def revoke(self) -> Any:
        return revoke_mandate(self.loan_id, "brw_asha", AT, loans=self.loans)

    def mandate_id(self) -> str:
        [item] = self.items("mandate")
        return str(item["mandate_id"])

    def states(self) -> list[str]:
        return [item["state"] for item in self.items("mandate")]


def lent(desk: MandateDesk) -> None:
    desk.lent()


def given(desk: MandateDesk) -> None:
    desk.lent()
    desk.give()


def active(desk: MandateDesk) -> None:
    given(desk)
    desk.hear()


@dataclass(frozen=True)
class Step:
    before: Callable[[MandateDesk], object]
    verb: Callable[[MandateDesk], object]
    state: str


STEPS = {
    "given": Step(lent, MandateDesk.give, "created"),
    "heard": Step(given, MandateDesk.hear, "active"),
    "revoked": Step(active, MandateDesk.revoke, "revoked"),
}


@pytest.fixture
def desk(desks: Desks) -> MandateDesk:
    return desks(MandateDesk)


def is_as_wanted(desk: MandateDesk, step: Step) -> None:
    assert desk.states() == [step.state]


@AT_EACH_CALL
@pytest.mark.parametrize("name", STEPS)
def test_a_step_killed_at_any_call_is_right_once_it_was_tried_again(name: str, comes_after: bool, desks: Desks) -> None:
    killed_at_each_call(lambda: desks(MandateDesk), STEPS[name], is_as_wanted, desks.death, comes_after=comes_after)


@pytest.mark.parametrize("name", STEPS)
def test_a_step_done_three_times_has_one_effect(name: str, desk: MandateDesk) -> None:
    done_three_times(desk, STEPS[name], is_as_wanted)


def test_a_second_mandate_waits_until_the_first_is_over(desk: MandateDesk) -> None:
    active(desk)
    with pytest.raises(Refused) as refusal:
        desk.give("another")
    assert refusal.value.code == "mandate_open"
    desk.revoke()
    desk.give("third")

    latest = Mandates(desk.loans.table).latest(desk.loan_id)
    assert latest is not None and latest.state == "created" and sorted(desk.states()) == ["created", "revoked"]


def test_news_of_nobodys_mandate_is_told_so(desk: MandateDesk) -> None:
    news = MandateNews(type="mandate.active", reference="mnd_nobodys")

    assert hear_mandate(news, loans=desk.loans) is False


def test_anothers_mandate_is_not_found(desk: MandateDesk) -> None:
    given(desk)

    for verb in (show_mandate, revoke_mandate):
        with pytest.raises(NotFound):
            verb(desk.loan_id, "brw_ravi", AT, loans=desk.loans)
    assert desk.states() == ["created"]


def test_a_loan_without_a_mandate_has_none_to_show(desk: MandateDesk) -> None:
    lent(desk)

    with pytest.raises(NotFound):
        show_mandate(desk.loan_id, "brw_asha", AT, loans=desk.loans)


def test_news_of_a_mandate_has_somebody_look_at_the_loan(desk: MandateDesk) -> None:
    given(desk)
    loan, contract = desk.loans.get(desk.loan_id)
    desk.loans.look_on(loan, contract, None)
    desk.hear()

    assert desk.loans.get(desk.loan_id)[0].notice_on == ON
