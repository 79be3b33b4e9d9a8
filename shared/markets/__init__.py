"""Market packs: what the law and the house allow, as dated data with sources. A loan pins those of its day.

A pack is a JSON file of rules `{id, from, to, value, source}`; several rules of one id follow each other in time.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from shared.domain.allocation import Waterfall
from shared.domain.beneficiary import AccountRules
from shared.domain.calendar import business_date
from shared.domain.conduct import ConductRules
from shared.domain.credit_file import CreditFileRules, DisputeRules
from shared.domain.debits import DebitRules
from shared.domain.decision_rules import Challenger, CheckRules, ReviewRules
from shared.domain.endings import EndingRules, LegalRules
from shared.domain.errors import NotFound
from shared.domain.fees import FeeRule
from shared.domain.guarantee import GuaranteeRules
from shared.domain.mandates import MandateRules
from shared.domain.market import (
    GradeTerms,
    InterestRules,
    Market,
    Matching,
    Officer,
    PenalTerms,
    Range,
    Reference,
    Rule,
)
from shared.domain.notices import NoticeRules
from shared.domain.one_time_codes import CodeRules
from shared.domain.papers import PaperRules
from shared.domain.phone_changes import PhoneChangeRules
from shared.domain.plan_rules import KindRules, PlanRules
from shared.domain.purchase_rules import PurchaseRules
from shared.domain.rails import RailNames
from shared.domain.reconciliation import SettlementRules
from shared.domain.retention import RetentionRules
from shared.domain.waiver_rules import WaiverProgramme

_HERE = Path(__file__).parent
CODES = ("in", "cn")


@cache
def market(code: str, on: date) -> Market:
    """The market with the rules of that day. Raises `NotFound` (market_unknown) for a code without a pack."""
    pack = _pack(code)
    rules = in_force(pack["rules"], on)
    values = {rule.id.partition(".")[2]: rule.value for rule in rules}
    return Market(code=code, name=pack["name"], pack_version=pack["version"], rules=rules, **_typed(values))


def market_at(code: str, at: datetime) -> Market:
    """The market on its own today."""
    return market(code, today(code, at))


def today(code: str, at: datetime) -> date:
    """The market's day. A zone is named once in a pack and holds for ever."""
    (zone,) = [rule["value"] for rule in _pack(code)["rules"] if rule["id"] == f"{code}.time_zone"]
    return business_date(at, zone)


def rails_on(code: str, on: date) -> RailNames:
    """The market's rails of a day, whatever else was in force; of a day before the first rule, the first ones."""
    rules = [_rule(written) for written in _pack(code)["rules"] if written["id"] == f"{code}.rails"]
    first = min(rules, key=lambda rule: rule.since)
    return _rails(max((rule for rule in rules if rule.since <= on), key=lambda rule: rule.since, default=first).value)


def in_force(rules: list[dict[str, Any]], on: date) -> tuple[Rule, ...]:
    """The rules of one day. Two of one id on the same day are a mistake in the pack."""
    read = [_rule(written) for written in rules]
    found = tuple(rule for rule in read if rule.since <= on and (rule.until is None or on <= rule.until))
    assert len({rule.id for rule in found}) == len(found), "two rules of one id are in force"
    missing = {rule.id for rule in read} - {rule.id for rule in found}
    assert not missing, f"no rule is in force on {on} for {sorted(missing)}"
    return found


@cache
def _pack(code: str) -> dict[str, Any]:
    if code not in CODES:
        raise NotFound("market_unknown", "There is no market {named}.", "/market", named=code)
    pack: dict[str, Any] = json.loads((_HERE / f"{code}.json").read_text())
    return pack


def _rule(written: Mapping[str, Any]) -> Rule:
    until = written["to"] and date.fromisoformat(written["to"])
    return Rule(written["id"], date.fromisoformat(written["from"]), until, written["value"], written["source"])


