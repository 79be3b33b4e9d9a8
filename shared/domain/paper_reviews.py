"""A person's decision on a paper of which no machine was sure: accepted or rejected, once, with a code for the reason.

Some doubts take two people. What nobody decides in all its time is rejected, so that the borrower may send another.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from shared.domain.documents import Document, PaperReview
from shared.domain.errors import Refused
from shared.domain.papers import PaperRules
from shared.domain.staff import Staff

NOT_DECIDED = "not_decided"


def require_waiting(document: Document, at: datetime) -> PaperReview:
    """Raises `Refused` (document_decided) for a paper that no person decides, or no more."""
    if document.verdict != "unsure" or document.review is None or at >= document.review.ends_at:
        raise Refused("document_decided", "This document does not wait for a person.")
    return document.review


def accepted(document: Document, rules: PaperRules, member: Staff, at: datetime) -> Document:
    """Accepted, or `unsure` still while a second person has to agree. Raises `own_approval` for the same one twice."""
    review = require_waiting(document, at)
    if member.staff_id == review.agreed_by:
        raise Refused("own_approval", "Somebody else has to approve this.")
    takes_two = bool(set(document.reasons) & set(rules.two_people))
    if takes_two and review.agreed_by is None:
        return replace(document, review=replace(review, agreed_by=member.staff_id), version=document.version + 1)
    ended = replace(review, decided_by=member.staff_id, decided_at=at)
    return replace(document, verdict="accepted", reasons=(), review=ended, version=document.version + 1)


def rejected(document: Document, rules: PaperRules, reason: str, member: Staff, at: datetime) -> Document:
    """Raises `document_reason_unknown` for a code that is not the market's."""
    review = require_waiting(document, at)
    if reason not in rules.reasons:
        raise Refused("document_reason_unknown", f"A reason is one of {', '.join(rules.reasons)}.", "/reason")
    ended = replace(review, decided_by=member.staff_id, decided_at=at)
    return replace(document, verdict="rejected", reasons=(reason,), review=ended, version=document.version + 1)


def over(document: Document, at: datetime) -> Document | None:
    """Rejected, since nobody decided in time; None while somebody may, or has."""
    if document.verdict != "unsure" or document.review is None or at < document.review.ends_at:
        return None
    ended = replace(document.review, decided_by="rule", decided_at=at)
    return replace(document, verdict="rejected", reasons=(NOT_DECIDED,), review=ended, version=document.version + 1)


def is_overdue(review: PaperReview, at: datetime) -> bool:
    return review.decided_at is None and at > review.due_at


def figures(document: Document) -> Mapping[str, Any]:
    """What a decision rests on, without what is personal: the record of it is kept."""
    return {
        "document_id": document.id,
        "kind": document.kind,
        "doubts": list(document.reasons),
        "file_version": document.file_version,
        "file_sha256": document.file_sha256,
        "agreed_by": document.review.agreed_by if document.review else None,
    }
