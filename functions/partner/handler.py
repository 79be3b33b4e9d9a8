"""`/v1/partners/{partner_id}/events`: a partner reads again what happened to its loans. It signs what it asks."""

from dataclasses import dataclass
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import Field

from shared import wiring, wiring_lenders
from shared.application.tell_partner import events_of_loan, events_since
from shared.runtime import message, resolver, serve
from shared.schemas import Body

app = resolver()

PartnerId = Annotated[str, Path(pattern=r"^[a-z0-9_]{2,32}$")]
Place = Annotated[str, Field(pattern=r"^2[0-9]{3}-[0-9]{2}-[0-9]{2}[T0-9:.+#a-zA-Z_]{0,90}$", strict=True)]


class OfLoan(Body):
    """All events of one loan."""

    loan_id: Annotated[str, Field(min_length=1, max_length=64, strict=True)]


class Since(Body):
    """Events from behind an instant (`2026-11-22T06:30:00`, in UTC) or the `next` of the page before."""

    after: Place
    limit: Annotated[int, Field(strict=True, ge=1, le=100)] = 100


@dataclass(frozen=True, slots=True)
class Events:
    """CloudEvents, in the order in which they happened. `next` is where the next page begins, None at the end."""

    events: tuple[dict[str, Any], ...]
    next: str | None


@app.post("/v1/partners/<partner_id>/events")
def show_events(partner_id: PartnerId, body: OfLoan | Since) -> Events:
    raw, _, headers = message(app)
    wiring_lenders.webhooks().verify(wiring.partners().get(partner_id).partner_id, raw, headers)
    if isinstance(body, OfLoan):
        found, then = events_of_loan(partner_id, body.loan_id, loans=wiring.loans()), None
    else:
        found, then = events_since(partner_id, body.after, body.limit, outbox=wiring_lenders.outbox())
    return Events(tuple(map(dict, found)), then)


handler = serve(app)
