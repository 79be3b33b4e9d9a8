"""The legal stage of a case: a demand comes before any legal step, and who pays in its days meets none.

The days run from the day on which the demand was sent: what was never sent binds nobody. The stage ends with its case,
once nothing is overdue any more. What a court does then is no matter of this platform.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from shared.domain.cases import Case
from shared.domain.endings import LegalRules
from shared.domain.errors import Refused
from shared.domain.money import Money
from shared.domain.notice_facts import Fact, Notice

DAY = timedelta(days=1)
# So many days after the case was closed its end is still told.
OVER_WITHIN = 7 * DAY


@dataclass(frozen=True, slots=True)
class Stage:
    """`since` an approver decided it; the other dates are None until the demand was sent."""

    since: date
    demanded_on: date | None = None
    pay_by: date | None = None
    steps_from: date | None = None


def require_late(rules: LegalRules, days_past_due: int, *, is_written_off: bool) -> None:
    """Raises `Refused` for a loan that is not late enough; one that was written off is."""
    if days_past_due < rules.days_past_due and not is_written_off:
        detail = f"The loan is {days_past_due} days past due; the legal stage is from {rules.days_past_due} days on."
        raise Refused("not_late_enough", detail)


def stage(case: Case, rules: LegalRules, sent_on: Mapping[str, date]) -> Stage | None:
    """`sent_on` has the days on which notices were sent, by their ids. None for a case that never was in the stage."""
    if case.legal_since is None:
        return None
    demanded_on = sent_on.get(_id("legal_demand", case))
    if demanded_on is None:
        return Stage(case.legal_since)
    pay_by = demanded_on + rules.demand_days * DAY
    return Stage(case.legal_since, demanded_on, pay_by, pay_by + DAY)


def notices(case: Case, found: Stage | None, rules: LegalRules, owed: Money, on: date) -> Iterator[Notice]:
    """What the stage has told on a day; `owed` is all that would end the arrears."""
    if found is None:
        return
    facts: dict[str, Fact] = {"amount": owed}
    if not case.is_open:
        is_fresh = case.closed_on is not None and on <= case.closed_on + OVER_WITHIN
        if found.demanded_on is not None and is_fresh:
            yield _notice("legal_over", case, on, {})
    elif found.demanded_on is None or on == found.demanded_on:
        yield _notice("legal_demand", case, on, facts | {"by": on + rules.demand_days * DAY})
    elif found.steps_from is not None and on >= found.steps_from:
        yield _notice("legal_steps", case, on, facts)


def next_on(case: Case, found: Stage | None, rules: LegalRules, on: date) -> date | None:
    """When to look again: the day after the last on which to pay, if the demand is sent today or was before."""
    if found is None or not case.is_open:
        return None
    after = found.steps_from or on + (rules.demand_days + 1) * DAY
    return after if after > on else None


def _notice(kind: str, case: Case, on: date, facts: dict[str, Fact]) -> Notice:
    return Notice(_id(kind, case), kind, kind, on, facts)


def _id(kind: str, case: Case) -> str:
    return f"{kind}.{case.number}"
