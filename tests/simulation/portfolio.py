"""The simulated borrowers: who they are, when their loans are paid out, and all that really happened to each."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from random import Random
from typing import Any

from stdnum import luhn

from shared.domain.beneficiary import Beneficiary
from shared.domain.contract import Contract
from shared.domain.schedule import schedule
from tests.simulation.app import App
from tests.simulation.calendars import stops
from tests.simulation.deals import deal
from tests.simulation.debits import Debits
from tests.simulation.facts import DAY, Fact, last_of_month
from tests.simulation.habits import Payment, payments
from tests.simulation.oracle import ByHand
from tests.simulation.packs import rule
from tests.simulation.plans import Asked
from tests.simulation.told import Look, Walk, rules_of

# How the rail treats a first payout, for so many loans each; all others are paid at once.
TROUBLED_PAYOUTS = {
    "fail": 6,
    "return": 6,
    "duplicate_callback": 4,
    "callback_first": 3,
    "lose_reply": 1,
    "lose_both": 1,
}
# Payouts that the beneficiary's bank sends back weeks after they were settled.
RETURNED_WEEKS_LATER = 5
SHARE_IN_INDIA = 0.6
# By which a loan's money comes, by its currency.
RAILS = {"INR": "upi", "CNY": "nucc"}
# Loans whose money nobody ever asks for.
NEVER_ASKED_FOR = 4
# For how many days a payout that comes back can be asked for once more, besides those until the first one.
ONCE_MORE_DAYS = 40
# So many give a mandate for debits, where there are as many who may.
MANDATES = 20
# Loans are paid out in this part of the time, so that most are over at its end.
LENDING_SHARE = 0.5


@dataclass(slots=True)
class Told:
    """A payment that the rail tells of, by our hand or by itself. `went_back`: its return was told too."""

    loan_id: str
    payment: Payment
    repayment_id: str
    payment_id: str
    minor: int
    currency: str
    by_itself: bool = False
    went_back: bool = False

    @property
    def arrival(self) -> str:
        """The name of the money in the books: two rails may use one id."""
        return f"{RAILS[self.currency]}.payment.{self.payment_id}"

    @property
    def fact(self) -> Fact:
        return Fact(self.payment.received_on, "received", self.arrival, self.minor, self.payment.purpose)


@dataclass(frozen=True, slots=True)
class Asking:
    """A plan that waits for a reviewer."""

    plan_id: str
    asked: Asked


@dataclass(slots=True)
class Case:
    """One borrower and his loan. `pays_out_on` is when he next asks for the money, None while he has it, and
    `sanctioned` says until when he can, where that has an end. `answers` are the notices of what staff refused him."""

    loan_id: str
    phone: str
    market: str
    contract: Contract
    offer_id: str
    account: Beneficiary
    pays_out_on: date | None
    chance: Random
    grade: str | None = None
    sanctioned: Fact | None = None
    relief: list[Fact] = field(default_factory=list)
    asking: Asking | None = None
    answers: list[str] = field(default_factory=list)
    trouble: str = "ok"
    gives_back_after: int | None = None
    gives_back_on: date | None = None
    payouts: list[str] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)
    to_come: list[Payment] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    lent: Fact | None = None
    due_on: tuple[date, ...] = ()
    has_mandate: bool = False
    debits: Debits | None = None
    ends_mandate_on: date | None = None
    borrower_id: str = ""
    app: App | None = None
    walk: Walk | None = None

    def can_be_asked_for(self, since: date, days: int) -> None:
        """From the day of the sanction, or that on which the money came back."""
        self.contract = replace(self.contract, sanction_days=days)
        self.sanctioned = Fact(
            self.sanctioned.on if self.sanctioned else since, "sanctioned", "", by=since + days * DAY
        )
        self.due_on = (self.sanctioned.by + DAY,)

    def ends_unasked(self, since: date, day: date) -> bool:
        """Whether it ends between two stops since nobody asked for the money: nobody is told before the night."""
        return self.lent is None and self.sanctioned is not None and since <= self.sanctioned.by < day

    def is_paid_out(self, on: date) -> None:
        """Who has the app pays on the due dates what it shows; how others pay is drawn."""
        self.pays_out_on = None
        self.lent = Fact(on, "disbursed", self.payouts[-1])
        self.due_on = tuple(row.due_on for row in schedule(self.contract.terms, on))
        by_app = [Payment(due_on, due_on, None) for due_on in self.due_on]
        self.to_come = by_app if self.app else payments(self.contract, on, self.chance)
        if self.has_mandate:
            # Whatever is left when no more will be debited.
            last = self.due_on[-1] + 20 * DAY
            self.to_come = [Payment(last, last, None, "foreclosure")]

    def due_news(self, day: date) -> list[Payment]:
        """The payments that the rail tells of by that day; each is given out once."""
        due = [payment for payment in self.to_come if payment.told_on <= day]
        self.to_come = [payment for payment in self.to_come if payment.told_on > day]
        return due

    def is_looked_at(self, on: date) -> None:
        """Somebody looks for something to tell, and sees what the rail has told so far."""
        answers = [("payment_returned" if told.went_back else "receipt", told.arrival) for told in self.told]
        names = (*(f"{kind}.{arrival}" for kind, arrival in answers), *self.answers)
        look = Look(on, self.known(), names)
        if self.debits is not None:
            look = replace(look, answers=(*names, *self.debits.at_look(self.here(on), on, rules_of(self.market, on))))
        self.looks.append(look)

    def known(self) -> tuple[Fact, ...]:
        """All that the stage has been told and holds for true, but for what it did itself."""
        facts = [fact for fact in (self.sanctioned, self.lent) if fact]
        facts += [*(told.fact for told in self.told if not told.went_back), *self.relief]
        return tuple(sorted(facts, key=_by_day))

    def here(self, on: date) -> ByHand:
        """The loan as it is known on a day."""
        self.walk = self.walk or Walk(self.contract)
        return self.walk.on(Look(on, self.known()))

    def due_returns(self, day: date) -> list[Told]:
        return [
            told
            for told in self.told
            if not told.went_back and told.payment.returned_on is not None and told.payment.returned_on <= day
        ]

    def facts(self, rail: Iterable[dict[str, Any]]) -> list[Fact]:
        """What stands of all that happened, by the rail's own record of payouts to this account."""
        own = [
            payout for payout in rail if payout["order"]["beneficiary"]["account_number"] == self.account.account_number
        ]
        paid = [payout for payout in own if payout["status"] == "settled" and payout["reference"] not in self.failed]
        out = [
            Fact(
                on=date.fromisoformat(payout["settled_on"]),
                kind="disbursed" if payout["reference"] in self.payouts else "refunded",
                name=payout["reference"],
                amount=payout["order"]["amount"]["minor"],
            )
            for payout in paid
        ]
        received = [told.fact for told in self.told if not told.went_back]
        sanctioned = [self.sanctioned] if self.sanctioned else []
        return sorted([*sanctioned, *out, *received, *self.relief], key=_by_day)


