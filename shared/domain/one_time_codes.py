"""One-time codes: when a new one may be sent, how often a wrong one may be typed, in which words it goes out."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

# `kept`: the code sent a moment ago is still good. `limited`: nothing is sent and nothing is good.
Sending = Literal["send", "kept", "limited"]

TEXTS = {
    "en": "{code} is your Minnow code. It is valid for {minutes} minutes. We never call to ask for it.",
    "hi": "{code} आपका Minnow कोड है। यह {minutes} मिनट तक मान्य है। हम इसे कभी फ़ोन पर नहीं पूछते।",
    "zh": "{code} 是您的 Minnow 验证码，{minutes} 分钟内有效。我们绝不会打电话向您索要。",
}


@dataclass(frozen=True, slots=True)
class CodeRules:
    """A code is good for minutes and so many tries. Another is sent after an interval, and so many within a window.

    They are the same for a phone that signs somebody in and for any other.
    """

    valid_minutes: int
    interval_seconds: int
    window_minutes: int
    most_sent: int
    most_tries: int

    @property
    def valid(self) -> timedelta:
        return timedelta(minutes=self.valid_minutes)

    @property
    def interval(self) -> timedelta:
        return timedelta(seconds=self.interval_seconds)

    @property
    def window(self) -> timedelta:
        return timedelta(minutes=self.window_minutes)


@dataclass(frozen=True, slots=True)
class Login:
    """The sign-ins of one phone: the keyed hash of the code that is good now, and when codes were sent of late.

    `version` is that of the stored item, 0 when there is none.
    """

    code_hash: str = ""
    tries: int = 0
    sent_at: tuple[datetime, ...] = ()
    is_used: bool = False
    version: int = 0

    def may_try(self, rules: CodeRules, at: datetime) -> bool:
        """Whether an answer to the present code is looked at."""
        is_left = bool(self.sent_at) and not self.is_used and self.tries < rules.most_tries
        return is_left and at < self.sent_at[-1] + rules.valid

    def sending(self, rules: CodeRules, at: datetime) -> Sending:
        """What a sign-in that begins now does about its code."""
        recent = self._recent(rules, at)
        # Whoever has just used a code has the phone, and may have the next at once.
        if recent and not self.is_used and at < recent[-1] + rules.interval:
            return "kept" if self.may_try(rules, at) else "limited"
        return "limited" if len(recent) >= rules.most_sent else "send"

    def sent(self, code_hash: str, rules: CodeRules, at: datetime) -> "Login":
        return Login(code_hash=code_hash, sent_at=(*self._recent(rules, at), at), version=self.version + 1)

    def tried(self, code_hash: str) -> "Login":
        """One try less; the right answer uses the code up. The try counts before its answer is known to anyone."""
        is_right = code_hash == self.code_hash
        return replace(self, tries=self.tries + 1, is_used=is_right, version=self.version + 1)

    def _recent(self, rules: CodeRules, at: datetime) -> tuple[datetime, ...]:
        return tuple(sent for sent in self.sent_at if sent <= at < sent + rules.window)


def text(code: str, language: str, rules: CodeRules) -> str:
    """The message in the borrower's language, in English for one that we do not write."""
    return TEXTS.get(language, TEXTS["en"]).format(code=code, minutes=rules.valid_minutes)
