"""What a rail tells of another's money wakes somebody, and its message is done with: it is not tried again."""

from collections.abc import Iterator
from typing import Any

import pytest

from shared.adapters.loans import CONTRACT, HEAD, new_payout
from shared.adapters.mandates import new_mandate
from shared.adapters.rail_events import RailEvents
from shared.adapters.rails import TASKS
from shared.adapters.table import Table, Write, record
from shared.domain import payouts
from shared.domain.loan import sanctioned
from tests.domain.lending import AT, LENT_ON, contract
from tests.domain.test_debits import MANDATE
from tests.functions.door import opened
from tests.functions.test_night import Call, delivered, failed

DOORS = {"payout": "payout", "payment": "settle"}
RECEIVED = {"payment_id": "1", "amount": {"minor": 5, "currency": "INR"}, "received_on": f"{LENT_ON}"}
NEWS: list[dict[str, Any]] = [
    {"type": "payout.settled", "reference": "pout_1"},
    {"type": "mandate.revoked", "reference": MANDATE.mandate_id},
    {"type": "refund.settled", "reference": "held_1.1"},
    {"type": "payment.received", "reference": "EMI January"} | RECEIVED,
]


@pytest.fixture
def book(loans: Table) -> Iterator[Table]:
    """A loan that is on its way to its borrower, with a mandate."""
    start = sanctioned("loan_1", "brw_asha", contract(), "app_1", "off_1", AT)
    entry, payout = payouts.ordered(start, contract(), "pout_1", LENT_ON, AT)
    assert entry.payout_id == payout.payout_id
    heads = [Write(record(start, "loan_1", HEAD)), Write(record(contract(), "loan_1", CONTRACT))]
    loans.transact([*heads, new_payout(payout), *new_mandate(MANDATE)])
    yield loans


@pytest.mark.parametrize("news", NEWS, ids=lambda news: news["type"])
@pytest.mark.parametrize("rail", ["card", "nucc"])
def test_news_of_another_rails_money_wake_somebody_once(
    rail: str, news: dict[str, Any], book: Table, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    task = TASKS[news["type"]]
    assert RailEvents(book).keep(rail, "evt_1", news, task)
    with opened(DOORS[task], monkeypatch, loans=book) as handler:
        answer = handler(delivered({"pk": f"rail#{rail}#evt_1", "task": task}), Call())

    assert failed(answer) == [] and '"MoneyUnexplained":[1.0]' in capsys.readouterr().out
