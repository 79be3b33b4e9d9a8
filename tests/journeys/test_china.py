"""A borrower in China on the deployed stage: the whole way, as one in India goes it, by the rules of that market."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from infra.local.borrower import Borrower, page
from infra.local.china import in_china
from infra.local.outside import Outside
from infra.local.staff import Member
from shared.markets import market
from tests.journeys import books
from tests.journeys.test_credit_file import rows
from tests.journeys.waiting import until

MERCHANTS_ACCOUNT = "6222020200112230"


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
    assert {offer["kfs"]["language"] for offer in board["matched"]} == {"zh"}
    assert all(each["says"].endswith("。") for each in (*application["decision"]["points"], *board["unmatched"]))
    assert all("罚息" in offer["penal_charges"] for offer in board["matched"])
    assert [float(offer["apr"]) <= 0.24 for offer in board["matched"]] == [True] * len(board["matched"])
    assert (paid["order"]["amount"], paid["status"]) == (mei.money(1_000_000), "settled")
    assert (repaid["method"], repaid["received"]) == ("bank_transfer", first["total"])
    assert letter["loan_id"] == loan_id
    assert "已结清" in {each["language"]: each["text"] for each in letter["statements"]}["zh"]


def test_a_number_that_another_borrower_told_first_brings_a_person_in(china: Outside, mei: Borrower) -> None:
    person = replace(in_china(2), identity_number=mei.person.identity_number)
    other = Borrower(china, person)
    other.sign_in()
    other.consent()
    other.introduce()
    other.upload(content=page((f"Name: {person.name}", person.birth_date, person.identity_number, "another copy")))

    assert other.apply(other.money(500_000), 6)["state"] == "referred"


def test_an_order_is_paid_by_a_loan_and_a_card_pays_it_on_the_rails_page(china: Outside) -> None:
    buyer = Borrower(china, in_china(3))
    buyer.become_ready()
    limit = buyer.apply(buyer.money(800_000), 6, purpose="purchase")
    checkout = buyer.reserve("MEIHUA-1", buyer.money(300_000), 3, merchant_id="meihua")
    loan_id = buyer.confirm(checkout)["loan_id"]
    buyer.await_state(loan_id, "active")
    [paid] = [each for each in china.payouts(MERCHANTS_ACCOUNT) if each["order"]["remark"] == "MEIHUA-1"]
    repayments = f"/v1/loans/{loan_id}/repayments"
    body = {"amount": buyer.money(50_000), "purpose": "prepayment", "method": "card"}
    order = f"{repayments}/{buyer.client.post(repayments, body)['repayment_id']}"
    china.pay_by_card(buyer.client.get(order)["payment_page"])
    done = buyer.client.get_until("the money", order, lambda found: found["state"] == "settled")
    books.check(buyer, loan_id)

    assert limit["state"] == "granted"
    assert {offer["kfs"]["language"] for offer in checkout["matched"]} == {"zh"}
    assert (paid["order"]["amount"], paid["status"]) == (buyer.money(300_000), "settled")
    assert done["received"] == buyer.money(50_000)


class Payer:
    """A borrower with a loan of six instalments."""

    def __init__(self, china: Outside, number: int) -> None:
        self.borrower = Borrower(china, in_china(number))
        self.loan_id = self.borrower.active_loan(self.borrower.money(600_000), 6)
        self.path, self.outside = f"/v1/loans/{self.loan_id}", china

    def get(self, part: str = "") -> Any:
        return self.borrower.client.get(self.path + part)

    def texts(self, kind: str) -> list[str]:
        return [each["text"] for each in self.get("/notices")["notices"] if each["kind"] == kind and each["sent_at"]]

    @property
    def due_on(self) -> date:
        return date.fromisoformat(self.get("/schedule")["instalments"][0]["due_on"])


@pytest.fixture(scope="module")
def payers(china: Outside) -> tuple[Payer, Payer]:
    """The first has signed that she may be debited; the second will not pay."""
    china.turn_to(10)
    payer, late = Payer(china, 4), Payer(china, 5)
    payer.borrower.client.post(f"{payer.path}/mandate", {"limit": payer.borrower.money(200_000)})
    china.authorise(payer.get("/mandate")["link"])
    until("the mandate", lambda: payer.get("/mandate")["state"], lambda state: state == "active")
    return payer, late


def test_a_debit_is_told_in_chinese_and_comes_by_the_signed_mandate_on_the_due_date(
    china: Outside, payers: tuple[Payer, Payer]
) -> None:
    payer, _ = payers
    china.turn_to(10, payer.due_on - timedelta(days=2))
    china.at_its_hour("remind-cn")
    [told] = until("the notice of the debit", lambda: payer.texts("debit_notice"), bool)
    china.turn_to(9, payer.due_on)
    china.at_its_hour("collect-cn")
    found = until("the money", lambda: books.entries(payer.borrower, payer.loan_id, "repayment"), bool)
    books.check(payer.borrower, payer.loan_id)

    assert "扣款" in told
    assert [entry["effective_on"] for entry in found] == [payer.due_on.isoformat()]
    assert payer.get("/mandate")["link"] is None


def test_what_is_overdue_bears_the_higher_rate_and_is_told_in_contact_hours_only(
    china: Outside, payers: tuple[Payer, Payer]
) -> None:
    _, late = payers
    china.turn_to(22, late.due_on + timedelta(days=9))
    china.night()
    china.at_its_hour("remind-cn")
    china.rest()
    before = late.texts("overdue")
    china.turn_to(10, late.due_on + timedelta(days=10))
    china.night()
    china.at_its_hour("remind-cn")
    told = until("the reminder", lambda: late.texts("overdue"), bool)
    loan, shown = late.get(), late.get("/instalments/1")
    owed = sum(due[part]["minor"] for due in loan["dues"] for part in ("principal", "interest", "fee", "penalty"))
    late.borrower.repay(late.loan_id, late.borrower.money(owed))
    books.check(late.borrower, late.loan_id)

    assert (before, loan["days_past_due"]) == ([], 10)
    assert "罚息" in told[-1]
    assert {Decimal(row["annual_rate"]) for row in shown["penalty_rows"]} == {Decimal("0.18")}
    assert late.get()["overdue"]["minor"] == 0


def test_a_lenders_day_agrees_with_the_statement_of_that_markets_rail(china: Outside) -> None:
    payer, reviewer = Payer(china, 7), Member(china, "ravi", "reviewer")
    payer.borrower.repay(payer.loan_id, payer.borrower.money(100_000), "prepayment")
    on, lender = china.rail_today(), payer.get()["partner_id"]
    china.advance(1)
    china.settle()

    def state() -> str:
        answer = reviewer.client.send("GET", f"/v1/desk/partners/{lender}/report?on={on}")
        return str(answer.body["state"]) if answer.is_success else ""

    found = until("the settlement", state, lambda found: found in ("agreed", "differs"))

    assert found == "agreed"


def test_the_credit_file_names_her_by_her_number_of_the_state(china: Outside) -> None:
    """Her loan is not due before the file's date: of a default she would have to be told first."""
    payer = Payer(china, 8)
    person, today = payer.borrower.person, date.fromisoformat(china.rail_today())
    reference_on = market("cn", today).credit_file.reference_from(today)
    china.turn_to(10, reference_on + timedelta(days=1))
    china.night()
    name = until("the file", china.credit_file, lambda name: name.startswith(f"cn/{reference_on}"))
    told = rows(china, name)[payer.loan_id]

    assert told["borrower"] == {
        "name": person.name,
        "identity_number": person.identity_number,
        "birth_date": person.birth_date,
    }
