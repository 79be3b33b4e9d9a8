"""What a plan costs a year, and that none costs more than the market's bound of the contract's date."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import plan_cost, plan_terms
from shared.domain.contract import Contract
from shared.domain.cost import shown
from shared.domain.errors import Refused
from shared.domain.ledger import NewTerms
from shared.domain.penal import Penalty
from shared.domain.plan_rules import PlanRules
from shared.domain.plan_terms import KINDS, Choice
from shared.domain.what_if import outlook
from tests.domain.lending import AT, LENT_ON, Life, contract
from tests.domain.test_plans import RULES

CAP = Decimal("0.24")
CAPPED = replace(RULES, all_in_cap=CAP, capitalised=())


def chinese(annual_rate: str = "0.24", **terms: Any) -> Contract:
    """A contract at the bound, as a market that has one counts: what is overdue bears the penal rate only."""
    made = contract(annual_rate=annual_rate, fees="0", penal=Penalty("rate", Decimal("0.36"), 0), market="cn")
    return replace(made, terms=replace(made.terms, **{"interest_on_overdue": False, **terms}))


def cost(life: Life, terms: NewTerms, on: date) -> Decimal:
    planned, _ = plan_terms.carried_out(life.loan, life.contract, terms, on, AT)
    outlays = outlook(planned, life.contract, (), on, AT).outlays
    return shown(plan_cost.yearly_cost(life.loan, life.contract, terms, outlays, on))


def chosen(life: Life, kind: str, amount: int, on: date, rules: PlanRules = CAPPED) -> NewTerms:
    return plan_terms.new_terms(life.loan, life.contract, rules, Choice(kind, amount), plan_id="plan_1", on=on, at=AT)


def test_more_months_at_the_contracts_rate_cost_that_rate() -> None:
    on = date(2026, 2, 28)
    life = Life(chinese()).until(on)
    life.pay(life.contract.instalment, on)

    assert cost(life, chosen(life, "longer_tenor", 6, on), on) == CAP


def test_flat_interest_over_more_months_would_cost_more_than_the_bound_and_is_refused_by_its_name() -> None:
    on = date(2026, 4, 1)
    life = Life(chinese("0.18", interest_method="flat")).until(on)

    with pytest.raises(Refused) as refusal:
        chosen(life, "longer_tenor", 12, on)
    assert (refusal.value.code, refusal.value.members["rule"]) == ("plan_beyond_limits", "cn.all_in_cap")


def test_where_no_law_bounds_the_cost_the_same_plan_is_taken() -> None:
    on = date(2026, 4, 1)
    life = Life(chinese("0.18", interest_method="flat")).until(on)

    assert cost(life, chosen(life, "longer_tenor", 12, on, RULES), on) > CAP


PLANS = st.tuples(st.sampled_from(KINDS), st.integers(1, 28))


def tried(life: Life, kind: str, amount: int, on: date) -> NewTerms | Refused:
    amount = life.instalment * 100 // (100 + amount) if kind == "smaller_instalment" else amount
    try:
        return chosen(life, kind, amount, on)
    except Refused as refusal:
        return refusal


@settings(max_examples=150, deadline=None)
@given(
    PLANS,
    st.integers(1, 85),
    st.sampled_from(["0.06", "0.12", "0.18", "0.24"]),
    st.sampled_from(["declining", "flat"]),
    st.sampled_from(["whole_period", "daily"]),
    st.integers(2, 24),
)
def test_no_plan_that_is_taken_costs_more_than_the_bound(
    plan: tuple[str, int], days: int, rate: str, method: str, period: str, instalments: int
) -> None:
    agreed = chinese(rate, interest_method=method, interest_period=period)
    agreed = replace(agreed, terms=replace(agreed.terms, instalments=instalments))
    on = LENT_ON + timedelta(days=days)
    life = Life(agreed).until(on)
    found = tried(life, *plan, on)
    if isinstance(found, Refused):
        # Who pays interest on what is unpaid, below the bound, is never refused for it.
        assert method == "flat" or rate == "0.24" or "rule" not in found.members
    else:
        assert cost(life, found, on) <= CAP
