"""The product of a life: its lines in words, made into a contract. What is not said is as README.md tells."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from shared.domain.allocation import Waterfall
from shared.domain.beneficiary import Beneficiary
from shared.domain.contract import Contract, Fee, Purchase
from shared.domain.money import DIGITS, Money
from shared.domain.penal import Penalty
from shared.domain.schedule import schedule
from shared.domain.terms import Terms
from tests.lives.language import AMOUNT, LifeError, fields

PERCENT = r"(\d+(?:\.\d+)?) %"
COMPONENTS = "(?:principal|interest|fee|penalty)"
UNITS = {"monthly": "month", "weekly": "week", "months": "month", "weeks": "week", "days": "day"}
TIME_ZONES = {"in": "Asia/Kolkata", "cn": "Asia/Shanghai"}
INDIA = (("SMA-0", 0), ("SMA-1", 30), ("SMA-2", 60), ("NPA", 90))
ORDER = ("penalty", "fee", "interest", "principal")


@dataclass
class Sheet:
    """What the lines have said so far."""

    market: str = "in"
    currency: str = "INR"
    terms: dict[str, Any] = field(default_factory=dict)
    order: dict[str, Any] = field(
        default_factory=lambda: {"past_due": ORDER, "due": ORDER, "in_advance": ("interest", "principal")}
    )
    penal: dict[str, Any] = field(default_factory=dict)
    fees: list[Fee] = field(default_factory=list)
    rules: dict[str, Any] = field(
        default_factory=lambda: {
            "prepayment": "shorter_tenor",
            "cooling_off_days": 3,
            "cooling_off_keeps_fees": False,
            "foreclosure_rate": Decimal(0),
            "foreclosure_tax_rate": Decimal(0),
        }
    )

    def money(self, amount: str) -> Money:
        return Money(minor(amount), self.currency)


def minor(amount: str) -> int:
    """The minor units of an amount with two digits after the point."""
    return int(Decimal(amount.replace(",", "")) * 100)


def contract(product: Mapping[int, str], lent_on: date) -> Contract:
    """The contract, with the equal instalment of a loan that is paid out on that day. Raises `LifeError`."""
    sheet, told = Sheet(), set[str]()
    for line, text in product.items():
        name, *said = fields(text)
        if name not in LINES or len(said) != 1:
            raise LifeError(line, f"no line of a product is {text!r}")
        if name in told and name != "fee":
            raise LifeError(line, f"{name!r} is told twice")
        words, take = LINES[name]
        match = re.fullmatch(words, said[0])
        if match is None:
            raise LifeError(line, f"{name!r} is not told like this: {said[0]!r}")
        take(sheet, *match.groups())
        told.add(name)
    if missing := {"principal", "rate", "instalments"} - told:
        raise LifeError(min(product, default=1), f"the product does not tell its {' and '.join(sorted(missing))}")
    if sheet.penal and "annual_rate" not in sheet.penal:
        raise LifeError(min(product), "grace, cap and tax of a penal charge need a penal charge")
    return _contract(sheet, lent_on)


def _contract(sheet: Sheet, lent_on: date) -> Contract:
    assert DIGITS[sheet.currency] == 2, sheet.currency
    terms = Terms(**sheet.terms)
    return Contract(
        market=sheet.market,
        pack_version="1",
        time_zone=TIME_ZONES[sheet.market],
        partner_id="lender",
        product_id="product",
        settlement_account="account",
        payee_vpa="lender@upi",
        terms=terms,
        instalment=schedule(terms, lent_on)[0].total,
        fees=tuple(sheet.fees),
        waterfall=Waterfall(**sheet.order),
        penal=Penalty(**sheet.penal) if sheet.penal else None,
        buckets=INDIA if sheet.market == "in" else (),
        **sheet.rules,
    )


def _share(percent: str | None) -> Decimal:
    return Decimal(percent or 0) / 100


def _principal(sheet: Sheet, amount: str, currency: str) -> None:
    sheet.currency = currency
    sheet.terms["principal"] = sheet.money(amount)


def _instalments(sheet: Sheet, count: str, monthly: str | None, number: str | None, unit: str | None) -> None:
    sheet.terms |= {"instalments": int(count), "every": (int(number or 1), UNITS[unit or monthly or "monthly"])}


def _interest(sheet: Sheet, method: str | None, day_count: str | None) -> None:
    sheet.terms["interest_method"] = method or "declining"
    if day_count:
        sheet.terms |= {"interest_period": "daily", "day_count": day_count}


def _due_day(sheet: Sheet, day: str, after: str | None) -> None:
    sheet.terms |= {"due_day": int(day), "first_due_after_days": int(after or 0)}


def _grace(sheet: Sheet, days: str, grace: str) -> None:
    sheet.penal |= {"grace_days": int(days), "grace": grace}


def _penal(sheet: Sheet, kind: str, percent: str, day_count: str | None) -> None:
    sheet.penal |= {"kind": kind, "annual_rate": _share(percent), "day_count": day_count or "actual/365"}


def _fee(sheet: Sheet, code: str, amount: str, tax: str | None) -> None:
    sheet.fees.append(Fee(code, sheet.money(amount), sheet.money(tax or "0.00"), "lender"))


def _foreclosure(sheet: Sheet, percent: str, tax: str | None) -> None:
    sheet.rules |= {"foreclosure_rate": _share(percent), "foreclosure_tax_rate": _share(tax)}


def _cooling_off(sheet: Sheet, days: str, fees: str) -> None:
    sheet.rules |= {"cooling_off_days": int(days), "cooling_off_keeps_fees": fees == "kept"}


def _purchase(sheet: Sheet, order: str, fees: str | None) -> None:
    shop = Beneficiary("Lotus Mobiles", "000222333", "HDFC0000001")
    sheet.rules["purchase"] = Purchase("checkout_1", "lotus", "Lotus Mobiles", order, shop, fees == "kept")


def _market(sheet: Sheet, market: str) -> None:
    sheet.market = market


def _order(which: str) -> Callable[[Sheet, str], None]:
    def take(sheet: Sheet, components: str) -> None:
        sheet.order[which] = () if components == "nothing" else tuple(components.split())

    return take


def _direction(sheet: Sheet, direction: str) -> None:
    sheet.order["is_vertical"] = direction == "vertical"


def _into(part: str, name: str, values: Mapping[str, Any] | None = None) -> Callable[[Sheet, str], None]:
    """Takes the word, or what it stands for, into a part of the sheet; a share where no words are listed."""

    def take(sheet: Sheet, said: str) -> None:
        getattr(sheet, part)[name] = _share(said) if values is None else values[said]

    return take


# The lines of a product: the form of what they say, and what takes it.
LINES: dict[str, tuple[str, Callable[..., None]]] = {
    "market": ("(in|cn)", _market),
    "principal": (rf"({AMOUNT}) ([A-Z]{{3}})", _principal),
    "rate": (rf"{PERCENT}(?: a year)?", _into("terms", "annual_rate")),
    "instalments": (r"(\d+) (?:(monthly|weekly)|every (\d+) (weeks|months|days))", _instalments),
    "interest": (r"(declining|flat)(?: by the day,? (\S+)| by the month)?", _interest),
    "recalculation": ("(daily|none)", _into("terms", "recalculation", {"daily": "daily", "none": "none"})),
    "interest on overdue": ("(yes|no)", _into("terms", "interest_on_overdue", {"yes": True, "no": False})),
    "due day": (r"(\d+)(?:, at least (\d+) days after)?", _due_day),
    "month end": (
        "(keeps the day|stays last)",
        _into("terms", "month_end", {"keeps the day": "keeps_day", "stays last": "stays_last"}),
    ),
    "grace": (r"(\d+) days? (forgives|defers)", _grace),
    "penal": (rf"(charge|rate) {PERCENT} a year(?: on (\S+))?", _penal),
    "penal cap": (PERCENT, _into("penal", "cap_share")),
    "penal tax": (PERCENT, _into("penal", "tax_rate")),
    "fee": (rf"(\w+) ({AMOUNT})(?: tax ({AMOUNT}))?", _fee),
    "order past due": (rf"({COMPONENTS}(?: {COMPONENTS})*)", _order("past_due")),
    "order due": (rf"({COMPONENTS}(?: {COMPONENTS})*)", _order("due")),
    "order in advance": (rf"(nothing|{COMPONENTS}(?: {COMPONENTS})*)", _order("in_advance")),
    "order last": (rf"({COMPONENTS}(?: {COMPONENTS})*)", _order("afterwards")),
    "order": ("(horizontal|vertical)", _direction),
    "prepayment": (
        "(shorter tenor|smaller instalment)",
        _into("rules", "prepayment", {"shorter tenor": "shorter_tenor", "smaller instalment": "smaller_instalment"}),
    ),
    "foreclosure charge": (rf"{PERCENT}(?: tax {PERCENT})?", _foreclosure),
    "purchase": (r"order (\w+)(?:, fees (kept|returned))?", _purchase),
    "cooling-off": (r"(\d+) days? fees (kept|returned)", _cooling_off),
}
