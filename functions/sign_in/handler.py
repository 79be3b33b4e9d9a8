"""`POST /v1/sign-ins`, `/v1/sessions`, `/v1/sessions/refresh`: a phone number and a one-time code become tokens."""

from typing import Annotated, Literal

from pydantic import Field

from shared import identity, wiring
from shared.application import sign_in
from shared.application.sign_in import Hall
from shared.device import device
from shared.domain.sessions import Device
from shared.domain.sign_ins import SignIn, Tokens
from shared.runtime import now, resolver, serve
from shared.schemas import Body, DeviceModel, Market

app = resolver()

Phone = Annotated[str, Field(min_length=5, max_length=32, strict=True)]
Token = Annotated[str, Field(min_length=20, max_length=8192, strict=True)]


class SignInBody(Body):
    phone: Phone
    market: Market
    language: Literal["en", "hi", "zh"] | None = None


class SessionBody(Body):
    """`phone` with its country: `+919876543210`. `session` as the sign-in gave it."""

    phone: Phone
    session: Token
    code: Annotated[str, Field(pattern=r"^[0-9]{6}$", strict=True)]
    device_model: DeviceModel | None = None


class RefreshBody(Body):
    refresh_token: Token


@app.post("/v1/sign-ins", status_code=201)
def begin(body: SignInBody) -> SignIn:
    return sign_in.begin(identity.pool(), body.phone, body.market, body.language, now())


@app.post("/v1/sessions", status_code=201)
def answer(body: SessionBody) -> Tokens:
    bound_to = Device(device(app), body.device_model)
    return sign_in.answer(identity.pool(), _hall(), body.phone, body.session, body.code, bound_to, now())


@app.post("/v1/sessions/refresh")
def refresh(body: RefreshBody) -> Tokens:
    return sign_in.refresh(identity.pool(), _hall(), body.refresh_token, device(app), now())


def _hall() -> Hall:
    return Hall(identity.sessions(), wiring.index(), wiring.notices_queue())


handler = serve(app)
