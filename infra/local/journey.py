"""Borrowers through whole loans, by calls of the API alone, told as it happens."""

import time
from typing import Any

from infra.local import account, china, late, purchase, relief
from infra.local.borrower import TWENTY_THOUSAND, Borrower, Person, another
from infra.local.client import Client
from infra.local.cloud import Cloud
from infra.local.deploy import Outputs
from infra.local.outside import Outside
from infra.local.sandbox import Services

MONTHS = 12
TOO_MUCH, FEW_MONTHS = {"minor": 10_000_000, "currency": "INR"}, 3
# What a borrower compares offers by; the rest is in the Key Facts Statement.
RANKED = ("lender", "apr", "annual_rate", "fees", "instalment", "net_disbursed", "total_payable", "valid_until")
# Long enough to reach the next due date from any day of a month.
MONTH_DAYS = 31


def main(cloud: Cloud, outputs: Outputs, services: Services) -> None:
    """Raises `CallFailed` or `TooLate` at the first step that does not go as it must."""
    began = time.monotonic()
    outside = Outside(cloud, outputs, services)
    outside.by_hand()
    asha = Borrower(outside, Person(), told=account.call)
    quote(Client(outputs.api_url, told=account.call))
    become_known(asha)
    ask_too_much(asha)
    application = apply(asha)
    loan_id = accept(asha, application)
    disburse(asha, loan_id)
    repay(asha, loan_id)
    close(asha, loan_id)
    keep_out(outside, loan_id)
    tell_the_end(asha, loan_id)
    for number, story in enumerate((late.story, relief.plan_story, relief.waiver_story, purchase.story), start=2):
        story(Borrower(outside, another(Person(), number), told=account.call))
    china.story(Borrower(outside.in_market("cn"), china.in_china(6), told=account.call))
    account.title("Where to look next")
    account.line(f"Six loans took {time.monotonic() - began:.0f} s; the calendar was turned by ten months.")
    account.line("`make up` does not stop at the end: it prints addresses and a borrower to go on with.")
    account.line(f"{cloud.directory}: the addresses (outputs.json), the logs of the cloud, the rail and the lender.")
    account.line("functions/repay → shared/application → shared/domain → shared/adapters: how a repayment is made.")


def quote(anybody: Client) -> None:
    account.title("A quote, without an account")
    for market, currency in (("in", "INR"), ("cn", "CNY")):
        asked = {"market": market, "amount": {"minor": 2_000_000, "currency": currency}, "tenor_months": MONTHS}
        found = anybody.post("/v1/quotes", asked, key="")
        account.line(
            f"{account.money(found['amount'])} over {found['tenor_months']} months: "
            f"{account.money(found['instalment'])} a month, fees {account.money(found['fees_total'])}, "
            f"APR {account.percent(found['apr'])}"
        )


def become_known(asha: Borrower) -> None:
    account.title("Sign in, consents, profile, bank account, document")
    asha.sign_in()
    asha.consent()
    asha.introduce()
    account.show(asha.client.get("/v1/me/profile"))
    document = asha.upload()
    account.line(f"The document is {document['verdict']}.")


def ask_too_much(asha: Borrower) -> None:
    """A decline says why, and which loans would be approved: found by deciding again, so that none is a guess."""
    account.title(f"Apply for {account.money(TOO_MUCH)} over {FEW_MONTHS} months: more than the income carries")
    declined = asha.apply(TOO_MUCH, FEW_MONTHS)
    assert declined["state"] == "declined", declined
    account.table(declined["decision"]["reasons"])
    account.title("What would change it")
    for instead in declined["decision"]["would_be_approved"]:
        account.line(instead["says"])


def apply(asha: Borrower) -> Any:
    account.title(f"Apply for {account.money(TWENTY_THOUSAND)} over {MONTHS} months")
    application = asha.apply(TWENTY_THOUSAND, MONTHS)
    account.show(application)
    return application


