"""All that a stage keeps in text: logs, tables, queues and their dead letters, names of files."""

import json
import re
import zlib
from collections.abc import Iterator
from typing import Any

from infra.local.outside import Outside

# What every made-up borrower of these tests has of his own: phone, number of the state, account, name (see `another` in
# `infra.local.borrower`, and `in_china`).
OF_INDIA = r"(?<!\d)(?:91)?98765\d{5}(?!\d)|ABCPV\d{4}[A-Z]|501002\d{8}|Asha Verma"
OF_CHINA = r"(?<!\d)(?:86)?13912\d{6}(?!\d)|11010119940615\d{3}[\dX]|622848\d{13}|林晓梅|湖滨南路"
PRIVATE = re.compile(f"{OF_INDIA}|{OF_CHINA}", re.IGNORECASE)
MOST_MESSAGES = 200


def traces(outside: Outside) -> dict[str, str]:
    """Where, and what is written there."""
    return {
        "cloud.log": outside.cloud.log.read_text(errors="replace"),
        **dict(_logs(outside)),
        **dict(_tables(outside)),
        **dict(_queues(outside)),
        **dict(_files(outside)),
    }


def leaks(outside: Outside) -> list[tuple[str, str]]:
    """Whatever of a borrower stands in the clear: where, and the words around it."""
    return [
        (where, text[max(0, found.start() - 80) : found.end() + 20])
        for where, text in traces(outside).items()
        for found in list(PRIVATE.finditer(text))[:3]
    ]


def _logs(outside: Outside) -> Iterator[tuple[str, str]]:
    client = outside.cloud.client("logs")
    for group in [group["logGroupName"] for group in client.describe_log_groups()["logGroups"]]:
        pages = client.get_paginator("filter_log_events").paginate(logGroupName=group)
        yield group, "\n".join(event["message"] for page in pages for event in page["events"])


def _tables(outside: Outside) -> Iterator[tuple[str, str]]:
    client = outside.cloud.client("dynamodb")
    for name in (outside.outputs.people_table, outside.outputs.loans_table):
        pages = client.get_paginator("scan").paginate(TableName=name)
        items = [item for page in pages for item in page["Items"]]
        yield name, json.dumps(items, default=_shown, ensure_ascii=False)


def _queues(outside: Outside) -> Iterator[tuple[str, str]]:
    """What waits in them: read, and left there."""
    client = outside.cloud.client("sqs")
    for url in client.list_queues().get("QueueUrls", ()):
        held: list[str] = []
        while len(held) < MOST_MESSAGES:
            asked = {"MaxNumberOfMessages": 10, "VisibilityTimeout": 5, "AttributeNames": ["All"]}
            found = client.receive_message(QueueUrl=url, WaitTimeSeconds=0, **asked).get("Messages", [])
            if not found:
                break
            held += [json.dumps(message, default=str) for message in found]
        yield url, "\n".join(held)


def _files(outside: Outside) -> Iterator[tuple[str, str]]:
    client = outside.cloud.client("s3")
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=outside.outputs.kyc_bucket)
    yield outside.outputs.kyc_bucket, "\n".join(each["Key"] for page in pages for each in page.get("Contents", ()))


def _shown(value: Any) -> str:
    """Bytes as text: what is squeezed is opened, since squeezing hides nothing."""
    if not isinstance(value, bytes):
        return str(value)
    try:
        return zlib.decompress(value).decode()
    except zlib.error:
        return value.decode(errors="replace")
