"""`/v1/me/phone-change…`: another phone to sign in with, after the time that it takes to say no."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import Field

from shared import identity, wiring
from shared.application import change_phone
from shared.application.change_phone import Desk
from shared.device import bound
from shared.domain.phone_changes import PhoneChange
from shared.runtime import caller, now, resolver, serve, session
from shared.schemas import Body

app = resolver()

Phone = Annotated[str, Field(min_length=5, max_length=32, strict=True)]


class PhoneBody(Body):
    phone: Phone


class ConfirmationBody(Body):
    phone: Phone
    code: Annotated[str, Field(pattern=r"^[0-9]{6}$", strict=True)]


@dataclass(frozen=True, slots=True)
class ChangeView:
    """`state`: asked, done or withdrawn. The new phone is confirmed between `open_from` and `open_until`."""

    state: str
    phone_masked: str
    asked_at: datetime
    open_from: datetime
    open_until: datetime


@app.get("/v1/me/phone-change")
def show() -> ChangeView:
    return _view(change_phone.show_change(_desk(), caller(app), now()))


@app.put("/v1/me/phone-change")
def ask(body: PhoneBody) -> ChangeView:
    return _view(change_phone.ask_change(_desk(), caller(app), body.phone, now()))


@app.delete("/v1/me/phone-change")
def withdraw() -> ChangeView:
    return _view(change_phone.withdraw_change(_desk(), caller(app), now()))


@app.post("/v1/me/phone-change/code")
def send_code(body: PhoneBody) -> ChangeView:
    return _view(change_phone.send_code(_desk(), caller(app), body.phone, wiring.new_code(), now()))


@app.post("/v1/me/phone-change/confirmation")
def confirm(body: ConfirmationBody) -> ChangeView:
    sessions, asking = identity.sessions(), session(app)
    return _view(change_phone.confirm_change(_desk(), sessions, asking, caller(app), body.phone, body.code, now()))


def _desk() -> Desk:
    logins = identity.logins(f"change of {caller(app)}")
    return Desk(
        wiring.people(),
        identity.phone_changes(),
        identity.accounts(),
        logins,
        identity.text_messages(),
        wiring.loans_table(),
    )


def _view(change: PhoneChange) -> ChangeView:
    return ChangeView(change.state, change.phone_masked, change.asked_at, change.open_from, change.open_until)


handler = serve(app, bound)
