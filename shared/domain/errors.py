"""What can go wrong in a way that a caller can act on: four kinds, one catalogue of codes.

Only the door knows HTTP numbers. The code is for machines and never changes; the sentence is for the borrower.
"""

from shared.domain.facts import Fact, Facts

# Every code that an answer can carry, with the title that its documentation page has.
# `docs/developer/errors.md`, the OpenAPI document's enum and the tests are made from this table.
CATALOGUE: dict[str, str] = {
    # malformed: the request could not be understood
    "body_too_large": "The body is larger than 64 KB.",
    "body_not_utf8": "The body is not UTF-8.",
    "body_not_json": "The body is not a JSON object.",
    "body_too_deep": "The body is nested more than 32 levels deep.",
    "duplicate_key": "The body names a key twice.",
    "number_out_of_range": "A number in the body has too many digits or is not a number.",
    "content_type_unsupported": "The content type is not application/json.",
    "invalid_request": "One or more fields are missing, unknown or not of the stated form.",
    "idempotency_key_missing": "The Idempotency-Key header is missing.",
    "idempotency_key_malformed": "The Idempotency-Key header is not 1 to 255 visible ASCII characters.",
    # who is asking
    "not_signed_in": "A valid access token is needed.",
    "wrong_token": "The token is not an access token of this service.",
    "device_proof_missing": "The request has no proof of the device.",
    "device_proof_invalid": "The device's proof is not one of this request.",
    "device_proof_untimely": "The device's proof is not of this minute.",
    "device_other": "The token was given to another device.",
    "signature_invalid": "The message's signature does not fit.",
    "role_missing": "The caller's roles do not allow this.",
    "code_wrong": "The code is wrong or no longer valid.",
    "provider_sign_in_failed": "The sign-in with the provider is over, or was not confirmed.",
    "provider_not_linked": "No borrower signs in with this account.",
    "provider_linked": "The account, or another one of its provider, is linked already.",
    "too_many_attempts": "Too many attempts; wait before the next.",
    # what is asked for
    "not_found": "There is no such thing here.",
    "market_unknown": "This market is not served.",
    "currency_mismatch": "The amount is not in the market's currency.",
    "amount_out_of_range": "The amount is outside the range offered.",
    "tenor_out_of_range": "The tenor is outside the range offered.",
    "phone_invalid": "The phone number is not a mobile number of this market.",
    "phone_taken": "The phone signs somebody else in.",
    "phone_change_not_open": "The change of the phone was not asked for, or is not open yet.",
    "name_invalid": "The name has characters that no name has.",
    "address_invalid": "The address has characters that no address has.",
    "consent_unknown": "This market asks for no such consent.",
    "too_many_documents": "Too many documents have been sent.",
    "pan_invalid": "The PAN is not well formed.",
    "identity_number_invalid": "The identity number is not well formed.",
    "ifsc_unknown": "The IFSC names no known branch.",
    "cnaps_invalid": "The CNAPS code names no bank.",
    "card_not_debit": "The card is no debit card; a loan is paid to one only.",
    "account_number_invalid": "The account number is not well formed.",
    "age_out_of_range": "The birth date is outside the ages served.",
    "document_not_accepted": "The document was not accepted.",
    "document_decided": "The document does not wait for a person, or not any more.",
    "document_reason_unknown": "The market does not know this reason for a rejection.",
    # the state of things
    "idempotency_key_reused": "The Idempotency-Key was used with another body.",
    "request_in_flight": "The same thing is being changed at this moment; try again.",
    "account_not_verified": "The bank account was not found to be the borrower's own.",
    "account_cooling": "The bank account was changed a short while ago.",
    "consent_missing": "A consent that this step needs has not been given.",
    "profile_incomplete": "The profile, bank account or a document is still missing.",
    "application_open": "There is an application or loan still open.",
    "application_not_decided": "The application has no decision yet.",
    "application_not_approved": "The application was not approved.",
    "application_decided": "The application does not wait for a person, or not any more.",
    "review_not_possible": "A person cannot look at this application again.",
    "rule_stands": "A rule decided this that no person sets aside.",
    "offer_not_found": "There is no such offer for this application.",
    "kfs_stale": "The hash is not that of the offer's Key Facts Statement.",
    "kfs_expired": "The Key Facts Statement is no longer valid.",
    "sanction_ended": "The time in which the money of the accepted loan could be asked for is over.",
    "offer_already_accepted": "An offer of this application was accepted before.",
    "lender_capacity": "The lender has no more to lend at present.",
    "product_forbidden": "The market's rules forbid the product.",
    "partner_invalid": "The partner's data cannot be so.",
    "not_winding_down": "Only the book of a lender who winds down is handed over.",
    "day_not_over": "The day is not over yet.",
    "merchant_invalid": "The merchant's data cannot be so.",
    "market_fixed": "Its loans and orders are in its market: it cannot move to another.",
    "limit_missing": "The borrower has no limit for purchases.",
    "limit_over": "The limit for purchases is no longer valid.",
    "limit_exceeded": "The purchase takes more than is free of the limit.",
    "limit_blocked": "An earlier purchase is overdue.",
    "merchant_not_live": "Nothing is paid to this merchant at present.",
    "order_taken": "This order is reserved or paid for.",
    "no_matching_offer": "No lender offers a loan for this purchase.",
    "checkout_over": "The checkout's time is over, or it was released.",
    "checkout_confirmed": "The checkout was confirmed before.",
    "loan_not_active": "The loan does not take this step in its present state.",
    "loan_not_sanctioned": "The loan is not waiting for its disbursement.",
    "payout_in_progress": "A payout of this loan is under way.",
    "cooling_off_over": "The cooling-off period has ended.",
    "settlement_over": "The settlement does not take this step in its present state.",
    "choice_not_allowed": "The product does not leave this choice to the borrower.",
    "method_not_offered": "The market has no such way to pay.",
    "amount_exceeds_payoff": "The amount is more than the whole debt.",
    "amount_below_payoff": "The amount does not cover the whole debt.",
    "dues_outstanding": "There is still something owed on this loan.",
    "relief_open": "Relief for this loan was agreed before and is still open.",
    "capitalisation_forbidden": "The law forbids to add this to the principal.",
    "plan_impossible": "The plan cannot be carried out on this loan.",
    "plan_not_allowed": "There is no plan of this kind for this loan today.",
    "plan_reason_unknown": "The market does not know this reason for a plan.",
    "plan_beyond_limits": "The plan goes further than the rules allow.",
    "plan_limit_reached": "The loan has had as many plans as it may.",
    "plan_decided": "The plan was decided before, or its first date has come.",
    "payment_resolved": "This payment is held no more.",
    "case_state": "The case does not take this step in its present state.",
    "agent_not_told": "The borrower has not been told yet who will contact him.",
    "not_the_agent": "Only the agent that the borrower was told of contacts him.",
    "contact_forbidden": "A rule forbids to contact the borrower now.",
    "promise_impossible": "The promise is of nothing, or of a day that is over.",
    "settlement_impossible": "The sum or the day of the settlement is outside the rules.",
    "write_off_open": "The write-off of this loan waits for its decision, or has had it.",
    "not_late_enough": "The loan is not late enough for this.",
    "mandate_open": "The loan has a mandate already.",
    "mandate_beyond_limits": "The limit is not one that a mandate here can have.",
    "waiver_not_possible": "A waiver cannot be had for this loan now; `why_not` says why.",
    "waiver_reason_unknown": "The programme knows no such reason.",
    "waiver_decided": "The waiver is not, or no longer, waiting for this decision.",
    "proposal_decided": "The proposal was decided before.",
    "own_approval": "Nobody approves what they asked for or approved before.",
    "difference_closed": "This difference is closed.",
    "figures_stale": "The figures have changed since they were looked at.",
    "nothing_to_waive": "There is no penal charge that could be given up.",
    "day_to_come": "The day asked about is still to come.",
    "refund_impossible": "The loan paid no merchant who could give that back.",
    "change_impossible": "The loan cannot take a change that was asked about.",
    "address_forbidden": "Nothing is sent to such an address.",
    "market_closed": "New loans are not taken in this market.",
    "not_reported": "Nothing is reported of this loan.",
    "dispute_open": "What was said about this loan is being looked at.",
    "dispute_decided": "The dispute was decided before.",
    "reject_known": "What the credit bureau refused of that line was taken before.",
    "reject_corrected": "The reject was corrected before.",
    "nothing_owed": "Nothing is owed to the borrower for this dispute.",
    "device_token_invalid": "The push service does not know the token.",
    "erasure_begun": "The erasure has begun and cannot be undone.",
    # outside
    "temporarily_unavailable": "A part of the service did not answer; try again.",
    "internal_error": "Something went wrong on our side.",
}


class DomainError(Exception):
    """An expected refusal: a code from the catalogue, a sentence with its facts, and where in the request it lies.

    `pointer` is a JSON pointer into the body (`/amount/minor`), or None when no single field is at fault.
    """

    def __init__(self, code: str, detail: str, pointer: str | None = None, **facts: Fact) -> None:
        assert code in CATALOGUE, code
        super().__init__(f"{code}: {detail.format_map(facts) if facts else detail}")
        self.code = code
        self.detail = detail
        self.pointer = pointer
        self.facts: Facts = facts
        # Whatever else the caller needs to go on, as further members of the answer.
        self.members: dict[str, object] = {}


class Malformed(DomainError):
    """The request could not be understood: 400, or 422 when a field is at fault."""


class NotFound(DomainError):
    """Unknown, or not the caller's to see: 404."""


class Conflict(DomainError):
    """True a moment ago, or about to be: 409."""


class Refused(DomainError):
    """Understood, and against the rules: 422."""


class Unavailable(DomainError):
    """Something outside did not answer; nothing is known to have changed: 503, try again."""
