"""Do platform, rail and partner say the same of each movement of a lender's money? What one says and another does not.

The rail's and the partner's statements name a movement as we do, so that it is compared with itself, on whichever day
each of them has it.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from shared.domain.arrivals import rails_own
from shared.domain.errors import Refused
from shared.domain.flows import Movement
from shared.domain.staff import Staff

SIDES = ("rail", "partner")
# proposed: explained by one, and waits for another since it is about much money.
MOVES: dict[str, tuple[str, ...]] = {
    "open": ("proposed", "closed"),
    "proposed": ("open", "proposed", "closed"),
    "closed": ("open",),
}


@dataclass(frozen=True, slots=True)
class SettlementRules:
    """How a market's days are settled.

    Statements are asked for again on so many days; bank and platform may name days that lie `most_days_apart`, since a
    movement at midnight has two. An explanation of more than `four_eyes_minor` takes two people. A payout that is not
    over after `transit_days` is shown as late.
    """

    ask_again_days: int
    most_days_apart: int
    four_eyes_minor: int
    transit_days: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a statement; `amount` in minor units is above zero for money that came into the account.

    `reference` is what the payer wrote, where anything.
    """

    movement_id: str
    amount: int
    on: date
    reference: str | None = None

    @property
    def is_sent_back(self) -> bool:
        """Whether it is money that fitted no loan, on its way back to its payer."""
        return self.movement_id.startswith("payment_refund.")

    @property
    def is_called_back(self) -> bool:
        """Whether its payer's bank took it back."""
        return self.movement_id.partition(".")[0].endswith("_return")


@dataclass(frozen=True, slots=True)
class Statement:
    """All that a rail or a partner says of an account and a day; `sha256` is that of the bytes as they came."""

    account: str
    on: date
    lines: tuple[Line, ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A movement as one side has it."""

    amount: int
    on: date


@dataclass(frozen=True, slots=True)
class Difference:
    """What we and one side (`rail` or `partner`) do not agree on, of one movement of a partner's money.

    `on` is the day of whose settlement it first was found. `here` and `there` are what each has, None for nothing.
    `closed_by` is `agreement` where a later statement said the same as we; else who explained it, `because` his reason.
    """

    difference_id: str
    partner_id: str
    market: str
    side: str
    movement_id: str
    kind: str
    on: date
    raised_at: datetime
    here: Seen | None = None
    there: Seen | None = None
    state: str = "open"
    proposed_by: str | None = None
    closed_by: str | None = None
    closed_at: datetime | None = None
    because: str | None = None
    version: int = 0

    @property
    def is_open(self) -> bool:
        return self.state != "closed"

    @property
    def unexplained(self) -> int:
        """The money that nobody has accounted for yet, in minor units."""
        return gap(self.here, self.there)

    def age_days(self, on: date) -> int:
        return (on - self.on).days


def gap(here: Seen | None, there: Seen | None) -> int:
    return abs((here.amount if here else 0) - (there.amount if there else 0))


def here_of(movements: Iterable[Movement]) -> dict[str, Seen]:
    """Two rails may give one id to two payments, which a statement cannot tell apart: their sum is compared."""
    return _summed((each.movement_id, Seen(each.amount, each.on)) for each in movements)


def there_of(lines: Iterable[Line]) -> dict[str, Seen]:
    """What is on a statement twice was paid twice: its sum is compared."""
    return _summed((line.movement_id, Seen(line.amount, line.on)) for line in lines)


def _summed(seen: Iterable[tuple[str, Seen]]) -> dict[str, Seen]:
    found: dict[str, Seen] = {}
    for name, each in seen:
        known = found.get(name)
        found[name] = replace(known, amount=known.amount + each.amount) if known else each
    return found


def judged(side: str, here: Seen | None, there: Seen | None, rules: SettlementRules) -> str | None:
    """The kind of difference, or None where both say the same."""
    if here is None or there is None:
        return "missing_here" if there else f"missing_at_{side}" if here else None
    if here.amount != there.amount:
        return "amount_differs"
    return "date_differs" if abs((here.on - there.on).days) > rules.most_days_apart else None


def difference_id(partner_id: str, side: str, movement_id: str, number: int = 1) -> str:
    """It follows from what differs, so that it is raised once; `number` counts movements of one name (`is_another`)."""
    named = "/".join((partner_id, side, movement_id))
    first = f"dif_{hashlib.sha256(named.encode()).hexdigest()[:26].upper()}"
    return first if number == 1 else f"{first}.{number}"


def first_of(difference_id: str) -> str:
    """The id of the first difference about a movement of that name."""
    return difference_id.partition(".")[0]


def is_another(known: Difference, here: Seen | None, there: Seen | None, on: date, rules: SettlementRules) -> bool:
    """Whether a look on the settlement of a day is at another movement than a known difference, under the same name.

    Another rail may use a rail's id, on another day; no day of one movement changes on the side that has it. What one
    side alone has is the other's while statements of that time are asked for. Ours, as a payout's, are good once.
    """
    if rails_own(known.movement_id) is None:
        return False
    if known.here and here:
        return known.here.on != here.on
    if known.there and there:
        return known.there.on != there.on
    seen = here or there
    if seen is None:
        return known.on != on
    was = known.here or known.there
    return was is not None and abs((was.on - seen.on).days) > rules.ask_again_days


def together(statements: Sequence[Statement]) -> Statement:
    """Those of all rails that moved an account's money on a day, as one."""
    first, *others = statements
    if not others:
        return first
    digests = "+".join(each.sha256 for each in statements)
    lines = tuple(line for each in statements for line in each.lines)
    return replace(first, lines=lines, sha256=hashlib.sha256(digests.encode()).hexdigest())


def found(
    known: Difference | None,
    fresh: Difference,
    at: datetime,
) -> Difference | None:
    """The difference as it now stands, None where none is to be kept. `fresh` is as a look has just found it.

    Its `kind` is empty where both sides agree. What was explained stays so while the two say the same as then.
    """
    if known is None:
        return fresh if fresh.kind else None
    now = replace(known, kind=fresh.kind or known.kind, here=fresh.here, there=fresh.there)
    if not fresh.kind:
        return replace(now, state="closed", closed_by="agreement", closed_at=at) if known.is_open else known
    if known == now:
        return known
    # Another difference than the one that somebody looked at.
    return replace(now, state="open", proposed_by=None, closed_by=None, closed_at=None, because=None)


def explained(known: Difference, member: Staff, because: str, rules: SettlementRules, at: datetime) -> Difference:
    """Closed with a reason; of much money only once two have said so, one of them an approver. Raises `Refused`."""
    if "closed" not in MOVES[known.state]:
        raise Refused("difference_closed", "This difference is closed.")
    if known.unexplained <= rules.four_eyes_minor:
        return _closed(known, member, because, at)
    if known.state == "open":
        return replace(known, state="proposed", proposed_by=member.staff_id, because=because)
    if known.proposed_by == member.staff_id:
        raise Refused("own_approval", "Somebody else has to agree to this explanation.")
    if not member.has("approver"):
        raise Refused("role_missing", "The second of two who explain this has to be an approver.")
    return _closed(known, member, because, at)


def _closed(known: Difference, member: Staff, because: str, at: datetime) -> Difference:
    return replace(known, state="closed", closed_by=member.staff_id, closed_at=at, because=because)


def totals(seen: Mapping[str, Seen]) -> int:
    return sum(each.amount for each in seen.values())
