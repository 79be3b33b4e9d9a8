"""What a sentence is filled with. How a fact is written is a matter of the reader's language, and not decided here."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from shared.domain.money import Money

# An amount, a day, an instant in the zone that it carries, a share (0.18 is 18%), a number, words as they are.
Fact = Money | datetime | date | Decimal | int | str
Facts = Mapping[str, Fact]
