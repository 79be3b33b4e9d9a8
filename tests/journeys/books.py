"""What must be true of a loan's books after anything that happens to it."""

from collections import Counter
from typing import Any

from infra.local.borrower import Borrower


def ledger(borrower: Borrower, loan_id: str) -> Any:
    return borrower.client.get(f"/v1/loans/{loan_id}/ledger")


def entries(borrower: Borrower, loan_id: str, kind: str) -> list[Any]:
    """Those that stand."""
    found = ledger(borrower, loan_id)["entries"]
    undone = {entry["reversal_of"] for entry in found}
    return [entry for entry in found if entry["kind"] == kind and entry["entry_id"] not in undone]


def check(borrower: Borrower, loan_id: str) -> None:
    """Every posting moves an amount from one account to another, and the head and the balances are their fold."""
    read = ledger(borrower, loan_id)
    loan = borrower.loan(loan_id)
    postings = [posting for entry in read["entries"] for posting in entry["postings"]]
    folded: Counter[str] = Counter()
    for posting in postings:
        folded[posting["debit"]] += posting["amount"]["minor"]
        folded[posting["credit"]] -= posting["amount"]["minor"]

    assert all(posting["amount"]["minor"] > 0 and posting["debit"] != posting["credit"] for posting in postings)
    assert [entry["sequence"] for entry in read["entries"]] == list(range(1, len(read["entries"]) + 1))
    assert len({entry["entry_id"] for entry in read["entries"]}) == len(read["entries"])
    assert {name: amount["minor"] for name, amount in read["balances"].items() if amount["minor"]} == {
        name: minor for name, minor in folded.items() if minor
    }
    assert loan["outstanding"]["minor"] == folded["principal"]


def settled(borrower: Borrower, loan_id: str) -> dict[str, int]:
    """Balances that are not zero, in minor units."""
    return {name: amount["minor"] for name, amount in ledger(borrower, loan_id)["balances"].items() if amount["minor"]}
