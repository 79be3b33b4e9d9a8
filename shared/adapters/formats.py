"""How amounts, days, hours and shares are written in a language: Babel's formats of its locale, with plain spaces."""

from datetime import date, datetime
from decimal import Decimal

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_percent

from shared.domain.facts import Figure
from shared.domain.money import Money

# Babel parts amounts and hours with spaces that the GSM alphabet does not have, nor many fonts.
_SPACES = str.maketrans({"\N{NO-BREAK SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " "})


def written(fact: Figure, locale: Locale) -> str:
    """A number and words are written as they are."""
    match fact:
        case Money():
            return amount(fact, locale)
        case datetime():
            # It is told in the zone that it carries.
            day, hour = format_date(fact, "medium", locale), format_time(fact, "short", None, locale)
            both: str = locale.datetime_formats["medium"]
            return both.format(hour, day).translate(_SPACES)
        case date():
            return format_date(fact, "medium", locale)
        case Decimal():
            return format_percent(fact.normalize(), locale=locale, decimal_quantization=False)
        case int() | str():
            return str(fact)


def amount(money: Money, locale: Locale, pattern: str | None = None) -> str:
    """In the locale's pattern for amounts unless another is given."""
    return format_currency(money.decimal(), money.currency, pattern, locale).translate(_SPACES)
