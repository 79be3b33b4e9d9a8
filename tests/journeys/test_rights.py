"""What a borrower may ask about his own data, on the deployed stage: who looked, all of it, and to be forgotten."""

from dataclasses import replace
from io import BytesIO
from typing import Any

import urllib3
from PIL import Image

from infra.local.borrower import Borrower, Person, picture
from infra.local.outside import Outside
from infra.local.staff import Member
from shared.application.erase_borrower import SETTLED
from tests.journeys.conftest import NewBorrower
from tests.journeys.waiting import until

LEAVER = replace(
    Person(), phone="+919812355001", name="Mirabel Oxenfree", pan="QWPPM4410L", account_number="81726354009182"
)


def files_of(outside: Outside, borrower_id: str) -> list[Any]:
    versions = outside.cloud.client("s3").list_object_versions(Bucket=outside.outputs.kyc_bucket).get("Versions", [])
    return [each for each in versions if borrower_id in each["Key"]]


def kept(outside: Outside, borrower_id: str, name: str = "borrower") -> Any:
    """An item of the borrower as it lies in the table, his own or that of his erasure."""
    key = {"pk": {"S": borrower_id}, "sk": {"S": name}}
    return outside.cloud.client("dynamodb").get_item(TableName=outside.outputs.people_table, Key=key)["Item"]


def test_a_borrower_reads_who_opened_his_data_and_takes_all_of_it_with_him(new_borrower: NewBorrower) -> None:
    borrower = new_borrower()
    loan_id = borrower.active_loan()
    openings = borrower.client.get("/v1/me/openings")["openings"]
    export = borrower.client.get("/v1/me/export")

    assert {(each["purpose"], each["door"]) for each in openings} >= {
        ("save", "borrower"),
        ("score", "score"),
        ("payout", "payout"),
    }
    assert all(value in str(export["person"]) for value in (borrower.person.name, borrower.person.pan, "14 Lake Road"))
    assert export["phone"] == borrower.person.phone
    assert {record["id"].partition("_")[0] for record in export["records"]} == {"app", "loan"}
    assert loan_id in [record["id"] for record in export["records"]]


def test_a_borrower_with_a_loan_is_told_that_his_erasure_waits(new_borrower: NewBorrower, outside: Outside) -> None:
    borrower = new_borrower()
    borrower.active_loan()
    asked = borrower.client.put("/v1/me/erasure", {"confirm": "erase"})
    outside.rest()
    outside.at_its_hour("erase-in")

    assert (asked["state"], asked["waits_for"]) == ("asked", "loan")
    assert borrower.client.get("/v1/me/profile")["name_masked"]


def test_whoever_owes_nothing_is_forgotten_the_same_night(outside: Outside) -> None:
    borrower = Borrower(outside, LEAVER)
    borrower.become_ready()
    me = borrower.client.get("/v1/me")
    assert files_of(outside, me["borrower_id"])
    borrower.client.put("/v1/me/erasure", {"confirm": "erase"})
    outside.rest()
    outside.at_its_hour("erase-in")
    over = borrower.client.send("GET", "/v1/me/profile")
    outside.advance_by(SETTLED)
    outside.at_its_hour("erase-in")

    assert kept(outside, me["borrower_id"], "erasure")["state"] == {"S": "done"}
    assert (over.status, over.code) == (401, "not_signed_in")
    assert files_of(outside, me["borrower_id"]) == []
    assert "data_key" not in kept(outside, me["borrower_id"])
    borrower.sign_in()
    assert borrower.client.get("/v1/me")["borrower_id"] != me["borrower_id"]


