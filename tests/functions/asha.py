"""A borrower who is known in all places, with the doors that serve her and the night that erases."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from shared import identity
from shared.adapters.table import ANY, Table, Write, record, unpack
from tests.application.desk import Death, Desk
from tests.domain.test_files import png
from tests.functions.bank import bank
from tests.functions.door import Answer, Context, call, opened
from tests.functions.test_borrower import ACCOUNT, PROFILE
from tests.sandbox import ready

BUCKET = "kyc"
CONFIRMED = {"confirm": "erase"}
SECRETS = ("Asha", "ABCPE1234F", "1995-06-01", "Bengaluru", "5000000", "123456789012")
# The law of the market wants five from the last loan on.
YEARS_AFTER = 6 * 366
AT = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)


class Timed(Context):
    def get_remaining_time_in_millis(self) -> int:
        return 30_000


class Members:
    """The pool in memory: subjects with their phones, as the door's client is answered."""

    def __init__(self) -> None:
        self.phones: dict[str, str] = {}
        # Whom the pool does not let go.
        self.refused = ""

    def answer(self, model: Any, params: Any, **_: Any) -> tuple[Any, dict[str, Any]]:
        subject = json.loads(params["body"])["Username"]
        if subject == self.refused and model.name == "AdminDeleteUser":
            refused = {"Error": {"Code": "InternalErrorException", "Message": ""}, "ResponseMetadata": {}}
            return SimpleNamespace(status_code=400), refused
        if subject not in self.phones:
            missing = {"Error": {"Code": "UserNotFoundException", "Message": ""}, "ResponseMetadata": {}}
            return SimpleNamespace(status_code=400), missing
        if model.name == "AdminDeleteUser":
            del self.phones[subject]
            return SimpleNamespace(status_code=200), {}
        assert model.name == "AdminGetUser", model.name
        attributes = [{"Name": "sub", "Value": subject}, {"Name": "phone_number", "Value": self.phones[subject]}]
        return SimpleNamespace(status_code=200), {"UserAttributes": attributes}


class Asha:
    """A borrower with a profile, an account and a document, who may sign in; and the machines that serve her."""

    def __init__(
        self, aws: Any, people: Table, loans: Table, doors: dict[str, Callable[..., Any]], members: Members
    ) -> None:
        self.people, self.loans, self.doors, self.members = people, loans, doors, members
        self.s3, self.ssm = aws("s3"), aws("ssm")
        self.session = "here"
        self.born_again("asha")

    def born_again(self, subject: str) -> None:
        self.subject, self.id = subject, f"brw_{subject}"
        self.members.phones[subject] = "+919876543210"
        people = self.people
        people.transact([Write(record(ready(id=self.id, data_key=None), self.id, "borrower"), ANY)])
        self.me("PUT", "/profile", PROFILE)
        self.me("PUT", "/bank-account", ACCOUNT)
        self.s3.put_object(Bucket=BUCKET, Key=f"documents/{self.id}/doc_1", Body=png())

    def me(self, verb: str, place: str, body: Any = None, **query: str) -> Answer:
        door = "borrower" if place in ("/profile", "/bank-account", "") else "rights"
        route = f"{verb} /v1/me{place}"
        return call(self.doors[door], route, body, subject=self.subject, query=query, session=self.session)

    def night(self, days_later: int = 0) -> Any:
        self.ssm.put_parameter(Name="/test/clock", Value=str(days_later), Type="String", Overwrite=True)
        return self.doors["erase"]({"market": "in"}, Timed())

    def erased(self, days_later: int = 0) -> None:
        """The night that begins it, and the later one that finds nothing under way any more."""
        self.night(days_later)
        self.night(days_later + 1)

    def state(self) -> str | None:
        """Of her erasure. She cannot ask for it any more once it has begun."""
        found = identity.erasures().get(self.id)
        return found.state if found else None

    def desk(self) -> Desk:
        """A loan of hers, as listed."""
        desk = Desk(self.loans, Death(), self.loans.client)
        head = self.loans.get(desk.loan_id, "loan")
        assert head
        self.loans.transact([Write(head | {"borrower_id": self.id}, ANY), Write({"pk": self.id, "sk": desk.loan_id})])
        return desk

    def close(self, desk: Desk, on: date) -> None:
        head = self.loans.get(desk.loan_id, "loan")
        assert head
        self.loans.transact([Write(head | {"state": "closed", "closed_on": on.isoformat()}, ANY)])

    def stored(self) -> str:
        return str([unpack(item) for item in self.people.client.scan(TableName=self.people.name)["Items"]])

    def files(self) -> list[Any]:
        return list(self.s3.list_object_versions(Bucket=BUCKET).get("Versions", ()))

    def may_sign_in(self) -> bool:
        return self.subject in self.members.phones


@contextmanager
def known(aws: Any, people: Table, loans: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asha]:
    monkeypatch.setenv("MINNOW_VAULT_KEY", aws("kms").create_key()["KeyMetadata"]["Arn"])
    index = aws("kms").create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
    monkeypatch.setenv("MINNOW_INDEX_KEY", index["KeyMetadata"]["Arn"])
    monkeypatch.setenv("MINNOW_USER_POOL_ID", "borrowers")
    monkeypatch.setenv("MINNOW_KYC_BUCKET", BUCKET)
    monkeypatch.setenv("MINNOW_KYC_KEY", aws("kms").create_key()["KeyMetadata"]["Arn"])
    monkeypatch.setenv("MINNOW_CLOCK_PARAMETER", "/test/clock")
    aws("ssm").put_parameter(Name="/test/clock", Value="0", Type="String")
    s3 = aws("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ap-south-1"})
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    with ExitStack() as stack:
        stack.enter_context(bank(aws, monkeypatch))
        doors = {
            name: stack.enter_context(opened(name, monkeypatch, people=people, loans=loans))
            for name in ("borrower", "rights", "erase")
        }
        members = Members()
        events = identity.accounts().cognito.meta.events
        events.register("before-call.cognito-identity-provider", members.answer)
        yield Asha(aws, people, loans, doors, members)
        events.unregister("before-call.cognito-identity-provider", members.answer)
