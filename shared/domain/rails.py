"""Which rail moves what in a market, and whose word counts for it: a rail tells only of its own money.

A signature says which rail told something, and not that it had to do with it: the rail of another market, or one that
only has pages, could sign news of any loan.
"""

from dataclasses import dataclass

# What is no order by a method of its own.
PAYOUT, MANDATE, TRANSFER = "payout", "mandate", "transfer"


@dataclass(frozen=True, slots=True)
class RailNames:
    """Under which names the market's rails are stored: `money` moves it; `pages` has pages where borrowers type in a
    card or sign an agreement, with an address and a secret of its own.

    `former` moved money here before: what began with them goes on with them, as debits by their mandates do, so that
    their statements are asked for too.
    """

    money: str
    pages: str
    former: tuple[str, ...] = ()

    @property
    def movers(self) -> tuple[str, ...]:
        """All that may move money from and to an account on a day, what came by a page included."""
        return (self.money, *self.former)

    def of(self, what: str) -> str:
        """The one rail that is asked for it and believed about it: a payout, a mandate, a transfer that names a loan,
        or an order by its method. Only a card is paid on a page."""
        return self.pages if what == "card" else self.money


def tells_of(rail: str, what: str, *days: RailNames) -> bool:
    """Whether this rail's word counts. `days` are the market's rails on each day that matters: what was ordered stays
    with the rail of its day, and what is paid today may come by today's."""
    return any(rail == names.of(what) for names in days)
