"""`/v1/sign-ins/provider`, `/v1/sessions/provider`, `/v1/me/sign-in-providers`: an account that a provider keeps."""

from dataclasses import dataclass
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import Field

from shared import identity, wiring
from shared.application import provider_sign_in
from shared.application.provider_sign_in import Desk
from shared.application.sign_in import Hall
from shared.device import bound, device
from shared.domain.providers import Link, ProviderSignIn
from shared.domain.sessions import Device
from shared.domain.sign_ins import Tokens
from shared.runtime import caller, now, resolver, serve
from shared.schemas import Body, DeviceModel

app = resolver()

NAME = r"^[a-z][a-z0-9_]{0,31}$"
Provider = Annotated[str, Field(pattern=NAME, strict=True)]
ProviderPath = Annotated[str, Path(pattern=NAME)]
# As we gave it: 256 bits in base64url.
Session = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$", strict=True)]
Code = Annotated[str, Field(min_length=1, max_length=2048, pattern=r"^[!-~]+$", strict=True)]


class SignInBody(Body):
    provider: Provider


class SessionBody(Body):
    """`session` as the sign-in gave it, `code` as the provider's page handed it to the app."""

    provider: Provider
    session: Session
    code: Code
    device_model: DeviceModel | None = None


class LinkBody(Body):
    """Without `code` the session is one that was just answered with `provider_not_linked`."""

    session: Session
    code: Code | None = None


@dataclass(frozen=True, slots=True)
class LinkView:
    provider: str
    linked_at: str


@dataclass(frozen=True, slots=True)
class Links:
    sign_in_providers: list[LinkView]


@app.post("/v1/sign-ins/provider", status_code=201)
def begin(body: SignInBody) -> ProviderSignIn:
    session, nonce, verifier = (wiring.new_secret() for _ in range(3))
    return provider_sign_in.begin(_desk(), body.provider, session, nonce, verifier, now())


@app.post("/v1/sessions/provider", status_code=201)
def answer(body: SessionBody) -> Tokens:
    return provider_sign_in.answer(
        _desk(),
        identity.pool(),
        Hall(identity.sessions(), wiring.index(), wiring.notices_queue()),
        identity.vouchers(),
        provider_id=body.provider,
        session=body.session,
        code=body.code,
        secret=wiring.new_secret(),
        device=Device(device(app), body.device_model),
        at=now(),
    )


@app.get("/v1/me/sign-in-providers")
def links() -> Links:
    return _shown(identity.provider_links().of(caller(app)))


@app.put("/v1/me/sign-in-providers/<provider>")
def link(provider: ProviderPath, body: LinkBody) -> Links:
    told = wiring.loans_table()
    return _shown(provider_sign_in.link(_desk(), told, caller(app), provider, body.session, body.code, now()))


@app.delete("/v1/me/sign-in-providers/<provider>")
def unlink(provider: ProviderPath) -> Links:
    return _shown(provider_sign_in.unlink(identity.provider_links(), caller(app), provider))


def _desk() -> Desk:
    return Desk(identity.openid(), identity.provider_links(), wiring.app_url())


def _shown(found: list[Link]) -> Links:
    return Links([LinkView(each.provider_id, each.linked_at.isoformat()) for each in found])


handler = serve(app, bound)
