"""Money that a merchant gives back for an order, or a part of it: the loan is as if that had never been lent.

It is a given entry of the day on which the loan was paid out. The principal is less from that day on, and the
instalments are those of the smaller loan over the same time.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from shared.domain import dues, relief
from shared.domain.contract import Contract
from shared.domain.errors import Refused
from shared.domain.ledger import Entry, Posting, live, postings
from shared.domain.loan import Loan, after
from shared.domain.money import Money, total

KIND = "merchant_refund"
# What a refund comes right behind: the payout, and the refunds before it.
FOLLOWS = ("disbursement", KIND)


def name(arrival: str) -> str:
    """The id of the entry: the same refund twice is one."""
    return f"{KIND}.{arrival}"


def arrival_of(refund: Entry) -> str:
    return refund.name.removeprefix(f"{KIND}.")


def refunded(entries: Iterable[Entry]) -> int:
    """What the merchant has given back so far, in minor units."""
    return sum(entry.moved("lender_funds") for entry in live(entries) if entry.kind == KIND)


def require_fits(loan: Loan, contract: Contract, entries: Iterable[Entry], amount: Money) -> None:
    """Raises `Refused` unless it was lent for a purchase, and no more comes back than the merchant was paid."""
    if contract.purchase is None or loan.disbursed_on is None or amount.currency != contract.currency:
        raise Refused("refund_impossible", "This loan paid no merchant who could give that back.")
    left = contract.net_disbursed.minor - refunded(entries)
    if amount.minor > left:
        raise Refused("refund_impossible", f"Of the price only {Money(left, contract.currency)} is left.")


def received(loan: Loan, arrival: str, amount: Money, at: datetime) -> Entry:
    """The news as an entry; what it does to the loan is worked out."""
    assert loan.disbursed_on is not None
    return Entry(
        entry_id=name(arrival),
        kind=KIND,
        sequence=loan.sequence + 1,
        effective_on=loan.disbursed_on,
        recorded_at=at,
        postings=(Posting("lender_funds", "principal", amount),),
    )


def maker(fact: Entry) -> dues.Maker:
    """What makes the entry on the loan as it is on that day."""

    def make(loan: Loan, contract: Contract, _: date, __: datetime) -> Entry:
        bare = replace(fact, sequence=loan.sequence + 1, plan=None)
        amount = Money(fact.moved("lender_funds"), contract.currency)
        if loan.state != "active":
            # The payout came back too: nothing is lent, so that all of it is too much.
            return replace(bare, postings=(Posting("lender_funds", "excess", amount),))
        assert contract.terms.interest_method != "flat", "flat interest is on what the contract lent"
        entry = replace(bare, postings=_taken_back(loan, contract, amount))
        left = after(loan, contract, entry)
        if not left.principal or left.plan is None:
            return entry
        instalment = relief.instalment_of(left, contract, left.principal)
        return replace(entry, plan=replace(left.plan, instalment=instalment))

    return make


def _taken_back(loan: Loan, contract: Contract, amount: Money) -> tuple[Posting, ...]:
    """With the last of the price go the fees, unless the contract lets the lender keep them."""
    made = postings(("lender_funds", "principal", amount))
    is_whole = loan.principal - amount.minor == contract.fees_total.minor
    if not is_whole or contract.purchase is None or contract.purchase.refund_keeps_fees:
        return made
    tax = total((fee.tax for fee in contract.fees), contract.currency)
    fees = contract.fees_total - tax
    return made + postings(("fee_income", "principal", fees), ("tax_payable", "principal", tax))
