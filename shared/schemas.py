"""Field types that requests share: strict, bounded, refused when of another form."""

import re
from datetime import date
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from shared.domain.money import Money

Text = Annotated[str, Field(min_length=1, max_length=200, strict=True)]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", strict=True)]
NAMES_SOMEBODY = re.compile(r"@|(?:[0-9] ?){10}|[A-Z]{5}[0-9]{4}[A-Z]", re.IGNORECASE)


def _names_nobody(words: str) -> str:
    """Phones, accounts, cards, numbers of the state and addresses of mail are refused. A name no machine can tell."""
    if NAMES_SOMEBODY.search(words):
        raise ValueError("words that are kept name nobody: leave out numbers of persons and accounts")
    return words


# Words that stay with a decision for ever, whatever becomes of whom it was about.
KeptWords = Annotated[str, Field(min_length=1, max_length=500, strict=True), AfterValidator(_names_nobody)]
Minor = Annotated[int, Field(strict=True, gt=0, le=1_000_000_000_000, description="whole minor units (paise, fen)")]
Months = Annotated[int, Field(strict=True, gt=0, le=600)]


def _day(value: object) -> date:
    """`1995-06-01` and no other form: pydantic would take a number for seconds since 1970."""
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("a date is written YYYY-MM-DD")
    return date.fromisoformat(value)


Day = Annotated[date, BeforeValidator(_day)]
OnDay = Annotated[
    date | None,
    BeforeValidator(lambda value: None if value is None else _day(value)),
    Query(description="a day, YYYY-MM-DD"),
]
Market = Annotated[str, Field(pattern=r"^[a-z]{2}$", strict=True)]
# What a device is called in a list of sign-ins; not what its owner calls it.
DeviceModel = Annotated[str, Field(pattern=r"^[!-~][ -~]{0,39}$", strict=True)]

# A list's page: at most so many, from the one behind the id that the page before named. The id needs no seal, since a
# list lies under its reader's own key: whoever makes one up only skips entries of his own.
Limit = Annotated[int, Query(ge=1, le=100, description="how many at most")]
AfterApplication = Annotated[str | None, Query(pattern=r"^app_[0-9A-Z]{26}$", description="the page before's `next`")]
AfterLoan = Annotated[str | None, Query(pattern=r"^loan_[0-9A-Z]{26}$", description="the page before's `next`")]
AfterRepayment = Annotated[str | None, Query(pattern=r"^pay_[0-9A-Z]{26}$", description="the page before's `next`")]
AfterReject = Annotated[str | None, Query(pattern=r"^rej_[0-9A-F]{26}$", description="the page before's `next`")]
AfterDispute = Annotated[str | None, Query(pattern=r"^dsp_[0-9A-Z]{26}$", description="the page before's `next`")]
AfterWaiver = Annotated[str | None, Query(pattern=r"^wvr_[0-9A-Z]{26}$", description="the page before's `next`")]


class Body(BaseModel):
    """A request's body: no unknown fields, no types but the stated ones."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Amount(Body):
    minor: Minor
    currency: Literal["INR", "CNY"]

    def money(self) -> Money:
        return Money(self.minor, self.currency)
