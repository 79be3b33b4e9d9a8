"""What a market's waiver programme allows, as data: who may ask, until when, for how much, and who decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class WaiverProgramme:
    """The share of the penal charges that is given up, and the way there. Amounts are minor units, bounds included.

    `shares` are rows of the matrix, each from so many days overdue on: the share by the loan's grade. A row without
    grades is a bucket that the programme leaves out. One may ask up to `ask_within_days` after the oldest open due.
    What is within `rule_most` and `rule_share` is granted by rule; up to `reviewer_most` one reviewer decides, up to
    `approver_most` one approver, above it two different people, one of them an approver. They decide within
    `review_days`, and after that the borrower has `pay_within_days` to meet the condition.
    """

    reasons: tuple[str, ...]
    ask_within_days: int
    loan_age_days: tuple[int, int]
    most_earlier: int
    shares: tuple[tuple[int, Mapping[str, Decimal]], ...]
    monthly_budget: int
    rule_most: int
    rule_share: Decimal
    reviewer_most: int
    approver_most: int
    review_days: int
    pay_within_days: int

    def __post_init__(self) -> None:
        since = [days for days, _ in self.shares]
        assert since == sorted(set(since)) and since, self
        assert all(0 < share <= 1 for _, row in self.shares for share in row.values()), self
        assert self.rule_most <= self.reviewer_most <= self.approver_most, self

    def row(self, days_past_due: int) -> Mapping[str, Decimal]:
        """The shares of a loan overdue by so many days; empty where the programme does not reach."""
        return next((row for since, row in reversed(self.shares) if days_past_due >= since), {})

    def is_by_rule(self, waived: int, share: Decimal) -> bool:
        return waived <= self.rule_most and share <= self.rule_share

    def decide_by(self, asked_on: date) -> date:
        """The last day on which somebody may decide it."""
        return asked_on + timedelta(days=self.review_days)

    def pay_by(self, decided_by: date) -> date:
        """The last day of the condition, when it is decided at the latest on a day."""
        return decided_by + timedelta(days=self.pay_within_days)

    def people(self, waived: int) -> int:
        """How many different people must agree."""
        return 2 if waived > self.approver_most else 1

    def needs_approver(self, waived: int) -> bool:
        return waived > self.reviewer_most
