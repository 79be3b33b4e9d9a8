"""From a limit to a purchase: the doors `apply`, `score` and `checkout` on the same tables."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from shared.adapters.merchants import store as store_merchant
from shared.adapters.partners import store
from shared.adapters.table import ANY, Table, Write
from tests.functions.door import Answer, call, opened
from tests.functions.test_apply import Doors, days_later
from tests.sandbox import MERCHANTS, TODAY, WRITTEN, ready

LIMIT = {"amount": {"minor": 3_000_000, "currency": "INR"}, "tenor_months": 12, "purpose": "purchase"}


def order(order_id: str = "A17", rupees: int = 12_000, **changes: Any) -> dict[str, Any]:
    amount = {"minor": rupees * 100, "currency": "INR"}
    return {"merchant_id": "lotus", "order_id": order_id, "amount": amount, "tenor_months": 6} | changes


class Till:
    """Borrowers at a merchant's checkout."""

    def __init__(self, doors: Doors, checkout: Any) -> None:
        self.doors, self.checkout = doors, checkout

    def call(self, route: str, body: Any = None, *, subject: str = "asha", key: str | None = None) -> Answer:
        return call(self.checkout, route, body, subject=subject, key=key)

    def granted(self, subject: str = "asha", rupees: int = 30_000) -> "Till":
        """With a limit that was asked for and decided."""
        asked = LIMIT | {"amount": {"minor": rupees * 100, "currency": "INR"}}
        made = self.doors.submit(asked, key=f"limit-{rupees}", subject=subject)
        self.doors.decide(made.body["application_id"])
        return self

    def limit(self, subject: str = "asha") -> dict[str, int]:
        found = self.call("GET /v1/me/limit", subject=subject).body
        return {name: found[name]["minor"] // 100 for name in ("granted", "used", "reserved", "free")}

    def reserve(self, body: Any = None, *, key: str = "reserve", subject: str = "asha") -> Answer:
        return self.call("POST /v1/checkouts", body or order(), key=key, subject=subject)

    def confirm(self, checkout: Any, *, key: str = "confirm", offer: int = 0, subject: str = "asha") -> Answer:
        chosen = checkout["matched"][offer]
        body = {"offer_id": chosen["offer_id"], "kfs_hash": chosen["kfs_hash"]}
        return self.call(f"POST /v1/checkouts/{checkout['checkout_id']}/confirmation", body, key=key, subject=subject)


@pytest.fixture
def till(aws: Any, loans: Table, people: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Till]:
    monkeypatch.setenv("MINNOW_VAULT_KEY", aws("kms").create_key()["KeyMetadata"]["Arn"])
    monkeypatch.setenv("MINNOW_PARAMETERS", "/test")
    monkeypatch.setenv("MINNOW_CLOCK_PARAMETER", "/test/clock")
    aws("ssm").put_parameter(Name="/test/clock", Value="0", Type="String")
    for written in WRITTEN:
        store(loans, written, TODAY)
    for written in MERCHANTS:
        store_merchant(loans, written, TODAY)
    with ExitStack() as stack:
        apply, score, checkout = (
            stack.enter_context(opened(name, monkeypatch, loans=loans, people=people))
            for name in ("apply", "score", "checkout")
        )
        doors = Doors(apply, score, loans, people, aws("kms"))
        doors.become(ready())
        yield Till(doors, checkout)


def test_a_limit_is_asked_for_and_decided_like_a_loan(till: Till) -> None:
    assert till.call("GET /v1/me/limit").status == 404
    till.granted()
    application, *_ = till.doors.call("GET /v1/applications").body["applications"]

    assert (application["state"], application["purpose"]) == ("granted", "purchase")
    assert till.limit() == {"granted": 30_000, "used": 0, "reserved": 0, "free": 30_000}
    offers = till.doors.call(f"POST /v1/applications/{application['application_id']}/acceptance", None, key="x")
    assert offers.status == 422


def test_the_statements_of_an_order_are_in_the_borrowers_language(till: Till) -> None:
    till.doors.become(ready(language="hi"))
    till.granted()
    offers = till.reserve().body["matched"]

    assert {offer["kfs"]["language"] for offer in offers} == {"hi"}


def test_a_limit_and_a_loan_do_not_wait_for_each_other(till: Till) -> None:
    till.granted()

    assert till.doors.submit().status == 201
    assert till.doors.submit(LIMIT, key="limit-2").status == 201
    again = till.doors.submit(LIMIT, key="limit-3")
    assert (again.status, again.body["code"]) == (422, "application_open")


def test_a_limit_is_never_more_than_was_asked_for_and_keeps_what_is_taken_when_it_is_renewed(till: Till) -> None:
    till.granted(rupees=20_000)
    assert till.limit()["granted"] == 20_000
    till.reserve()
    till.granted(rupees=30_000)

    found = till.limit()
    assert (found["granted"], found["reserved"] >= 12_000) == (30_000, True)


def test_an_order_is_reserved_with_every_lenders_offer_and_paid_whole(till: Till) -> None:
    till.granted()
    answer = till.reserve()

    assert (answer.status, answer.body["state"]) == (201, "reserved")
    named = {each["partner_id"] for each in (*answer.body["matched"], *answer.body["unmatched"])}
    assert named == {written["partner_id"] for written in WRITTEN if written["market"] == "in"}
    for offer in answer.body["matched"]:
        assert offer["net_disbursed"] == order()["amount"]
        assert offer["kfs"]["part_1"]["type_of_loan"].endswith("paid to Lotus Mobiles (sandbox)")
        assert offer["kfs"]["part_2"]["cooling_off_days"] >= 1
    dearest = max(offer["amount"]["minor"] for offer in answer.body["matched"])
    assert till.limit()["reserved"] == dearest // 100
    assert till.call(f"GET /v1/checkouts/{answer.body['checkout_id']}").body == answer.body


def test_a_confirmed_order_is_a_loan_whose_payout_goes_to_the_merchant(till: Till) -> None:
    till.granted()
    checkout = till.reserve().body
    answer = till.confirm(checkout)

    assert (answer.status, answer.body["state"]) == (201, "disbursing")
    payout = till.doors.loans.get(answer.body["payout_id"], "payout")
    assert payout is not None and payout["task"] == "payout"
    assert payout["purchase"]["account"]["holder_name"] == "Lotus Mobiles Private Limited"
    assert (payout["amount"], payout["purchase"]["order_id"]) == (order()["amount"], "A17")
    found = till.limit()
    assert (found["used"], found["reserved"]) == (checkout["matched"][0]["amount"]["minor"] // 100, 0)
    assert till.call(f"GET /v1/checkouts/{checkout['checkout_id']}").body["state"] == "confirmed"


def test_the_same_call_again_is_the_same_answer(till: Till) -> None:
    till.granted()
    first, second = till.reserve(), till.reserve()
    assert (first.body, second.headers["Idempotency-Replayed"]) == (second.body, "true")

    paid, again = till.confirm(first.body), till.confirm(first.body)
    assert (paid.body, again.headers["Idempotency-Replayed"]) == (again.body, "true")
    twice = till.confirm(first.body, key="another")
    assert (twice.status, twice.body["code"]) == (422, "checkout_confirmed")


def test_an_order_is_neither_reserved_nor_paid_twice(till: Till) -> None:
    till.granted()
    checkout = till.reserve().body
    again = till.reserve(key="again")
    assert (again.status, again.body["code"]) == (422, "order_taken")

    till.confirm(checkout)
    assert till.reserve(key="later").body["code"] == "order_taken"
    assert till.reserve(order("B1", 6_000), key="other").status == 201


def test_an_order_that_was_left_may_be_reserved_again(till: Till) -> None:
    till.granted()
    checkout = till.reserve().body
    address = f"DELETE /v1/checkouts/{checkout['checkout_id']}"
    assert till.call(address).body["state"] == "released"
    assert till.limit()["reserved"] == 0
    assert till.call(address).status == 200
    assert till.confirm(checkout).body["code"] == "checkout_over"

    second = till.reserve(key="again").body
    assert till.confirm(second, key="yes").status == 201
    assert till.call(f"DELETE /v1/checkouts/{second['checkout_id']}").body["code"] == "checkout_confirmed"


def test_a_reservation_ends_by_itself(till: Till, aws: Any) -> None:
    till.granted()
    checkout = till.reserve().body
    days_later(aws, 1)

    assert till.limit()["reserved"] == 0
    assert till.call(f"GET /v1/checkouts/{checkout['checkout_id']}").body["state"] == "expired"
    assert till.confirm(checkout).body["code"] == "checkout_over"
    assert till.reserve(key="again").status == 201


def test_a_limit_ends_with_its_last_day(till: Till, aws: Any) -> None:
    till.granted()
    days_later(aws, 366)

    assert till.reserve().body["code"] == "limit_over"


def test_nothing_is_reserved_beyond_the_limit(till: Till) -> None:
    till.granted()
    assert till.reserve(order(rupees=31_000)).body["code"] == "limit_exceeded"
    till.confirm(till.reserve(order(rupees=20_000)).body)

    answer = till.reserve(order("A18", 12_000), key="second")
    assert (answer.status, answer.body["code"], answer.body["errors"][0]["pointer"]) == (
        422,
        "limit_exceeded",
        "/amount/minor",
    )


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (order(merchant_id="nobody"), "merchant_not_live"),
        (order(merchant_id="banyan"), "merchant_not_live"),
        (order(merchant_id="meihua"), "merchant_not_live"),
        (order(rupees=100), "amount_out_of_range"),
        (order(tenor_months=2), "tenor_out_of_range"),
        (order("A 17"), "invalid_request"),
        (order("a" * 65), "invalid_request"),
        (order(purpose="purchase"), "invalid_request"),
    ],
)
def test_what_cannot_be_bought_is_refused(till: Till, body: Any, code: str) -> None:
    till.granted()
    answer = till.reserve(body)

    assert (answer.status, answer.body["code"]) == (422, code)


