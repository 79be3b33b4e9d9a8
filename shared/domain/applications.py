"""An application: what a borrower asks for, from submission to a loan or an end without one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from shared.domain.borrowers import Borrower, lacking, missing
from shared.domain.checks import NOTHING, Signals
from shared.domain.conduct import NEW, Conduct
from shared.domain.consents import check_given
from shared.domain.errors import Conflict, NotFound, Refused
from shared.domain.market import Market, Matching
from shared.domain.models import Verdict
from shared.domain.money import Money
from shared.domain.offers import Board, Inputs, Offer, Unmatched
from shared.domain.scoring import Decision, Reason

# From which state an application may go where.
MOVES: dict[str, tuple[str, ...]] = {
    "submitted": ("offered", "granted", "referred", "declined", "withdrawn", "expired"),
    "offered": ("accepted", "expired"),
    "referred": ("referred", "offered", "granted", "declined", "expired"),
    "granted": (),
    "accepted": (),
    "declined": ("referred",),
    "withdrawn": (),
    "expired": (),
}
# Who can ask for a person's look.
RULE, BORROWER = "rule", "borrower"
NO_OFFER = "no_matching_offer"


@dataclass(frozen=True, slots=True)
class Undecided:
    """What the scorer is told of an application that was submitted: `pk` is its id."""

    pk: str
    borrower_id: str


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a decision rests on besides the profile, as it was then, so that it can be made again.

    `rival` is what the market's other table would have said.
    """

    conduct: Conduct = NEW
    signals: Signals = NOTHING
    rival: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """A person's look at an application, because the `rule` or the `borrower` asked for it, by `due_at`.

    `reason` is the borrower's. `approved_by` is the first of two who agree. `outcome` is what was decided: approve or
    decline.
    """

    asked_by: str
    asked_at: datetime
    due_at: datetime
    reason: str | None = None
    approved_by: str | None = None
    approver_agrees: bool = False
    decided_by: str | None = None
    decided_at: datetime | None = None
    outcome: str | None = None
    because: str | None = None


@dataclass(frozen=True, slots=True)
class Automated:
    """What the machine had decided before a person decided."""

    decision: Decision
    at: datetime


@dataclass(frozen=True, slots=True)
class Application:
    """The head. `open_until` is the last day on which a decided one can still become a loan, or its limit be used.

    `asked` counts the borrower's applications of the last days, this one with them, and `accounts` the borrowers who
    signed in on his device in these days, himself with them; `is_first` says that there was no application before, and
    so no loan to read. `automated` is there once a person has decided. `inputs` is what the board was made from,
    `language` that of the statements in it.
    """

    application_id: str
    borrower_id: str
    market: str
    amount: Money
    tenor_months: int
    purpose: str
    state: str
    submitted_at: datetime
    version: int = 0
    decided_at: datetime | None = None
    decision: Decision | None = None
    ranking: Matching | None = None
    unmatched: tuple[Unmatched, ...] = ()
    inputs: Inputs | None = None
    open_until: date | None = None
    offer_id: str | None = None
    loan_id: str | None = None
    asked: int = 1
    accounts: int = 1
    is_first: bool = False
    grounds: Grounds | None = None
    review: Review | None = None
    automated: Automated | None = None
    language: str = "en"

    @property
    def by_machine(self) -> tuple[Decision, datetime]:
        """The machine's own decision and when it was made, whatever a person made of it."""
        if self.automated is not None:
            return self.automated.decision, self.automated.at
        assert self.decision is not None and self.decided_at is not None, self.application_id
        return self.decision, self.decided_at

    def is_waiting(self, on: date) -> bool:
        """Whether it may still become a loan: it is undecided, or there is time left to accept."""
        if self.state == "granted":
            return False
        return self.state == "submitted" or (self.open_until is not None and on <= self.open_until)


def state_on(application: Application, on: date) -> str:
    """The state as the borrower sees it: offers lapse by themselves, before anything is written about it."""
    has_lapsed = "expired" in MOVES[application.state] and not application.is_waiting(on)
    return "expired" if has_lapsed else application.state


def withdrawn(application: Application) -> Application:
    """Ended undecided, since a consent that the decision rests on is no longer given."""
    return moved(application, "withdrawn")


def closed(application: Application) -> Application:
    """Ended undecided, since its market has closed meanwhile."""
    return moved(application, "expired")


def require_decided(application: Application) -> None:
    if application.state == "withdrawn":
        raise _no_longer_agreed()
    if application.state == "expired" and application.decision is None:
        raise Refused("market_closed", "New loans were no longer taken in this market.")
    if application.decision is None:
        raise Refused("application_not_decided", "The application is not decided yet.")


