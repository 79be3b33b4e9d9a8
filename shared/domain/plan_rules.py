"""What a market or a partner allows of hardship plans, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

DECIDERS = ("rule", "reviewer")


@dataclass(frozen=True, slots=True)
class KindRules:
    """One kind of plan: who decides it, for whom it is, and how far it may go. Zero is a bound like any other.

    `decided_by`: `rule` agrees at once, `reviewer` is a person. `most` bounds the choice: instalments into which
    arrears may be spread (or as many as are left, where those are more), instalments left out by a pause, instalments
    more than are left, or the day of the month. The plan is broken when a due of it is unpaid for more than
    `breaks_after_days`; None cannot be broken.
    """

    decided_by: str
    most: int
    least_days_past_due: int
    most_days_past_due: int
    breaks_after_days: int | None = None

    def is_within(self, wider: "KindRules") -> bool:
        """Whether it allows nothing that the wider one does not, and breaks no sooner."""
        waits = wider.breaks_after_days
        return (
            (self.decided_by == wider.decided_by or self.decided_by == "reviewer")
            and self.most <= wider.most
            and wider.least_days_past_due <= self.least_days_past_due
            and self.most_days_past_due <= wider.most_days_past_due
            and (self.breaks_after_days is None or (waits is not None and self.breaks_after_days >= waits))
        )


@dataclass(frozen=True, slots=True)
class PlanRules:
    """`most_per_loan` plans may be agreed in a loan's life. `capitalised` may be added to the principal.

    `reasons` are those that may be given for a plan: codes, since words of one's own could name somebody. `all_in_cap`
    is what a plan may cost a year, by the rule of the contract's date: no choice of market or partner.
    `watch_months` are the market's, whoever lends: so long a restructured loan is watched, None to its end.
    """

    kinds: Mapping[str, KindRules]
    most_per_loan: int
    capitalised: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    all_in_cap: Decimal | None = None
    watch_months: int | None = None

    def is_within(self, wider: "PlanRules") -> bool:
        """Whether a partner that keeps to these keeps to the wider ones."""
        return (
            self.most_per_loan <= wider.most_per_loan
            and set(self.capitalised) <= set(wider.capitalised)
            and all(name in wider.kinds and rules.is_within(wider.kinds[name]) for name, rules in self.kinds.items())
        )
