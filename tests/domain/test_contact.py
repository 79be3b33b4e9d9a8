"""Contact: the hours of the law to the second, caps, days to be left alone, and what a borrower said no to."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.contact import BOUND, Answer, Contact, OptOut, Wishes, may_contact
from shared.domain.notice_facts import PURPOSES
from shared.markets import CODES, market

TODAY = date(2026, 11, 23)
IN, CN = market("in", TODAY), market("cn", TODAY)
NO_WISH = Wishes()


def local(text: str, code: str = "in") -> datetime:
    """An instant in UTC from the market's own wall clock."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(market(code, TODAY).time_zone)).astimezone(UTC)


def ask(
    at: datetime, purpose: str = "recovery", wishes: Wishes = NO_WISH, *contacts: Contact, code: str = "in"
) -> Answer:
    return may_contact(market(code, TODAY), wishes, contacts, purpose=purpose, channel="sms", at=at)


@pytest.mark.parametrize(
    ("code", "at", "next_at"),
    [
        ("in", "2026-11-23 07:59:59", "2026-11-23 08:00:00"),
        ("in", "2026-11-23 08:00:00", None),
        ("in", "2026-11-23 18:59:59", None),
        ("in", "2026-11-23 19:00:00", "2026-11-24 08:00:00"),
        ("in", "2026-11-23 00:00:00", "2026-11-23 08:00:00"),
        ("cn", "2026-11-23 07:59:59", "2026-11-23 08:00:00"),
        ("cn", "2026-11-23 08:00:00", None),
        ("cn", "2026-11-23 21:59:59", None),
        ("cn", "2026-11-23 22:00:00", "2026-11-24 08:00:00"),
    ],
)
@pytest.mark.parametrize("purpose", ["recovery", "reminder", "duty"])
def test_contact_is_made_within_the_markets_hours_only(code: str, at: str, next_at: str | None, purpose: str) -> None:
    answer = ask(local(at, code), purpose, code=code)

    assert answer == (
        Answer(f"{code}.contact_hours", local(next_at, code)) if next_at else Answer(None, local(at, code))
    )


def test_a_receipt_answers_at_any_hour() -> None:
    assert ask(local("2026-11-23 23:30:00"), "answer").is_allowed


def test_after_the_days_cap_contact_waits_for_the_next_morning() -> None:
    earlier = [Contact(local(f"2026-11-23 {hour}:00:00"), "reminder") for hour in ("09", "10")]

    assert ask(local("2026-11-23 11:00:00"), "recovery", NO_WISH, earlier[0]).is_allowed
    assert ask(local("2026-11-23 11:00:00"), "recovery", NO_WISH, *earlier) == Answer(
        "in.contact_caps", local("2026-11-24 08:00:00")
    )


def test_in_china_the_fourth_contact_of_a_day_is_too_much() -> None:
    three = [Contact(local(f"2026-11-23 {hour}:00:00", "cn"), "recovery") for hour in ("09", "10", "12")]

    assert ask(local("2026-11-23 13:00:00", "cn"), "recovery", NO_WISH, *three[:2], code="cn").is_allowed
    assert ask(local("2026-11-23 13:00:00", "cn"), "recovery", NO_WISH, *three, code="cn") == Answer(
        "cn.contact_caps", local("2026-11-24 08:00:00", "cn")
    )


def test_the_weeks_cap_counts_the_seven_days_that_end_today() -> None:
    five = [Contact(local(f"2026-11-{day} 09:00:00"), "recovery") for day in (18, 19, 20, 21, 22)]

    assert ask(local("2026-11-23 10:00:00"), "recovery", NO_WISH, *five) == Answer(
        "in.contact_caps", local("2026-11-25 08:00:00")
    )
    assert ask(local("2026-11-25 08:00:00"), "recovery", NO_WISH, *five).is_allowed


