"""Notices: which on which day, once each, with what facts; what was missed is sent only while it is true."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.credit_file import default_notice
from shared.domain.debits import Debit
from shared.domain.delinquency import Account, Change, DueHistory, Scale, history
from shared.domain.notice_facts import FACTS, PURPOSES, Notice, OpenDue, Phrase, penal_facts
from shared.domain.notices import (
    NoticeRules,
    Position,
    due_on,
    next_notice_on,
    receipt,
)
from shared.domain.penal import DEFERS, Penalty
from shared.markets import market
from tests.domain.lending import rupees

INDIA = market("in", date(2026, 11, 22))
RULES = INDIA.notices
SCALE = Scale(INDIA.buckets, INDIA.non_performing)
PENALTY = Penalty("charge", Decimal("0.24"), grace_days=3, tax_rate=Decimal("0.18"))
DUE = date(2026, 4, 5)
NEXT = date(2026, 5, 5)
AMOUNT = rupees("969.73")
HERE = ZoneInfo("Asia/Kolkata")
OWED = Position((OpenDue(4, DUE, AMOUNT), OpenDue(5, NEXT, AMOUNT)), rupees("12.50"), PENALTY)
IN_ORDER = Position((OpenDue(5, NEXT, AMOUNT),), rupees("0"), PENALTY)


def ids(position: Position, on: date, rules: NoticeRules = RULES) -> list[str]:
    return [notice.notice_id for notice in due_on(position, rules, on)]


def only(position: Position, on: date, kind: str) -> Notice:
    (notice,) = [notice for notice in due_on(position, RULES, on) if notice.kind == kind]
    return notice


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (-4, []),
        (-3, ["upcoming.3.due.5"]),
        (-2, ["upcoming.3.due.5"]),
        (-1, ["upcoming.1.due.5"]),
        (0, ["due_today.due.5"]),
        (1, ["overdue.1.due.5"]),
        (2, ["overdue.1.due.5"]),
        (3, ["overdue.3.due.5"]),
        (7, ["overdue.7.due.5"]),
        (15, ["overdue.15.due.5"]),
        (29, ["overdue.15.due.5"]),
        (365, ["overdue.90.due.5"]),
    ],
)
def test_a_day_has_the_notice_that_is_true_on_it_and_no_other(days: int, expected: list[str]) -> None:
    assert ids(IN_ORDER, NEXT + timedelta(days=days)) == expected


def test_what_was_missed_is_sent_late_only_while_it_is_true() -> None:
    """Nobody was reminded from the 1st of May to the 11th: no announcement comes after the date, one stage of three."""
    assert ids(IN_ORDER, date(2026, 5, 11)) == ["overdue.3.due.5"]


def test_the_tone_is_gentle_first_and_firm_later() -> None:
    tones = [(days, only(IN_ORDER, NEXT + timedelta(days=days), "overdue").text) for days in (1, 3, 7, 15, 30, 90)]

    assert [text for days, text in tones if days < 15] == ["overdue.gentle"] * 3
    assert [text for days, text in tones if days >= 15] == ["overdue.firm"] * 3


def test_lateness_is_that_of_the_oldest_due_and_the_amount_that_of_all() -> None:
    notice = only(OWED, date(2026, 5, 6), "overdue")

    assert notice.notice_id == "overdue.30.due.4"
    assert (notice.facts["days"], notice.facts["due_on"]) == (31, DUE)
    assert (notice.facts["amount"], notice.facts["to_pay"]) == (rupees("1939.46"), rupees("1951.96"))


def test_what_falls_due_today_is_not_yet_overdue() -> None:
    assert only(OWED, NEXT, "overdue").facts["amount"] == AMOUNT
    assert only(OWED, NEXT, "due_today").facts["amount"] == AMOUNT


def test_every_demand_says_what_default_costs_or_has_cost_and_why() -> None:
    ahead, late = only(OWED, NEXT, "due_today"), only(OWED, NEXT, "overdue")

    assert ahead.facts["if_late"] == late.facts["so_far"] == Phrase("charge_graced")
    for notice in (ahead, late):
        assert (notice.facts["penal_rate"], notice.facts["penal_tax"]) == (Decimal("0.24"), Decimal("0.18"))
    assert late.facts["penal"] == rupees("12.50")


@pytest.mark.parametrize(
    ("terms", "variant"),
    [
        (None, "nothing"),
        (PENALTY, "charge_graced"),
        (replace(PENALTY, grace=DEFERS), "charge_deferred"),
        (replace(PENALTY, grace_days=0), "charge_at_once"),
        (Penalty("rate", Decimal("0.27")), "rate_at_once"),
    ],
)
def test_the_terms_of_default_have_a_wording_of_their_own(terms: Penalty | None, variant: str) -> None:
    assert penal_facts(terms, "so_far")["so_far"] == Phrase(variant)


def test_a_class_is_told_on_the_day_after_its_day_end_while_it_lasts() -> None:
    changes = history([Account((DueHistory(4, DUE),))], SCALE)
    late = replace(OWED, changes=changes)

    assert [change.on for change in changes] == [DUE, date(2026, 5, 5), date(2026, 6, 4), date(2026, 7, 4)]
    assert not [each for each in ids(late, date(2026, 5, 5)) if "class" in each]
    assert "class_changed.SMA-1.2026-05-05" in ids(late, date(2026, 5, 6))
    assert "class_changed.SMA-1.2026-05-05" in ids(late, date(2026, 6, 4))
    assert "class_changed.SMA-2.2026-06-04" in ids(late, date(2026, 6, 5))
    assert only(late, date(2026, 5, 6), "class_changed").facts["class"] == Phrase("SMA-1")


def test_nobody_who_has_just_paid_hears_of_the_class_that_he_was_in() -> None:
    paid = replace(IN_ORDER, changes=(Change(date(2026, 4, 20), "SMA-0", "SMA-1", 30, DUE),))

    assert ids(paid, date(2026, 4, 21)) == []


def test_the_way_back_is_told_to_whom_the_way_there_was() -> None:
    paid_on = date(2026, 4, 20)
    cured = replace(IN_ORDER, changes=(Change(paid_on, "SMA-1", "standard", 0, None),))
    never_told = replace(IN_ORDER, changes=(Change(paid_on, "SMA-0", "standard", 0, None),))
    notice = only(cured, date(2026, 4, 21), "class_changed")

    assert (notice.notice_id, notice.text) == ("class_changed.standard.2026-04-20", "class_changed.cured")
    assert ids(never_told, date(2026, 4, 21)) == []


def test_in_china_no_class_is_told() -> None:
    rules = market("cn", date(2026, 11, 22)).notices
    late = replace(OWED, changes=(Change(date(2026, 4, 6), "standard", "M1", 1, DUE),))

    assert ids(late, date(2026, 4, 7), rules) == ["overdue.1.due.4"]


def test_a_first_default_is_told_before_its_reference_date_and_while_there_is_time_to_pay() -> None:
    default = default_notice(Account((DueHistory(4, DUE),)), INDIA.credit_file, DUE)
    late = replace(OWED, default=default)
    first = [
        on for on in (DUE + timedelta(days=n) for n in range(60)) if any("credit" in each for each in ids(late, on))
    ]

    assert first == [date(2026, 4, 6), date(2026, 4, 7), date(2026, 4, 8), date(2026, 4, 9)]
    assert only(late, date(2026, 4, 6), "credit_report_preview").facts["reference_on"] == date(2026, 4, 9)
    assert only(late, date(2026, 4, 6), "credit_report_preview").facts["days"] == 4
    assert not [each for each in ids(replace(IN_ORDER, default=default), date(2026, 4, 7)) if "credit" in each]


def debit_on(on: date) -> Debit:
    at = datetime(on.year, on.month, on.day, 9, tzinfo=HERE)
    return Debit("loan_1", "mnd_1", 5, on, AMOUNT, at, until=at + timedelta(days=1))


def test_a_debit_is_announced_at_least_a_day_before_at_any_hour() -> None:
    debit = debit_on(NEXT)
    planned = replace(IN_ORDER, debit=debit)

    assert debit.notice_id not in ids(planned, date(2026, 5, 2))
    assert debit.notice_id in ids(planned, date(2026, 5, 3))
    assert debit.notice_id not in ids(planned, date(2026, 5, 5))
    facts = only(planned, date(2026, 5, 3), "debit_notice").facts
    assert (facts["debit_at"], facts["tries_until"], facts["amount"]) == (debit.at, debit.until, AMOUNT)


def test_a_debit_that_failed_is_told_with_what_default_costs_while_its_due_is_open() -> None:
    failed = replace(debit_on(NEXT), state="failed", attempts=4, tried_at=datetime(2026, 5, 6, 9, tzinfo=HERE))
    told = only(replace(IN_ORDER, failed=failed), date(2026, 5, 6), "debit_failed")

    assert told.facts["amount"] == AMOUNT and "if_late" in told.facts
    assert "debit_failed.5.2026-05-05" not in ids(replace(IN_ORDER, failed=failed), date(2026, 5, 5))
    assert "debit_failed.5.2026-05-05" not in ids(replace(IN_ORDER, dues=(), failed=failed), date(2026, 5, 6))


def test_a_receipt_answers_each_payment_once_and_the_last_says_so() -> None:
    part = receipt("pay_1", AMOUNT, DUE, rupees("9000"), is_last=False)
    last = receipt("pay_2", AMOUNT, DUE, rupees("0"), is_last=True)

    assert (part.notice_id, part.text, part.purpose) == ("receipt.pay_1", "receipt", "answer")
    assert (last.notice_id, last.text) == ("receipt.pay_2", "receipt.last")


def test_every_text_belongs_to_a_kind_and_every_kind_has_one() -> None:
    assert {text.partition(".")[0] for text in FACTS} == PURPOSES.keys()


def test_the_next_notice_of_a_late_loan_is_its_next_stage() -> None:
    days = [after for after, _ in RULES.overdue]
    on, found = DUE, []
    alone = replace(OWED, dues=OWED.dues[:1])
    while (following := next_notice_on(alone, RULES, on)) is not None:
        found.append((following - DUE).days)
        on = following

    assert found == days


DAY_ZERO = date(2026, 1, 1)


@st.composite
def positions(draw: st.DrawFn) -> Position:
    days = sorted(draw(st.sets(st.integers(0, 120), max_size=4)))
    dues = tuple(OpenDue(n, DAY_ZERO + timedelta(days=day), AMOUNT) for n, day in enumerate(days, 1))
    account = Account(tuple(DueHistory(due.number, due.due_on) for due in dues))
    debit = debit_on(DAY_ZERO + timedelta(days=draw(st.integers(0, 120))))
    failed = debit_on(DAY_ZERO + timedelta(days=draw(st.sampled_from(days or [0]))))
    told = dues and default_notice(account, INDIA.credit_file, dues[0].due_on)
    return Position(
        dues,
        rupees("1"),
        PENALTY,
        changes=history([account], SCALE),
        default=told or None,
        debit=debit if draw(st.booleans()) else None,
        failed=replace(failed, state="failed", tried_at=failed.until) if draw(st.booleans()) else None,
    )


@given(positions(), st.integers(-10, 260))
def test_the_next_notice_is_on_the_first_day_that_has_one_more(position: Position, after: int) -> None:
    start = DAY_ZERO + timedelta(days=after)
    walked = [start + timedelta(days=n) for n in range(1, 250)]
    new = [on for on in walked if set(ids(position, on)) - set(ids(position, on - timedelta(days=1)))]

    assert next_notice_on(position, RULES, start) == (new[0] if new else None)


@given(positions(), st.integers(-10, 260))
def test_a_notice_is_first_there_on_its_own_day_and_tells_all_that_its_text_needs(position: Position, day: int) -> None:
    on = DAY_ZERO + timedelta(days=day)
    around = {"lender", "officer_phone", "pay_link"}
    notices = due_on(position, RULES, on)

    assert len({notice.notice_id for notice in notices}) == len(notices)
    for notice in notices:
        assert notice.on <= on
        assert notice.notice_id in ids(position, notice.on)
        assert notice.notice_id not in ids(position, notice.on - timedelta(days=1))
        assert set(FACTS[notice.text]) <= notice.facts.keys() | around
