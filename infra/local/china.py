"""Borrowers in China, with numbers that are well made and nobody's, and what one of them goes through."""

from datetime import date

from infra.local import account
from infra.local.borrower import Borrower, Person
from infra.local.late import be_told

# ISO 7064, MOD 11-2, as GB 11643 gives each place its weight.
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
LENT, MONTHS = 1_000_000, 6
LATE_DAYS = 10
COMPARED = ("lender", "apr", "annual_rate", "instalment", "net_disbursed", "total_payable")


def in_china(number: int) -> Person:
    """Somebody with a phone, a resident identity number and a bank card of her own, one of a thousand."""
    assert 0 <= number < 1000, number
    return Person(
        phone=f"+8613912{number:06d}",
        name="林晓梅",
        birth_date="1994-06-15",
        pan="",
        account_number=_card(f"622848{number:012d}"),
        ifsc="",
        identity_number=_resident(f"11010119940615{number:03d}"),
        address=("湖滨南路14号", "厦门市", "福建省", "361004"),
        market="cn",
        currency="CNY",
        paper="resident_identity_card",
        pays_by="bank_transfer",
        monthly_income=1_200_000,
        monthly_obligations=80_000,
        language="zh",
    )


def story(mei: Borrower) -> None:
    """Raises `CallFailed` or `TooLate` at the first step that does not go as it must."""
    account.title("A sixth borrower, Lin Xiaomei, is in Xiamen: another market's pack, rail and lenders, the same code")
    mei.become_ready()
    account.line(f"Her phone shows: {mei.outside.texts_to(mei.person.phone)[-1]}")
    account.show(mei.client.get("/v1/me/bank-account"))
    loan_id = borrow(mei)
    fall_behind(mei, loan_id)
    pay(mei, loan_id)


def borrow(mei: Borrower) -> str:
    account.title(f"{account.money(mei.money(LENT))} over {MONTHS} months: no offer may cost more than 24 % a year")
    application = mei.apply(mei.money(LENT), MONTHS)
    board = mei.offers(application)
    account.table([{name: offer[name] for name in COMPARED} for offer in board["matched"]])
    account.show({"no offer from": board["unmatched"]})
    first, *_ = board["matched"]
    account.line(f"Her Key Facts Statement says of default: {first['penal_charges']}")
    loan_id = str(mei.accept(application, first)["loan_id"])
    mei.disburse(loan_id)
    mei.await_state(loan_id, "active")
    return loan_id


def fall_behind(mei: Borrower, loan_id: str) -> None:
    account.title("Her first instalment is late: what is overdue bears a higher rate instead of the contract's")
    first, *_ = mei.client.get(f"/v1/loans/{loan_id}/schedule")["instalments"]
    days = (date.fromisoformat(first["due_on"]) - date.fromisoformat(mei.outside.rail_today())).days
    mei.outside.advance(days + LATE_DAYS)
    account.line(f"The night of {mei.outside.night()} has run.")
    account.table(mei.client.get(f"/v1/loans/{loan_id}/instalments/1")["penalty_rows"])
    be_told(mei, loan_id, "overdue")


def pay(mei: Borrower, loan_id: str) -> None:
    account.title("She pays by transfers, whose references find the loan, and closes it")
    account.show(mei.repay(loan_id, mei.loan(loan_id)["overdue"]))
    quoted = mei.client.get(f"/v1/loans/{loan_id}/foreclosure-quote")
    mei.repay(loan_id, quoted["amount"], "foreclosure")
    mei.await_state(loan_id, "closed")
    letter = mei.client.get(f"/v1/loans/{loan_id}/no-dues-letter")
    account.line(next(each["text"] for each in letter["statements"] if each["language"] == "zh"))


def _resident(first: str) -> str:
    """With its check digit."""
    return first + CHECKS[sum(weight * int(digit) for weight, digit in zip(WEIGHTS, first, strict=True)) % 11]


def _card(first: str) -> str:
    """With the check digit of ISO/IEC 7812-1, Luhn's."""
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in first[::-2])
    return f"{first}{-(doubled + sum(map(int, first[-2::-2]))) % 10}"
