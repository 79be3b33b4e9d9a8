"""`/v1/me/openings`, `…/export`, `…/erasure`, `…/sessions`: what a borrower may ask about his own data and sign-ins."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from shared import identity, wiring
from shared.application import ask_erasure
from shared.application.end_session import end_session, end_sessions, open_sessions
from shared.application.export_borrower import Export, export_borrower
from shared.application.keep_data import Ties, kept_until
from shared.device import bound
from shared.domain.erasure import Erasure
from shared.domain.openings import Opening
from shared.domain.sessions import Session
from shared.runtime import caller, now, resolver, serve, session
from shared.schemas import Body, Limit

app = resolver()

AfterOpening = Annotated[
    str | None, Query(pattern=r"^[0-9]{8}T[0-9]{12}Z-[a-z_]{1,20}$", description="the page before's `next`")
]
AfterRecord = Annotated[str | None, Query(pattern=r"^(app|loan)_[0-9A-Z]{26}$", description="the part before's `next`")]


SessionId = Annotated[str, Path(max_length=64)]


class ErasureBody(Body):
    """`confirm` says that the borrower knows what he asks for."""

    confirm: Literal["erase"]


@dataclass(frozen=True, slots=True)
class Openings:
    openings: tuple[Opening, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class ErasureView:
    """`state`: kept (nobody asked), asked, scheduled, erasing, done or withdrawn.

    `waits_for`: loan, application or retention.

    `due_on` is the day of the erasure, once it is known; `is_by_rule` where nobody asked and the time is over.
    `kept_until` is the last day of each kind of data, if nothing happens any more: contacts, bank_account, papers, and
    identity, which is all; null while a loan, an application or a dispute is open.
    """

    state: str
    asked_at: datetime
    waits_for: str | None
    due_on: date | None
    is_by_rule: bool
    kept_until: dict[str, date | None]


@dataclass(frozen=True, slots=True)
class SessionView:
    """`is_this`: the one that asks. `device_key`: the thumbprint of the key that it is bound to."""

    session_id: str
    device_key: str
    device_model: str | None
    started_at: datetime
    renewed_at: datetime
    ended_at: datetime | None
    is_this: bool


@dataclass(frozen=True, slots=True)
class Sessions:
    sessions: tuple[SessionView, ...]


@app.get("/v1/me/openings")
def openings(after: AfterOpening = None, limit: Limit = 20) -> Openings:
    found, then = wiring.openings().page_of(caller(app), after, limit)
    return Openings(tuple(found), then)


@app.get("/v1/me/export")
def export(after: AfterRecord = None) -> Export:
    return export_borrower(
        caller(app),
        after,
        now(),
        borrowers=wiring.borrowers("rights"),
        accounts=identity.accounts(),
        records=wiring.loan_records(),
        loans=wiring.loans(),
    )


@app.get("/v1/me/erasure")
def show_erasure() -> ErasureView:
    return _view(ask_erasure.show_erasure(caller(app), erasures=identity.erasures()))


@app.put("/v1/me/erasure")
def put_erasure(body: ErasureBody) -> ErasureView:
    asked = ask_erasure.ask_erasure(
        caller(app),
        now(),
        people=wiring.people(),
        loans=wiring.loans(),
        applications=wiring.applications(),
        erasures=identity.erasures(),
    )
    return _view(asked)


@app.delete("/v1/me/erasure")
def withdraw_erasure() -> ErasureView:
    erasures = identity.erasures()
    return _view(ask_erasure.withdraw_erasure(caller(app), now(), people=wiring.people(), erasures=erasures))


@app.get("/v1/me/sessions")
def show_sessions() -> Sessions:
    return _sessions(open_sessions(caller(app), now(), sessions=identity.sessions()))


@app.delete("/v1/me/sessions")
def end_all() -> Sessions:
    sessions, accounts = identity.sessions(), identity.accounts()
    return _sessions(end_sessions(caller(app), session(app), now(), sessions=sessions, accounts=accounts))


@app.delete("/v1/me/sessions/<session_id>")
def end_one(session_id: SessionId) -> SessionView:
    return _session(end_session(caller(app), session_id, now(), sessions=identity.sessions()))


def _sessions(found: list[Session]) -> Sessions:
    return Sessions(tuple(_session(each) for each in found))


def _session(each: Session) -> SessionView:
    return SessionView(
        session_id=each.session_id,
        device_key=each.device,
        device_model=each.device_model,
        started_at=each.started_at,
        renewed_at=each.renewed_at,
        ended_at=each.ended_at,
        is_this=each.session_id == session(app),
    )


def _view(erasure: Erasure) -> ErasureView:
    borrower_id = caller(app)
    ties = Ties(wiring.loans(), wiring.applications(), wiring.disputes(), identity.sessions())
    until = kept_until(borrower_id, wiring.people().get(borrower_id).market, erasure, now(), ties=ties)
    return ErasureView(
        erasure.state,
        erasure.asked_at,
        erasure.waits_for,
        erasure.due_on,
        erasure.is_by_rule,
        {str(kind): day for kind, day in until.items()},
    )


handler = serve(app, bound)
