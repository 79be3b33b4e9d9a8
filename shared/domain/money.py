"""Money: whole minor units of a currency. 1,500.00 INR is `Money(150_000, "INR")`."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

# Digits after the point (ISO 4217).
DIGITS = {"INR": 2, "CNY": 2, "EUR": 2, "USD": 2, "GBP": 2, "JPY": 0, "KWD": 3}


@dataclass(frozen=True, slots=True, order=False)
class Money:
    minor: int
    currency: str

    def __post_init__(self) -> None:
        assert type(self.minor) is int, self.minor
        assert self.currency in DIGITS, self.currency

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.minor >= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{self.decimal():,} {self.currency}"

    def times(self, factor: Decimal, rounding: str) -> "Money":
        """The product, rounded once to whole minor units in the mode that the caller names (`decimal.ROUND_…`)."""
        return Money(int((self.minor * factor).quantize(Decimal(1), rounding)), self.currency)

    def split(self, parts: int) -> tuple["Money", ...]:
        """`parts` nearly equal amounts that sum to the whole; each is rounded down, the last takes the remainder."""
        each = self.minor // parts
        last = self.minor - each * (parts - 1)
        return (*(Money(each, self.currency),) * (parts - 1), Money(last, self.currency))

    def decimal(self) -> Decimal:
        """In major units, with the currency's digits: `Decimal("1500.00")`."""
        return Decimal(self.minor).scaleb(-DIGITS[self.currency])

    def _same(self, other: "Money") -> int:
        assert self.currency == other.currency, (self, other)
        return other.minor


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum; zero of `currency` when there is nothing to add."""
    return sum(amounts, start=Money(0, currency))
