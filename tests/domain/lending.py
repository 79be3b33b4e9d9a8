"""A loan taken through its life in a few words, for tests of the rules and of the verbs."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from shared.domain import dues, payouts, relief, repayment, replay
from shared.domain.allocation import Waterfall
from shared.domain.contract import Contract, Fee
from shared.domain.ledger import RECEIVABLE, Entry, Grant, NewTerms, balances, live
from shared.domain.loan import after, fold, sanctioned
from shared.domain.money import Money
from shared.domain.repayment import Receipt
from shared.domain.schedule import schedule
from shared.domain.terms import Terms

AT = datetime(2026, 1, 31, 6, 30, tzinfo=UTC)
LENT_ON = date(2026, 1, 31)
ORDER = ("penalty", "fee", "interest", "principal")


def rupees(text: str) -> Money:
    return Money(int(Decimal(text) * 100), "INR")


def contract(
    principal: str = "20000", annual_rate: str = "0.15", instalments: int = 24, fees: str = "400", **changes: Any
) -> Contract:
    """The Reserve Bank's own example unless told otherwise: 20,000 at 15 % in 24 instalments, 400 of fees."""
    terms = Terms(rupees(principal), Decimal(annual_rate), instalments)
    known: dict[str, Any] = {
        "market": "in",
        "pack_version": "1",
        "time_zone": "Asia/Kolkata",
        "partner_id": "partner",
        "product_id": "product",
        "settlement_account": "account",
        "payee_vpa": "lender@upi",
        "terms": terms,
        "instalment": schedule(terms, LENT_ON)[0].total,
        "fees": (Fee("processing", rupees(fees) - rupees("61"), rupees("61"), "lender"),) if fees != "0" else (),
        "waterfall": Waterfall(past_due=ORDER, due=ORDER, in_advance=("interest", "principal")),
        "prepayment": "shorter_tenor",
        "cooling_off_days": 3,
        "cooling_off_keeps_fees": False,
        "foreclosure_rate": Decimal("0.04"),
        "foreclosure_tax_rate": Decimal("0.18"),
    }
    return Contract(**known | changes)


class Life:
    """A loan, its contract and all entries so far."""

    def __init__(self, contract: Contract, lent_on: date | None = LENT_ON, loan_id: str = "loan_1") -> None:
        self.contract = contract
        self.start = sanctioned(loan_id, "brw_asha", contract, "app_1", "off_1", AT)
        self.loan, self.entries, self.paid, self.reliefs = self.start, list[Entry](), 0, 0
        if lent_on is not None:
            entry, payout = payouts.ordered(self.loan, contract, "pout_1", lent_on, AT)
            self.add(entry)
            self.add(payouts.settled(self.loan, contract, payout, lent_on, AT))

    def add(self, *entries: Entry) -> None:
        for entry in entries:
            self.loan = after(self.loan, self.contract, entry)
            self.entries.append(entry)

    def until(self, on: date) -> "Life":
        _, entries = dues.until(self.loan, self.contract, on, AT)
        self.add(*entries)
        return self

    def pay(self, amount: Money, on: date, purpose: str = "instalment", choice: str | None = None) -> Entry:
        """The repayment's own entry."""
        self.paid += 1
        receipt = Receipt(f"upi.payment.upi{self.paid}", amount, purpose, on, AT, choice)
        if replay.is_late(self.loan, receipt):
            self.correct(replay.with_receipt(self.loan, self.contract, self.entries, receipt))
        else:
            loan, entries = repayment.received(self.loan, self.contract, receipt)
            self.add(*entries)
            assert loan == self.loan
        return next(entry for entry in live(self.entries) if entry.name == f"repayment.upi.payment.upi{self.paid}")

    def comes_back(self, payment: int) -> "Life":
        """A payment is returned, by its number in the order of arrival."""
        name = f"repayment.upi.payment.upi{payment}"
        self.correct(replay.without(self.loan, self.contract, self.entries, name, AT))
        return self

    def grant(self, penalty: int, pay: str, on: date, by: date, *, closes: bool = False) -> "Life":
        """A waiver: what is given up once so much was paid."""
        self.until(on)
        self.reliefs += 1
        grant = Grant(f"wvr_{self.reliefs}", rupees(pay).minor, by, penalty=penalty, closes=closes)
        return self._take(relief.granted(self.loan, grant, on, AT))

    def plan(self, instalments: int, on: date, first_due_on: date, **terms: Any) -> "Life":
        self.reliefs += 1
        return self.agree(NewTerms(f"plan_{self.reliefs}", instalments, first_due_on, **terms), on)

    def agree(self, terms: NewTerms, on: date) -> "Life":
        self.until(on)
        return self._take(relief.planned(self.loan, self.contract, terms, on, AT))

    def write_off(self, on: date) -> "Life":
        self.until(on)
        return self._take(relief.given_up(self.loan, "1", on, AT))

    def undo(self, name: str) -> "Life":
        self.correct(replay.without(self.loan, self.contract, self.entries, name, AT))
        return self

    def _take(self, fact: Entry) -> "Life":
        loan, entries = replay.taken(self.loan, self.contract, fact, AT)
        self.add(*entries)
        assert loan == self.loan
        return self

    def correct(self, books: replay.Books) -> None:
        self.loan, entries = books
        self.entries += entries

    def refund(self, on: date) -> Money:
        entry, payout = payouts.refund_ordered(self.loan, self.contract, "pout_2", on, AT)
        self.add(entry)
        self.add(payouts.settled(self.loan, self.contract, payout, on, AT))
        return payout.amount

    @property
    def instalment(self) -> int:
        assert self.loan.plan is not None
        return self.loan.plan.instalment

    def balance(self, account: str) -> int:
        return balances(self.entries).get(account, 0)

    def moved(self, account: str, *kinds: str) -> int:
        return sum(entry.moved(account) for entry in live(self.entries) if entry.kind in kinds)

    def check(self) -> None:
        """What must hold after every movement."""
        loan = self.loan
        assert fold(self.start, self.contract, self.entries) == replace(loan, version=0)
        assert sum(balances(self.entries).values()) == 0
        assert loan.principal == self.balance("principal") >= 0
        assert loan.excess == -self.balance("excess")
        assert loan.not_yet_due >= 0
        for part in ("interest", "fee", "penalty"):
            open_parts = [getattr(due, part) for due in loan.dues]
            assert self.balance(RECEIVABLE[part]) == sum(open_parts) and min(open_parts, default=0) >= 0
        assert len({entry.entry_id for entry in self.entries}) == len(self.entries)
