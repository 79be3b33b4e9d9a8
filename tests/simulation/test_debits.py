"""What is debited by hand agrees with what the product debits, whatever the bank does, the borrower pays, and when."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from hypothesis import example, given, note, settings
from hypothesis import strategies as st

from shared.adapters.debits import Debits as StoredDebits
from shared.adapters.loans import changed_order
from shared.adapters.mandates import changed_mandate, new_mandate
from shared.application.place_debit import place_debit
from shared.domain.mandates import Mandate, revoked
from shared.domain.money import Money
from shared.domain.repayment_orders import failed, paid
from shared.domain.telling import SENT
from tests.application.post import Office, at
from tests.domain.lending import Life
from tests.simulation.deals import deal
from tests.simulation.debits import PAYS, ZONE, Asked, Debits
from tests.simulation.facts import Fact
from tests.simulation.told import Look, Walk, rules_of

LENT_ON = date(2027, 1, 31)
DAY = timedelta(days=1)
MOMENTS = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(["run", "run", "run", "look", "look", "pay", "pay little", "end"])),
    min_size=20,
    max_size=60,
)
SCRIPTS = st.lists(st.sampled_from(["ok", "insufficient_funds", "insufficient_funds", "account_closed"]), max_size=12)


class Debited:
    """A loan with a mandate in the books in memory, and the same by hand."""

    def __init__(self, seed: int, script: list[str]) -> None:
        contract = replace(deal("in", LENT_ON, Random(seed))[0], partner_id="partner")
        note(f"{contract.product_id} {contract.terms}")
        self.office, self.walk = Office(Life(contract, LENT_ON)), Walk(contract)
        self.facts, self.rules = [Fact(LENT_ON, "disbursed", "pout_1")], rules_of("in", LENT_ON)
        limit, until = contract.instalment, LENT_ON + 400 * DAY
        sides = ("mnd_1", self.office.loan_id, "brw_asha", contract.payee_vpa, limit)
        made = datetime(2027, 1, 31, 6, tzinfo=UTC)
        self.mandate = Mandate(*sides, LENT_ON, until, LENT_ON + 7 * DAY, "active", made)
        self.office.loans.table.transact(new_mandate(self.mandate))
        self.by_hand = Debits("mnd_1", limit.minor, until, script)
        self.asked, self.told_by_hand = list[Asked](), set[str]()

    def pays(self, minor: int, on: date) -> None:
        life = self.office.life
        life.pay(Money(minor, "INR"), on)
        self.facts.append(Fact(on, "received", f"upi.payment.upi{life.paid}", minor))
        self.office.booked()
        self.looks(on)

    def looks(self, on: date) -> None:
        self.office.tell(on, 12)
        here = self.walk.on(Look(on, tuple(self.facts)))
        self.told_by_hand |= set(self.by_hand.at_look(here, on, self.rules))

    def runs(self, on: date, hour: int) -> None:
        here = self.walk.on(Look(on, tuple(self.facts)))
        moment, before = datetime.combine(on, time(hour), ZONE), len(self.by_hand.asked)
        is_over = self.by_hand.at_run(here, moment)
        known = StoredDebits(self.office.loans.table).of_loan(self.office.loan_id)
        debit = place_debit(self.office.loan_id, at(on, hour), loans=self.office.loans)
        if is_over:
            self.looks(on)
        if debit is None or known is None or debit.attempts == known.attempts:
            return
        order = self.office.loans.repayment_order(debit.order_id)
        outcome = self.by_hand.asked[-1].outcome if len(self.by_hand.asked) > before else "nobody asked"
        assert order is not None
        self.asked.append(Asked(on, order.amount.minor, outcome))
        if outcome in PAYS:
            self.office.loans.change(changed_order(paid(order, order.amount)))
            self.pays(order.amount.minor, on)
        else:
            self.office.loans.change(changed_order(failed(order, outcome)))

    def ends(self, on: date) -> None:
        if not self.by_hand.is_ended:
            self.by_hand.is_ended = True
            self.office.loans.change(changed_mandate(revoked(self.mandate, on)))

    def told(self) -> set[str]:
        return {each.notice_id for each in self.office.told().values() if "debit" in each.kind and each.state == SENT}


@example(0, [], [(5, "run")] * 5 + [(3, "look"), (0, "run"), (0, "run")])
@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**6), SCRIPTS, MOMENTS)
def test_what_is_debited_is_what_must_be_debited(seed: int, script: list[str], moments: list[tuple[int, str]]) -> None:
    debited, on, hour = Debited(seed, script), LENT_ON, 9
    for gap, what in moments:
        on, hour = on + gap * DAY, 9 if gap else 15
        match what:
            case "run":
                debited.runs(on, hour)
            case "look":
                debited.looks(on)
            case "pay":
                debited.pays(debited.office.life.contract.instalment.minor, on)
            case "pay little":
                debited.pays(20_000, on)
            case "end" if gap == 5:
                debited.ends(on)
    stored = StoredDebits(debited.office.loans.table).of_loan(debited.office.loan_id)
    last = debited.by_hand.last

    assert debited.asked == debited.by_hand.asked
    assert debited.told() == debited.told_by_hand
    assert (stored and (stored.number, stored.state)) == (last and (last.number, last.state))
