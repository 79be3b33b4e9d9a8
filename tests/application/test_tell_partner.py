"""Webhooks to partners: at least once, signed by every secret, in sequence, again over days, and never inwards."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from shared.adapters.addresses import Addresses
from shared.application.tell_partner import BEHIND, events_of_loan, events_since, waits
from shared.domain.errors import Malformed, NotFound
from shared.domain.partner_events import DELIVERED, GIVEN_UP, KEPT, PARKED, WAITING, WAITS, Delivery
from tests.application.desk import Death, Killed
from tests.application.partner_desk import LATER, OLDER, PARTNER, SECRET, PartnerDesk, Receiver, receiving

HOUR = timedelta(hours=1)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def test_each_step_that_moved_something_says_that_it_is_told(receiver: Receiver) -> None:
    steps = PartnerDesk(receiver.url).steps()

    assert "loan#contract" in steps and len(steps) == 2


def test_an_event_is_sent_once_signed_by_every_secret_of_the_partner(receiver: Receiver) -> None:
    desk = PartnerDesk(receiver.url)
    (sent,) = desk.tell()
    assert desk.tell() == []

    (headers, raw) = receiver.got[0]
    assert len(receiver.got) == 1 and sent.state == DELIVERED
    for secret in (SECRET, OLDER):
        Webhook(secret).verify(raw, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_YW5vdGhlcg==").verify(raw, headers)
    assert headers["content-type"] == "application/cloudevents+json"
    assert receiver.events[0]["type"] == "minnow.loan.sanctioned" and receiver.events[0]["id"] == "loan_1.1"


def test_all_steps_told_in_any_order_arrive_with_their_numbers(receiver: Receiver) -> None:
    desk = PartnerDesk(receiver.url)
    for step in reversed(desk.steps()):
        desk.tell(step)

    assert sorted(each["sequence"] for each in receiver.events) == ["0000000001", "0000000002"]


@pytest.mark.parametrize("status", [302, 400, 401, 404, 429, 500, 503])
def test_what_was_not_taken_is_sent_again_after_five_seconds_and_then_later(receiver: Receiver, status: int) -> None:
    desk = PartnerDesk(receiver.url)
    receiver.statuses = [status, status, 200]
    (first,) = desk.tell()
    assert (first.state, first.next_try) == (WAITING, LATER + WAITS[0])

    assert desk.retry(LATER) == 0 and len(receiver.got) == 1
    assert desk.retry(LATER + WAITS[0]) == 0
    assert desk.retry(LATER + WAITS[0]) == 0
    assert desk.retry(LATER + WAITS[0] + WAITS[1]) == 1
    assert receiver.ids == ["loan_1.1"] * 3
    (event,) = desk.events()
    assert (event.state, event.tries, event.said) == (DELIVERED, 3, "200")


def test_who_does_not_answer_for_three_days_is_given_up_and_somebody_is_woken(
    receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = PartnerDesk(receiver.url)
    receiver.statuses = [500]
    desk.tell()
    at = LATER
    for wait in WAITS:
        at += wait
        desk.retry(at)

    (event,) = desk.events()
    assert (event.state, event.next_try) == (GIVEN_UP, None)
    assert desk.retry(at + 100 * HOUR) == 0 and len(receiver.got) == 1 + len(WAITS)
    assert capsys.readouterr().out.count('"WebhooksFailed": 1') == 1


def test_410_ends_it_for_all_events_until_the_partner_is_stored_again(receiver: Receiver) -> None:
    desk = PartnerDesk(receiver.url)
    receiver.statuses = [410]
    assert desk.tell()[0].state == PARKED
    first, second = desk.steps()
    later = [each for step in (first, second) for each in desk.tell(step)]

    assert [each.state for each in later] == [PARKED] and len(receiver.got) == 1
    endpoint = desk.outbox.disabled(PARTNER)
    assert endpoint is not None and (endpoint.url, endpoint.disabled_at) == (receiver.url, LATER)


def test_while_some_wait_what_is_new_waits_behind_them(receiver: Receiver) -> None:
    desk = PartnerDesk(receiver.url)
    receiver.statuses = [500]
    desk.tell()
    (waiting,) = desk.events()
    for number in range(BEHIND - 1):
        desk.outbox.put(_named(waiting, f"loan_{number + 2}"), None)
    second, _ = desk.steps()
    (told,) = desk.tell(second)

    assert (told.state, told.tries, told.next_try) == (WAITING, 0, LATER)
    assert len(receiver.got) == 1


def test_a_retry_stops_at_the_first_that_is_not_taken_and_takes_all_when_the_partner_is_back(
    receiver: Receiver,
) -> None:
    desk = PartnerDesk(receiver.url)
    receiver.statuses = [500]
    desk.tell()
    (waiting,) = desk.events()
    for number in range(40):
        desk.outbox.put(_named(waiting, f"loan_{number + 2}"), None)
    tried = len(receiver.got)
    assert desk.retry(LATER + HOUR) == 0 and len(receiver.got) == tried + 1
    receiver.statuses = [200]

    assert desk.retry(LATER + 2 * HOUR) == 41
    assert desk.outbox.waiting(PARTNER, 1) == []


def test_only_partners_with_something_due_are_tried_again(receiver: Receiver) -> None:
    desk = PartnerDesk(receiver.url)
    receiver.statuses = [500]
    desk.tell()

    assert waits(desk.partners.all(), LATER, outbox=desk.outbox) == []
    assert waits(desk.partners.all(), LATER + WAITS[0], outbox=desk.outbox) == [PARTNER]


def test_a_partner_without_an_address_has_its_events_kept_for_it_to_read() -> None:
    desk = PartnerDesk(None)
    assert [each.state for step in desk.steps() for each in desk.tell(step)] == [KEPT, KEPT]

    found, then = events_since(PARTNER, "2026-01-01", 1, outbox=desk.outbox)
    assert [each["type"] for each in found] == ["minnow.loan.sanctioned"] and then is not None
    rest, then = events_since(PARTNER, then, 1, outbox=desk.outbox)
    assert [each["type"] for each in rest] == ["minnow.loan.disbursed"] and then is None
    assert events_since(PARTNER, "2027-01-01", 9, outbox=desk.outbox) == ((), None)
    assert events_since("kaveri", "2026-01-01", 9, outbox=desk.outbox) == ((), None)


def test_all_events_of_a_loan_are_read_from_its_journal_by_its_own_partner_alone() -> None:
    desk = PartnerDesk(None)

    assert [each["id"] for each in events_of_loan(PARTNER, "loan_1", loans=desk.loans)] == ["loan_1.1", "loan_1.2"]
    for partner, loan in (("kaveri", "loan_1"), (PARTNER, "loan_nobodys")):
        with pytest.raises(NotFound):
            events_of_loan(partner, loan, loans=desk.loans)


@pytest.mark.parametrize("comes_after", [False, True], ids=["before a call", "after a call"])
def test_killed_at_any_call_the_event_is_told_at_least_once_and_kept_once(
    receiver: Receiver, comes_after: bool
) -> None:
    for call in count(1):
        death = Death()
        desk, receiver.got = PartnerDesk(receiver.url, death), []
        death.at_call(call, comes_after)
        try:
            desk.tell()
        except Killed:
            is_done = False
        else:
            is_done = True
        death.at_call(0, False)
        desk.tell()

        (event,) = desk.events()
        assert event.state == DELIVERED and set(receiver.ids) == {"loan_1.1"} and len(receiver.ids) <= 2
        if is_done:
            break
    assert call > 4


def test_nothing_is_sent_to_an_address_that_leads_inwards_by_now(receiver: Receiver) -> None:
    for machine in ("169.254.169.254", "127.0.0.1"):
        desk = PartnerDesk(receiver.url, addresses=Addresses(resolve=lambda _, __, machine=machine: [machine]))  # type: ignore[misc]
        (told,) = desk.tell()

        assert (told.state, told.said, receiver.got) == (WAITING, "no answer", [])


def test_the_machine_that_was_judged_is_called_by_the_name_that_was_stored(receiver: Receiver) -> None:
    named = receiver.url.replace("127.0.0.1", "partner.example")
    desk = PartnerDesk(named, addresses=Addresses(True, lambda _, __: ["127.0.0.1"]))
    desk.tell()

    assert [headers["host"] for headers, _ in receiver.got] == [named.removeprefix("http://").removesuffix("/events")]


def test_a_partner_proves_itself_by_any_of_its_secrets_and_no_other() -> None:
    hooks, at = PartnerDesk(None).hooks, datetime.now(UTC)
    for secret in (SECRET, OLDER):
        hooks.verify(PARTNER, b"{}", _headers(secret, at))
    for headers in (_headers("whsec_YW5vdGhlcg==", at), _headers(SECRET, at - HOUR), {}):
        with pytest.raises(Malformed) as refusal:
            hooks.verify(PARTNER, b"{}", headers)
        assert refusal.value.code == "signature_invalid"


def _headers(secret: str, at: datetime) -> dict[str, str]:
    signed = Webhook(secret).sign("msg_1", at, "{}")
    return {"webhook-id": "msg_1", "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signed}


def _named(waiting: Delivery, loan_id: str) -> Delivery:
    return replace(waiting, subject=loan_id, event_id=f"{loan_id}.1")
