"""Two loans of one borrower: the class of one is told, shown and worked on as the other's arrears make it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from shared.adapters.cases import Cases
from shared.adapters.loans import HEAD
from shared.application.attend_loan import attend_loan, look
from shared.application.borrowers_loans import other_loans
from shared.application.keep_case import keep_case
from shared.application.show_credit_file import show_credit_file
from shared.domain.telling import SENT
from tests.application.post import Office, at, opened
from tests.domain.lending import Life, contract, rupees

# The first loan was lent on 31 January and nothing is paid; the second on 10 April and is paid in time.
DUE, NPA_ON = date(2026, 2, 28), date(2026, 5, 29)
SECOND_LENT, SECOND = date(2026, 4, 10), "loan_2"
DAY = timedelta(days=1)


class TwoLoans(Office):
    def __init__(self) -> None:
        super().__init__(Life(contract(fees="0")))
        self.second = Life(contract(fees="0"), SECOND_LENT, SECOND)
        opened(self.second, self.loans.table)
        self.known_second = 0
        self.books_second()

    def books_second(self) -> None:
        stored, terms = self.loans.get(SECOND)
        made, self.known_second = self.second.entries[self.known_second :], len(self.second.entries)
        self.loans.book(replace(self.second.loan, version=stored.version), terms, made)

    def until(self, on: date) -> "TwoLoans":
        self.life.until(on)
        self.booked()
        self.second.until(on)
        if owed := sum(due.unpaid for due in self.second.loan.dues):
            self.second.pay(replace(rupees("1"), minor=owed), on)
        self.books_second()
        return self

    def both_told(self, on: date) -> dict[str, set[str]]:
        """The classes that each loan's borrower was told of, after a look at the first loan and one at the second."""
        for loan_id in (self.loan_id, SECOND):
            attend_loan(loan_id, at(on), loans=self.loans, post=self.post)
        return self.classes()

    def classes(self) -> dict[str, set[str]]:
        return {
            loan_id: {
                name.removeprefix("class_changed.")
                for name, telling in self.notices.of_loan(loan_id).items()
                if telling.kind == "class_changed" and telling.state == SENT
            }
            for loan_id in (self.loan_id, SECOND)
        }

    def lies_under(self, loan_id: str) -> str | None:
        item: Any = self.loans.table.get(loan_id, HEAD)
        return item.get("notice_on")


def test_a_loan_in_order_is_non_performing_with_another_and_its_borrower_is_told_of_it() -> None:
    office = TwoLoans().until(date(2026, 5, 10)).until(NPA_ON)

    assert office.both_told(NPA_ON)[SECOND] == set()
    assert office.both_told(NPA_ON + DAY) == {
        "loan_1": {"SMA-2.2026-04-29", "NPA.2026-05-29"},
        SECOND: {"NPA.2026-05-29"},
    }
    assert "another loan of yours was not paid" in office.network.taken[-1]


def test_telling_of_one_loan_has_the_other_looked_at_on_the_same_day() -> None:
    office = TwoLoans().until(date(2026, 5, 10))
    attend_loan(SECOND, at(date(2026, 5, 12)), loans=office.loans, post=office.post)
    office.life.until(NPA_ON)
    office.booked()
    later = office.lies_under(SECOND)
    attend_loan(office.loan_id, at(NPA_ON + DAY), loans=office.loans, post=office.post)

    assert later is not None and later > "2026-05-12"
    assert office.lies_under(SECOND) == (NPA_ON + DAY).isoformat()
    attend_loan(SECOND, at(NPA_ON + DAY), loans=office.loans, post=office.post)
    attend_loan(office.loan_id, at(NPA_ON + DAY, 12), loans=office.loans, post=office.post)
    assert office.classes()[SECOND] == {"NPA.2026-05-29"}
    assert all(under is None or under > "2026-05-30" for under in map(office.lies_under, (SECOND, office.loan_id)))


def test_both_are_standard_again_when_all_arrears_of_both_are_paid() -> None:
    office = TwoLoans().until(date(2026, 5, 10)).until(NPA_ON)
    office.both_told(NPA_ON + DAY)
    paid_on = date(2026, 6, 5)
    office.until(paid_on)
    office.life.pay(rupees("3878.92"), paid_on)
    office.booked()

    assert not any("standard" in name for names in office.both_told(paid_on).values() for name in names)
    assert {"standard.2026-06-05"} <= office.both_told(paid_on + DAY)["loan_1"]
    assert office.classes()[SECOND] == {"NPA.2026-05-29", "standard.2026-06-05"}


def test_the_credit_file_shows_the_class_with_the_loans_own_days() -> None:
    office = TwoLoans().until(date(2026, 5, 10)).until(date(2026, 5, 30))
    shown = {preview.record.figures.loan_id: preview.record for preview in show(office, date(2026, 5, 30))}

    assert (shown["loan_1"].classification, shown["loan_1"].days_past_due > 90) == ("NPA", True)
    assert (shown[SECOND].classification, shown[SECOND].days_past_due, shown[SECOND].is_default) == ("NPA", 0, False)


def show(office: TwoLoans, on: date) -> Any:
    return show_credit_file("brw_asha", at(on), loans=office.loans)


def test_a_case_is_of_a_loan_that_is_overdue_itself_and_has_the_borrowers_class() -> None:
    office = TwoLoans().until(date(2026, 5, 10)).until(NPA_ON)

    assert not keep_case(SECOND, at(NPA_ON + DAY), loans=office.loans)
    office.second.until(date(2026, 6, 10))
    office.books_second()
    assert keep_case(SECOND, at(date(2026, 6, 12)), loans=office.loans)
    assert Cases(office.loans.table).get(SECOND).bucket == "NPA"


class Reads:
    """Counts what is asked of the table."""

    def __init__(self) -> None:
        self.count = 0

    def before(self) -> None:
        self.count += 1

    def after(self) -> None:
        pass


def test_of_a_borrower_with_one_loan_only_the_list_of_his_loans_is_read() -> None:
    office = Office(Life(contract(fees="0")).until(DUE))
    loan, _ = office.loans.get(office.loan_id)
    reads = office.dynamo.watched_by = Reads()

    assert other_loans(loan, DUE, at(DUE), loans=office.loans) == ()
    assert reads.count == 1


def test_a_loan_that_was_over_before_the_other_began_is_not_read_whole() -> None:
    office = TwoLoans()
    office.life.pay(rupees("25000"), date(2026, 3, 1), "foreclosure")
    office.booked()
    assert office.life.loan.state == "closed"
    reads = office.dynamo.watched_by = Reads()

    assert look(SECOND, at(SECOND_LENT), (), loans=office.loans)[0].others == ()
    # The loan, its journal, its case, the lists of loans and of disputes, and the other's head: not its journal.
    assert reads.count == 6
