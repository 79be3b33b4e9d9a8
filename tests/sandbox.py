"""The sandbox's lenders and one borrower who is ready to apply, for tests."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from shared.adapters.table import load
from shared.domain.borrowers import Borrower, Features
from shared.domain.market import Market
from shared.domain.money import Money
from shared.domain.partners import Partner
from shared.markets import market

AT = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
TODAY = date(2026, 11, 23)
INDIA = market("in", TODAY)
CHINA = market("cn", TODAY)
WRITTEN: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "infra" / "local" / "sandbox" / "partners.json").read_text()
)
MERCHANTS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "infra" / "local" / "sandbox" / "merchants.json").read_text()
)
PARTNERS = {written["partner_id"]: load(Partner, written) for written in WRITTEN}


def rupees(whole: int) -> Money:
    return Money(whole * 100, "INR")


def partners_of(market: Market) -> list[Partner]:
    return [partner for partner in PARTNERS.values() if partner.market == market.code]


def ready(**changes: Any) -> Borrower:
    """Somebody in India who lacks nothing."""
    known: dict[str, Any] = {
        "id": "brw_asha",
        "market": "in",
        "language": "en",
        "consents": INDIA.consents_needed,
        "has_profile": True,
        "has_bank_account": True,
        "accepted_documents": ("pan_card",),
    }
    return Borrower(**known | changes)


def earning(monthly_income: int = 45_000, monthly_obligations: int = 3_000, **changes: Any) -> Features:
    known: dict[str, Any] = {"age_years": 32, "employment": "salaried", "months_employed": 48}
    return Features(
        monthly_income=rupees(monthly_income), monthly_obligations=rupees(monthly_obligations), **known | changes
    )
