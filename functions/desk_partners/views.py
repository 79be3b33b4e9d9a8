"""What the routes under `/v1/desk/partners` and `/v1/desk/merchants` take and answer."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from pydantic import TypeAdapter

from shared.application.show_merchants import ShownMerchant
from shared.application.show_partners import Shown
from shared.domain.merchants import Merchant
from shared.domain.money import Money
from shared.domain.partners import Partner, Standing
from shared.domain.proposals import Proposal, Stored
from shared.markets import today
from shared.schemas import Body, Hash, Text

_forms: dict[type, TypeAdapter[Any]] = {form: TypeAdapter(form) for form in (Partner, Merchant)}


class PartnerProposed(Body):
    """`partner` is all of the partner's data as they are to be: docs/operator/partners.md."""

    partner: dict[str, Any]
    reason: Text


class MerchantProposed(Body):
    """`merchant` is all of the merchant's data as they are to be: docs/operator/merchants.md."""

    merchant: dict[str, Any]
    reason: Text


class ProposalDecision(Body):
    """`digest` is that of the proposal that was looked at."""

    decision: Literal["approved", "declined"]
    digest: Hash
    reason: Text


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """`reasons` count the minutes of late in which the partner answered badly, by what was wrong. `events_wait`: some
    webhooks are to be tried again; `webhook_disabled_at`: the partner's address answered that it wants no more.
    `proposal` is the state of the latest proposal.
    """

    partner_id: str
    name: str
    market: str
    status: str
    standings: tuple[Standing, ...]
    capital: Money
    outstanding: Money
    daily_cap: Money
    lent_today: Money
    is_degraded: bool
    degraded_until: datetime | None
    reasons: dict[str, int]
    events_wait: bool
    webhook_disabled_at: datetime | None
    proposal: str | None


@dataclass(frozen=True, slots=True)
class PartnerRows:
    on: date
    partners: tuple[PartnerRow, ...]


@dataclass(frozen=True, slots=True)
class ProposalView:
    """`digest` is SHA-256 of the data that are proposed: send it with the decision."""

    number: int
    state: str
    proposed_by: str
    proposed_at: datetime
    reason: str
    decided_by: str | None
    decided_at: datetime | None
    because: str | None
    digest: str


@dataclass(frozen=True, slots=True)
class PartnerView:
    """`stored` is the partner as it is, `proposed` as the latest proposal would have it."""

    partner_id: str
    stored: dict[str, Any] | None
    proposed: dict[str, Any] | None
    proposal: ProposalView | None


@dataclass(frozen=True, slots=True)
class MerchantRow:
    """`status`: invited before the first day, live, ended after the last. `proposal` is the latest proposal's state."""

    merchant_id: str
    name: str
    market: str
    status: str
    live_from: date
    live_until: date | None
    proposal: str | None


@dataclass(frozen=True, slots=True)
class MerchantRows:
    """Those of all markets, by their ids."""

    merchants: tuple[MerchantRow, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class MerchantView:
    """`stored` is the merchant as it is, `proposed` as the latest proposal would have it."""

    merchant_id: str
    stored: dict[str, Any] | None
    proposed: dict[str, Any] | None
    proposal: ProposalView | None


def row(found: Shown, on: date, at: datetime, currency: str) -> PartnerRow:
    partner, health = found.partner, found.health
    is_degraded = health.is_degraded(at)
    return PartnerRow(
        partner_id=partner.partner_id,
        name=partner.name,
        market=partner.market,
        status=partner.status_on(on),
        standings=partner.standings,
        capital=Money(partner.capital_minor, currency),
        outstanding=Money(found.outstanding, currency),
        daily_cap=Money(partner.daily_minor, currency),
        lent_today=Money(found.lent, currency),
        is_degraded=is_degraded,
        degraded_until=health.rests_until if is_degraded else None,
        reasons=dict(health.reasons(at)),
        events_wait=found.events_wait,
        webhook_disabled_at=found.endpoint.disabled_at if found.endpoint else None,
        proposal=found.proposal.state if found.proposal else None,
    )


def merchant_row(found: ShownMerchant, at: datetime) -> MerchantRow:
    merchant = found.merchant
    return MerchantRow(
        merchant_id=merchant.merchant_id,
        name=merchant.name,
        market=merchant.market,
        status=merchant.status_on(today(merchant.market, at)),
        live_from=merchant.live_from,
        live_until=merchant.live_until,
        proposal=found.proposal.state if found.proposal else None,
    )


def proposal(found: Proposal[Stored]) -> ProposalView:
    return ProposalView(
        number=found.number,
        state=found.state,
        proposed_by=found.proposed_by,
        proposed_at=found.proposed_at,
        reason=found.reason,
        decided_by=found.decided_by,
        decided_at=found.decided_at,
        because=found.because,
        digest=found.digest,
    )


def partner(partner_id: str, stored: Partner | None, latest: Proposal[Partner] | None) -> PartnerView:
    return PartnerView(partner_id, *_both(stored, latest))


def merchant(merchant_id: str, stored: Merchant | None, latest: Proposal[Merchant] | None) -> MerchantView:
    return MerchantView(merchant_id, *_both(stored, latest))


def _both(
    stored: Stored | None, latest: Proposal[Stored] | None
) -> tuple[dict[str, Any] | None, dict[str, Any] | None, ProposalView | None]:
    return (
        _plain(stored) if stored is not None else None,
        _plain(latest.data) if latest is not None else None,
        proposal(latest) if latest is not None else None,
    )


def _plain(found: Partner | Merchant) -> dict[str, Any]:
    """As it is written down: `TypeAdapter` is what stores it too."""
    written: dict[str, Any] = _forms[type(found)].dump_python(found, mode="json")
    return written
