"""Note whose an account or a number is: who tells it first keeps it, and who tells it after him has that noted.

It is found out when it is told, so that an application asks nobody. Only a keyed hash is kept. The note comes before
what it is about is saved: killed between the two, there is a note too many, and the next save puts it right.
"""

from shared.adapters.keyed_hash import Index
from shared.adapters.people import Change, People, paper_writes
from shared.adapters.table import ANY, Write
from shared.domain.borrowers import Borrower, sharing

# As `checks.SHARED` names them.
BANK_ACCOUNT, IDENTITY_NUMBER = "bank_account", "identity_number"


def mark_shared(borrower_id: str, what: str, value: str, *, people: People, index: Index) -> None:
    """May be done again: it changes nothing then. Of two at once who tell the same, one is first."""
    hashed = index.hashed(what, value).of("first told")

    def decide(seen: Borrower) -> Change:
        owners = people.owners([hashed])
        now = sharing(seen, what, is_shared=owners.get(hashed) not in (None, borrower_id))
        if now == seen and owners.get(hashed) is not None:
            return None
        kept = people.item(borrower_id, f"first_told#{what}") or {}
        mine = sorted({*kept.get("papers", ()), hashed})
        claims = paper_writes(borrower_id, [hashed], owners)
        return now, [Write({"pk": borrower_id, "sk": f"first_told#{what}", "papers": mine}, ANY), *claims]

    people.change(borrower_id, decide)
