"""A market's rules as they stand on one day. The data are in `shared/markets`, each rule with its dates and source."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from shared.domain.allocation import Waterfall
from shared.domain.beneficiary import AccountRules
from shared.domain.calendar import add_working_days
from shared.domain.conduct import ConductRules
from shared.domain.contract import Fee
from shared.domain.credit_file import CreditFileRules, DisputeRules
from shared.domain.debits import DebitRules
from shared.domain.decision_rules import Challenger, CheckRules, ReviewRules
from shared.domain.endings import EndingRules, LegalRules
from shared.domain.errors import Refused
from shared.domain.fees import FeeRule
from shared.domain.guarantee import GuaranteeRules
from shared.domain.mandates import MandateRules
from shared.domain.money import Money, total
from shared.domain.notices import NoticeRules
from shared.domain.one_time_codes import CodeRules
from shared.domain.papers import PaperRules
from shared.domain.penal import FORGIVES, Penalty
from shared.domain.phone_changes import PhoneChangeRules
from shared.domain.plan_rules import PlanRules
from shared.domain.purchase_rules import PurchaseRules
from shared.domain.rails import RailNames
from shared.domain.reconciliation import SettlementRules
from shared.domain.retention import RetentionRules
from shared.domain.waiver_rules import WaiverProgramme

# Any rate will do to compare two multiples of it.
_SOME_RATE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as written in the pack: in force from `since` to `until`, both included; None is for ever."""

    id: str
    since: date
    until: date | None
    value: Any
    source: str


@dataclass(frozen=True, slots=True)
class Range:
    """A closed range of whole numbers: minor units or months."""

    least: int
    most: int

    def __contains__(self, number: int) -> bool:
        return self.least <= number <= self.most


@dataclass(frozen=True, slots=True)
class InterestRules:
    """How interest is counted and instalments fall due; the names are those of `Terms`. `apr`: `rbi` or `irr_nominal`.

    A product may choose otherwise where the market's `latitude` lists its choice.
    """

    method: str
    period: str
    day_count: str
    rounding: str
    apr: str
    recalculation: str = "daily"
    interest_on_overdue: bool = True
    instalment_multiple_minor: int = 1
    instalment_rounding: str | None = None
    due_day: int | None = None
    first_due_after_days: int = 0
    month_end: str = "keeps_day"


@dataclass(frozen=True, slots=True)
class PenalTerms:
    """What default costs: a `charge` on the overdue amount, or a higher `rate`; the other names are `Penalty`'s.

    `annual_rate` belongs to a charge, `multiplier` of the contract's rate to a rate.
    """

    kind: str
    grace_days: int
    grace: str
    day_count: str
    tax_rate: Decimal
    annual_rate: Decimal | None = None
    multiplier: Decimal | None = None
    cap_share: Decimal | None = None

    def pinned(self, annual_rate: Decimal) -> Penalty:
        """The terms of default of a loan at that rate."""
        own = self.annual_rate if self.multiplier is None else self.multiplier * annual_rate
        assert own is not None, self
        return Penalty(
            kind=self.kind,
            annual_rate=own,
            grace_days=self.grace_days,
            grace=self.grace,
            cap_share=self.cap_share,
            tax_rate=self.tax_rate,
            day_count=self.day_count,
        )

    def is_milder_or_equal(self, than: "PenalTerms") -> bool:
        """Whether no borrower is ever charged more by these terms."""
        is_graced = self.grace_days >= than.grace_days and (self.grace == FORGIVES or than.grace != FORGIVES)
        is_capped = than.cap_share is None or (self.cap_share is not None and self.cap_share <= than.cap_share)
        same = (self.kind, self.day_count, self.tax_rate) == (than.kind, than.day_count, than.tax_rate)
        return (
            same
            and is_graced
            and is_capped
            and self.pinned(_SOME_RATE).annual_rate <= than.pinned(_SOME_RATE).annual_rate
        )


@dataclass(frozen=True, slots=True)
class GradeTerms:
    """What a grade opens: at most `most_minor`, at a rate from `annual_rate`'s first to its second, both included."""

    most_minor: int
    annual_rate: tuple[Decimal, Decimal]

    def allows(self, annual_rate: Decimal) -> bool:
        least, most = self.annual_rate
        return least <= annual_rate <= most


@dataclass(frozen=True, slots=True)
class Officer:
    """Who answers a grievance."""

    name: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Matching:
    """The order of offers, told up front: the figure they are ranked by, and the version of the whole procedure."""

    metric: str
    version: str


@dataclass(frozen=True, slots=True)
class Reference:
    """The product that a quote without an account is made of."""

    annual_rate: Decimal
    fees: tuple[FeeRule, ...]


