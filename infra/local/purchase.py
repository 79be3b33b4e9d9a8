"""A borrower with a limit buys a phone: two calls at the checkout, the merchant paid, and a case that goes back."""

from infra.local import account
from infra.local.borrower import Borrower

LIMIT = {"minor": 3_000_000, "currency": "INR"}
PRICE = {"minor": 1_200_000, "currency": "INR"}
OF_THE_CASE = {"minor": 200_000, "currency": "INR"}
MONTHS = 6
ORDER = "LOTUS-4711"


def story(zoya: Borrower) -> None:
    """Raises `CallFailed` or `TooLate` at the first step that does not go as it must."""
    account.title("A fifth borrower, Zoya, asks for a limit to buy with")
    zoya.become_ready()
    zoya.apply(LIMIT, 12, purpose="purchase")
    account.show(zoya.client.get("/v1/me/limit"))
    loan_id, payout_id = buy(zoya)
    give_back(zoya, loan_id, payout_id)


def buy(zoya: Borrower) -> tuple[str, str]:
    """The loan and the payout that paid for the order."""
    account.title(f"She reserves an order of {account.money(PRICE)}: every lender's offer, ranked by yearly cost")
    checkout = zoya.reserve(ORDER, PRICE, MONTHS)
    names = ("lender", "apr", "amount", "net_disbursed", "instalment", "total_payable")
    account.table([{name: offer[name] for name in names} for offer in checkout["matched"]])
    account.line(f"Reserved until {checkout['reserved_until'][:19]} UTC; a reservation ends by itself.")
    account.title("She confirms the first by its hash: the loan is granted and the merchant paid")
    confirmed = zoya.confirm(checkout)
    loan = zoya.await_state(confirmed["loan_id"], "active")
    [credit] = [each for each in zoya.outside.payouts() if each["reference"] == confirmed["payout_id"]]
    order = credit["order"]
    account.line(
        f"{order['beneficiary']['holder_name']} got {account.money(order['amount'])} for {order['remark']}; "
        f"she owes {account.money(loan['outstanding'])}."
    )
    account.show(zoya.client.get("/v1/me/limit"))
    return confirmed["loan_id"], confirmed["payout_id"]


def give_back(zoya: Borrower, loan_id: str, payout_id: str) -> None:
    account.title(f"A case goes back: the merchant returns {account.money(OF_THE_CASE)}, which was then never lent")
    path, before = f"/v1/loans/{loan_id}", zoya.loan(loan_id)
    zoya.outside.merchant_gives_back(payout_id, OF_THE_CASE)
    owed = before["outstanding"]["minor"] - OF_THE_CASE["minor"]
    loan = zoya.client.get_until("the refund", path, lambda found: found["outstanding"]["minor"] == owed)
    account.line(
        f"She owes {account.money(loan['outstanding'])}; the instalment was {account.money(before['instalment'])} "
        f"and is {account.money(loan['instalment'])}."
    )
    account.show(zoya.client.get("/v1/me/limit"))
