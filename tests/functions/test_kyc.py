"""KYC documents from the link to the verdict, with the bucket's event called as S3 calls it."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from urllib.parse import quote_plus

import pytest

from shared import identity, wiring
from shared.adapters.people import People
from shared.adapters.table import ANY, Table, Write
from shared.application import give_consent
from shared.domain.errors import NotFound
from shared.domain.papers import Holder
from tests.adapters.test_images import located, picture, written
from tests.application.desk import Death, Killed
from tests.domain.test_files import pdf, png
from tests.domain.written_pdf import written as paper
from tests.functions.door import Answer, Context, call, opened
from tests.functions.holder import introduce

BUCKET = "kyc"
UNREAD = ("unsure", ["not_readable"])
ASHA = Holder("Asha Verma", "ABCPV1234D", date(1994, 6, 15))
RAVI = Holder("Ravi Kumar", "ABCPK4321F", date(1990, 1, 2))
CARD = paper(["Income Tax Department", "Permanent Account Number", ASHA.identity_number, "Name: ASHA VERMA"])
REQUEST: dict[str, Any] = {"kind": "pan_card", "content_type": "image/png", "size_bytes": len(png())}


class Kyc:
    """A borrower who may send documents, and the bucket that tells the checking door of them."""

    def __init__(self, s3: Any, people: Table, doors: dict[str, Callable[..., Any]]) -> None:
        self.s3, self.people, self.doors = s3, people, doors

    def call(self, verb: str, place: str = "", body: Any = None, subject: str = "asha") -> Answer:
        return call(self.doors["kyc"], f"{verb} /v1/me/documents{place}", body, subject=subject)

    def ask(self, subject: str = "asha", **changes: Any) -> str:
        answer = self.call("POST", body={**REQUEST, **changes}, subject=subject)
        assert answer.status == 201, answer.body
        return str(answer.body["document_id"])

    def arrive(self, document_id: str, content: bytes, subject: str = "asha") -> dict[str, Any]:
        key = f"documents/brw_{subject}/{document_id}"
        version = self.s3.put_object(Bucket=BUCKET, Key=key, Body=content)["VersionId"]
        told = {"key": quote_plus(key), "versionId": version, "size": len(content)}
        return {"Records": [{"s3": {"object": told}}]}

    def check(self, event: dict[str, Any]) -> None:
        self.doors["kyc_check"](event, Context())

    def verdict(self, document_id: str, subject: str = "asha") -> tuple[str, list[str]]:
        shown = self.call("GET", f"/{document_id}", subject=subject).body
        return shown["verdict"], shown["reasons"]

    def kept(self, judged: dict[str, Any], subject: str = "asha") -> bytes:
        """The very version of the accepted file that the verdict names."""
        key = f"accepted/brw_{subject}/{judged['id']}"
        answer = self.s3.get_object(Bucket=BUCKET, Key=key, VersionId=judged["file_version"])
        content: bytes = answer["Body"].read()
        assert (answer["ContentDisposition"], answer["ContentType"]) == ("attachment", judged["content_type"])
        return content

    def flags(self) -> dict[str, Any]:
        return self.people.get("brw_asha", "borrower") or {}


@pytest.fixture
def kyc(aws: Any, people: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kyc]:
    s3 = aws("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ap-south-1"})
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    monkeypatch.setenv("MINNOW_KYC_BUCKET", BUCKET)
    monkeypatch.setenv("MINNOW_KYC_KEY", aws("kms").create_key()["KeyMetadata"]["Arn"])
    monkeypatch.setenv("MINNOW_NOTICES_QUEUE", aws("sqs").create_queue(QueueName="notices")["QueueUrl"])
    at = datetime(2026, 11, 22, tzinfo=UTC)
    for borrower_id in ("brw_asha", "brw_ravi"):
        People(people).open(borrower_id, "in", "en")
        give_consent.give(People(people), borrower_id, "kyc_verification", "1", "en", at)
    with opened("kyc", monkeypatch, people=people) as door, opened("kyc_check", monkeypatch, people=people) as checks:
        introduce(people, "brw_asha", ASHA)
        introduce(people, "brw_ravi", RAVI)
        yield Kyc(s3, people, {"kyc": door, "kyc_check": checks})


def test_a_link_is_bound_to_its_place_type_size_and_key(kyc: Kyc) -> None:
    answer = kyc.call("POST", body=REQUEST).body
    fields = answer["upload"]["fields"]

    assert answer["upload"]["url"].endswith(f"/{BUCKET}")
    assert fields["key"] == f"documents/brw_asha/{answer['document_id']}"
    assert fields["Content-Type"] == "image/png"
    assert fields["x-amz-server-side-encryption"] == "aws:kms"
    assert "policy" in fields


def test_a_document_waits_until_it_has_come(kyc: Kyc) -> None:
    document_id = kyc.ask()

    assert kyc.verdict(document_id) == ("waiting", [])
    assert [each["document_id"] for each in kyc.call("GET").body["documents"]] == [document_id]


def test_a_paper_that_says_what_the_profile_says_is_accepted_and_makes_the_borrower_readier(kyc: Kyc) -> None:
    digest = hashlib.sha256(CARD).hexdigest()
    document_id = kyc.ask(content_type="application/pdf", size_bytes=len(CARD), sha256=digest)
    kyc.check(kyc.arrive(document_id, CARD))

    assert kyc.verdict(document_id) == ("accepted", [])
    assert kyc.flags()["accepted_documents"] == ["pan_card"]
    judged = kyc.people.get("brw_asha", f"document#{document_id}")
    assert judged
    assert judged["file_sha256"] == hashlib.sha256(kyc.kept(judged)).hexdigest()


def test_an_event_that_comes_twice_changes_nothing(kyc: Kyc) -> None:
    event = kyc.arrive(kyc.ask(), png())
    kyc.check(event)
    once = kyc.flags()
    kyc.check(event)

    assert kyc.flags() == once


def test_a_file_sent_after_the_verdict_changes_nothing(kyc: Kyc) -> None:
    document_id = kyc.ask()
    kyc.check(kyc.arrive(document_id, png()))
    kyc.check(kyc.arrive(document_id, b"something else"))

    assert kyc.verdict(document_id) == UNREAD


def test_a_second_document_of_a_kind_is_judged_by_itself(kyc: Kyc) -> None:
    first = kyc.ask()
    kyc.check(kyc.arrive(first, png()[:-1] + b"!"))
    second = sent(kyc, CARD, "application/pdf")

    assert kyc.verdict(first) == ("rejected", ["structure_broken"])
    assert kyc.verdict(second) == ("accepted", [])
    assert kyc.flags()["accepted_documents"] == ["pan_card"]


@pytest.mark.parametrize(
    ("changes", "content", "reasons"),
    [
        ({}, b"\xff\xd8\xff" + b"x" * (len(png()) - 3), ["type_differs"]),
        ({"size_bytes": 1}, png(), ["size_differs"]),
        ({"sha256": "0" * 64}, png(), ["content_differs"]),
        (
            {"content_type": "application/pdf", "size_bytes": len(pdf(b"/JavaScript\n"))},
            pdf(b"/JavaScript\n"),
            ["active_content"],
        ),
        ({}, b"x" * (5 * 1024 * 1024 + 1), ["too_large"]),
    ],
)
def test_a_document_that_is_not_what_it_says_is_rejected(
    kyc: Kyc, changes: dict[str, Any], content: bytes, reasons: list[str]
) -> None:
    document_id = kyc.ask(**changes)
    kyc.check(kyc.arrive(document_id, content))

    assert kyc.verdict(document_id) == ("rejected", reasons)
    assert kyc.flags().get("accepted_documents", []) == []


def test_an_object_that_nobody_asked_for_is_left_for_the_operators(kyc: Kyc) -> None:
    event = kyc.arrive("doc_unknown", png())

    with pytest.raises(NotFound):
        kyc.check(event)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("kind", "library_card", "document_not_accepted"),
        ("kind", "../x", "invalid_request"),
        ("content_type", "text/html", "invalid_request"),
        ("size_bytes", 0, "invalid_request"),
        ("size_bytes", 5 * 1024 * 1024 + 1, "invalid_request"),
        ("size_bytes", "5", "invalid_request"),
        ("sha256", "abc", "invalid_request"),
        ("file_name", "pan.png", "invalid_request"),
    ],
)
def test_a_request_that_does_not_fit_is_refused_with_its_pointer(kyc: Kyc, field: str, value: Any, code: str) -> None:
    answer = kyc.call("POST", body={**REQUEST, field: value})

    assert (answer.status, answer.body["code"]) == (422, code)
    assert answer.body["errors"][0]["pointer"] == f"/{field}"
    assert kyc.call("GET").body["documents"] == []


def test_without_consent_no_document_is_taken(kyc: Kyc, loans: Table) -> None:
    give_consent.withdraw(People(kyc.people), loans, "brw_asha", "kyc_verification", datetime(2026, 11, 22, tzinfo=UTC))

    assert kyc.call("POST", body=REQUEST).body["code"] == "consent_missing"


def test_a_borrower_sends_only_so_many_documents(kyc: Kyc) -> None:
    for _ in range(20):
        kyc.ask()

    assert kyc.call("POST", body=REQUEST).body["code"] == "too_many_documents"


def test_another_borrowers_document_is_not_found(kyc: Kyc) -> None:
    document_id = kyc.ask()

    assert kyc.call("GET", f"/{document_id}", subject="other").status == 404
    assert kyc.call("GET", subject="other").body["documents"] == []


def test_a_file_is_not_looked_into_once_the_consent_is_withdrawn(kyc: Kyc, loans: Table) -> None:
    document_id = kyc.ask()
    give_consent.withdraw(People(kyc.people), loans, "brw_asha", "kyc_verification", datetime(2026, 11, 22, tzinfo=UTC))
    kyc.check(kyc.arrive(document_id, png()))
    judged = kyc.people.get("brw_asha", f"document#{document_id}")

    assert kyc.verdict(document_id) == ("rejected", ["consent_withdrawn"])
    assert judged and "file_sha256" not in judged


def sent(kyc: Kyc, content: bytes, content_type: str = "image/png", subject: str = "asha") -> str:
    """The id of a document that has arrived and been checked."""
    document_id = kyc.ask(subject, content_type=content_type, size_bytes=len(content))
    kyc.check(kyc.arrive(document_id, content, subject))
    return document_id


def test_a_photograph_is_kept_without_the_place_where_it_was_taken(kyc: Kyc) -> None:
    content = written(picture(), "JPEG", exif=located())
    document_id = sent(kyc, content, "image/jpeg")
    judged = kyc.people.get("brw_asha", f"document#{document_id}")

    assert kyc.verdict(document_id) == UNREAD
    assert judged and b"Xiaomi" in content and b"Xiaomi" not in kyc.kept(judged)


def test_a_paper_is_kept_as_it_came(kyc: Kyc) -> None:
    document_id = sent(kyc, pdf(), "application/pdf")
    judged = kyc.people.get("brw_asha", f"document#{document_id}")

    assert judged and kyc.kept(judged) == pdf()


@pytest.mark.parametrize(
    ("first", "second", "content_type"),
    [
        (png(), png(), "image/png"),
        (written(picture()), written(picture(), compress_level=1), "image/png"),
        (pdf(), pdf(), "application/pdf"),
    ],
)
def test_the_same_document_under_two_borrowers_is_found(
    kyc: Kyc, first: bytes, second: bytes, content_type: str
) -> None:
    mine, theirs = sent(kyc, first, content_type), sent(kyc, second, content_type, "ravi")
    again = sent(kyc, second, content_type)

    assert kyc.verdict(mine) == kyc.verdict(again)
    assert kyc.verdict(mine)[0] == "unsure"
    assert kyc.verdict(theirs, "ravi") == ("rejected", ["used_by_another"])
    assert (kyc.people.get("brw_ravi", "borrower") or {})["accepted_documents"] == []
    assert kyc.s3.list_objects_v2(Bucket=BUCKET, Prefix="accepted/brw_ravi").get("Contents", []) == []


def test_a_rejected_document_claims_nothing(kyc: Kyc) -> None:
    kyc.check(kyc.arrive(kyc.ask(size_bytes=1), png()))

    assert kyc.verdict(sent(kyc, png(), subject="ravi"), "ravi") == UNREAD


def test_a_check_killed_at_any_call_is_made_good_by_the_next_delivery(kyc: Kyc) -> None:
    death = Death()
    clients = (wiring.people_table().client, identity.document_files().s3)
    for client in clients:
        client.meta.events.register_first("before-call", death.before)
        client.meta.events.register("after-call", death.after)
    for number in count(1):
        content = written(picture(size=(8, 8 + number)))
        death.at_call(0, comes_after=False)
        event = kyc.arrive(document_id := kyc.ask(size_bytes=len(content)), content)
        death.at_call((number + 1) // 2, comes_after=number % 2 == 0)
        with suppress(Killed):
            kyc.check(event)
            break
        death.at_call(0, comes_after=False)
        kyc.check(event)
        judged = kyc.people.get("brw_asha", f"document#{document_id}")

        assert judged and judged["verdict"] == "unsure"
        assert judged["file_sha256"] == hashlib.sha256(kyc.kept(judged)).hexdigest()
        kyc.people.transact([Write({"pk": "brw_asha", "sk": f"document#{document_id}", "erased_at": "then"}, ANY)])
    for client in clients:
        client.meta.events.unregister("before-call", death.before)
        client.meta.events.unregister("after-call", death.after)
    assert number > 15


@pytest.mark.parametrize(
    ("kind", "lines", "stated", "verdict"),
    [
        ("pan_card", ["ABCPV1234D", "Name: MOHAN IYER"], {}, ("unsure", ["name_differs"])),
        ("pan_card", ["ABCPV1234D"], {}, ("unsure", ["name_not_found"])),
        ("pan_card", ["ABCPX9999Z", "ASHA VERMA"], {}, ("rejected", ["number_differs"])),
        ("aadhaar_masked", ["Asha Verma", "DOB: 15/06/1994", "XXXX XXXX 2346"], {}, ("accepted", [])),
        ("aadhaar_masked", ["Asha Verma", "DOB: 15/06/1994", "2341 2341 2346"], {}, ("rejected", ["not_masked"])),
        (
            "driving_licence",
            ["MH12 20110012345", "Name ASHA VERMA", "DOB 15-06-1994", "Valid till 14-06-2034"],
            {"number": "MH12 20110012345", "expires_on": "2034-06-14"},
            ("accepted", []),
        ),
        (
            "driving_licence",
            ["MH12 20110012345", "Name ASHA VERMA", "DOB 15-06-1994", "Valid till 14-06-2034"],
            {},
            ("unsure", ["number_not_stated", "expiry_not_stated"]),
        ),
    ],
)
def test_what_a_paper_says_is_compared_with_the_profile_and_what_is_stated_of_it(
    kyc: Kyc, kind: str, lines: list[str], stated: dict[str, str], verdict: tuple[str, list[str]]
) -> None:
    content = paper(lines)
    document_id = kyc.ask(kind=kind, content_type="application/pdf", size_bytes=len(content), **stated)
    kyc.check(kyc.arrive(document_id, content))

    assert kyc.verdict(document_id) == verdict


def test_what_is_stated_of_a_paper_lies_sealed_and_no_text_of_it_is_kept(kyc: Kyc) -> None:
    content = paper(["MH12 20110012345", "ASHA VERMA"])
    document_id = kyc.ask(
        kind="driving_licence", content_type="application/pdf", size_bytes=len(content), number="MH12 20110012345"
    )
    kyc.check(kyc.arrive(document_id, content))
    stored = str(kyc.people.query("brw_asha"))

    assert "20110012345" not in stored and "VERMA" not in stored


def test_each_check_is_an_opening_that_the_borrower_can_read(kyc: Kyc) -> None:
    document_id = sent(kyc, CARD, "application/pdf")
    [opening] = kyc.people.query("openings#brw_asha")

    assert (opening["purpose"], opening["door"]) == ("paper", "kyc_check")
    assert opening["fields"] == ["holder", f"document.{document_id}"]


def test_a_paper_that_has_expired_is_refused_at_once(kyc: Kyc) -> None:
    answer = kyc.call("POST", body={**REQUEST, "kind": "passport", "expires_on": "2020-01-01"})

    assert (answer.status, answer.body["code"]) == (422, "document_not_accepted")


def test_a_paper_is_sent_after_the_profile_that_it_is_compared_with(kyc: Kyc) -> None:
    People(kyc.people).open("brw_new", "in", "en")
    give_consent.give(People(kyc.people), "brw_new", "kyc_verification", "1", "en", datetime(2026, 11, 22, tzinfo=UTC))

    assert kyc.call("POST", body=REQUEST, subject="new").body["code"] == "profile_incomplete"


def test_a_paper_is_compared_with_the_profile_as_it_is_when_the_verdict_is_written(kyc: Kyc) -> None:
    event = kyc.arrive(kyc.ask(content_type="application/pdf", size_bytes=len(CARD)), CARD)
    introduce(kyc.people, "brw_asha", RAVI)
    kyc.check(event)

    assert kyc.call("GET").body["documents"][0]["reasons"] == ["number_differs"]
