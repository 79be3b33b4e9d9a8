"""Questions asked of the template about sign-ins: who may see whose device called, and who may not."""

import pytest

from tests.test_infra import BORROWERS, ROOT, SIGNED_IN, powers, properties


@pytest.mark.parametrize("door", sorted(BORROWERS))
def test_who_serves_borrowers_asks_first_whether_the_callers_device_has_signed_in(door: str) -> None:
    read = [limits for action, on, limits in powers(door) if action == "dynamodb:GetItem" and '"PeopleTable' in on]
    handler = (ROOT / "functions" / door / "handler.py").read_text()

    assert {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": SIGNED_IN}} in read
    assert handler.endswith("handler = serve(app, bound)\n")


@pytest.mark.parametrize("door", ["loans", "repay", "plans", "relief", "dispute"])
def test_who_serves_loans_sees_nothing_else_of_people(door: str) -> None:
    limits = [limits for action, on, limits in powers(door) if action.startswith("dynamodb:") and '"PeopleTable' in on]

    assert {str(each) for each in limits} == {str({"ForAllValues:StringLike": {"dynamodb:LeadingKeys": SIGNED_IN}})}


def test_who_tells_borrowers_writes_nothing_of_people_but_that_a_sign_in_was_told() -> None:
    asked = [(action, limits) for action, on, limits in powers("notify") if '"PeopleTable' in on]
    keys = [(action, each["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]) for action, each in asked]

    assert [key for action, key in keys if action == "dynamodb:GetItem"] == [["brw_*", "dev_*"], SIGNED_IN]
    assert [key for action, key in keys if action == "dynamodb:PutItem"] == [SIGNED_IN]


def test_a_token_alone_changes_nothing_that_signs_in() -> None:
    """The pool's own API asks for no proof of a device: a stolen token would set another phone there."""
    clients = properties("AWS::Cognito::UserPoolClient")

    assert [client["WriteAttributes"] for client in clients] == [["locale"]] * 2