def accept(asha: Borrower, application: Any) -> str:
    account.title("Every lender's offer, ranked by yearly cost, and those that made none")
    found = asha.offers(application)
    account.table([{name: {**offer, "fees": fees(offer)}[name] for name in RANKED} for offer in found["matched"]])
    account.show({"ranked by": found["ranking"], "no offer from": found["unmatched"]})
    best, *_ = found["matched"]
    account.title("The Key Facts Statement of the first offer")
    account.show(best["kfs"])
    account.title("Accept it by its hash, and ask the same once more")
    loan_id = str(asha.accept(application, best, key="accepted-once")["loan_id"])
    again = asha.accept(application, best, key="accepted-once")
    assert again["loan_id"] == loan_id, again
    return loan_id


def fees(offer: Any) -> Any:
    """What the lender keeps of the amount, taxes included."""
    return {**offer["amount"], "minor": offer["amount"]["minor"] - offer["net_disbursed"]["minor"]}


def disburse(asha: Borrower, loan_id: str) -> None:
    account.title("Disburse: ordered, sent to the rail, settled by its callback")
    asha.disburse(loan_id)
    loan = asha.await_state(loan_id, "active")
    account.show(loan)
    account.title("The schedule")
    account.show(asha.client.get(f"/v1/loans/{loan_id}/schedule")["instalments"])


def repay(asha: Borrower, loan_id: str) -> None:
    first, *_ = asha.client.get(f"/v1/loans/{loan_id}/schedule")["instalments"]
    account.title("A month later: the first instalment, through UPI")
    asha.outside.advance(MONTH_DAYS)
    account.show(asha.repay(loan_id, first["total"]))
    account.title("Another month: a part of the second instalment, then the rest")
    asha.outside.advance(MONTH_DAYS)
    part = {"minor": first["total"]["minor"] // 3, "currency": "INR"}
    asha.repay(loan_id, part)
    account.show(asha.loan(loan_id)["dues"])
    rest = {"minor": first["total"]["minor"] - part["minor"], "currency": "INR"}
    asha.repay(loan_id, rest)
    account.title("An early payment of 3,000")
    account.show(asha.repay(loan_id, {"minor": 300_000, "currency": "INR"}, "prepayment"))


def close(asha: Borrower, loan_id: str) -> None:
    account.title("Close it early: what it takes today, paid with 50 too much")
    quoted = asha.client.get(f"/v1/loans/{loan_id}/foreclosure-quote")
    account.show(quoted)
    more = {"minor": quoted["amount"]["minor"] + 5_000, "currency": "INR"}
    asha.repay(loan_id, quoted["amount"], "foreclosure", paying=more)
    asha.await_state(loan_id, "closed")
    account.title("The excess goes back, and the letter says that nothing is owed")
    asha.client.get_until(
        "the refund",
        f"/v1/loans/{loan_id}/ledger",
        lambda ledger: any(entry["kind"] == "refund" for entry in ledger["entries"]),
    )
    account.show(asha.client.get(f"/v1/loans/{loan_id}/no-dues-letter"))


def keep_out(outside: Outside, loan_id: str) -> None:
    account.title("Somebody else asks for this loan")
    ravi = Borrower(outside, another(Person(), 1), told=account.call)
    ravi.sign_in()
    for part in ("", "/schedule", "/ledger"):
        found = ravi.client.send("GET", f"/v1/loans/{loan_id}{part}")
        assert found.status == 404, found


def tell_the_end(asha: Borrower, loan_id: str) -> None:
    account.title("The ledger at the end")
    ledger = asha.client.get(f"/v1/loans/{loan_id}/ledger")
    account.table(
        [
            {"#": entry["sequence"], "on": entry["effective_on"], "entry": entry["entry_id"], **posting}
            for entry in ledger["entries"]
            for posting in entry["postings"]
        ]
    )
    account.title("Balances, debits less credits")
    account.show(ledger["balances"])
    account.title("What the conduct so far does for the grade of the next application")
    standing = asha.client.get("/v1/me/standing")["standing"]
    account.table(
        [{name: each[name] for name in ("points", "most", "says", "improves")} for each in standing["factors"]]
    )
