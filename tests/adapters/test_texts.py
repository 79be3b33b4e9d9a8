"""Texts: every notice in every language and channel tells what it must, in the formats of its reader."""

from datetime import date, datetime
from decimal import Decimal
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from shared.adapters.texts import CHANNELS, LANGUAGES, sms_parts, text
from shared.domain.delinquency import STANDARD
from shared.domain.money import Money
from shared.domain.notice_facts import FACTS, Fact, Phrase, penal_facts
from shared.domain.penal import DEFERS, FORGIVES, Penalty
from shared.markets import CODES, market

TODAY = date(2026, 11, 22)
CURRENCIES = {"in": "INR", "cn": "CNY"}
MARKETS = {"en": "in", "hi": "in", "zh": "cn"}
TERMS = [
    Penalty(kind, Decimal("0.24"), grace_days, grace, tax_rate=tax_rate)
    for kind in ("charge", "rate")
    for grace_days, grace in ((0, FORGIVES), (3, FORGIVES), (3, DEFERS))
    for tax_rate in (Decimal(0), Decimal("0.18"))
]
INDIAN = Penalty("charge", Decimal("0.24"), 3, tax_rate=Decimal("0.18"))

# Facts in their formats, as a reader of each language writes them; push has the sign where a message has "Rs".
WRITTEN = {
    "en": {
        "amount": "2,836.79",
        "penal": "12.50",
        "to_pay": "2,849.29",
        "outstanding": "1,05,000.00",
        "due_on": "5 Mar 2026",
        "reference_on": "9 Mar 2026",
        "changed_on": "4 Apr 2026",
        "received_on": "6 Mar 2026",
        "paid_on": "7 Mar 2026",
        "debit_at": "5 Mar 2026, 9:30 am",
        "by": "8 Mar 2026",
        "given_up": "1,234.00",
        "tries_until": "6 Mar 2026, 10:00 am",
        "days": "7 days",
    },
    "hi": {
        "amount": "₹2,836.79",
        "penal": "₹12.50",
        "to_pay": "₹2,849.29",
        "outstanding": "₹1,05,000.00",
        "due_on": "5 मार्च 2026",
        "reference_on": "9 मार्च 2026",
        "changed_on": "4 अप्रैल 2026",
        "received_on": "6 मार्च 2026",
        "paid_on": "7 मार्च 2026",
        "debit_at": "5 मार्च 2026, 9:30 am",
        "by": "8 मार्च 2026",
        "given_up": "₹1,234.00",
        "tries_until": "6 मार्च 2026, 10:00 am",
        "days": "7 दिन",
    },
    "zh": {
        "amount": "¥2,836.79",
        "penal": "¥12.50",
        "to_pay": "¥2,849.29",
        "outstanding": "¥105,000.00",
        "due_on": "2026年3月5日",
        "reference_on": "2026年3月9日",
        "changed_on": "2026年4月4日",
        "received_on": "2026年3月6日",
        "paid_on": "2026年3月7日",
        "debit_at": "2026年3月5日 09:30",
        "by": "2026年3月8日",
        "given_up": "¥1,234.00",
        "tries_until": "2026年3月6日 10:00",
        "days": "7天",
    },
}
AS_THEY_ARE = {
    "lender": "Sahyadri Finance",
    "officer_phone": "+911204567890",
    "pay_link": "https://pay.minnow.example/k3J9x",
    "mandate": "mnd_01KAPQ4M3VXJ7C2R9T5W8Y6Z0B",
    "agent": "Meena Iyer",
    "agent_phone": "+911204567800",
    "merchant": "Lotus Mobiles",
}
ALL = list(product(FACTS, CHANNELS, LANGUAGES))


def facts(code: str, terms: Penalty | None = INDIAN) -> dict[str, Fact]:
    currency = CURRENCIES[code]
    return {
        **AS_THEY_ARE,
        "amount": Money(283_679, currency),
        "penal": Money(1_250, currency),
        "to_pay": Money(284_929, currency),
        "outstanding": Money(10_500_000, currency),
        "due_on": date(2026, 3, 5),
        "reference_on": date(2026, 3, 9),
        "changed_on": date(2026, 4, 4),
        "received_on": date(2026, 3, 6),
        "paid_on": date(2026, 3, 7),
        "debit_at": datetime(2026, 3, 5, 9, 30, tzinfo=ZoneInfo("Asia/Kolkata")),
        "by": date(2026, 3, 8),
        "given_up": Money(123_400, currency),
        "tries_until": datetime(2026, 3, 6, 10, 0, tzinfo=ZoneInfo("Asia/Kolkata")),
        "days": 7,
        "class": Phrase("SMA-1"),
        **penal_facts(terms, "if_late"),
        **penal_facts(terms, "so_far"),
    }


def body(name: str, channel: str, language: str, terms: Penalty | None = INDIAN) -> str:
    code = MARKETS[language]
    return text(name, facts(code, terms), channel=channel, language=language, market=code).body


@pytest.mark.parametrize(("name", "channel", "language"), ALL)
def test_every_text_tells_each_of_its_facts_in_the_readers_formats(name: str, channel: str, language: str) -> None:
    told = body(name, channel, language)
    expected = {**AS_THEY_ARE, **WRITTEN[language], "class": "SMA-1", "if_late": "24%", "so_far": "24%"}

    assert [expected[fact] for fact in FACTS[name] if expected[fact] not in told] == []


