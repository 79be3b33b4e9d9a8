"""Note whose an account or a number is: who tells it first keeps it, until one tells it whose bank vouches for him.

It is found out when it is told, so that an application asks nobody. Only a keyed hash is kept. The note comes before
what it is about is saved: killed between the two, there is a note too many, and the next save puts it right.

To tell another's account or number takes no more than to know it, so that a claim alone holds against nobody who has
an account that its bank knows under his name (`prove_account`). What two such people tell is noted with the later one.
"""

from shared.adapters.keyed_hash import Index
from shared.adapters.people import Change, Claim, People, claim_write
from shared.adapters.table import ANY, Write
from shared.domain.borrowers import Borrower, sharing

# As `checks.SHARED` names them.
BANK_ACCOUNT, IDENTITY_NUMBER = "bank_account", "identity_number"
# The account that is on file is his, and his name is that of its holder.
VERIFIED = "verified"


def first_told(index: Index, what: str, value: str) -> str:
    """The hash by which an account or a number is known here; one call to KMS."""
    return index.hashed(what, value).of("first told")


def mark_shared(borrower_id: str, what: str, hashed: str, *, people: People) -> None:
    """May be done again: it changes nothing then. Of two at once who tell the same, one is first."""
    people.change(borrower_id, lambda seen: _told(seen, what, hashed, people, is_proven=False))


def prove_account(borrower_id: str, hashed: str, *, people: People) -> None:
    """It is his before all whose bank has not vouched for them: just now the account's bank has said that it is his.

    May be done again. Killed before it, the note stays until he saves the account anew, or a person looks.
    """
    people.change(borrower_id, lambda seen: _told(seen, BANK_ACCOUNT, hashed, people, is_proven=True))
    prove_number(borrower_id, people=people)


def prove_number(borrower_id: str, *, people: People) -> None:
    """The same of the number that he told last, while his bank knows him by his name. May be done again."""
    latest = (people.item(borrower_id, _sk(IDENTITY_NUMBER)) or {}).get("latest")
    if latest is None:
        return

    def decide(seen: Borrower) -> Change:
        is_known = seen.account_check == VERIFIED
        return _told(seen, IDENTITY_NUMBER, latest, people, is_proven=True) if is_known else None

    people.change(borrower_id, decide)


def _told(seen: Borrower, what: str, hashed: str, people: People, *, is_proven: bool) -> Change:
    """The borrower with the note, or without it where the claim is his or becomes his; None where all is so already."""
    owner, kept = people.claim(hashed), people.item(seen.id, _sk(what)) or {}
    is_his = owner is not None and owner.borrower_id == seen.id
    yields = owner is None or owner.borrower_id is None or (is_proven and not owner.is_proven)
    now = sharing(seen, what, is_shared=not is_his and not yields)
    writes = []
    if yields:
        writes.append(claim_write(hashed, Claim(seen.id, is_proven), owner))
    if kept.get("latest") != hashed:
        papers = sorted({*kept.get("papers", ()), hashed})
        writes.append(Write({"pk": seen.id, "sk": _sk(what), "papers": papers, "latest": hashed}, ANY))
    return (now, writes) if writes or now != seen else None


def _sk(what: str) -> str:
    return f"first_told#{what}"
