"""Notices in the loans book: each under its loan, with its text; and what a borrower was told in the last week.

A notice and what it counts for are planned in one transaction, so that two loans of one borrower, worked at once, do
not pass his caps together.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from shared.adapters import class_news
from shared.adapters.table import Table, Write, load, load_all, record
from shared.domain.class_news import ClassNews
from shared.domain.contact import COUNTED, WEEK, Contact
from shared.domain.relief_notices import StaffAnswer
from shared.domain.telling import Telling

# One prefix is that of all, so that whoever tells a borrower reads what was told and what was answered at once.
PREFIX, ANSWER, ALL, CONTACTS = "notice#", "notice_answer#", "notice", "contacts"
# What the relay makes a message of for whoever tells borrowers things.
TASK = "notice"


@dataclass(frozen=True, slots=True)
class Contacts:
    """Contacts that count for the caps. One that was planned counts, whatever became of it."""

    contacts: tuple[Contact, ...] = ()
    version: int = 0

    def without(self, telling: Telling | None) -> tuple[Contact, ...]:
        """Those besides the last try of a notice, which does not stand in its own way."""
        mine = None if telling is None else Contact(telling.tried_at, telling.purpose)
        return tuple(contact for contact in self.contacts if contact != mine)


@dataclass(frozen=True, slots=True)
class Notices:
    table: Table

    def of_loan(self, loan_id: str) -> dict[str, Telling]:
        """All that were planned or sent, by their ids."""
        told = load_all(Telling, self.table.query(loan_id, PREFIX))
        return {telling.notice_id: telling for telling in told}

    def told(self, loan_id: str) -> tuple[dict[str, Telling], list[StaffAnswer], list[ClassNews]]:
        """As `of_loan`, what staff answered that no entry says, and what the lender was told of the loan's class."""
        found = self.table.query(loan_id, ALL)
        told = load_all(Telling, (item for item in found if item["sk"].startswith(PREFIX)))
        answers = load_all(StaffAnswer, (item for item in found if item["sk"].startswith(ANSWER)))
        return {telling.notice_id: telling for telling in told}, answers, class_news.among(found)

    def find(self, loan_id: str, notice_id: str) -> Telling | None:
        item = self.table.get(loan_id, f"{PREFIX}{notice_id}")
        return load(Telling, item) if item else None

    def contacts(self, borrower_id: str) -> Contacts:
        item = self.table.get(borrower_id, CONTACTS)
        return load(Contacts, item) if item else Contacts()

    def plan(self, loan_id: str, borrower_id: str, telling: Telling, seen: Telling | None, contacts: Contacts) -> None:
        """Raises `Stale` when another has planned it, or anything that counts, since `seen` and `contacts` were read.

        The text goes to the book before it goes out.
        """
        writes = [_write(loan_id, telling, seen)]
        if telling.purpose in COUNTED:
            made = Contact(telling.tried_at, telling.purpose)
            writes.append(counted(borrower_id, contacts, contacts.without(seen), made))
        self.table.transact(writes)

    def tried(self, loan_id: str, telling: Telling, seen: Telling) -> None:
        """What became of a try. Raises `Stale` when it is not the last one any more."""
        self.table.transact([_write(loan_id, telling, seen)])


def new_answer(loan_id: str, answer: StaffAnswer) -> Write:
    """Written with the decision itself; the stream has it told."""
    return Write(record(answer, loan_id, f"{ANSWER}{answer.kind}.{answer.relief_id}", task=TASK))


def counted(borrower_id: str, contacts: Contacts, others: Iterable[Contact], made: Contact) -> Write:
    """One more contact that counts for the caps, besides those others of `contacts` that still may."""
    since = made.at - timedelta(days=WEEK + 1)
    recent = tuple(contact for contact in others if contact.at >= since)
    kept = replace(contacts, contacts=(*recent, made), version=contacts.version + 1)
    return Write(record(kept, borrower_id, CONTACTS), contacts.version or None)


def _write(loan_id: str, telling: Telling, seen: Telling | None) -> Write:
    return Write(record(telling, loan_id, f"{PREFIX}{telling.notice_id}"), seen.version if seen else None)
