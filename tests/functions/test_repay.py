"""The door `repay`: what may be paid today, with a code to scan and a reference that finds the loan."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from shared.adapters.loans import CONTRACT, HEAD, Loans
from shared.adapters.table import ANY, Table, Write, record
from shared.domain.references import read
from tests.domain.lending import Life, contract
from tests.functions.door import call, opened, turn_clock

LOAN = "loan_01KAPQ4M3VXJ7C2R9T5W8Y6Z0B"


@pytest.fixture
def door(aws: Any, loans: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("MINNOW_CLOCK_PARAMETER", "/test/clock")
    turn_clock(aws("ssm"), date(2026, 4, 1))
    for name, value in {"url": "http://127.0.0.1:9", "secret": "whsec_c2VjcmV0"}.items():
        for rail in ("card", "cardcn"):
            aws("ssm").put_parameter(Name=f"/test/rail/{rail}/{name}", Value=value, Type="String")
    monkeypatch.setenv("MINNOW_PARAMETERS", "/test")
    life = Life(contract())
    start, lent = replace(life.start, loan_id=LOAN), replace(life.loan, loan_id=LOAN)
    loans.transact([Write(record(start, LOAN, HEAD)), Write(record(life.contract, LOAN, CONTRACT))])
    Loans(loans).book(lent, life.contract, life.entries)
    with opened("repay", monkeypatch, loans=loans) as handler:
        yield handler


def test_each_option_has_a_code_and_a_reference_of_its_purpose(door: Any) -> None:
    shown = call(door, f"GET /v1/loans/{LOAN}/repayment-options", subject="asha").body

    assert [each["kind"] for each in shown["options"]] == ["due", "ahead", "ahead", "ahead", "all"]
    for each in shown["options"]:
        assert read(each["reference"]) == (LOAN, each["purpose"])
        assert each["reference"].replace(" ", "") in each["pay_link"]
        assert each["code"].startswith("data:image/png;base64,")
    assert (read(shown["reference"]), shown["account"]) == ((LOAN, "instalment"), "account")


def test_a_transfer_gets_a_reference_instead_of_a_link(door: Any) -> None:
    body = {"amount": {"minor": 10_000, "currency": "INR"}, "purpose": "instalment", "method": "bank_transfer"}
    made = call(door, f"POST /v1/loans/{LOAN}/repayments", body, subject="asha", key="one").body

    assert (made["method"], made["pay_link"], read(made["reference"])) == (
        "bank_transfer",
        None,
        (made["repayment_id"], "order"),
    )
    shown = call(door, f"GET /v1/loans/{LOAN}/repayments/{made['repayment_id']}", subject="asha").body
    assert shown == made | {"code": None, "payment_page": None}


def test_a_repayment_by_upi_shows_its_link_as_a_code(door: Any) -> None:
    body = {"amount": {"minor": 10_000, "currency": "INR"}, "purpose": "instalment", "method": "upi"}
    made = call(door, f"POST /v1/loans/{LOAN}/repayments", body, subject="asha", key="one").body
    shown = call(door, f"GET /v1/loans/{LOAN}/repayments/{made['repayment_id']}", subject="asha").body

    assert made["reference"] is None and made["repayment_id"] in made["pay_link"]
    assert shown["code"].startswith("data:image/png;base64,")


def test_a_choice_that_the_product_does_not_leave_is_refused(door: Any) -> None:
    shown = call(door, f"GET /v1/loans/{LOAN}/repayment-options", subject="asha").body
    amount = {"amount": {"minor": 10_000, "currency": "INR"}, "purpose": "prepayment", "method": "upi"}
    route = f"POST /v1/loans/{LOAN}/repayments"
    asked = {
        choice: call(door, route, amount | {"choice": choice}, subject="asha", key=choice)
        for choice in ("shorter_tenor", "smaller_instalment")
    }

    assert shown["prepayment"] == ["shorter_tenor"]
    assert asked["shorter_tenor"].body["choice"] == "shorter_tenor"
    assert asked["smaller_instalment"].body["code"] == "choice_not_allowed"


def test_a_card_is_typed_in_on_the_rails_own_page_which_a_silent_rail_does_not_have(door: Any) -> None:
    body = {"amount": {"minor": 10_000, "currency": "INR"}, "purpose": "instalment", "method": "card"}
    made = call(door, f"POST /v1/loans/{LOAN}/repayments", body, subject="asha", key="one").body
    shown = call(door, f"GET /v1/loans/{LOAN}/repayments/{made['repayment_id']}", subject="asha")

    assert (made["method"], made["pay_link"], made["reference"]) == ("card", None, None)
    assert (shown.status, shown.body["code"]) == (503, "temporarily_unavailable")


def test_the_options_say_how_one_may_pay(door: Any) -> None:
    shown = call(door, f"GET /v1/loans/{LOAN}/repayment-options", subject="asha").body

    assert shown["methods"] == ["upi", "bank_transfer", "card"]


def test_anothers_options_are_not_found(door: Any) -> None:
    assert call(door, f"GET /v1/loans/{LOAN}/repayment-options", subject="ravi").status == 404


def test_a_mandate_is_given_by_a_link_and_taken_back(door: Any) -> None:
    route, limit = f"/v1/loans/{LOAN}/mandate", {"limit": {"minor": 200_000, "currency": "INR"}}
    assert call(door, f"GET {route}", subject="asha").status == 404
    made = call(door, f"POST {route}", limit, subject="asha", key="one")
    again = call(door, f"POST {route}", limit, subject="asha", key="one")
    shown = call(door, f"GET {route}", subject="asha").body

    assert (made.status, made.body["state"], again.body) == (201, "created", made.body)
    assert shown.pop("code").startswith("data:image/png;base64,") and shown.pop("debit") is None
    assert shown == made.body
    for _ in range(2):
        gone = call(door, f"DELETE {route}", subject="asha")
        assert (gone.status, gone.body["state"], gone.body["link"]) == (200, "revoked", None)


def test_a_mandate_in_china_is_signed_on_the_rails_own_page_which_a_silent_rail_does_not_have(
    door: Any, loans: Table
) -> None:
    route, limit = f"/v1/loans/{LOAN}/mandate", {"limit": {"minor": 200_000, "currency": "INR"}}
    loans.transact([Write(record(replace(contract(), market="cn"), LOAN, CONTRACT), ANY)])
    made = call(door, f"POST {route}", limit, subject="asha", key="one")
    shown = call(door, f"GET {route}", subject="asha")

    assert (made.status, made.body["state"], made.body["link"]) == (201, "created", None)
    assert (shown.status, shown.body["code"]) == (503, "temporarily_unavailable")
    assert call(door, f"DELETE {route}", subject="asha").body["state"] == "revoked"
    assert call(door, f"GET {route}", subject="asha").body["link"] is None


@pytest.mark.parametrize(("minor", "code"), [(1_500_001, "mandate_beyond_limits"), (0, "invalid_request")])
def test_a_mandate_beyond_its_limits_is_refused(minor: int, code: str, door: Any) -> None:
    limit = {"limit": {"minor": minor, "currency": "INR"}}
    answer = call(door, f"POST /v1/loans/{LOAN}/mandate", limit, subject="asha", key="one")

    assert (answer.status, answer.body["code"]) == (422, code)
