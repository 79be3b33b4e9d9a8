"""A notice on its way to the borrower: planned with its text, then tried, then sent.

No network that carries messages takes one exactly once. What was sent just before its sender died is not known to have
been sent, so that it is sent once more, and no more than once: a borrower may get a notice twice, which needs two
failures, and is never told it a third time.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

# Under which it is written that a borrower is to be told something that belongs to no loan.
TO_TELL = "to_tell#"
PLANNED, SENT, FAILED = "planned", "sent", "failed"
# Longer than any call that sends lasts: whoever has not said by then what became of it is dead.
PATIENCE = timedelta(minutes=2)
MOST_UNSURE = 2


@dataclass(frozen=True, slots=True)
class Alert:
    """Something was done with a borrower's account at that moment, which he is told on every channel."""

    borrower_id: str
    kind: str
    at: datetime

    @property
    def notice_id(self) -> str:
        return f"{self.kind}.{self.at.astimezone(UTC):%Y%m%dT%H%M%S%fZ}"


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent through a channel; only a push message has a title."""

    channel: str
    body: str
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """`messages` are those of the channels that were open to it, the first to be tried first.

    `state`: `planned` while somebody sends it, or died at it; `failed` when no channel took it at the last try; `sent`.
    `unsure` counts the tries of which nobody knows what became. `channel` is the one that took it, at `sent_at`, and
    `also` are others that did, of a notice that goes by all.
    """

    notice_id: str
    kind: str
    purpose: str
    on: date
    language: str
    messages: tuple[Message, ...]
    tried_at: datetime
    state: str = PLANNED
    unsure: int = 1
    channel: str | None = None
    also: tuple[str, ...] = ()
    sent_at: datetime | None = None
    version: int = 1

    def may_be_tried(self, at: datetime) -> bool:
        """Whether it is to be sent, once more or for the first time since it failed."""
        if self.state == PLANNED:
            return self.unsure < MOST_UNSURE and at - self.tried_at >= PATIENCE
        return self.state == FAILED

    def is_waiting(self, at: datetime) -> bool:
        """Whether somebody has to look at it again, now or later."""
        is_fresh = at - self.tried_at < PATIENCE
        return self.state == FAILED or (self.state == PLANNED and (is_fresh or self.unsure < MOST_UNSURE))

    def again(self, fresh: "Telling") -> "Telling":
        """Planned anew, with what is true by now."""
        return replace(fresh, unsure=self.unsure + 1, version=self.version + 1)

    def taken_by(self, channel: str | None, at: datetime, also: tuple[str, ...] = ()) -> "Telling":
        """After its try: the channel took it, or, with None, all refused it, and it is known that nothing went out."""
        if channel is None:
            return replace(self, state=FAILED, unsure=self.unsure - 1, version=self.version + 1)
        return replace(self, state=SENT, channel=channel, also=also, sent_at=at, version=self.version + 1)

    @property
    def channels(self) -> tuple[str, ...]:
        """All that took it."""
        return (self.channel, *self.also) if self.channel else ()

    @property
    def message(self) -> Message:
        """The one that was sent, or would be first."""
        return next((each for each in self.messages if each.channel == self.channel), self.messages[0])