def require_ready(borrower: Borrower, market: Market) -> None:
    """Raises `Refused` (consent_missing, profile_incomplete) naming all that is still needed."""
    needed = missing(borrower, market)
    check_given(borrower, *market.consents_needed)
    if needed:
        raise lacking(*needed)


def submitted(
    application_id: str,
    borrower: Borrower,
    market: Market,
    amount: Money,
    tenor_months: int,
    at: datetime,
    *,
    purpose: str = "cash",
    asked: int = 1,
    accounts: int = 1,
    is_first: bool = False,
) -> Application:
    """For a loan in cash, or for a limit: so much of all that is bought with loans may be outstanding.

    Raises `Refused` for what the market does not serve or the borrower still lacks.
    """
    if not market.is_open:
        raise Refused("market_closed", "New loans are not taken in this market at present.")
    market.require_served(amount, tenor_months)
    require_ready(borrower, market)
    return Application(
        application_id=application_id,
        borrower_id=borrower.id,
        market=market.code,
        amount=amount,
        tenor_months=tenor_months,
        purpose=purpose,
        state="submitted",
        submitted_at=at,
        asked=asked,
        accounts=accounts,
        is_first=is_first,
        language=borrower.language,
    )


def decided(
    application: Application,
    decision: Decision,
    board: Board | None,
    *,
    market: Market,
    at: datetime,
    on: date,
    grounds: Grounds | None = None,
) -> Application:
    """With the decision, and the board where it approves. An approval without an offer is a decline with a reason.

    What is referred has its clock from now on. What is asked for a purchase is a limit: it has no board, since offers
    are made for each order.
    """
    offers, is_limit = board.offers if board else (), application.purpose == "purchase"
    if decision.outcome == "approve" and not offers and not is_limit:
        decision = without_offer(decision)
    approved = "granted" if is_limit else "offered"
    state = {"approve": approved, "refer": "referred", "decline": "declined"}[decision.outcome]
    until = {
        "offered": max((offer.valid_until for offer in offers), default=None),
        "granted": on + timedelta(days=market.purchases.limit_days),
        "referred": on + timedelta(days=market.referral_days),
    }
    return replace(
        moved(application, state),
        decided_at=at,
        decision=decision,
        ranking=market.matching,
        unmatched=board.unmatched if board else (),
        inputs=board.inputs if board else None,
        open_until=until.get(state),
        grounds=grounds,
        review=Review(RULE, at, at + market.reviews.time) if state == "referred" else application.review,
    )


def without_offer(decision: Decision) -> Decision:
    """An approval that no lender follows."""
    nothing = replace(decision.limit, minor=0)
    return replace(decision, outcome="decline", limit=nothing, reasons=(Reason(NO_OFFER), *decision.reasons))


def expired(application: Application, on: date) -> Application:
    """Raises `Refused` (application_open) while it may still become a loan."""
    if application.is_waiting(on):
        raise Refused("application_open", "An application of yours is still open.")
    return moved(application, "expired")


def accepted(
    application: Application, offers: Sequence[Offer], *, offer_id: str, kfs_hash: str, loan_id: str, on: date
) -> tuple[Application, Offer]:
    """The offer, accepted by the hash of its statement. Raises `Refused`, `NotFound` or `Conflict`."""
    require_offered(application)
    offer = next((offer for offer in offers if offer.offer_id == offer_id), None)
    if offer is None:
        raise NotFound("offer_not_found", "This application has no such offer.", "/offer_id")
    if kfs_hash != offer.kfs_hash:
        raise Conflict("kfs_stale", "This is not the hash of the offer's Key Facts Statement.", "/kfs_hash")
    if on > offer.valid_until:
        raise Refused("kfs_expired", "The Key Facts Statement was valid until {until}.", until=offer.valid_until)
    return replace(moved(application, "accepted"), offer_id=offer_id, loan_id=loan_id, open_until=None), offer


def require_offered(application: Application) -> None:
    """Raises `Refused` when there is no offer to accept, saying why."""
    match application.state:
        case "submitted" | "referred":
            raise Refused("application_not_decided", "The application is not decided yet.")
        case "declined":
            raise Refused("application_not_approved", "The application was not approved.")
        case "accepted":
            raise Refused("offer_already_accepted", "An offer of this application was accepted before.")
        case "withdrawn":
            raise _no_longer_agreed()
        case "granted":
            raise NotFound("offer_not_found", "This application was for a limit. Offers are made at each checkout.")
        case "expired":
            require_decided(application)
            raise Refused("kfs_expired", "The offers of this application have expired.")


def _no_longer_agreed() -> Refused:
    return Refused("consent_missing", "A consent that the decision needs was withdrawn before it was made.")


def moved(application: Application, state: str) -> Application:
    assert state in MOVES[application.state], (application.state, state)
    return replace(application, state=state, version=application.version + 1)
