"""Give back to the budget what waivers that ended without anybody's hand did not use: expired, lapsed, kept for less.

Whoever asks for a waiver does this first, for the oldest few, so that no list grows for ever. Each is one transaction
of its own: killed between two, the rest is still in the index, for the next who asks. Done twice, the second finds it
settled.
"""

from collections.abc import Iterator
from datetime import date

from shared.adapters.loans import Loans
from shared.adapters.table import Stale
from shared.adapters.waivers import WAITING, Waivers, changed_part, changed_waiver
from shared.domain.waiver_budget import reserved
from shared.domain.waivers import Waiver, settled

# Of each state. Every request adds one and takes up to three times as many away.
OLDEST = 3


def settle_waivers(market: str, on: date, *, loans: Loans, waivers_of: Waivers) -> None:
    for was, now in list(ended(market, on, loans=loans, waivers_of=waivers_of)):
        part = reserved(waivers_of.part_of(was), now.reserved - was.reserved)
        try:
            waivers_of.table.transact([changed_waiver(now), changed_part(part)])
        except Stale:
            # Somebody else was quicker, with this waiver or with this part; it is looked at again.
            continue


def ended(market: str, on: date, *, loans: Loans, waivers_of: Waivers) -> Iterator[tuple[Waiver, Waiver]]:
    """The oldest that are over, each as it was read and as it is settled."""
    for state in WAITING:
        for waiver in waivers_of.waiting(market, state, None, OLDEST)[0]:
            entries = loans.entries(waiver.loan_id) if waiver.state == "granted" else []
            now = settled(waiver, entries, on)
            if now is not None:
                yield waiver, now
