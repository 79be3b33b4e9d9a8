"""Papers at the desk: a person looks, the borrower reads of it, one decision that is recorded and told."""

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import Any

import pytest

from shared import identity, wiring
from shared.adapters.borrower_notices import BorrowerNotices
from shared.adapters.people import People
from shared.adapters.table import Table
from shared.application import give_consent
from shared.application.review_document import Books, end_reviews
from shared.application.tell_paper import tell_paper
from shared.domain.documents import PaperWaits
from shared.markets import today
from tests.adapters.test_images import picture
from tests.adapters.test_images import written as image
from tests.application.desk import Death, Killed
from tests.application.killed import AT_EACH_CALL
from tests.application.test_tell_borrower import Phone
from tests.domain.written_pdf import written as paper
from tests.functions.door import Answer, call, opened
from tests.functions.holder import introduce
from tests.functions.test_kyc import ASHA, BUCKET, Kyc
from tests.functions.test_night import taken

RENAMED = paper([ASHA.identity_number, "Name: ASHA SHARMA"])
AT = datetime(2026, 11, 22, tzinfo=UTC)


class Desk(Kyc):
    """Asha's papers, and staff who look at them."""

    loans: Table

    def staff(self, verb: str, path: str, body: Any = None, by: str = "meena", role: str = "reviewer") -> Answer:
        query = {"market": "in"} if path == "" else {}
        route = f"{verb} /v1/desk/documents{path}"
        key = sha256(f"{path}{by}{body}".encode()).hexdigest() if verb == "POST" else None
        return call(self.doors["desk_documents"], route, body, subject=by, roles=(role,), query=query, key=key)

    def unsure(self, content: bytes, content_type: str = "image/png", subject: str = "asha") -> str:
        document_id = self.ask(subject, content_type=content_type, size_bytes=len(content))
        self.check(self.arrive(document_id, content, subject))
        return document_id

    def decide(self, document_id: str, decision: str = "accept", by: str = "meena", **more: str) -> Answer:
        path = f"/brw_asha/{document_id}"
        seen = self.staff("GET", path, by=by).body.get("figures_hash", "0" * 64)
        return self.staff("POST", f"{path}/decision", {"decision": decision, "figures_hash": seen, **more}, by=by)

    def waiting(self) -> list[str]:
        return [each["document_id"] for each in self.staff("GET", "").body["documents"]]

    def audited(self) -> list[tuple[str, str]]:
        month = f"{datetime.now(UTC):%Y-%m}"
        return [(each["action"], each["reason"]) for each in self.loans.query(f"audit#in#{month}")]

    def post(self, phone: Phone) -> dict[str, Any]:
        """Who tells borrowers things, by that phone."""
        return {"notices": BorrowerNotices(self.loans), "people": People(self.people), "channels": phone}

    def to_tell(self) -> list[str]:
        return [each["kind"] for each in self.loans.query("brw_asha", "to_tell#")]


@pytest.fixture
def desk(aws: Any, people: Table, loans: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    s3 = aws("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ap-south-1"})
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    monkeypatch.setenv("MINNOW_KYC_BUCKET", BUCKET)
    monkeypatch.setenv("MINNOW_KYC_KEY", aws("kms").create_key()["KeyMetadata"]["Arn"])
    monkeypatch.setenv("MINNOW_NOTICES_QUEUE", aws("sqs").create_queue(QueueName="notices")["QueueUrl"])
    People(people).open("brw_asha", "in", "hi")
    give_consent.give(People(people), "brw_asha", "kyc_verification", "1", "en", AT)
    with ExitStack() as stack:
        doors = {
            name: stack.enter_context(opened(name, monkeypatch, people=people, loans=loans))
            for name in ("kyc", "kyc_check", "desk_documents")
        }
        introduce(people, "brw_asha", ASHA)
        made = Desk(s3, people, doors)
        made.loans = loans
        yield made


def test_a_paper_that_no_machine_could_read_waits_with_a_clock(desk: Desk) -> None:
    document_id = desk.unsure(image(picture()))
    [line] = desk.staff("GET", "").body["documents"]

    assert (line["document_id"], line["doubts"], line["is_overdue"]) == (document_id, ["not_readable"], False)
    due, checked = (datetime.fromisoformat(line[name]) for name in ("due_at", "checked_at"))
    assert due - checked == timedelta(hours=24)
    assert desk.call("GET", f"/{document_id}").body["review_due_at"] == line["due_at"]


def test_who_looks_sees_what_the_paper_has_to_say_and_the_borrower_reads_of_it(desk: Desk) -> None:
    seen = desk.staff("GET", f"/brw_asha/{desk.unsure(image(picture()))}").body

    assert (seen["name"], seen["identity_number"], seen["birth_date"]) == ("Asha Verma", "ABCPV1234D", "1994-06-15")
    assert "X-Amz-Expires=60" in seen["link"] and "versionId=" in seen["link"]
    purposes = [(each["purpose"], each["door"]) for each in desk.people.query("openings#brw_asha")]
    assert purposes == [("paper", "kyc_check"), ("paper_review", "desk_documents")]