@dataclass(frozen=True, slots=True)
class Market:
    """What holds in a market on the day it was loaded for. `rules` are all rules of that day, as published.

    `consents_needed` and one document of `document_kinds` come before an application. `weekend` as
    `calendar.is_working_day` numbers days. `all_in_cap` bounds the APR with every fee, None where no law does.
    `latitude` lists what a product may choose instead of `interest`; `settles_before` are pairs of components of which
    the first comes first in every waterfall. `affordable_share` is the part of the monthly income that all instalments
    together may take. `non_performing` is the bucket that only the payment of all arrears ends, None where there is
    none such; `restructured` is the class of a loan whose plan is watched, None where it is like any other.
    """

    code: str
    name: str
    pack_version: str
    currency: str
    time_zone: str
    languages: tuple[str, ...]
    is_open: bool
    amount_minor: Range
    tenor_months: Range
    annual_rate: tuple[Decimal, Decimal]
    interest: InterestRules
    latitude: Mapping[str, tuple[Any, ...]]
    waterfall: Waterfall
    settles_before: tuple[tuple[str, str], ...]
    fee_codes: tuple[str, ...]
    fee_tax_rate: Decimal
    all_in_cap: Decimal | None
    foreclosure_rate_cap: Decimal
    penal: PenalTerms
    cooling_off_days: int
    cooling_off_keeps_fees: bool
    kfs_validity_days: int
    referral_days: int
    sanction_days: int
    weekend: tuple[int, ...]
    holidays: tuple[date, ...]
    bank_scheme: str
    identity_scheme: str
    rails: RailNames
    document_kinds: tuple[str, ...]
    papers: PaperRules
    age_years: Range
    excluded_employments: tuple[str, ...]
    consent_purposes: tuple[str, ...]
    consents_needed: tuple[str, ...]
    contact_hours: tuple[str, str]
    contacts_per_day: int
    contacts_per_week: int
    no_contact_on: tuple[date, ...]
    notices: NoticeRules
    grievance_officer: Officer
    recovery_agents: Mapping[str, str]
    buckets: tuple[tuple[str, int], ...]
    non_performing: str | None
    restructured: str | None
    credit_file: CreditFileRules
    credit_dispute: DisputeRules
    plans: PlanRules
    repayment_methods: tuple[str, ...]
    mandates: MandateRules
    debits: DebitRules
    endings: EndingRules
    legal: LegalRules
    purchases: PurchaseRules
    reconciliation: SettlementRules
    guarantee: GuaranteeRules | None
    waivers: WaiverProgramme
    account: AccountRules
    phone_change: PhoneChangeRules
    retention: RetentionRules
    codes: CodeRules
    affordable_share: Decimal
    scorecard: str
    challenger: Challenger | None
    checks: CheckRules
    reviews: ReviewRules
    conduct: ConductRules
    grades: Mapping[str, GradeTerms]
    matching: Matching
    reference: Reference
    rules: tuple[Rule, ...]

    def rule(self, name: str) -> Rule:
        """The rule of that name, without the market's prefix."""
        return next(rule for rule in self.rules if rule.id == f"{self.code}.{name}")

    def money(self, minor: int) -> Money:
        return Money(minor, self.currency)

    def kfs_valid_until(self, issued_on: date) -> date:
        """The last day on which a Key Facts Statement of that day may be accepted."""
        return add_working_days(issued_on, self.kfs_validity_days, self.holidays, self.weekend)

    def fees(self, rules: tuple[FeeRule, ...], principal: Money) -> tuple[Fee, ...]:
        """What the rules charge for a loan of this size, rounded as the market rounds."""
        return tuple(rule.charge(principal, self.interest.rounding) for rule in rules)

    def with_fees(self, rules: tuple[FeeRule, ...], net: Money) -> Money:
        """The principal of which exactly `net` is left once its fees are kept back; the least there is.

        Charging never falls as the principal grows, so that each round comes nearer from below.
        """
        principal = net
        while (whole := net + total((fee.gross for fee in self.fees(rules, principal)), self.currency)) != principal:
            principal = whole
        return principal

    def require_served(self, amount: Money, tenor_months: int) -> None:
        """Raises `Refused` with the field at fault when the market does not serve such a loan at all."""
        if amount.currency != self.currency:
            raise Refused(
                "currency_mismatch", "Loans here are in {currency}.", "/amount/currency", currency=self.currency
            )
        if amount.minor not in self.amount_minor:
            least, most = self.money(self.amount_minor.least), self.money(self.amount_minor.most)
            raise Refused(
                "amount_out_of_range", "Loans are from {least} to {most}.", "/amount/minor", least=least, most=most
            )
        if tenor_months not in self.tenor_months:
            months = {"least": self.tenor_months.least, "most": self.tenor_months.most}
            raise Refused("tenor_out_of_range", "Loans run {least} to {most} months.", "/tenor_months", **months)