def _by_day(fact: Fact) -> tuple[date, int]:
    kinds = ("sanctioned", "disbursed", "received", "granted", "planned", "offered", "written_off", "refunded")
    return fact.on, kinds.index(fact.kind)


def portfolio(size: int, first: date, last: date, chance: Random) -> list[Case]:
    """Their loans are of the lenders' products on the first day; who they are follows from the seed."""
    days = {market: list(stops(market, first, first + (last - first) * LENDING_SHARE)) for market in ("in", "cn")}
    begins = chance.randrange(0, 10**8 - size)
    cases = [_case(number, first, days, chance) for number in range(begins, begins + size)]
    troubled = [trouble for trouble, times in TROUBLED_PAYOUTS.items() for _ in range(times)]
    for case, trouble in zip(chance.sample(cases, min(size, len(troubled))), troubled, strict=False):
        case.trouble = trouble
    quiet = [case for case in cases if case.trouble == "ok"]
    for case in chance.sample(quiet, min(len(quiet), RETURNED_WEEKS_LATER)):
        case.gives_back_after = chance.randint(5, 50)
        assert case.pays_out_on is not None
        case.can_be_asked_for(first, (case.pays_out_on - first).days + ONCE_MORE_DAYS)
    quiet = [case for case in quiet if case.gives_back_after is None]
    for case in chance.sample(quiet, min(len(quiet), NEVER_ASKED_FOR)):
        case.pays_out_on = None
        case.can_be_asked_for(first, rule(case.market, "sanction_days"))
    quiet = [case for case in quiet if case.pays_out_on is not None]
    at_ends = [case for case in quiet if _may_have_mandate(case)]
    for case in chance.sample(at_ends, min(len(at_ends), MANDATES)):
        case.has_mandate = True
    return cases


def _may_have_mandate(case: Case) -> bool:
    """Of those in India whose dues are at the months' ends: so that there are not too many days of debits."""
    on, is_anchored = case.pays_out_on, case.contract.terms.due_day is None
    return case.market == "in" and is_anchored and on == (on and last_of_month(on))


def _case(number: int, first: date, days: dict[str, list[date]], chance: Random) -> Case:
    own = Random(chance.getrandbits(64))
    market = "in" if own.random() < SHARE_IN_INDIA else "cn"
    contract, offer_id, grade = deal(market, first, own)
    name = f"{own.getrandbits(128):032X}"[:26]
    return Case(
        loan_id=f"loan_{name}",
        phone=f"+9199{number:08d}" if market == "in" else f"+86138{number:08d}",
        market=market,
        contract=contract,
        offer_id=offer_id,
        grade=grade,
        account=_account(market, number),
        pays_out_on=own.choice(days[market]),
        chance=own,
    )


def _account(market: str, number: int) -> Beneficiary:
    if market == "in":
        return Beneficiary("Asha Verma", f"5010{number:08d}", "HDFC0000001")
    card = f"6228480{number:08d}"
    return Beneficiary("Li Na", next(f"{card}{digit}" for digit in range(10) if luhn.is_valid(f"{card}{digit}")), None)
