"""What a sentence is filled with. How a fact is written is a matter of the reader's language, and not decided here."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from shared.domain.money import Money

# An amount, a day, an instant in the zone that it carries, a share (0.18 is 18%), a number, words as they are.
Figure = Money | datetime | date | Decimal | int | str
# Or codes, each of which is told as a word of the reader's language.
Fact = Figure | tuple[str, ...]
Facts = Mapping[str, Fact]
