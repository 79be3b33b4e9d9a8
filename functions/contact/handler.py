"""How a borrower wishes to be reached: what not to send him and when, and the devices that take push messages."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import Field

from shared import wiring
from shared.application.register_device import register_device
from shared.device import bound
from shared.domain.contact import OptOut, Wishes
from shared.domain.devices import Device
from shared.runtime import caller, now, resolver, serve
from shared.schemas import Body, Day

app = resolver()

DeviceId = Annotated[str, Path(max_length=64)]


class OptOutBody(Body):
    """A purpose, a channel, or both together; without either it is any. Duties and answers are always sent."""

    purpose: Literal["reminder", "recovery"] | None = None
    channel: Literal["push", "sms"] | None = None


class WishesBody(Body):
    """`do_not_contact` are days on which nothing is sent but duties and answers."""

    opt_outs: Annotated[list[OptOutBody], Field(max_length=9)]
    do_not_contact: Annotated[list[Day], Field(max_length=62)]

    def wishes(self) -> Wishes:
        opt_outs = tuple(OptOut(each.purpose, each.channel) for each in self.opt_outs)
        return Wishes(opt_outs, tuple(sorted(set(self.do_not_contact))))


class DeviceBody(Body):
    """`token` as the platform gave it to the app."""

    platform: Literal["android", "ios"]
    token: Annotated[str, Field(pattern=r"^[!-~]{16,1024}$", strict=True)]


@dataclass(frozen=True, slots=True)
class WishesView:
    opt_outs: tuple[OptOut, ...]
    do_not_contact: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class DeviceView:
    device_id: str
    platform: str
    registered_at: datetime
    removed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Devices:
    devices: tuple[DeviceView, ...]


@app.get("/v1/me/contact-wishes")
def wishes() -> WishesView:
    return _wishes(wiring.reach().wishes(caller(app)))


@app.put("/v1/me/contact-wishes")
def put_wishes(body: WishesBody) -> WishesView:
    wiring.reach().save_wishes(caller(app), body.wishes())
    return _wishes(body.wishes())


@app.get("/v1/me/devices")
def devices() -> Devices:
    return Devices(tuple(_device(device) for device in wiring.reach().devices(caller(app))))


@app.post("/v1/me/devices", status_code=201)
def register(body: DeviceBody) -> DeviceView:
    """A token names its device, so that a second request changes nothing: it needs no Idempotency-Key."""
    people, reach, push = wiring.people(), wiring.reach(), wiring.push()
    made = register_device(caller(app), body.platform, body.token, now(), people=people, reach=reach, push=push)
    return _device(made)


@app.delete("/v1/me/devices/<device_id>")
def remove(device_id: DeviceId) -> DeviceView:
    return _device(wiring.reach().remove(caller(app), device_id, now()))


def _wishes(kept: Wishes) -> WishesView:
    return WishesView(kept.opt_outs, kept.do_not_contact)


def _device(device: Device) -> DeviceView:
    return DeviceView(device.device_id, device.platform, device.registered_at, device.removed_at)


handler = serve(app, bound)
