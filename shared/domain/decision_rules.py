"""What a market says of how its applications are decided: by which tables, after which checks, by whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Challenger:
    """Another table that scores every application as well. It decides for `share` of the borrowers, often for none."""

    scorecard: str
    share: Decimal


@dataclass(frozen=True, slots=True)
class CheckRules:
    """More than `refer_above` applications within `days`, this one counted, are for a person to look at.

    More than `decline_above` get nothing; the same goes for borrowers who sign in on one device within the days, with
    the bounds `device_…`. `shared` says what follows from a thing that is another borrower's too, refer
    or decline; what is absent has no consequence.
    """

    days: int
    refer_above: int
    decline_above: int
    device_refer_above: int
    device_decline_above: int
    shared: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ReviewRules:
    """A person decides within `hours`. The borrower may ask for one within `ask_within_days` of a decline.

    Above `one_person_most`, minor units, two different people approve, one of them an approver.
    """

    hours: int
    ask_within_days: int
    one_person_most: int

    @property
    def time(self) -> timedelta:
        return timedelta(hours=self.hours)
