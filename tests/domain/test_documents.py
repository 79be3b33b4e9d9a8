"""How many papers a borrower may send, by his market's rule."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shared.domain.documents import Document, check_request
from shared.domain.errors import Refused
from shared.markets import market

AT = datetime(2026, 11, 22, 6, tzinfo=UTC)
RULES = market("in", date(2026, 11, 22))
DAYS = timedelta(days=RULES.papers.sent_days)


def asked(at: datetime, kind: str = "pan_card") -> Document:
    return Document("doc_1", kind, "image/png", 100, at)


def test_a_borrower_sends_so_many_papers_in_so_many_days() -> None:
    present = [asked(AT - timedelta(days=number)) for number in range(RULES.papers.most_sent)]

    check_request(asked(AT), present[1:], RULES)
    with pytest.raises(Refused) as refused:
        check_request(asked(AT), present, RULES)
    assert refused.value.code == "too_many_documents"


def test_what_was_asked_for_before_those_days_does_not_count() -> None:
    present = [asked(AT - DAYS)] + [asked(AT - DAYS + timedelta(seconds=1))] * (RULES.papers.most_sent - 1)

    check_request(asked(AT), present, RULES)


def test_a_kind_that_the_market_does_not_take_is_refused() -> None:
    with pytest.raises(Refused, match="Accepted here"):
        check_request(asked(AT, "library_card"), [], RULES)
