"""A bucket of finished files, whose parts are JSON lines."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

# A link is used at once by who asked for it; who gets hold of it later has nothing.
LINK_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Stored:
    """A part as a manifest names it."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class FileStore:
    """A part that is there is never written again with other bytes: what it is made of does not change any more."""

    s3: Any
    bucket: str

    def has(self, name: str) -> bool:
        found = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=name, MaxKeys=1)
        return any(each["Key"] == name for each in found.get("Contents", ()))

    def names(self, prefix: str) -> list[tuple[str, int]]:
        """All parts under a name with their bytes, in its order."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        return [(each["Key"], each["Size"]) for page in pages for each in page.get("Contents", ())]

    def put(self, name: str, rows: Iterable[Any]) -> Stored:
        """One row a line, with the keys in the order that they have."""
        lines = (f"{json.dumps(row, ensure_ascii=False, separators=(',', ':'))}\n" for row in rows)
        body = "".join(lines).encode()
        self.s3.put_object(Bucket=self.bucket, Key=name, Body=body, ContentType="application/x-ndjson")
        return Stored(name, len(body), hashlib.sha256(body).hexdigest())

    def read(self, name: str) -> Any:
        """The one row of a manifest; None where there is none."""
        if not self.has(name):
            return None
        return json.loads(self.s3.get_object(Bucket=self.bucket, Key=name)["Body"].read())

    def link(self, name: str) -> str:
        """An address that gives the part to whoever has it, for `LINK_SECONDS`."""
        asked = {"Bucket": self.bucket, "Key": name, "ResponseContentDisposition": "attachment"}
        made: str = self.s3.generate_presigned_url("get_object", Params=asked, ExpiresIn=LINK_SECONDS)
        return made
