"""A borrower in China on the deployed stage: the whole way, as one in India goes it, by the rules of that market."""

import pytest

from infra.local.borrower import Borrower
from infra.local.china import in_china
from infra.local.outside import Outside
from tests.journeys import books


@pytest.fixture(scope="module")
def china(outside: Outside) -> Outside:
    return outside.in_market("cn")


@pytest.fixture(scope="module")
def mei(china: Outside) -> Borrower:
    """Signed in and known."""
    borrower = Borrower(china, in_china(1))
    borrower.become_ready()
    return borrower


def test_a_sign_in_is_told_in_chinese(mei: Borrower) -> None:
    [text] = mei.outside.texts_to(mei.person.phone)

    assert "验证码" in text
    assert mei.client.get("/v1/me")["language"] == "zh"


def test_who_she_is_and_whose_the_card_is_are_known_by_numbers_of_the_market(mei: Borrower) -> None:
    person, account = mei.client.get("/v1/me/profile"), mei.client.get("/v1/me/bank-account")
    wrong = mei.client.send("PUT", "/v1/me/profile", mei.profile() | {"birth_date": "1994-06-16"})
    other = mei.client.send("PUT", "/v1/me/bank-account", card(mei.person.account_number[:-1] + "0"))

    assert (person["name_masked"], person["identity_number_masked"][-4:]) == ("林****", "0016")
    assert (account["bank"], account["check"], account["ifsc"]) == ("中国农业银行", "verified", None)
    assert mei.client.get("/v1/me")["accepted_documents"] == ["resident_identity_card"]
    assert (wrong.code, other.code) == ("identity_number_invalid", "account_number_invalid")


def card(number: str) -> dict[str, str]:
    return {"holder_name": "林晓梅", "account_number": number}


def test_the_whole_way_to_a_letter_that_nothing_is_owed(mei: Borrower) -> None:
    application = mei.apply(mei.money(1_000_000), 6)
    board = mei.offers(application)
    loan_id = str(mei.accept(application, board["matched"][0])["loan_id"])
    mei.disburse(loan_id)
    mei.await_state(loan_id, "active")
    [paid] = mei.outside.payouts(mei.person.account_number)
    first, *_ = mei.client.get(f"/v1/loans/{loan_id}/schedule")["instalments"]
    repaid = mei.repay(loan_id, first["total"])
    books.check(mei, loan_id)
    quoted = mei.client.get(f"/v1/loans/{loan_id}/foreclosure-quote")
    mei.repay(loan_id, quoted["amount"], "foreclosure")
    mei.await_state(loan_id, "closed")
    books.check(mei, loan_id)
    letter = mei.client.get(f"/v1/loans/{loan_id}/no-dues-letter")

    assert (application["state"], application["decision"]["scorecard"]) == ("offered", "cn-2")
    assert [float(offer["apr"]) <= 0.24 for offer in board["matched"]] == [True] * len(board["matched"])
    assert (paid["order"]["amount"], paid["status"]) == (mei.money(1_000_000), "settled")
    assert (repaid["method"], repaid["received"]) == ("bank_transfer", first["total"])
    assert letter["loan_id"] == loan_id
