"""Compare what our books say of a lender's day with a statement of it, movement by movement, and keep what differs.

Each difference is a write of its own under a name that follows from it: killed between two, the next run goes on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count

from shared.adapters.differences import Differences, Listed
from shared.adapters.loans import Loans
from shared.adapters.statements import Statements
from shared.application.again import again
from shared.application.find_movement import find_movement
from shared.domain.arrivals import rails_own
from shared.domain.calendar import business_date
from shared.domain.flows import Flow
from shared.domain.market import Market
from shared.domain.partners import Partner
from shared.domain.rails import RailNames
from shared.domain.reconciliation import (
    SIDES,
    Difference,
    Seen,
    Statement,
    difference_id,
    first_of,
    found,
    here_of,
    is_another,
    judged,
    there_of,
    together,
    totals,
)
from shared.domain.settled_day import Compared
from shared.markets import rails_on

# Of one side in one run: each line that is looked for takes up to five reads, each that is judged a read and a
# write. A day of which the whole news was lost is gone through in several runs.
MOST_LOOKED_FOR = 300
MOST_JUDGED = 500


@dataclass(frozen=True, slots=True)
class Day:
    """One lender's day and all that it takes to settle it."""

    partner: Partner
    market: Market
    on: date
    at: datetime
    loans: Loans
    statements: Statements
    heard: dict[tuple[str, date], Statement | None] = field(default_factory=dict)

    def statement(self, side: str, on: date) -> Statement | None:
        """Asked for once a run."""
        if (side, on) not in self.heard:
            rails = [f"rail/{name}" for name in self.rails(on).movers]
            places = rails if side == "rail" else [f"partner/{self.partner.partner_id}"]
            account, currency = self.partner.settlement_account, self.market.currency
            found = [self.statements.of(place, account, on, currency) for place in places]
            there = [each for each in found if each is not None]
            self.heard[side, on] = together(there) if len(there) == len(places) else None
        return self.heard[side, on]

    def rails(self, on: date) -> RailNames:
        """Those of that day, whatever moves money today."""
        return rails_on(self.partner.market, on)


def reconciled(side: str, flows: Iterable[Flow], day: Day) -> tuple[Compared | None, bool]:
    """One side's statement beside our books, None while it is not there, and whether that is all there is to know."""
    statement = day.statement(side, day.on)
    if statement is None:
        return None, False
    here, there = here_of(each for flow in flows for each in flow.movements), there_of(statement.lines)
    other_days, undecided = _on_other_days(side, {name: here[name] for name in here.keys() - there.keys()}, day)
    elsewhere, held = _recorded_elsewhere(side, statement, here, undecided, day)
    looked = {name: seen for name, seen in there.items() if name not in held} | other_days
    _raise(side, here | elsewhere, looked, undecided, day)
    compared = Compared(
        lines=len(statement.lines),
        net=totals(there),
        elsewhere=totals(elsewhere),
        held=sum(there[name].amount for name in held),
        other_days=totals(other_days),
        sha256=statement.sha256,
    )
    return compared, not undecided


def _on_other_days(side: str, missing: Mapping[str, Seen], day: Day) -> tuple[dict[str, Seen], set[str]]:
    """What the side has on the day that it named to us, or next to it; and what cannot be known yet."""
    found, undecided = dict[str, Seen](), set[str]()
    apart, today = day.market.reconciliation.most_days_apart, business_date(day.at, day.market.time_zone)
    nearest = [timedelta(days=days) for days in sorted(range(-apart, apart + 1), key=abs)]
    wanted = {seen.on + days for seen in missing.values() for days in nearest}
    asked = {on: day.statement(side, on) for on in sorted(wanted) if on != day.on and on < today}
    said = {on: there_of(statement.lines) for on, statement in asked.items() if statement is not None}
    for name, seen in missing.items():
        known = next((said[on][name] for days in nearest if name in said.get(on := seen.on + days, {})), None)
        if known is not None:
            found[name] = known
        elif seen.on in asked and asked[seen.on] is None:
            undecided.add(name)
    return found, undecided


