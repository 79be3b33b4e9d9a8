"""Field types that requests share: strict, bounded, refused when of another form."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.domain.money import Money

Text = Annotated[str, Field(min_length=1, max_length=200, strict=True)]
Minor = Annotated[int, Field(strict=True, gt=0, le=1_000_000_000_000, description="whole minor units (paise, fen)")]
Months = Annotated[int, Field(strict=True, gt=0, le=600)]
# A date arrives as text; a number would be taken for seconds since 1970.
Day = Annotated[date, Field(strict=False)]
Market = Annotated[str, Field(pattern=r"^[a-z]{2}$", strict=True)]


class Body(BaseModel):
    """A request's body: no unknown fields, no types but the stated ones."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Amount(Body):
    minor: Minor
    currency: Literal["INR", "CNY"]

    def money(self) -> Money:
        return Money(self.minor, self.currency)
