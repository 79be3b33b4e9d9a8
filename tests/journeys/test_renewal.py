"""Data keys made anew on the deployed stage, as an operator does it: the borrower reads and is paid as before."""

from datetime import UTC, datetime

from infra.local.outside import Outside
from infra.renewal.__main__ import renew
from infra.settings import LOCAL
from tests.journeys.conftest import NewBorrower


def test_all_keys_are_made_anew_once_and_everything_is_read_as_before(
    outside: Outside, new_borrower: NewBorrower
) -> None:
    borrower = new_borrower()
    loan_id = borrower.sanctioned_loan()
    outside.rest()
    before = {name: borrower.client.get(f"/v1/me/{name}") for name in ("profile", "bank-account")}
    clients = outside.cloud.client("cognito-idp"), outside.cloud.client("lambda")
    since = datetime.now(UTC)
    first, again = (
        renew(*clients, LOCAL.name, outside.outputs.user_pool_id, f"{since:%Y-%m-%dT%H:%M:%SZ}") for _ in "12"
    )

    assert first["renewed"] >= 1 and first["busy"] == again["busy"] == 0
    assert (again["renewed"], again["kept"]) == (0, first["renewed"] + first["kept"])
    assert {name: borrower.client.get(f"/v1/me/{name}") for name in before} == before
    assert "renewal" in [each["purpose"] for each in borrower.client.get("/v1/me/openings")["openings"]]
    borrower.disburse(loan_id)
    borrower.await_state(loan_id, "active")