def test_without_a_limit_nothing_is_reserved(till: Till) -> None:
    assert till.reserve().body["code"] == "limit_missing"


def test_consents_hold_at_both_calls(till: Till) -> None:
    till.granted()
    checkout = till.reserve().body
    asha = till.doors.people.get("brw_asha", "borrower")
    assert asha is not None
    till.doors.people.transact([Write(asha | {"consents": ["credit_assessment"]}, ANY)])

    assert till.confirm(checkout).body["code"] == "consent_missing"
    assert till.reserve(order("A18", 6_000), key="other").body["code"] == "consent_missing"


def test_anothers_checkout_is_not_found(till: Till) -> None:
    till.granted()
    checkout = till.reserve().body

    assert till.confirm(checkout, subject="ravi").status == 404
    for verb in ("GET", "DELETE"):
        assert till.call(f"{verb} /v1/checkouts/{checkout['checkout_id']}", subject="ravi").status == 404


def test_no_item_of_two_borrowers_purchases_is_the_same(till: Till) -> None:
    """But for the part of the lender's capacity that both may meet in."""
    keys = []
    till.doors.become(ready(id="brw_ravi"))
    for subject in ("asha", "ravi"):
        before = {json.dumps(item, default=str) for item in till.doors.stored()}
        till.granted(subject)
        till.confirm(till.reserve(order(f"O-{subject}"), subject=subject).body, subject=subject)
        changed = [item for item in till.doors.stored() if json.dumps(item, default=str) not in before]
        keys.append({(item["pk"], item["sk"]) for item in changed})

    assert all(pk.startswith("capacity#") for pk, _ in keys[0] & keys[1])
