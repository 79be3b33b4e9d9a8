"""Money that went into or out of a lender's account, read off the entries of his loans: what a day's settlement is of.

The day is that on which we recorded it, in the market's zone. So a day that is over never changes: what is entered late
or put right is a movement of the day on which that was done.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zlib import crc32

from shared.domain.arrivals import movement_id
from shared.domain.ledger import Entry

CASH = ("lender_funds", "payouts_in_transit")
SHARDS = 16

# By the kind of entry: which way it goes, and its name in a settlement, there and back.
_KINDS = {
    "disbursement": (-1, "disbursed", "payout_returned"),
    "refund": (-1, "refunded", "payout_returned"),
    "repayment": (1, "repaid", "payment_returned"),
    "merchant_refund": (1, "merchant_refunded", "merchant_refund_returned"),
}
# Named after what came, by whichever rail.
_CAME = ("repayment", "merchant_refund")
# Booked as of the day of the payout, whenever it came: the day of the record is the nearest to the rail's.
_BACK_DATED = "merchant_refund"


@dataclass(frozen=True, slots=True)
class Movement:
    """`movement_id` is the same at the rail and at the partner: `payout.pout_…`, `payment.<the rail's id>`, with
    `_return` behind the first word where it came back. `amount` is in minor units, above zero for money that the lender
    got; `on` is the day that the rail named, or that of the record where it named none.
    """

    movement_id: str
    kind: str
    loan_id: str
    amount: int
    on: date


@dataclass(frozen=True, slots=True)
class Flow:
    """What one step of a loan was for its lender: money that moved, and the accounts of his that it moved.

    `accounts` are debit less credit in minor units, by the kind of what happened.
    """

    movements: tuple[Movement, ...]
    accounts: Mapping[str, Mapping[str, int]]


def shard(partner_id: str, on: date, loan_id: str) -> str:
    """The part of a partner's day to which a loan belongs: `sahyadri#2026-11-22#7`."""
    return f"{partner_id}#{on}#{crc32(loan_id.encode()) % SHARDS}"


def shards(partner_id: str, on: date) -> tuple[str, ...]:
    return tuple(f"{partner_id}#{on}#{number}" for number in range(SHARDS))


def is_flow(entry: Entry) -> bool:
    """Whether the lender's money moved, or money that he had before was taken for what is owed to him."""
    return outside(entry) != 0 or _kind(entry) == "settled"


def outside(entry: Entry) -> int:
    """What the lender's account gained, in minor units; money that is only reserved has not left it."""
    return sum(entry.moved(account) for account in CASH)


def flow(loan_id: str, entries: Sequence[Entry], recorded_on: date) -> Flow:
    """Of the entries of one step. What was reversed and posted again with the same sum has not moved."""
    moved, told, accounts = Counter[str](), dict[str, date](), dict[str, Counter[str]]()
    back = {entry.payout_id: entry.effective_on for entry in entries if entry.payout_id}
    for entry in entries:
        if not is_flow(entry):
            continue
        name, amount = _name(entry), outside(entry)
        if amount:
            moved[name] += amount
            is_told = entry.reversal_of is None and entry.kind != _BACK_DATED
            told[name] = entry.effective_on if is_told else recorded_on
        accounts.setdefault(_kind(entry), Counter()).update(_accounts(entry))
    movements = tuple(_movement(name, loan_id, amount, told[name], back) for name, amount in moved.items() if amount)
    return Flow(movements, accounts)


def summed(flows: Iterable[Flow]) -> dict[str, dict[str, int]]:
    """The accounts of many steps; those on which nothing is left are left out."""
    found = dict[str, Counter[str]]()
    for each in flows:
        for kind, accounts in each.accounts.items():
            found.setdefault(kind, Counter()).update(accounts)
    kept = {kind: {name: minor for name, minor in sorted(found[kind].items()) if minor} for kind in sorted(found)}
    return {kind: accounts for kind, accounts in kept.items() if accounts}


def _movement(name: str, loan_id: str, amount: int, on: date, back: Mapping[str, date]) -> Movement:
    kind, _, known_as = name.partition(".")
    way, forth, returned = _KINDS.get(kind, (1 if amount > 0 else -1, kind, f"{kind}_returned"))
    is_back = amount * way < 0
    if kind in _CAME:
        told_as = movement_id(known_as, is_back=is_back)
    else:
        word = "payout" if kind in _KINDS else kind
        told_as = f"{word}{'_return' if is_back else ''}.{known_as}"
    return Movement(told_as, returned if is_back else forth, loan_id, amount, back.get(known_as, on) if is_back else on)


def _accounts(entry: Entry) -> Counter[str]:
    """Of a repayment only what the money itself touched: interest that it also booked is income, and no cash."""
    found = Counter[str]()
    for posting in entry.postings:
        if _kind(entry) == "repayment" and posting.debit not in CASH and posting.credit not in CASH:
            continue
        found[posting.debit] += posting.amount.minor
        found[posting.credit] -= posting.amount.minor
    return Counter({account: minor for account, minor in found.items() if account not in CASH})


def _name(entry: Entry) -> str:
    """Of the fact itself: that of an entry that undoes is the name of what it undoes."""
    return entry.name if entry.reversal_of is None else re.sub(r"~\d+$", "", entry.reversal_of)


def _kind(entry: Entry) -> str:
    return _name(entry).partition(".")[0]
