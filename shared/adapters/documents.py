"""The KYC bucket: links for one upload of one type and size, and the very version that arrived."""

from dataclasses import dataclass
from typing import Any

from botocore.config import Config

from shared.adapters.clients import BOUNDED
from shared.domain.documents import LARGEST_BYTES, Arrival, Document, Upload

# Signatures of the fourth version, on the region's own address.
REGIONAL = BOUNDED.merge(Config(signature_version="s3v4", s3={"addressing_style": "path"}))
PREFIX = "documents/"
# What was accepted: made by the door that checks, and by nobody from outside.
KEPT = "accepted/"
LINK_SECONDS = 600
LOOK_SECONDS = 60


@dataclass(frozen=True, slots=True)
class DocumentFiles:
    s3: Any
    bucket: str
    key: str

    def upload(self, borrower_id: str, document: Document) -> Upload:
        bound = {
            "Content-Type": document.content_type,
            "x-amz-server-side-encryption": "aws:kms",
            "x-amz-server-side-encryption-aws-kms-key-id": self.key,
        }
        form = self.s3.generate_presigned_post(
            Bucket=self.bucket,
            Key=f"{PREFIX}{borrower_id}/{document.id}",
            Fields=bound,
            Conditions=[
                *({name: value} for name, value in bound.items()),
                ["content-length-range", document.size_bytes, document.size_bytes],
            ],
            ExpiresIn=LINK_SECONDS,
        )
        return Upload(form["url"], form["fields"], LINK_SECONDS)

    def erase(self, borrower_id: str) -> None:
        """Every version of every file of the borrower; nothing happens when there is none."""
        versions = self.s3.get_paginator("list_object_versions")
        for prefix in (PREFIX, KEPT):
            for page in versions.paginate(Bucket=self.bucket, Prefix=f"{prefix}{borrower_id}/"):
                for each in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                    self.s3.delete_object(Bucket=self.bucket, Key=each["Key"], VersionId=each["VersionId"])

    def link(self, borrower_id: str, document: Document) -> str:
        """To the very file that is kept of the document, for a minute, as a download."""
        place = {"Bucket": self.bucket, "Key": f"{KEPT}{borrower_id}/{document.id}", "VersionId": document.file_version}
        url: str = self.s3.generate_presigned_url("get_object", Params=place, ExpiresIn=LOOK_SECONDS)
        return url

    def read(self, arrival: Arrival) -> bytes:
        """The bytes of that version, at most one more than a document may have."""
        answer = self.s3.get_object(
            Bucket=self.bucket,
            Key=f"{PREFIX}{arrival.borrower_id}/{arrival.document_id}",
            VersionId=arrival.file_version,
        )
        content: bytes = answer["Body"].read(LARGEST_BYTES + 1)
        return content

    def keep(self, arrival: Arrival, content: bytes, content_type: str) -> str:
        """The version under which an accepted file now lies. Whoever opens it gets a download, never a page."""
        kept = self.s3.put_object(
            Bucket=self.bucket,
            Key=f"{KEPT}{arrival.borrower_id}/{arrival.document_id}",
            Body=content,
            ContentType=content_type,
            ContentDisposition="attachment",
        )
        version: str = kept["VersionId"]
        return version