def test_what_must_be_told_is_neither_capped_nor_counted() -> None:
    told = [Contact(local("2026-11-23 09:00:00"), purpose) for purpose in ("duty", "answer") for _ in range(9)]

    assert ask(local("2026-11-23 10:00:00"), "recovery", NO_WISH, *told).is_allowed
    asked = [Contact(local("2026-11-23 09:00:00"), "recovery")] * 9
    assert ask(local("2026-11-23 10:00:00"), "duty", NO_WISH, *asked).is_allowed


def test_a_contact_counts_on_the_markets_day_not_on_that_of_utc() -> None:
    # 01:00 in India is still the day before in UTC.
    early = [Contact(local("2026-11-23 01:00:00"), "recovery")] * IN.contacts_per_day

    assert ask(local("2026-11-23 12:00:00"), "recovery", NO_WISH, *early).rule == "in.contact_caps"


def test_nobody_is_pressed_on_a_festival_but_a_reminder_comes() -> None:
    diwali = local("2026-11-08 10:00:00")

    assert diwali.date() in IN.no_contact_on
    assert ask(diwali, "recovery") == Answer("in.no_contact_on", local("2026-11-09 08:00:00"))
    assert ask(diwali, "reminder").is_allowed
    assert ask(local("2027-02-06 10:00:00", "cn"), "recovery", code="cn") == Answer(
        "cn.no_contact_on", local("2027-02-08 08:00:00", "cn")
    )


def test_a_borrower_is_left_alone_on_the_days_that_he_asked_for() -> None:
    mourning = Wishes(do_not_contact=tuple(TODAY + timedelta(days=day) for day in range(13)))

    for purpose in ("reminder", "recovery"):
        assert ask(local("2026-11-23 10:00:00"), purpose, mourning) == Answer(
            "borrower.do_not_contact", local("2026-12-06 08:00:00")
        )


@pytest.mark.parametrize(
    ("no", "forbidden"),
    [
        (OptOut("reminder", "sms"), {"reminder"}),
        (OptOut("reminder", "push"), set()),
        (OptOut("reminder"), {"reminder"}),
        (OptOut(channel="sms"), {"reminder", "recovery"}),
        (OptOut(), {"reminder", "recovery"}),
    ],
)
def test_a_no_to_a_purpose_or_channel_holds_for_ever_but_not_for_what_must_be_told(
    no: OptOut, forbidden: set[str]
) -> None:
    at = local("2026-11-23 10:00:00")
    answers = {purpose: ask(at, purpose, Wishes(opt_outs=(no,))) for purpose in BOUND}

    assert {purpose for purpose, answer in answers.items() if not answer.is_allowed} == forbidden
    assert all(answers[purpose] == Answer("borrower.opt_out", None) for purpose in forbidden)


def test_every_kind_of_notice_has_a_purpose_that_rules_bind() -> None:
    assert set(PURPOSES.values()) == BOUND.keys()


MINUTES = st.integers(0, 20 * 24 * 60)
START = datetime(2026, 10, 30, tzinfo=UTC)


@given(
    st.sampled_from(CODES),
    st.sampled_from(sorted(BOUND)),
    MINUTES,
    st.lists(st.tuples(MINUTES, st.sampled_from(sorted(BOUND))), max_size=12),
    st.lists(st.integers(0, 25), max_size=4),
)
def test_the_next_instant_is_the_first_that_is_allowed(
    code: str, purpose: str, minute: int, earlier: list[tuple[int, str]], left_alone: list[int]
) -> None:
    at = START + timedelta(minutes=minute)
    contacts = [Contact(START + timedelta(minutes=min(minute, each)), why) for each, why in earlier]
    wishes = Wishes(do_not_contact=tuple(START.date() + timedelta(days=day) for day in left_alone))
    answer = ask(at, purpose, wishes, *contacts, code=code)
    assert answer.next_at is not None

    assert (answer.next_at == at) == answer.is_allowed
    assert ask(answer.next_at, purpose, wishes, *contacts, code=code).is_allowed
    quarter = timedelta(minutes=15)
    between = int((answer.next_at - at) / quarter)
    moments = [at + quarter * n for n in range(between + 1) if at + quarter * n < answer.next_at]
    assert not any(ask(moment, purpose, wishes, *contacts, code=code).is_allowed for moment in moments[:200])
