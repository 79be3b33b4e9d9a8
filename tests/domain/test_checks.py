"""What is looked at before a loan is made, whatever the score says; and which table says what."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from shared.adapters.sessions import MOST_SEEN, SEEN_FOR
from shared.domain.checks import DECLINE, REFER, SHARED, Signals, checked, is_by_check, recent
from shared.domain.decision_rules import Challenger
from shared.domain.models import chosen
from shared.domain.scoring import REASONS, Decision, Reason, decide
from shared.markets import CODES, market
from shared.markets.scorecards import scorecard
from tests.sandbox import INDIA, TODAY, earning, rupees

RULES = INDIA.checks
DAY = timedelta(days=1)


def approved() -> Decision:
    return decide(INDIA, scorecard(INDIA.scorecard), earning(), rupees(20_000), 12)


@pytest.mark.parametrize(
    ("applications", "outcome"),
    [(1, "approve"), (RULES.refer_above, "approve"), (RULES.refer_above + 1, "refer"), (RULES.decline_above, "refer")],
)
def test_who_applies_often_is_for_a_person(applications: int, outcome: str) -> None:
    assert checked(approved(), Signals(applications), RULES).outcome == outcome


def test_who_applies_too_often_gets_nothing_and_no_limit() -> None:
    found = checked(approved(), Signals(RULES.decline_above + 1), RULES)

    assert (found.outcome, found.reasons[0], found.limit) == ("decline", Reason(DECLINE), rupees(0))
    assert is_by_check(found)


@pytest.mark.parametrize(
    ("accounts", "outcome"),
    [
        (RULES.device_refer_above, "approve"),
        (RULES.device_refer_above + 1, "refer"),
        (RULES.device_decline_above, "refer"),
        (RULES.device_decline_above + 1, "decline"),
    ],
)
def test_many_borrowers_of_one_device_are_for_a_person_and_more_get_nothing(accounts: int, outcome: str) -> None:
    assert checked(approved(), Signals(accounts=accounts), RULES).outcome == outcome


@pytest.mark.parametrize("shared", SHARED)
def test_what_two_borrowers_share_is_for_a_person_and_the_answer_names_nothing_of_it(shared: str) -> None:
    found = checked(approved(), Signals(shared=(shared,)), RULES)

    assert (found.outcome, found.reasons[0]) == ("refer", Reason(REFER))
    assert not any(word in REASONS[REFER] for word in ("account", "device", "document", "number", "other"))


def test_what_the_market_gives_no_consequence_has_none() -> None:
    assert checked(approved(), Signals(shared=("device",)), replace(RULES, shared={})) == approved()


def test_the_worst_consequence_counts() -> None:
    strict = replace(RULES, shared={"device": "refer", "document": "decline"})

    assert checked(approved(), Signals(shared=("device", "document")), strict).outcome == "decline"


def test_a_decline_stays_as_it_is() -> None:
    declined = decide(INDIA, scorecard(INDIA.scorecard), earning(), rupees(100_000), 3)
    assert declined.outcome == "decline"

    assert checked(declined, Signals(99, SHARED), RULES) == declined
    assert not is_by_check(declined)


def test_an_application_counts_for_so_many_days() -> None:
    first = date(2026, 11, 1)
    last = first + (RULES.days - 1) * DAY

    assert recent([first], RULES, last) == (first, last)
    assert recent([first], RULES, last + DAY) == (last + DAY,)


@pytest.mark.parametrize("code", CODES)
def test_every_consequence_is_one_that_there_is(code: str) -> None:
    rules = market(code, TODAY).checks

    assert set(rules.shared) <= set(SHARED) and set(rules.shared.values()) <= {"refer", "decline"}
    assert 1 <= rules.refer_above < rules.decline_above
    assert 1 <= rules.device_refer_above < rules.device_decline_above < MOST_SEEN
    assert timedelta(days=rules.days) <= SEEN_FOR


def test_without_a_challenger_one_table_decides_alone() -> None:
    assert chosen("in-2", None, "brw_1") == ("in-2", None)


def test_a_challenger_without_a_share_speaks_and_never_decides() -> None:
    found = {chosen("in-2", Challenger("in-1", Decimal(0)), f"brw_{number}") for number in range(500)}

    assert found == {("in-2", "in-1")}


def test_a_challenger_decides_for_its_share_and_always_for_the_same() -> None:
    rules = Challenger("in-1", Decimal("0.2"))
    found = [chosen("in-2", rules, f"brw_{number}")[0] for number in range(2_000)]

    assert 330 <= found.count("in-1") <= 470
    assert found == [chosen("in-2", rules, f"brw_{number}")[0] for number in range(2_000)]
    assert chosen("in-2", Challenger("in-1", Decimal(1)), "brw_1") == ("in-1", "in-2")


@pytest.mark.parametrize("code", CODES)
def test_the_challenger_of_a_market_is_a_table_that_exists(code: str) -> None:
    here = market(code, TODAY)

    assert here.challenger is None or scorecard(here.challenger.scorecard).version != here.scorecard
