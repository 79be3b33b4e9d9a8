"""Every route: verb, path, the door that answers, and who may call.

The API, the OpenAPI document and the authorisation tests are made from this table.
"""

from dataclasses import dataclass
from typing import Literal, get_args

# A borrower shows an access token, staff show one of their own pool; a signed request carries the sender's signature,
# which the door checks itself.
Who = Literal["public", "borrower", "staff", "signed"]
Role = Literal["reviewer", "approver", "collector", "auditor"]
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True, slots=True)
class Route:
    """`roles` are those of which staff need one; the door asks for the same."""

    verb: str
    path: str
    door: str
    who: Who
    roles: tuple[Role, ...] = ()


SETTLEMENTS = "/v1/desk/loans/{loan_id}/settlements"

PAPER = "/v1/desk/documents/{borrower_id}/{document_id}"

ROUTES = (
    Route("GET", "/v1/markets/{market}", "quote", "public"),
    Route("POST", "/v1/quotes", "quote", "public"),
    Route("GET", "/v1/openapi.json", "quote", "public"),
    Route("GET", "/v1/lenders", "quote", "public"),
    Route("POST", "/v1/sign-ins", "sign_in", "public"),
    Route("POST", "/v1/sessions", "sign_in", "public"),
    Route("POST", "/v1/sessions/refresh", "sign_in", "public"),
    Route("POST", "/v1/sign-ins/provider", "provider", "public"),
    Route("POST", "/v1/sessions/provider", "provider", "public"),
    Route("GET", "/v1/me/sign-in-providers", "provider", "borrower"),
    Route("PUT", "/v1/me/sign-in-providers/{provider}", "provider", "borrower"),
    Route("DELETE", "/v1/me/sign-in-providers/{provider}", "provider", "borrower"),
    Route("GET", "/v1/me", "borrower", "borrower"),
    Route("GET", "/v1/me/consents", "borrower", "borrower"),
    Route("PUT", "/v1/me/consents/{purpose}", "borrower", "borrower"),
    Route("DELETE", "/v1/me/consents/{purpose}", "borrower", "borrower"),
    Route("GET", "/v1/me/profile", "borrower", "borrower"),
    Route("PUT", "/v1/me/profile", "borrower", "borrower"),
    Route("GET", "/v1/me/bank-account", "borrower", "borrower"),
    Route("PUT", "/v1/me/bank-account", "borrower", "borrower"),
    Route("POST", "/v1/me/bank-account/check", "borrower", "borrower"),
    Route("GET", "/v1/me/phone-change", "phone", "borrower"),
    Route("PUT", "/v1/me/phone-change", "phone", "borrower"),
    Route("DELETE", "/v1/me/phone-change", "phone", "borrower"),
    Route("POST", "/v1/me/phone-change/code", "phone", "borrower"),
    Route("POST", "/v1/me/phone-change/confirmation", "phone", "borrower"),
    Route("GET", "/v1/me/openings", "rights", "borrower"),
    Route("GET", "/v1/me/export", "rights", "borrower"),
    Route("GET", "/v1/me/sessions", "rights", "borrower"),
    Route("DELETE", "/v1/me/sessions", "rights", "borrower"),
    Route("DELETE", "/v1/me/sessions/{session_id}", "rights", "borrower"),
    Route("GET", "/v1/me/erasure", "rights", "borrower"),
    Route("PUT", "/v1/me/erasure", "rights", "borrower"),
    Route("DELETE", "/v1/me/erasure", "rights", "borrower"),
    Route("POST", "/v1/me/documents", "kyc", "borrower"),
    Route("GET", "/v1/me/documents", "kyc", "borrower"),
    Route("GET", "/v1/me/documents/{document_id}", "kyc", "borrower"),
    Route("POST", "/v1/applications", "apply", "borrower"),
    Route("GET", "/v1/applications", "apply", "borrower"),
    Route("GET", "/v1/applications/{application_id}", "apply", "borrower"),
    Route("GET", "/v1/applications/{application_id}/offers", "apply", "borrower"),
    Route("POST", "/v1/applications/{application_id}/acceptance", "apply", "borrower"),
    Route("POST", "/v1/applications/{application_id}/review", "apply", "borrower"),
    Route("GET", "/v1/me/limit", "checkout", "borrower"),
    Route("POST", "/v1/checkouts", "checkout", "borrower"),
    Route("GET", "/v1/checkouts/{checkout_id}", "checkout", "borrower"),
    Route("DELETE", "/v1/checkouts/{checkout_id}", "checkout", "borrower"),
    Route("POST", "/v1/checkouts/{checkout_id}/confirmation", "checkout", "borrower"),
    Route("GET", "/v1/loans", "loans", "borrower"),
    Route("GET", "/v1/loans/{loan_id}", "loans", "borrower"),
    Route("GET", "/v1/loans/{loan_id}/schedule", "loans", "borrower"),
    Route("GET", "/v1/loans/{loan_id}/statement", "loans", "borrower"),
    Route("GET", "/v1/loans/{loan_id}/ledger", "loans", "borrower"),
    Route("GET", "/v1/loans/{loan_id}/receipts", "loans", "borrower"),
    Route("GET", "/v1/loans/{loan_id}/instalments/{number}", "loans", "borrower"),
    Route("POST", "/v1/loans/{loan_id}/what-if", "loans", "borrower"),
    Route("GET", "/v1/loans/{loan_id}/no-dues-letter", "loans", "borrower"),
    Route("GET", "/v1/loans/{loan_id}/foreclosure-quote", "loans", "borrower"),
    Route("GET", "/v1/loans/{loan_id}/cooling-off-quote", "loans", "borrower"),
    Route("POST", "/v1/loans/{loan_id}/disbursement", "disburse", "borrower"),
    Route("POST", "/v1/loans/{loan_id}/cancellation", "disburse", "borrower"),
    Route("GET", "/v1/loans/{loan_id}/repayment-options", "repay", "borrower"),
    Route("POST", "/v1/loans/{loan_id}/repayments", "repay", "borrower"),
    Route("GET", "/v1/loans/{loan_id}/repayments", "repay", "borrower"),
    Route("GET", "/v1/loans/{loan_id}/repayments/{repayment_id}", "repay", "borrower"),
    Route("POST", "/v1/loans/{loan_id}/mandate", "repay", "borrower"),
    Route("GET", "/v1/loans/{loan_id}/mandate", "repay", "borrower"),
    Route("DELETE", "/v1/loans/{loan_id}/mandate", "repay", "borrower"),
    Route("GET", "/v1/loans/{loan_id}/contacts", "plans", "borrower"),
    Route("GET", "/v1/loans/{loan_id}/plans", "plans", "borrower"),
    Route("POST", "/v1/loans/{loan_id}/plans", "plans", "borrower"),
    Route("POST", "/v1/loans/{loan_id}/plans/preview", "plans", "borrower"),
    Route("GET", "/v1/loans/{loan_id}/plans/{plan_id}", "plans", "borrower"),
    Route("POST", "/v1/loans/{loan_id}/plans/{plan_id}/answer", "plans", "borrower"),
    Route("POST", "/v1/rails/{rail}/events", "rail", "signed"),
    Route("GET", "/v1/loans/{loan_id}/notices", "loans", "borrower"),
    Route("GET", "/v1/me/credit-file", "loans", "borrower"),
    Route("GET", "/v1/me/standing", "loans", "borrower"),
    Route("GET", "/v1/me/credit-file/disputes", "dispute", "borrower"),
    Route("POST", "/v1/me/credit-file/disputes", "dispute", "borrower"),
    Route("GET", "/v1/me/contact-wishes", "contact", "borrower"),
    Route("PUT", "/v1/me/contact-wishes", "contact", "borrower"),
    Route("GET", "/v1/me/devices", "contact", "borrower"),
    Route("POST", "/v1/me/devices", "contact", "borrower"),
    Route("DELETE", "/v1/me/devices/{device_id}", "contact", "borrower"),
    Route("GET", "/v1/loans/{loan_id}/waiver", "relief", "borrower"),
    Route("POST", "/v1/loans/{loan_id}/waivers", "relief", "borrower"),
    Route("GET", "/v1/loans/{loan_id}/waivers", "relief", "borrower"),
    Route("GET", "/v1/loans/{loan_id}/waivers/{waiver_id}", "relief", "borrower"),
    Route("GET", "/v1/loans/{loan_id}/settlements", "relief", "borrower"),
    Route("POST", "/v1/loans/{loan_id}/settlements/{settlement_id}/answer", "relief", "borrower"),
    Route("GET", "/v1/desk/audit", "desk", "staff", ("auditor",)),
    Route("GET", "/v1/desk/waivers", "desk", "staff", ("reviewer", "approver", "auditor")),
    Route("GET", "/v1/desk/waivers/figures", "desk", "staff", ("reviewer", "approver", "auditor")),
    Route("GET", "/v1/desk/waivers/{waiver_id}", "desk", "staff", ("reviewer", "approver", "auditor")),
    Route("POST", "/v1/desk/waivers/{waiver_id}/decision", "desk", "staff", ("reviewer", "approver")),
    Route("POST", "/v1/desk/waivers/{waiver_id}/reversal", "desk", "staff", ("approver",)),
    Route("GET", "/v1/desk/applications", "desk_applications", "staff", ("reviewer", "approver", "auditor")),
    Route(
        "GET",
        "/v1/desk/applications/{application_id}",
        "desk_applications",
        "staff",
        ("reviewer", "approver", "auditor"),
    ),
    Route(
        "POST",
        "/v1/desk/applications/{application_id}/decision",
        "desk_applications",
        "staff",
        ("reviewer", "approver"),
    ),
    Route("GET", "/v1/desk/applications/{application_id}/replay", "desk_models", "staff", ("auditor",)),
    Route("GET", "/v1/desk/scorecards/{version}/dry-run", "desk_models", "staff", ("approver", "auditor")),
    Route("GET", "/v1/desk/scorecards/drift", "desk_models", "staff", ("reviewer", "approver", "auditor")),
    Route("GET", "/v1/desk/plans", "desk_loans", "staff", ("reviewer", "approver", "auditor")),
    Route("POST", "/v1/desk/plans/{plan_id}/decision", "desk_loans", "staff", ("reviewer", "approver")),
    Route("POST", "/v1/desk/loans/{loan_id}/plans", "desk_loans", "staff", ("reviewer", "collector")),
    Route("GET", "/v1/desk/settlements", "desk_loans", "staff", ("approver", "auditor")),
    Route("GET", SETTLEMENTS, "desk_loans", "staff", ("reviewer", "approver", "collector", "auditor")),
    Route("POST", SETTLEMENTS, "desk_loans", "staff", ("approver",)),
    Route("POST", f"{SETTLEMENTS}/{{settlement_id}}/decision", "desk_loans", "staff", ("approver",)),
    Route("POST", f"{SETTLEMENTS}/{{settlement_id}}/withdrawal", "desk_loans", "staff", ("approver",)),
    Route("POST", "/v1/desk/loans/{loan_id}/write-off", "desk_loans", "staff", ("reviewer", "approver")),
    Route("GET", "/v1/desk/loans/{loan_id}/write-off", "desk_loans", "staff", ("reviewer", "approver", "auditor")),
    Route("POST", "/v1/desk/loans/{loan_id}/write-off/decision", "desk_loans", "staff", ("approver",)),
    Route("GET", "/v1/desk/cases", "desk_cases", "staff", ("collector", "approver", "auditor")),
    Route("GET", "/v1/desk/cases/{loan_id}", "desk_cases", "staff", ("collector", "approver", "auditor")),
    Route("POST", "/v1/desk/cases/{loan_id}/agent", "desk_cases", "staff", ("collector",)),
    Route("POST", "/v1/desk/cases/{loan_id}/assignment", "desk_cases", "staff", ("collector",)),
    Route("POST", "/v1/desk/cases/{loan_id}/contacts", "desk_cases", "staff", ("collector",)),
    Route("POST", "/v1/desk/cases/{loan_id}/promises", "desk_cases", "staff", ("collector",)),
    Route("POST", "/v1/desk/cases/{loan_id}/legal", "desk_cases", "staff", ("approver",)),
    Route("GET", "/v1/desk/documents", "desk_documents", "staff", ("reviewer", "approver", "auditor")),
    Route("GET", PAPER, "desk_documents", "staff", ("reviewer", "approver")),
    Route("POST", f"{PAPER}/decision", "desk_documents", "staff", ("reviewer", "approver")),
    Route("GET", "/v1/desk/disputes", "desk", "staff", ("reviewer", "approver", "auditor")),
    Route("GET", "/v1/desk/disputes/{dispute_id}", "desk", "staff", ("reviewer", "approver", "auditor")),
    Route("POST", "/v1/desk/disputes/{dispute_id}/decision", "desk", "staff", ("reviewer", "approver")),
    Route("POST", "/v1/desk/disputes/{dispute_id}/compensation", "desk", "staff", ("approver",)),
    Route("GET", "/v1/desk/partners", "desk_partners", "staff", ("reviewer", "approver", "auditor")),
    Route("GET", "/v1/desk/partners/{partner_id}", "desk_partners", "staff", ("reviewer", "approver", "auditor")),
    Route("POST", "/v1/desk/partners", "desk_partners", "staff", ("approver",)),
    Route("POST", "/v1/desk/partners/{partner_id}/decision", "desk_partners", "staff", ("approver",)),
    Route("GET", "/v1/desk/merchants", "desk_partners", "staff", ("reviewer", "approver", "auditor")),
    Route("GET", "/v1/desk/merchants/{merchant_id}", "desk_partners", "staff", ("reviewer", "approver", "auditor")),
    Route("POST", "/v1/desk/merchants", "desk_partners", "staff", ("approver",)),
    Route("POST", "/v1/desk/merchants/{merchant_id}/decision", "desk_partners", "staff", ("approver",)),
    Route("POST", "/v1/partners/{partner_id}/events", "partner", "signed"),
    Route("GET", "/v1/desk/unmatched", "desk_loans", "staff", ("reviewer", "approver", "collector", "auditor")),
    Route("POST", "/v1/desk/unmatched/{held_id}/assignment", "desk_loans", "staff", ("reviewer", "approver")),
    Route("POST", "/v1/desk/unmatched/{held_id}/return", "desk_loans", "staff", ("approver",)),
    Route("GET", "/v1/desk/partners/{partner_id}/days", "desk_money", "staff", ("reviewer", "approver", "auditor")),
    Route("GET", "/v1/desk/partners/{partner_id}/report", "desk_money", "staff", ("reviewer", "approver", "auditor")),
    Route(
        "GET", "/v1/desk/partners/{partner_id}/movements", "desk_money", "staff", ("reviewer", "approver", "auditor")
    ),
    Route("GET", "/v1/desk/partners/{partner_id}/files", "desk_money", "staff", ("approver", "auditor")),
    Route("POST", "/v1/desk/partners/{partner_id}/transfers", "desk_money", "staff", ("approver",)),
    Route("GET", "/v1/desk/differences", "desk_money", "staff", ("reviewer", "approver", "auditor")),
    Route("POST", "/v1/desk/differences/{difference_id}/explanation", "desk_money", "staff", ("reviewer", "approver")),
    Route("GET", "/v1/desk/claims", "desk_money", "staff", ("reviewer", "approver", "auditor")),
)

# Doors that answer no route: triggers, queues, objects, schedules and the stream open them.
INNER_DOORS = (
    "renew",
    *("identity", "kyc_check", "score", "payout", "settle", "relay"),
    *("night", "sweep", "work", "watch", "remind", "notify", "erase", "settling", "reconcile", "webhook", "resend"),
    *("collect", "debit", "undecided"),
    *("report", "credit_file"),
)
DOORS = (*dict.fromkeys(route.door for route in ROUTES), *INNER_DOORS)