def _typed(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of `Market`, from the rules' names."""
    least, most = values["annual_rate"]
    as_they_are = (
        *("is_open", "currency", "time_zone", "referral_days", "bank_scheme", "identity_scheme"),
        *("recovery_agents", "scorecard", "non_performing", "sanction_days"),
    )
    return {
        **{name: values[name] for name in as_they_are},
        "languages": tuple(values["languages"]),
        "amount_minor": Range(*values["amount"]),
        "tenor_months": Range(*values["tenor"]),
        "annual_rate": (Decimal(least), Decimal(most)),
        "interest": InterestRules(**values["interest"]),
        "latitude": {name: tuple(choices) for name, choices in values["product_terms"].items()},
        "waterfall": _waterfall(values["waterfall"]),
        "settles_before": tuple((first, then) for first, then in values["settles_before"]),
        "fee_codes": tuple(values["fees"]),
        "fee_tax_rate": Decimal(values["fee_tax"]),
        "all_in_cap": _decimal(values["all_in_cap"]),
        "foreclosure_rate_cap": Decimal(values["foreclosure"]),
        "penal": _penal(values["penal"]),
        "cooling_off_days": values["cooling_off"]["days"],
        "cooling_off_keeps_fees": values["cooling_off"]["keeps_fees"],
        "kfs_validity_days": values["kfs_validity_working_days"],
        "weekend": tuple(values["weekend"]),
        "holidays": tuple(date.fromisoformat(day) for day in values["holidays"]),
        "document_kinds": tuple(values["document_kinds"]),
        "papers": _papers(values["papers"]),
        "age_years": Range(*values["age_years"]),
        "excluded_employments": tuple(values["excluded_employments"]),
        "consent_purposes": tuple(values["consents"]["purposes"]),
        "consents_needed": tuple(values["consents"]["needed"]),
        "contact_hours": tuple(values["contact_hours"]),
        **_of_contact(values),
        "grievance_officer": Officer(**values["grievance_officer"]),
        "buckets": tuple((name, since) for name, since in values["buckets"]),
        **_of_servicing(values),
        **_of_deciding(values),
    }


def _of_deciding(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields about who is lent how much, and at what price."""
    return {
        "affordable_share": Decimal(values["affordable_share"]),
        "challenger": _challenger(values["challenger"]),
        "checks": CheckRules(**values["checks"]),
        "reviews": ReviewRules(**values["reviews"]),
        "conduct": ConductRules(**values["conduct"]),
        "grades": {name: _grade(value) for name, value in values["grades"].items()},
        "matching": Matching(**values["matching"]),
        "reference": _reference(values["reference"]),
    }


def _of_servicing(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields about loans that run: how they are paid, and what becomes of those that are not."""
    return {
        "retention": RetentionRules(**values["retention"]),
        "phone_change": PhoneChangeRules(**values["phone_change"]),
        "codes": CodeRules(**values["one_time_codes"]),
        "rails": _rails(values["rails"]),
        "account": AccountRules(**values["bank_account"]),
        "purchases": PurchaseRules(**values["purchases"]),
        "repayment_methods": tuple(values["repayment_methods"]),
        "mandates": MandateRules(**values["mandates"]),
        "debits": _debits(values),
        "endings": _endings(values["endings"]),
        "legal": LegalRules(**values["legal"]),
        "reconciliation": SettlementRules(**values["reconciliation"]),
        "guarantee": _guarantee(values["guarantee"]),
        "plans": replace(_plans(values["plans"]), watch_months=values["restructured"]["months"]),
        "restructured": values["restructured"]["class"],
        "waivers": _waivers(values["waiver_programme"]),
    }


def _of_contact(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields about notices, contact and the credit file."""
    caps, notices, file = values["contact_caps"], values["notices"], values["credit_file"]
    return {
        "contacts_per_day": caps["per_day"],
        "contacts_per_week": caps["per_week"],
        "no_contact_on": tuple(date.fromisoformat(day) for day in values["no_contact_on"]),
        "notices": NoticeRules(
            upcoming=tuple(notices["upcoming"]),
            overdue=tuple((days, tone) for days, tone in notices["overdue"]),
            classes=tuple(notices["classes"]),
            debit_days=_debits(values).notice_days,
        ),
        "credit_file": CreditFileRules(**file | {"reference_days": tuple(file["reference_days"])}),
        "credit_dispute": DisputeRules(**values["credit_dispute"]),
    }


def _challenger(value: Mapping[str, Any] | None) -> Challenger | None:
    return Challenger(value["scorecard"], Decimal(value["share"])) if value else None


def _grade(value: Mapping[str, Any]) -> GradeTerms:
    least, most = value["annual_rate"]
    return GradeTerms(value["most"], (Decimal(least), Decimal(most)))


def _guarantee(value: Mapping[str, Any] | None) -> GuaranteeRules | None:
    if value is None:
        return None
    return GuaranteeRules(Decimal(value["most_share"]), value["latest_days"], tuple(value["forms"]))


def _debits(values: Mapping[str, Any]) -> DebitRules:
    rules = values["debits"]
    return DebitRules(
        windows=tuple((opens, closes) for opens, closes in rules["windows"]),
        attempts=rules["attempts"],
        notice_hours=values["debit_notice_hours"],
        tried_again=tuple(rules["tried_again"]),
    )


def _endings(value: Mapping[str, Any]) -> EndingRules:
    shares = ("settlement_least_share", "settlement_alone_share", "written_off_least_share")
    return EndingRules(**{**value, **{name: _decimal(value[name]) for name in shares}})


def _papers(value: Mapping[str, Any]) -> PaperRules:
    shows = {kind: tuple(facts) for kind, facts in value["shows"].items()}
    lists = {name: tuple(value[name]) for name in ("two_people", "reasons")}
    return PaperRules(**{**value, "shows": shows, **lists})


def _plans(value: Mapping[str, Any]) -> PlanRules:
    kinds = {name: KindRules(**rules) for name, rules in value["kinds"].items()}
    return PlanRules(kinds, value["most_per_loan"], tuple(value["capitalised"]), tuple(value["reasons"]))


def _waterfall(value: Mapping[str, Any]) -> Waterfall:
    past_due, due, in_advance = (tuple(value[name]) for name in ("past_due", "due", "in_advance"))
    return Waterfall(past_due, due, in_advance, is_vertical=value["is_vertical"], afterwards=tuple(value["afterwards"]))


def _penal(value: Mapping[str, Any]) -> PenalTerms:
    return PenalTerms(
        kind=value["kind"],
        grace_days=value["grace_days"],
        grace=value["grace"],
        day_count=value["day_count"],
        tax_rate=Decimal(value["tax_rate"]),
        annual_rate=_decimal(value.get("annual_rate")),
        multiplier=_decimal(value.get("multiplier")),
        cap_share=_decimal(value.get("cap_share")),
    )


def _rails(value: Mapping[str, Any]) -> RailNames:
    return RailNames(value["money"], value["pages"], tuple(value.get("former", ())))


def _reference(value: Mapping[str, Any]) -> Reference:
    return Reference(Decimal(value["annual_rate"]), tuple(_fee(fee) for fee in value["fees"]))


def _fee(value: Mapping[str, Any]) -> FeeRule:
    return FeeRule(
        code=value["code"],
        payee=value["payee"],
        tax_rate=Decimal(value["tax_rate"]),
        flat_minor=value.get("flat_minor"),
        share=_decimal(value.get("share")),
    )


def _waivers(value: Mapping[str, Any]) -> WaiverProgramme:
    youngest, oldest = value["loan_age_days"]
    whole = ("ask_within_days", "most_earlier", "monthly_budget", "reviewer_most", "approver_most", "review_days")
    return WaiverProgramme(
        **{name: value[name] for name in (*whole, "pay_within_days")},
        reasons=tuple(value["reasons"]),
        loan_age_days=(youngest, oldest),
        shares=tuple(
            (since, {grade: Decimal(share) for grade, share in row.items()}) for since, row in value["shares"]
        ),
        rule_most=value["by_rule"]["most"],
        rule_share=Decimal(value["by_rule"]["share"]),
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
