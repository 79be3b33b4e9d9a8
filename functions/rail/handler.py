"""`/v1/rails/{rail}/events`: what bank rails tell us, signed."""

from dataclasses import dataclass
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path

from shared import wiring
from shared.application.hear_rail import hear_rail
from shared.runtime import message, resolver, serve

app = resolver()

RailName = Annotated[str, Path(pattern=r"^[a-z]{2,16}$")]


@dataclass(frozen=True, slots=True)
class Heard:
    """`is_new` is false for a message that we had before."""

    is_new: bool


@app.post("/v1/rails/<rail>/events")
def hear(rail: RailName) -> Heard:
    return Heard(hear_rail(*message(app), rail=wiring.rail(rail), events=wiring.rail_events()))


handler = serve(app)
