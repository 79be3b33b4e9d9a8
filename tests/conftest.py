"""The tables in memory, for plumbing. They hold no promise about concurrency; the deployed tests are for that."""

import os
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest
from hypothesis import HealthCheck, settings
from moto import mock_aws

from shared.adapters.table import Table
from shared.adapters.work_index import KEYS, PROJECTED

# Random cases are new each time, and a failure prints how to repeat it; in CI they are always the same. Machines may be
# slow.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", patient, derandomize=True)
settings.register_profile("new", patient, print_blob=True)
settings.load_profile("same" if os.environ.get("CI") else "new")

REGION = "ap-south-1"
# One session for all tests: it keeps what it has read of botocore's data.
SESSION = botocore.session.get_session()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Makes clients of an AWS in memory: `aws("dynamodb")`."""
    as_somebody(monkeypatch)
    with mock_aws():
        yield lambda service: SESSION.create_client(service, region_name=REGION)


def as_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Made-up credentials: a client that is made without any keeps none for its whole life."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)


@pytest.fixture
def loans(aws: Any) -> Table:
    return table(aws("dynamodb"), "loans")


@pytest.fixture
def people(aws: Any) -> Table:
    return table(aws("dynamodb"), "people")


def table(client: Any, name: str) -> Table:
    """A book with the indexes of what is due."""
    keys = dict.fromkeys(("pk", "sk", *(key for index in KEYS.values() for key in index)))
    client.create_table(
        TableName=name,
        KeySchema=_key("pk", "sk"),
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        GlobalSecondaryIndexes=[
            {"IndexName": index, "KeySchema": _key(*key), "Projection": _projection(index)}
            for index, key in KEYS.items()
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return Table(client, name)


def _projection(index: str) -> dict[str, Any]:
    if index not in PROJECTED:
        return {"ProjectionType": "KEYS_ONLY"}
    return {"ProjectionType": "INCLUDE", "NonKeyAttributes": PROJECTED[index]}


def _key(partition: str, sort: str) -> list[dict[str, str]]:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]
