"""Cases beside their loans, the contacts that were made, and the list of those that are open."""

from dataclasses import dataclass

from shared.adapters.notices import TASK
from shared.adapters.table import Item, Table, Write, load, load_all, record
from shared.domain.cases import Case, LoggedContact
from shared.domain.errors import NotFound

CASE, CONTACT = "case", "contact#"


@dataclass(frozen=True, slots=True)
class Cases:
    table: Table

    def find(self, loan_id: str) -> Case | None:
        item = self.table.get(loan_id, CASE)
        return load(Case, item) if item else None

    def get(self, loan_id: str) -> Case:
        """Raises `NotFound`."""
        found = self.find(loan_id)
        if found is None:
            raise NotFound("not_found", "There is no case of this loan.")
        return found

    def page(self, market: str, after: str | None, limit: int) -> tuple[list[Case], str | None]:
        """The open ones, oldest first. One that has just changed may be missing, or still be here."""
        last = None
        if after is not None:
            item = _item(self.get(after))
            last = {"pk": after, "sk": CASE, "desk": _desk(market), "desk_at": item.get("desk_at", "")}
        page = self.table.page_of_index("desk", ("desk", _desk(market)), last, limit)
        return [self.get(loan_id) for loan_id in page.ids], page.next

    def contacts(self, loan_id: str) -> list[LoggedContact]:
        """Oldest first."""
        made = load_all(LoggedContact, self.table.query(loan_id, CONTACT))
        return sorted(made, key=lambda contact: contact.at)


def changed_case(case: Case, *, tells: bool = False) -> Write:
    """One version later than it was read, 0 for the first. `tells`: the borrower is to be told something of it."""
    item = _item(case) | {"version": case.version + 1}
    return Write(item | {"task": TASK} if tells else item, case.version or None)


def new_contact(loan_id: str, made: LoggedContact) -> Write:
    return Write(record(made, loan_id, f"{CONTACT}{made.contact_id}"))


def _item(case: Case) -> Item:
    item = record(case, case.loan_id, CASE)
    if case.is_open:
        item |= {"desk": _desk(case.market), "desk_at": case.opened_at.isoformat()}
    return item


def _desk(market: str) -> str:
    return f"{market}#case"
