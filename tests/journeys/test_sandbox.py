"""The sandbox rail and lender keep the promises that real ones make, or the tests that use them would prove little."""

from typing import Any
from uuid import uuid4

import urllib3

from infra.local.outside import Outside
from infra.local.sandbox.partner import ANOTHER_SECRET
from infra.local.sandbox.signed import is_signed, signature
from tests.journeys import books
from tests.journeys.conftest import NewBorrower


def ask(url: str, secret: str, raw: bytes, verb: str = "POST") -> urllib3.BaseHTTPResponse:
    return urllib3.request(verb, url, body=raw, headers=signature(secret, "msg_1", raw), retries=False)


def order(reference: str, minor: int = 5) -> bytes:
    beneficiary = b'{"holder_name": "A", "account_number": "1", "ifsc": "X"}'
    return (
        b'{"reference": "%s", "amount": {"minor": %d, "currency": "INR"}, "from_account": "a", "beneficiary": %s}'
        % (reference.encode(), minor, beneficiary)
    )


def paid(outside: Outside, reference: str) -> list[Any]:
    return [payout for payout in outside.payouts() if payout["reference"] == reference]


def test_the_rail_takes_one_payout_per_reference(outside: Outside) -> None:
    url, secret, reference = outside.rail_url + "/payouts", outside.services.rail_secrets["in"], f"pout_{uuid4()}"
    first, again = (ask(url, secret, order(reference)) for _ in range(2))
    other = ask(url, secret, order(reference, 6))

    assert (first.status, again.status, other.status) == (202, 202, 409)
    assert first.json()["reference"] == again.json()["reference"] == reference
    assert len(paid(outside, reference)) == 1


def test_the_rail_takes_no_order_that_is_not_signed_by_us(outside: Outside) -> None:
    url, reference = outside.rail_url + "/payouts", f"pout_{uuid4()}"

    assert ask(url, ANOTHER_SECRET, order(reference)).status == 401
    assert paid(outside, reference) == []


def test_the_rail_signs_what_it_answers(outside: Outside) -> None:
    secret = outside.services.rail_secrets["in"]
    answer = ask(f"{outside.rail_url}/payouts/pout_unknown", secret, b"", "GET")

    assert answer.status == 404
    assert is_signed(secret, dict(answer.headers), answer.data)


def test_the_lender_may_be_told_to_sign_with_another_secret(outside: Outside) -> None:
    url, secret = outside.services.partner_url, outside.services.partner_secret
    asked = b'{"application_id": "app_1", "partner_id": "kaveri", "product_ids": ["p"], "grade": "A"}'
    outside.lender_behaves("bad_signature")
    forged, right = (ask(f"{url}/offers", secret, asked) for _ in range(2))

    assert not is_signed(secret, dict(forged.headers), forged.data)
    assert is_signed(secret, dict(right.headers), right.data)
    assert right.json() == {"product_id": "p", "annual_rate": "0.18"}


def test_after_a_rest_all_that_was_set_off_is_done(outside: Outside, new_borrower: NewBorrower) -> None:
    """From the rail's callback over the stream and the queues to the text on the phone."""
    borrower, paid = new_borrower(), {"minor": 10_000, "currency": "INR"}
    loan_id = borrower.active_loan()
    borrower.pay(borrower.order_repayment(loan_id, paid), paid)
    outside.rest()

    assert len(books.entries(borrower, loan_id, "repayment")) == 1
    assert [each for each in outside.texts_to(borrower.person.phone) if "was received on" in each]
