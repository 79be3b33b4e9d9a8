"""Sign in with an account at a provider; the borrower links it once, signed in with his phone."""

from dataclasses import dataclass
from datetime import datetime

from shared.adapters.borrower_notices import to_alert
from shared.adapters.identity import Pool
from shared.adapters.openid import OpenId, authorization_url
from shared.adapters.provider_links import ProviderLinks, Vouchers
from shared.adapters.table import Table
from shared.application.again import again
from shared.application.sign_in import Hall, begun
from shared.domain import providers
from shared.domain.providers import Link, ProviderSignIn, Round, challenge
from shared.domain.sessions import Device
from shared.domain.sign_ins import Tokens
from shared.domain.telling import Alert

LINKED = "account_linked"


@dataclass(frozen=True, slots=True)
class Desk:
    """What it takes to find out who somebody is. `app_url` is where a provider sends the app's people back to."""

    openid: OpenId
    links: ProviderLinks
    app_url: str

    def returns_to(self, provider_id: str) -> str:
        return f"{self.app_url}/sign-in/{provider_id}"


def begin(desk: Desk, provider_id: str, session: str, nonce: str, verifier: str, at: datetime) -> ProviderSignIn:
    """The last three are fresh secrets. Raises `NotFound` for an unknown provider, `Unavailable` for a silent one."""
    provider = desk.openid.provider(provider_id)
    begun = Round(challenge(session), provider_id, nonce, verifier, begun_at=at)
    desk.links.begin(begun)
    url = authorization_url(provider, begun, desk.returns_to(provider_id))
    return ProviderSignIn(session, url, int(providers.VALID.total_seconds()))


def answer(
    desk: Desk,
    pool: Pool,
    hall: Hall,
    vouchers: Vouchers,
    *,
    provider_id: str,
    session: str,
    code: str,
    secret: str,
    device: Device,
    at: datetime,
) -> Tokens:
    """Tokens of the borrower whom the account signs in: the same as a code on his phone gives. `secret` is a fresh one,
    for the voucher.

    Raises `Refused` (provider_not_linked) for an account of nobody: `link` then takes the same session, without a code.
    """
    borrower_id = desk.links.owner(_subject(desk, provider_id, session, code, at))
    if borrower_id is None:
        raise providers.not_linked()
    vouchers.vouch(borrower_id, challenge(secret), at)
    tokens = pool.vouched(borrower_id, secret)
    if tokens is None:
        raise providers.not_good()
    begun(hall, tokens, device, at)
    return tokens


def link(
    desk: Desk, told: Table, borrower_id: str, provider_id: str, session: str, code: str | None, at: datetime
) -> list[Link]:
    """The borrower's links with one more, of which he is told: one write. `told` is the book in which that lies.

    Raises `Refused` for an account that signs somebody else in.

    Without `code` the session is one whose code was taken before, and found to be nobody's.
    """
    if code is None:
        seen = desk.links.round(challenge(session))
        if seen is None or seen.subject is None or seen.provider_id != provider_id or not seen.is_good(at):
            raise providers.not_good()
        subject = seen.subject
    else:
        subject = _subject(desk, provider_id, session, code, at)
    alert = to_alert(told, Alert(borrower_id, LINKED, at))
    again(lambda: desk.links.link(borrower_id, Link(provider_id, subject, at), alert))
    return desk.links.of(borrower_id)


def unlink(links: ProviderLinks, borrower_id: str, provider_id: str) -> list[Link]:
    """The links that are left. The phone always signs in, so that nobody locks himself out."""
    again(lambda: links.unlink(borrower_id, provider_id))
    return links.of(borrower_id)


def _subject(desk: Desk, provider_id: str, session: str, code: str, at: datetime) -> str:
    """Who signed in there, as a keyed hash. Of two who bring a code at once one gets it.

    The provider takes a code once. Where it did not answer, the round stays as it was, and the same may be sent again.
    """
    seen = desk.links.round(challenge(session))
    if seen is None:
        raise providers.not_good()
    providers.require_waiting(seen, provider_id, at)
    provider = desk.openid.provider(provider_id)
    claims = desk.openid.claims(provider, code, seen.verifier, desk.returns_to(provider_id))
    subject = desk.links.subject(provider, providers.subject_of(claims, provider, seen.nonce, at))
    if not desk.links.change(providers.known(seen, subject), seen):
        raise providers.not_good()
    return subject