def _recorded_elsewhere(
    side: str, statement: Statement, here: Mapping[str, Seen], undecided: set[str], day: Day
) -> tuple[dict[str, Seen], set[str]]:
    """Lines that our books have under another day, as they have them, and those of money that fits no loan yet.

    Those that nobody looked for yet come first; of them, what is too much for one run is added to what is undecided.
    """
    elsewhere, held, partner_id = dict[str, Seen](), set[str](), day.partner.partner_id
    there = there_of(statement.lines)
    strange = {
        line.movement_id: replace(line, amount=there[line.movement_id].amount)
        for line in statement.lines
        if line.movement_id not in here
    }
    open_now = set(map(first_of, Differences(day.loans.table).open(partner_id))) if strange else set()
    is_open = {name: difference_id(partner_id, side, name) in open_now for name in strange}
    in_turn = sorted(strange, key=lambda name: (is_open[name], name))
    undecided.update(name for name in in_turn[MOST_LOOKED_FOR:] if not is_open[name])
    for line in map(strange.__getitem__, in_turn[:MOST_LOOKED_FOR]):
        known = find_movement(line, partner_id, day.market, day.rails(line.on), loans=day.loans)
        if known is None or _has_a_line_of_its_own(side, line.movement_id, known.seen, day):
            continue
        if known.is_held and known.seen.amount == line.amount:
            held.add(line.movement_id)
        else:
            elsewhere[line.movement_id] = known.seen
    return elsewhere, held


def _has_a_line_of_its_own(side: str, name: str, seen: Seen, day: Day) -> bool:
    """Whether the side has it on its own day too: then a line on another day is of another rail's, of the same id."""
    if seen.on == day.on or rails_own(name) is None:
        return False
    statement = day.statement(side, seen.on)
    return statement is not None and any(line.movement_id == name for line in statement.lines)


def _raise(side: str, here: Mapping[str, Seen], there: Mapping[str, Seen], undecided: set[str], day: Day) -> None:
    """Raises what differs, and closes what has come to agree. Where both agree and always did, nothing is read.

    What was not raised yet and is too much for one run is added to what is undecided.
    """
    rules, partner_id = day.market.reconciliation, day.partner.partner_id
    open_now = Differences(day.loans.table).open(partner_id)
    ids = {name: difference_id(partner_id, side, name) for name in here.keys() | there.keys()}
    firsts = set(map(first_of, open_now))
    names = {
        name: known_as in firsts
        for name, known_as in ids.items()
        if known_as in firsts or judged(side, here.get(name), there.get(name), rules)
    }
    known = {difference_id(partner_id, each, name) for each in SIDES for name in ids}
    unknown = [known_as for known_as in open_now if first_of(known_as) not in known]
    names |= dict.fromkeys(_vanished(side, unknown, open_now, day), True)
    # What was never raised comes first, so that the runs together get to the end.
    waiting = sorted(names.keys() - undecided, key=lambda name: (names[name], name))
    for name in waiting[:MOST_JUDGED]:
        again(partial(_judge, side, name, here.get(name), there.get(name), day))
    undecided.update(name for name in waiting[MOST_JUDGED:] if not names[name])


def _vanished(side: str, ids: Iterable[str], open_now: Mapping[str, Listed], day: Day) -> list[str]:
    """What was found on this day's statement before, and is on neither side any more."""
    found = (Differences(day.loans.table).find(known_as) for known_as in ids if open_now[known_as].on == day.on)
    return [known.movement_id for known in found if known is not None and known.side == side]


def _judge(side: str, name: str, here: Seen | None, there: Seen | None, day: Day) -> None:
    differences, partner = Differences(day.loans.table), day.partner
    named, known = _known(side, name, here, there, day)
    if known is not None:
        # What another day's statement said is not unsaid by this one.
        there = there or (known.there if known.there and known.there.on != day.on else None)
        here = here or known.here
    fresh = Difference(
        difference_id=named,
        partner_id=partner.partner_id,
        market=partner.market,
        side=side,
        movement_id=name,
        kind=judged(side, here, there, day.market.reconciliation) or "",
        here=here,
        there=there,
        on=day.on,
        raised_at=day.at,
    )
    now = found(known, fresh, day.at)
    if now is not None and now != known:
        differences.keep(now)


def _known(side: str, name: str, here: Seen | None, there: Seen | None, day: Day) -> tuple[str, Difference | None]:
    """The difference that was raised about this movement before, or the id that one of it has."""
    partner_id, rules = day.partner.partner_id, day.market.reconciliation
    for number in count(1):
        named = difference_id(partner_id, side, name, number)
        known = Differences(day.loans.table).find(named)
        if known is None or not is_another(known, here, there, day.on, rules):
            break
    return named, known
