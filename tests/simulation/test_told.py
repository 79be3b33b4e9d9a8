"""What must be told by hand agrees with what the product tells, whatever is paid, called back, and looked at when."""

from dataclasses import replace
from datetime import date, timedelta
from importlib import import_module
from random import Random

from hypothesis import given, note, settings
from hypothesis import strategies as st

from shared.domain.contract import Contract
from shared.domain.money import Money
from shared.domain.notice_facts import PURPOSES
from tests.application.post import HERE, Office
from tests.domain.lending import Life
from tests.simulation.deals import deal
from tests.simulation.facts import Fact
from tests.simulation.plans import KINDS
from tests.simulation.test_oracle import offered, planned
from tests.simulation.told import Look, must_be_told, rules_of

LENT_ON = date(2027, 1, 31)
DAY = timedelta(days=1)
OF_STAFF = ("plan", "write off", "offer")
WHAT = st.sampled_from(
    ["look", "look", "look", "pay little", "pay", "pay", "pay much", "pay late", "goes back", *OF_STAFF]
)
MOMENTS = st.lists(st.tuples(st.integers(0, 12), WHAT), min_size=5, max_size=45)


class Told:
    """A loan in the books in memory, and what is known of it outside."""

    def __init__(self, contract: Contract) -> None:
        self.office = Office(Life(replace(contract, partner_id="partner"), LENT_ON))
        self.facts = [Fact(LENT_ON, "disbursed", "pout_1")]
        self.looks = list[Look]()

    def goes_on(self, on: date, what: str) -> None:
        life, instalment = self.office.life, self.office.life.contract.instalment.minor
        amounts = {"pay little": 9_000, "pay": instalment, "pay much": 3 * instalment, "pay late": instalment}
        if what in amounts:
            received_on = max(on - 6 * DAY, LENT_ON) if what == "pay late" else on
            life.pay(Money(amounts[what], life.contract.currency), received_on)
            self.facts.append(Fact(received_on, "received", f"upi.payment.upi{life.paid}", amounts[what]))
        elif what == "goes back" and (paid := [fact for fact in self.facts if fact.kind == "received"]):
            self.facts.remove(paid[-1])
            life.comes_back(int(paid[-1].name.rpartition("upi")[2]))
        elif what == "plan" and not any(fact.kind == "planned" for fact in self.facts):
            self.facts += planned(life, sorted(self.facts, key=lambda fact: fact.on), KINDS[on.day % 4], on, on.day)
        elif what == "write off" and life.until(on).loan.state == "active":
            life.write_off(on)
            self.facts.append(Fact(on, "written_off", "1"))
        elif what == "offer":
            self.facts += offered(life, sorted(self.facts, key=lambda fact: fact.on), on, 30 + on.day, on.day)
        self.office.booked()
        self.office.tell(on, 12)
        self.looks.append(Look(on, tuple(sorted(self.facts, key=lambda fact: fact.on))))

    def sent(self) -> dict[str, date]:
        """But for the answers to payments and requests."""
        told = self.office.told().values()
        return {
            telling.notice_id: telling.sent_at.astimezone(HERE).date()
            for telling in told
            if telling.sent_at and _follows_from_rules(telling.notice_id)
        }


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6), MOMENTS)
def test_what_is_told_is_what_must_be_told(seed: int, moments: list[tuple[int, str]]) -> None:
    market = "in" if seed % 2 else "cn"
    contract = deal(market, LENT_ON, Random(seed))[0]
    note(f"{contract.product_id} {contract.terms}")
    told, on = Told(contract), LENT_ON
    for gap, what in moments:
        on += gap * DAY
        told.goes_on(on, what)

    must = must_be_told(contract, told.looks, rules_of(market, LENT_ON))

    assert told.sent() == {notice_id: day for notice_id, day in must.items() if _follows_from_rules(notice_id)}


def _follows_from_rules(notice_id: str) -> bool:
    """What is told of payments and of relief depends on when it was recorded, which these books do not say."""
    kind = notice_id.partition(".")[0]
    return PURPOSES[kind] != "answer" and not kind.startswith(("plan_", "settlement_"))


def test_the_simulation_can_be_started() -> None:
    """It is no test itself, and takes minutes; what it imports must be there all the same."""
    assert callable(import_module("tests.simulation.__main__").main)
