"""What else is looked at before a loan is made, whatever the score says: haste, and things that two people share.

The outcomes are data of the market. The borrower learns that a person will look, and not at what.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from shared.domain.decision_rules import CheckRules
from shared.domain.scoring import Decision, Reason

# What two borrowers can share: it is found out when it is told, and kept with the one who came later.
SHARED = ("bank_account", "identity_number", "document", "device")
REFER, DECLINE = "further_check", "not_after_checks"


@dataclass(frozen=True, slots=True)
class Signals:
    """What there is to look at: the applications of the last days, this one counted, what is another's too, and the
    borrowers of one device in these days, this one counted."""

    applications: int = 1
    shared: tuple[str, ...] = ()
    accounts: int = 1


NOTHING = Signals()


def recent(asked_on: Sequence[date], rules: CheckRules, on: date) -> tuple[date, ...]:
    """The days of applications, or of others' sign-ins on a device, that count on a day, that day's own with them."""
    since = on - timedelta(days=rules.days)
    return (*(day for day in asked_on if day > since), on)


def checked(decision: Decision, signals: Signals, rules: CheckRules) -> Decision:
    """The decision after the checks. They never make it better, and say of a decline nothing more."""
    outcomes = set(_outcomes(signals, rules))
    if decision.outcome == "decline" or not outcomes:
        return decision
    if "decline" in outcomes:
        nothing = replace(decision.limit, minor=0)
        return replace(decision, outcome="decline", limit=nothing, reasons=(Reason(DECLINE), *decision.reasons))
    return replace(decision, outcome="refer", reasons=(Reason(REFER), *decision.reasons))


def is_by_check(decision: Decision) -> bool:
    """Whether the checks decided it: then no other amount or time would change it."""
    return any(reason.code in (REFER, DECLINE) for reason in decision.reasons)


def _outcomes(signals: Signals, rules: CheckRules) -> Iterator[str]:
    if signals.applications > rules.decline_above or signals.accounts > rules.device_decline_above:
        yield "decline"
    elif signals.applications > rules.refer_above or signals.accounts > rules.device_refer_above:
        yield "refer"
    yield from (rules.shared[each] for each in signals.shared if each in rules.shared)
