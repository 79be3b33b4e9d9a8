"""A borrower who falls behind: what each day costs him, why, and how he gets out of it."""

from datetime import date
from typing import Any

from infra.local import account
from infra.local.borrower import TWENTY_THOUSAND, Borrower

MONTHS = 6
MONTH_DAYS = 31
LATE_DAYS = 12
REMINDED_DAYS = 3


def story(ravi: Borrower) -> None:
    """Raises `CallFailed` or `TooLate` at the first step that does not go as it must."""
    outside = ravi.outside
    account.title("Another borrower, Ravi, takes a loan and misses his first instalment")
    loan_id = ravi.active_loan(TWENTY_THOUSAND, MONTHS)
    before = _days_to_the_first_due(ravi, loan_id) - REMINDED_DAYS
    outside.advance(before)
    be_told(ravi, loan_id, "upcoming")
    outside.advance(MONTH_DAYS - before)
    account.line(f"The night of {outside.night()} has run: the instalment is due.")
    outside.advance(LATE_DAYS)
    account.line(f"The night of {outside.night()} has run: nothing was paid.")
    be_told(ravi, loan_id, "overdue")
    fall_behind(ravi, loan_id)
    catch_up(ravi, loan_id)
    bounce(ravi, loan_id)
    end(ravi, loan_id)


def be_told(ravi: Borrower, loan_id: str, kind: str) -> None:
    """What comes to his phone when it is ten in the morning there, once he was told one of a kind."""
    account.title("What comes to the phone in the hours of contact")
    path = f"/v1/loans/{loan_id}/notices"
    before = len(_sent(ravi.client.get(path)["notices"]))
    ravi.outside.turn_to(10)
    ravi.outside.at_its_hour(f"remind-{ravi.outside.market}")
    found = ravi.client.get_until("a notice", path, lambda found: kind in _kinds(found["notices"], before))
    for notice in _sent(found["notices"])[before:]:
        account.line(f"{notice['sent_at'][:16]} UTC  {notice['text']}")


def fall_behind(ravi: Borrower, loan_id: str) -> None:
    loan = ravi.loan(loan_id)
    account.show({name: loan[name] for name in ("on", "overdue", "days_past_due", "outstanding")})
    account.title("Why this number: the penal charge of the first instalment, day by day")
    opened = ravi.client.get(f"/v1/loans/{loan_id}/instalments/1")
    account.table(opened["penalty_rows"])
    account.title("What if: pay it today, skip the next one too, or close the loan")
    for name, changes in {
        "skip the second": [{"change": "skip", "number": 2}],
        "close it today": [{"change": "foreclose", "on": loan["on"]}],
        "nine instalments instead": [{"change": "tenor", "instalments": 9}],
    }.items():
        found = ravi.client.post(f"/v1/loans/{loan_id}/what-if", {"changes": changes}, key="")
        told = found["changed"]
        account.line(
            f"{name:<26} instalment {account.money(told['instalment'])}, ends on {told['ends_on']}, "
            f"interest {account.money(told['interest'])}, penal charges {account.money(told['penalty'])}"
        )


def catch_up(ravi: Borrower, loan_id: str) -> None:
    account.title("He pays what is overdue, and sees what each rupee settled")
    ravi.repay(loan_id, ravi.loan(loan_id)["overdue"])
    account.show(ravi.client.get(f"/v1/loans/{loan_id}/receipts")["receipts"][-1])


def bounce(ravi: Borrower, loan_id: str) -> None:
    account.title("The payment bounces: the books are worked out again as if it had never come")
    payment_id = ravi.client.get(f"/v1/loans/{loan_id}/receipts")["receipts"][-1]["payment_id"]
    ravi.outside.bounce(payment_id)
    path = f"/v1/loans/{loan_id}"
    loan = ravi.client.get_until("the overdue instalment", path, lambda found: found["overdue"]["minor"] > 0)
    account.show({name: loan[name] for name in ("on", "overdue", "days_past_due")})
    _ledger(ravi, loan_id)


def end(ravi: Borrower, loan_id: str) -> None:
    account.title("He pays again, and later closes the loan")
    ravi.repay(loan_id, ravi.loan(loan_id)["overdue"])
    loan = ravi.loan(loan_id)
    assert not loan["days_past_due"] and not loan["overdue"]["minor"], loan
    quoted = ravi.client.get(f"/v1/loans/{loan_id}/foreclosure-quote")
    ravi.repay(loan_id, quoted["amount"], "foreclosure")
    account.show({"state": ravi.await_state(loan_id, "closed")["state"]})
    account.title("The loan as it stood on the missed date, asked for today")
    due_on = ravi.client.get(f"/v1/loans/{loan_id}/instalments/1")["due_on"]
    then = ravi.client.get(f"/v1/loans/{loan_id}?on={due_on}")
    account.show({name: then[name] for name in ("on", "state", "dues", "days_past_due")})


def _sent(notices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [notice for notice in notices if notice["state"] == "sent"]


def _kinds(notices: list[dict[str, Any]], before: int) -> list[str]:
    return [notice["kind"] for notice in _sent(notices)[before:]]


def _days_to_the_first_due(ravi: Borrower, loan_id: str) -> int:
    first, *_ = ravi.client.get(f"/v1/loans/{loan_id}/schedule")["instalments"]
    return (date.fromisoformat(first["due_on"]) - date.fromisoformat(ravi.outside.rail_today())).days


def _ledger(ravi: Borrower, loan_id: str) -> None:
    entries: list[dict[str, Any]] = ravi.client.get(f"/v1/loans/{loan_id}/ledger")["entries"]
    names = ("sequence", "effective_on", "entry_id")
    account.table([{name: entry[name] for name in names} for entry in entries[2:]])
