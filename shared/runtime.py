"""Events in and answers out: the guard before the resolver, problems instead of exceptions, one log line per call."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError, ResponseValidationError

from shared import wiring
from shared.adapters.clients import AWS_ERRORS
from shared.adapters.requests import Replayed, Request
from shared.body import parsed_body, raw_body
from shared.domain.errors import DomainError, Malformed, NotFound, Refused, Unavailable
from shared.domain.staff import Staff
from shared.problems import invalid, problem

logger = Logger()
Handler = Callable[[dict[str, Any], Any], Any]


def resolver() -> APIGatewayHttpResolver:
    """A door's routes. Bodies are strict pydantic models; what a route returns is checked against its annotation."""
    app = APIGatewayHttpResolver(enable_validation=True, response_validation_error_http_code=500)

    def answer(refusal: DomainError, errors: Any = ()) -> Response[str]:
        logger.append_keys(code=refusal.code)
        made = problem(refusal, app.current_event.raw_event, errors)
        return Response(status_code=made["statusCode"], headers=made["headers"], body=made["body"])

    app.exception_handler(DomainError)(answer)
    app.exception_handler(RequestValidationError)(lambda error: answer(*invalid(error.errors())))
    app.exception_handler(ResponseValidationError)(lambda error: answer(_ours(error)))
    app.exception_handler(Replayed)(_replayed)
    app.exception_handler(list(AWS_ERRORS))(lambda error: answer(_unavailable(error)))
    app.not_found(lambda _: answer(NotFound("not_found", "There is nothing at this address.")))
    return app


def serve(app: APIGatewayHttpResolver, *guards: Callable[[Mapping[str, Any]], None]) -> Handler:
    """The Lambda handler of a door: guards the body, resolves the route, logs one line.

    `guards` look at the event before anything else does, and raise `Refused`.
    """

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        logger.clear_state()
        logger.append_keys(request_id=event["requestContext"]["requestId"])
        try:
            _with_access_token(event)
            for guard in guards:
                guard(event)
            parsed_body(event)
            # The resolver tells types apart by their letters and looks at them without a body too.
            event["headers"]["content-type"] = "application/json"
        except (Malformed, Refused) as refusal:
            answer = problem(refusal, event)
        except AWS_ERRORS as error:
            answer = problem(_unavailable(error), event)
        else:
            answer = app.resolve(event, context)
        verb, path = event["requestContext"]["http"]["method"], event["routeKey"].partition(" ")[2]
        logger.info(f"{verb} {path}", extra={"status": answer["statusCode"]})
        return answer

    return handler


def caller(app: APIGatewayHttpResolver) -> str:
    """The borrower's id, on a route whose authorizer has checked a token."""
    return f"brw_{app.current_event.raw_event['requestContext']['authorizer']['jwt']['claims']['sub']}"


def session(app: APIGatewayHttpResolver) -> str:
    """The id of the sign-in that the caller's token comes from."""
    claims = app.current_event.raw_event["requestContext"]["authorizer"]["jwt"]["claims"]
    return str(claims.get("origin_jti", ""))


def staff(app: APIGatewayHttpResolver, *roles: str) -> Staff:
    """Who of the staff calls, on a route whose authorizer has checked a token of theirs.

    Raises `Refused` (role_missing) unless the token names one of these roles.
    """
    claims = app.current_event.raw_event["requestContext"]["authorizer"]["jwt"]["claims"]
    # The gateway writes a list as `[reviewer approver]`.
    member = Staff(f"stf_{claims['sub']}", tuple(claims.get("cognito:groups", "").strip("[]").split()))
    if not any(member.has(role) for role in roles):
        raise Refused("role_missing", f"This needs the role {' or '.join(roles)}.")
    logger.append_keys(staff_id=member.staff_id)
    return member


def request(
    app: APIGatewayHttpResolver, status: int = 200, makes: str | None = None, by: Staff | None = None
) -> Request:
    """The request as one that happens once. Raises `Replayed` when it was answered before.

    `status` is the one that the route answers with, for the replay; `makes` is the kind of the one thing that it makes;
    `by` is who of the staff asks, None where a borrower does.
    """
    event = app.current_event.raw_event
    key = event["headers"].get("idempotency-key", "")
    if not key:
        raise Malformed("idempotency_key_missing", "Send an Idempotency-Key header with this request.")
    if len(key) > 255 or not all("!" <= character <= "~" for character in key):
        raise Malformed("idempotency_key_malformed", "An Idempotency-Key has 1 to 255 visible ASCII characters.")
    path = event["rawPath"].removeprefix(f"/{event['requestContext'].get('stage', '')}")
    made = Request(
        by.staff_id if by else caller(app), f"POST {path}", key, body_hash(parsed_body(event)), status, makes
    )
    wiring.loans_table().answered(made)
    return made


def message(app: APIGatewayHttpResolver) -> tuple[bytes, Any, Mapping[str, str]]:
    """A signed message: its bytes as they came, the object that they hold, and the headers with the signature."""
    event = app.current_event.raw_event
    return raw_body(event), parsed_body(event), event["headers"]


def now() -> datetime:
    """The instant at which this call happens, aware and in UTC, from the clock that the stage declares."""
    return wiring.clock()()


def body_hash(body: Any) -> str:
    """SHA-256 of the canonical JSON: the same for any order of keys and any white space."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _with_access_token(event: Mapping[str, Any]) -> None:
    """Raises `Refused` for an ID token, which the authorizer lets pass too. A public route has no token."""
    authorizer = event["requestContext"].get("authorizer", {})
    if authorizer and authorizer["jwt"]["claims"].get("token_use") != "access":
        raise Refused("wrong_token", "Send the access token, not the ID token.")


def _replayed(replay: Replayed) -> Response[str]:
    return Response(
        status_code=replay.status,
        content_type="application/json",
        headers={"Idempotency-Replayed": "true"},
        body=json.dumps(replay.answer, separators=(",", ":"), ensure_ascii=False),
    )


def _ours(error: ResponseValidationError) -> DomainError:
    """What a route returned is not what it promises: our mistake. The log has the place, never the value."""
    logger.error("answer_invalid", extra={"places": [problem["loc"] for problem in error.errors()]})
    return Unavailable("internal_error", "Something went wrong on our side. Nothing that you sent was wrong.")


def _unavailable(error: Exception) -> DomainError:
    """An AWS service that did not answer within its bounds; the operator's log has its name, the borrower does not."""
    logger.error("aws_unavailable", extra={"error": type(error).__name__, "cause": str(error)[:200]})
    return Unavailable("temporarily_unavailable", "A part of the service did not answer. Please try again.")
