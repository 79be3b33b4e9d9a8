"""Which device calls: at a sign-in the one that is bound to it, at all else that a borrower asks the one that was."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from shared import identity
from shared.adapters import proofs
from shared.adapters.clock import system_clock
from shared.domain.errors import Refused
from shared.domain.proofs import Proof, require_for, require_with
from shared.domain.sessions import Session, require_bound

Event = Mapping[str, Any]


def device(app: APIGatewayHttpResolver) -> str:
    """The thumbprint of the key of who signs in, or renews. Raises `Refused` without a good proof."""
    return _proven(app.current_event.raw_event).device


def bound(event: Event) -> None:
    """Raises `Refused` unless the device that signed in makes this very request, and its session was not ended.

    One read. Nothing is asked on a route that takes no token.
    """
    authorizer = event["requestContext"].get("authorizer")
    if not authorizer:
        return
    proof = require_with(_proven(event), proofs.token_hash(_token(event)))
    claims = authorizer["jwt"]["claims"]
    session_id = claims.get("origin_jti")
    found = identity.sessions().find(f"brw_{claims['sub']}", session_id) if session_id else None
    # The gateway writes nothing under this name.
    authorizer["session"] = require_bound(found, proof.device)


def session(app: APIGatewayHttpResolver) -> Session:
    """The caller's, as the guard has read it."""
    found: Session = app.current_event.raw_event["requestContext"]["authorizer"]["session"]
    return found


def _proven(event: Event) -> Proof:
    """The proof that came along, of this request. Its time is the wire's, which no test clock moves."""
    text = event["headers"].get("dpop")
    if not text:
        raise Refused("device_proof_missing", "Send the device's proof in the header `DPoP`.")
    asked, proof = event["requestContext"], proofs.read(text)
    # The gateway has decoded the path that the device signed as it was sent.
    address = unquote(f"https://{asked['domainName']}{event['rawPath']}")
    signed = replace(proof, address=unquote(proof.address))
    return require_for(signed, asked["http"]["method"], address, system_clock())


def _token(event: Event) -> str:
    return str(event["headers"].get("authorization", "")).rpartition(" ")[2]