@pytest.mark.parametrize(("name", "channel", "language"), [each for each in ALL if "so_far" in FACTS[each[0]]])
@pytest.mark.parametrize("terms", TERMS)
def test_whatever_is_overdue_comes_with_the_penal_charge_its_rate_and_its_reason(
    name: str, channel: str, language: str, terms: Penalty
) -> None:
    told = body(name, channel, language, terms)
    reason = {"en": "because the due date was missed", "hi": "समय पर भुगतान न होने के कारण", "zh": "因未按期还款"}
    tax_and_grace = ["18%"] * bool(terms.tax_rate) + [{"en": "3 days", "hi": "3 दिन", "zh": "3天"}[language]] * (
        terms.grace_days > 0
    )

    for part in (WRITTEN[language]["penal"], "24%", reason[language], *tax_and_grace):
        assert part in told, part


@pytest.mark.parametrize(("name", "channel", "language"), [each for each in ALL if "if_late" in FACTS[each[0]]])
@pytest.mark.parametrize("terms", TERMS)
def test_whatever_falls_due_comes_with_what_default_would_cost(
    name: str, channel: str, language: str, terms: Penalty
) -> None:
    assert "24%" in body(name, channel, language, terms)


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_default_costs_nothing_the_text_says_so(language: str) -> None:
    free = {"en": "Nothing is charged", "hi": "कोई शुल्क नहीं", "zh": "未产生额外费用"}

    assert free[language] in body("overdue.gentle", "sms", language, terms=None)


@pytest.mark.parametrize("name", FACTS)
def test_a_missing_fact_is_an_error(name: str) -> None:
    for missing in FACTS[name]:
        known = {fact: value for fact, value in facts("in").items() if fact != missing}

        with pytest.raises(KeyError, match=missing):
            text(name, known, channel="sms", language="en", market="in")


def test_a_wording_that_is_not_written_is_an_error() -> None:
    with pytest.raises(KeyError, match="SMA-9"):
        text("class_changed", facts("in") | {"class": Phrase("SMA-9")}, channel="sms", language="en", market="in")


@pytest.mark.parametrize(("code", "language"), [(code, to) for code in CODES for to in market(code, TODAY).languages])
def test_every_class_and_tone_of_a_market_is_written_in_each_of_its_languages(code: str, language: str) -> None:
    here = market(code, TODAY)
    for named in (*(name for name, _ in here.buckets), here.restructured or STANDARD):
        known = facts(code) | {"class": Phrase(named)}

        told = text("class_changed", known, channel="push", language=language, market=code).body
        assert named in told or named == "special_mention"
    for _, tone in here.notices.overdue:
        assert text(f"overdue.{tone}", facts(code), channel="sms", language=language, market=code).body


def test_an_amount_is_written_as_its_reader_groups_it() -> None:
    def outstanding(language: str, code: str, channel: str = "push") -> str:
        return text("receipt", facts(code), channel=channel, language=language, market=code).body

    assert "₹1,05,000.00" in outstanding("en", "in")
    assert "CN¥105,000.00" in outstanding("en", "cn")
    assert "Rs 1,05,000.00" in outstanding("en", "in", "sms")


def test_days_are_counted_in_the_languages_plural() -> None:
    one = facts("in") | {"days": 1}

    assert "1 day ago" in text("overdue.gentle", one, channel="sms", language="en", market="in").body


def test_a_language_that_the_market_has_no_texts_in_is_english() -> None:
    english = text("receipt", facts("cn"), channel="sms", language="en", market="cn")

    assert text("receipt", facts("cn"), channel="sms", language="hi", market="cn") == english
    assert text("receipt", facts("cn"), channel="sms", language="ta", market="cn") == english


def test_a_name_with_braces_or_signs_is_told_as_it_is() -> None:
    odd = facts("in") | {"lender": "{amount} & <b>"}

    assert "{amount} & <b>" in text("receipt", odd, channel="sms", language="en", market="in").body


@pytest.mark.parametrize(("name", "language"), list(product(FACTS, LANGUAGES)))
def test_a_message_takes_few_parts(name: str, language: str) -> None:
    most = {"en": 3, "hi": 6, "zh": 4}

    assert sms_parts(body(name, "sms", language)) <= most[language]


@pytest.mark.parametrize(("name", "code"), list(product(FACTS, CODES)))
def test_an_english_message_keeps_to_the_narrow_alphabet(name: str, code: str) -> None:
    told = text(name, facts(code), channel="sms", language="en", market=code).body

    assert sms_parts(told) == sms_parts("a" * len(told))


@pytest.mark.parametrize(
    ("told", "parts"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("₹" + "a" * 69, 1),
        ("₹" + "a" * 70, 2),
        ("दि" * 67, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_parts_are_counted_by_the_alphabet(told: str, parts: int) -> None:
    assert sms_parts(told) == parts


@pytest.mark.parametrize(("name", "language"), list(product(FACTS, LANGUAGES)))
def test_a_push_title_is_short_and_tells_a_passer_by_nothing_of_default(name: str, language: str) -> None:
    made = text(name, facts(MARKETS[language]), channel="push", language=language, market=MARKETS[language])
    late = ("overdue", "late", "SMA", "बकाया", "देर", "逾期", "违约", WRITTEN[language]["amount"])

    assert made.title is not None and 0 < len(made.title) <= 50
    assert not any(word in made.title for word in late)


@pytest.mark.parametrize(("name", "channel", "language"), ALL)
def test_no_text_threatens(name: str, channel: str, language: str) -> None:
    # What announces the legal stage has to name it, and no more than that.
    of_law = ("legal", "कानूनी", "法律") if not name.startswith("legal_") else ()
    threats = (
        *of_law,
        *("court", "police", "action", "immediately", "must", "failure"),
        *("अदालत", "पुलिस", "कार्रवाई", "तुरंत"),
        *("法院", "起诉", "警", "立即", "后果", "否则"),
    )
    told = body(name, channel, language).lower()

    assert [threat for threat in threats if threat in told] == []