def test_an_accepted_paper_makes_the_borrower_readier_is_recorded_and_told(desk: Desk) -> None:
    document_id = desk.unsure(image(picture()))
    first, again = desk.decide(document_id), desk.decide(document_id)

    assert (first.status, first.body["verdict"]) == (200, "accepted")
    assert again.body["code"] == "document_decided"
    assert desk.flags()["accepted_documents"] == ["pan_card"] and desk.waiting() == []
    assert desk.audited() == [("document.accepted", "matches")] and desk.to_tell() == ["paper_accepted"]
    assert "Asha" not in str(desk.loans.query(f"audit#in#{datetime.now(UTC):%Y-%m}"))


def test_the_same_decision_sent_again_has_the_same_answer(desk: Desk) -> None:
    document_id = desk.unsure(image(picture()))
    path = f"/brw_asha/{document_id}"
    body = {"decision": "accept", "figures_hash": desk.staff("GET", path).body["figures_hash"]}
    first, again = (desk.staff("POST", f"{path}/decision", body) for _ in range(2))

    assert first.body == again.body and again.body["verdict"] == "accepted"
    assert len(desk.audited()) == 1


def test_a_paper_is_rejected_with_a_code_and_never_with_words(desk: Desk) -> None:
    document_id = desk.unsure(image(picture()))
    unknown = desk.decide(document_id, "reject", reason="He looks odd.")
    without = desk.decide(document_id, "reject")
    done = desk.decide(document_id, "reject", reason="not_readable")

    assert unknown.body["code"] == "document_reason_unknown" and without.body["code"] == "invalid_request"
    assert done.body["verdict"] == "rejected" and desk.verdict(document_id) == ("rejected", ["not_readable"])
    assert "accepted_documents" not in desk.flags() or desk.flags()["accepted_documents"] == []
    assert desk.to_tell() == ["paper_rejected"]


def test_a_name_that_differs_takes_two_people(desk: Desk) -> None:
    document_id = desk.unsure(RENAMED, "application/pdf")
    first, same = desk.decide(document_id), desk.decide(document_id)
    second = desk.decide(document_id, by="ravi")

    assert (first.body["verdict"], same.body["code"]) == ("unsure", "own_approval")
    assert second.body["verdict"] == "accepted" and desk.to_tell() == ["paper_accepted"]
    assert desk.audited() == [("document.agreed", "matches"), ("document.accepted", "matches")]


def test_a_decision_on_what_has_changed_since_is_refused(desk: Desk) -> None:
    document_id = desk.unsure(RENAMED, "application/pdf")
    path = f"/brw_asha/{document_id}"
    seen = desk.staff("GET", path).body["figures_hash"]
    desk.decide(document_id, by="ravi")
    late = desk.staff("POST", f"{path}/decision", {"decision": "accept", "figures_hash": seen})

    assert late.body["code"] == "figures_stale"


def test_without_consent_nobody_looks_and_nobody_accepts(desk: Desk) -> None:
    document_id = desk.unsure(image(picture()))
    seen = desk.staff("GET", f"/brw_asha/{document_id}").body["figures_hash"]
    give_consent.withdraw(People(desk.people), desk.loans, "brw_asha", "kyc_verification", AT)
    accepted = {"decision": "accept", "figures_hash": seen}

    assert desk.staff("GET", f"/brw_asha/{document_id}").body["code"] == "consent_missing"
    assert desk.staff("POST", f"/brw_asha/{document_id}/decision", accepted).body["code"] == "consent_missing"
    assert desk.verdict(document_id)[0] == "unsure"


def test_an_auditor_sees_the_list_and_no_paper(desk: Desk) -> None:
    document_id = desk.unsure(image(picture()))

    assert desk.staff("GET", "", role="auditor").status == 200
    assert desk.staff("GET", f"/brw_asha/{document_id}", role="auditor").body["code"] == "role_missing"


def test_somebody_elses_document_is_not_found_under_another_borrower(desk: Desk) -> None:
    document_id = desk.unsure(image(picture()))

    assert desk.staff("GET", f"/brw_ravi/{document_id}").status == 404


