"""Offers on the deployed stage: a lender that does not answer well costs a borrower nothing but that lender."""

import hashlib
import json

import pytest

from infra.local.outside import Outside
from tests.journeys.conftest import NewBorrower

# It is asked for each price; the others state theirs.
ASKED = "kaveri"


@pytest.mark.parametrize("behaviour", ["slow", "nonsense", "bad_signature", "silent"])
def test_a_lender_that_does_not_answer_well_is_named_and_left_out(
    outside: Outside, new_borrower: NewBorrower, behaviour: str
) -> None:
    borrower = new_borrower()
    borrower.become_ready()
    # Also when whoever asks dies on his way and asks again.
    outside.lender_behaves(*[behaviour] * 3)
    found = borrower.offers(borrower.apply())

    assert ASKED not in [offer["partner_id"] for offer in found["matched"]]
    assert ASKED in [partner["partner_id"] for partner in found["unmatched"]]
    assert found["matched"]


def test_every_lender_of_the_market_is_on_one_list_best_first(new_borrower: NewBorrower) -> None:
    borrower = new_borrower()
    borrower.become_ready()
    found = borrower.offers(borrower.apply())
    lenders = [lender for lender in borrower.client.get("/v1/lenders")["lenders"] if lender["market"] == "in"]
    rates = [offer["apr"] for offer in found["matched"]]

    assert rates == sorted(rates)
    assert sorted(lender["partner_id"] for lender in lenders) == sorted(
        one["partner_id"] for one in (*found["matched"], *found["unmatched"])
    )


def test_the_hash_that_is_accepted_is_that_of_the_statement_that_was_shown(new_borrower: NewBorrower) -> None:
    borrower = new_borrower()
    borrower.become_ready()
    for offer in borrower.offers(borrower.apply())["matched"]:
        text = json.dumps(offer["kfs"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)

        assert hashlib.sha256(text.encode()).hexdigest() == offer["kfs_hash"]