def test_a_photograph_loses_the_place_where_it_was_taken(outside: Outside, new_borrower: NewBorrower) -> None:
    borrower = new_borrower()
    borrower.sign_in()
    borrower.consent()
    borrower.introduce()
    made, exif = BytesIO(), Image.Exif()
    exif[0x010F] = "Xiaomi"
    Image.open(BytesIO(picture(borrower.person.phone))).save(made, "PNG", exif=exif)
    verdict = borrower.upload(content=made.getvalue())
    borrower_id = borrower.client.get("/v1/me")["borrower_id"]
    [kept] = [each for each in files_of(outside, borrower_id) if each["Key"].startswith("accepted/")]
    stage = outside.cloud.client("s3")
    content = stage.get_object(Bucket=outside.outputs.kyc_bucket, Key=kept["Key"])["Body"].read()

    assert verdict["verdict"] == "unsure"
    assert b"Xiaomi" in made.getvalue() and b"Xiaomi" not in content
    assert len(Image.open(BytesIO(content)).getexif()) == 0


def test_the_same_paper_from_another_borrower_is_refused(new_borrower: NewBorrower) -> None:
    first, second = new_borrower(), new_borrower()
    for borrower in (first, second):
        borrower.sign_in()
        borrower.consent()
        borrower.introduce()
    paper = picture("one paper")

    assert first.upload(content=paper)["verdict"] == "unsure"
    assert second.upload(content=paper)["reasons"] == ["used_by_another"]


def test_a_paper_that_no_machine_can_read_is_looked_at_by_a_person(outside: Outside, new_borrower: NewBorrower) -> None:
    borrower, reviewer = new_borrower(), Member(outside, "reads-papers", "reviewer")
    borrower.sign_in()
    borrower.consent()
    borrower.introduce()
    document = borrower.upload(content=picture(borrower.person.phone))
    listed = reviewer.client.get("/v1/desk/documents?market=in&limit=100")["documents"]
    [line] = [each for each in listed if each["document_id"] == document["document_id"]]
    borrower_id, document_id = line["borrower_id"], line["document_id"]
    path = f"/v1/desk/documents/{borrower_id}/{document_id}"
    seen = reviewer.client.get(path)
    file = urllib3.request("GET", seen["link"])
    told = {"decision": "accept", "figures_hash": seen["figures_hash"]}
    decided = reviewer.client.post(f"{path}/decision", told)
    openings = borrower.client.get("/v1/me/openings")["openings"]

    assert (document["verdict"], document["reasons"]) == ("unsure", ["not_readable"])
    assert (seen["name"], seen["identity_number"]) == (borrower.person.name, borrower.person.pan)
    assert file.status == 200 and file.headers["content-disposition"] == "attachment"
    assert Image.open(BytesIO(file.data)).size == (640, 400)
    assert decided["verdict"] == "accepted"
    assert borrower.client.get("/v1/me")["accepted_documents"] == ["pan_card"]
    assert ("paper_review", "desk_documents") in [(each["purpose"], each["door"]) for each in openings]
    assert "is accepted" in until(
        "the text", lambda: str(outside.texts_to(borrower.person.phone)), lambda texts: "is accepted" in texts
    )


def test_a_sign_in_that_was_ended_is_not_renewed(new_borrower: NewBorrower) -> None:
    borrower = new_borrower()
    borrower.sign_in()
    [this] = borrower.client.get("/v1/me/sessions")["sessions"]
    refresh = {"refresh_token": borrower.tokens["refresh_token"]}
    borrower.client.post("/v1/sessions/refresh", refresh)
    ended = borrower.client.send("DELETE", f"/v1/me/sessions/{this['session_id']}")
    refused = [borrower.client.send("POST", "/v1/sessions/refresh", refresh) for _ in range(2)]

    assert this["is_this"] and ended.body["ended_at"]
    assert [answer.code for answer in refused] == ["not_signed_in"] * 2


def test_signing_out_everywhere_ends_every_sign_in(new_borrower: NewBorrower) -> None:
    borrower = new_borrower()
    borrower.sign_in()
    refresh = {"refresh_token": borrower.tokens["refresh_token"]}
    borrower.client.send("DELETE", "/v1/me/sessions")

    assert borrower.client.send("POST", "/v1/sessions/refresh", refresh).code == "not_signed_in"
    assert borrower.client.send("GET", "/v1/me/sessions").code == "not_signed_in", "at once"