def test_that_a_person_looks_is_told_once_with_the_day_of_the_answer(
    desk: Desk, aws: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    document_id = desk.ask(size_bytes=len(image(picture())))
    event = desk.arrive(document_id, image(picture()))
    for _ in range(2):
        desk.check(event)
    messages = taken(aws("sqs"), "notices")
    phone = Phone(Death())
    told = [tell_paper(PaperWaits(**each), datetime.now(UTC), **desk.post(phone)) for each in messages]
    desk.decide(document_id)
    late = tell_paper(PaperWaits(**messages[0]), datetime.now(UTC), **desk.post(phone))

    assert messages == [{"borrower_id": "brw_asha", "document_id": document_id}] * 2
    assert told[0] == told[1] and told[0] and (told[0].kind, told[0].language) == ("paper_waits", "hi")
    answer_by = today("in", datetime.now(UTC) + timedelta(hours=24))
    assert len(phone.texts) == 1 and str(answer_by.year) in phone.texts[0] and f"{answer_by.day} " in phone.texts[0]
    assert late is None, "what became of it is told by itself"


def test_a_paper_that_is_accepted_at_once_or_rejected_waits_for_nobody(desk: Desk, aws: Any) -> None:
    accepted = paper([ASHA.identity_number, "Name: ASHA VERMA"])
    assert desk.verdict(desk.unsure(accepted, "application/pdf"))[0] == "accepted"
    assert desk.verdict(desk.unsure(b"no picture"))[0] == "rejected"

    assert taken(aws("sqs"), "notices") == []


@AT_EACH_CALL
def test_who_waits_for_a_person_is_told_once_though_the_check_is_killed(
    desk: Desk, aws: Any, comes_after: bool
) -> None:
    death, phone, sqs = Death(), Phone(Death()), wiring.notices_queue().sqs
    clients = (wiring.people_table().client, sqs)
    for number in count(1):
        content = image(picture(size=(8, 8 + number)))
        document_id = desk.ask(size_bytes=len(content))
        event = desk.arrive(document_id, content)
        for client in clients:
            client.meta.events.register_first("before-call", death.before)
            client.meta.events.register("after-call", death.after)
        death.at_call(number, comes_after)
        is_done = False
        with suppress(Killed):
            desk.check(event)
            is_done = True
        death.at_call(0, comes_after=False)
        desk.check(event)
        for client in clients:
            client.meta.events.unregister("before-call", death.before)
            client.meta.events.unregister("after-call", death.after)
        for each in taken(aws("sqs"), "notices"):
            tell_paper(PaperWaits(**each), datetime.now(UTC), **desk.post(phone))

        assert len(phone.texts) == number
        if is_done:
            break
    assert number > 8


def ended(later: timedelta) -> int:
    return looked(later)[0]


def looked(later: timedelta) -> tuple[int, int]:
    """How many ended, and how many are late."""
    books = Books(wiring.people(), wiring.loans_table())
    return end_reviews("in", datetime.now(UTC) + later, lambda: True, papers=identity.paper_list(), books=books)


def test_what_nobody_decides_ends_so_that_another_paper_can_be_sent(desk: Desk) -> None:
    document_id = desk.unsure(image(picture()))
    early, late, again = ended(timedelta(days=6)), ended(timedelta(days=8)), ended(timedelta(days=8))

    assert (early, late, again) == (0, 1, 0)
    assert desk.verdict(document_id) == ("rejected", ["not_decided"])
    assert desk.to_tell() == ["paper_rejected"] and desk.waiting() == []
    assert desk.decide(document_id).body["code"] == "document_decided"


def test_a_paper_is_late_from_its_hour_until_it_is_decided(desk: Desk) -> None:
    document_id, other = desk.unsure(image(picture())), desk.unsure(image(picture(size=(9, 9))))
    early, late = looked(timedelta(hours=23)), looked(timedelta(hours=25))
    desk.decide(document_id)
    one_less = looked(timedelta(hours=25))
    give_consent.withdraw(People(desk.people), desk.loans, "brw_asha", "kyc_verification", AT)

    assert (early, late, one_less) == ((0, 0), (0, 2), (0, 1))
    assert looked(timedelta(hours=25)) == (0, 0), "nobody may look at it"
    assert ended(timedelta(days=8)) == 1 and desk.verdict(other)[1] == ["not_decided"]


def test_a_paper_that_went_with_its_borrower_leaves_the_list(desk: Desk) -> None:
    document_id = desk.unsure(image(picture()))
    identity.erasures().overwrite(wiring.people(), "brw_asha", AT)

    assert desk.waiting() == []
    assert desk.staff("GET", f"/brw_asha/{document_id}").status == 404
    assert ended(timedelta(days=8)) == 0
    assert [each for each in desk.people.query("paper#waiting#in") if "expires_at" not in each] == []


def test_a_decision_killed_at_any_call_is_made_good_by_the_same_request(desk: Desk) -> None:
    death, client = Death(), wiring.people_table().client
    for number in count(1):
        document_id = desk.unsure(image(picture(size=(8, 8 + number))))
        path = f"/brw_asha/{document_id}"
        body = {"decision": "accept", "figures_hash": desk.staff("GET", path).body["figures_hash"]}
        client.meta.events.register_first("before-call", death.before)
        client.meta.events.register("after-call", death.after)
        death.at_call((number + 1) // 2, comes_after=number % 2 == 0)
        is_done = False
        with suppress(Killed):
            desk.staff("POST", f"{path}/decision", body)
            is_done = True
        death.at_call(0, comes_after=False)
        answer = desk.staff("POST", f"{path}/decision", body)
        client.meta.events.unregister("before-call", death.before)
        client.meta.events.unregister("after-call", death.after)

        assert answer.body["verdict"] == "accepted" and desk.verdict(document_id)[0] == "accepted"
        assert len(desk.audited()) == number and desk.waiting() == []
        if is_done:
            break
    assert number > 5
