"""The challenge of a sign-in: which round is next, sending a code, checking an answer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shared.adapters.logins import Logins, code_hash
from shared.adapters.messages import TextMessages
from shared.adapters.people import People
from shared.adapters.phones import market_of
from shared.adapters.provider_links import Vouchers
from shared.domain.one_time_codes import CodeRules, Sending, text
from shared.domain.providers import challenge
from shared.markets import CODES, market_at


def rules_for(phone: str | None, at: datetime) -> CodeRules:
    """Those of the market that the phone's number is of; somebody unknown, who has none, looks like anybody."""
    return market_at(market_of(phone) if phone else CODES[0], at).codes


def next_round(answered: Sequence[bool | None], phone: str | None, at: datetime) -> dict[str, Any]:
    """What follows the rounds so far: tokens after a right answer, the end after too many wrong ones."""
    is_right = bool(answered and answered[-1])
    is_over = not is_right and len(answered) >= rules_for(phone, at).most_tries
    challenge = {} if is_right or is_over else {"challengeName": "CUSTOM_CHALLENGE"}
    return {"issueTokens": is_right, "failAuthentication": is_over, **challenge}


def send(logins: Logins, messages: TextMessages, phone: str, code: str, language: str, at: datetime) -> Sending:
    """Sends the code, unless the phone has one that is fresh, or has had too many.

    What was sent is remembered first: a code that nobody received is safer than one that nobody counted.
    """
    rules, (hashed, login) = rules_for(phone, at), logins.of_phone(phone)
    sending = login.sending(rules, at)
    if sending == "send":
        if not logins.save(hashed, login.sent(code_hash(hashed, code), rules, at), rules):
            return "kept"
        messages.send(phone, text(code, language, rules))
    return sending


def check(logins: Logins, phone: str, code: str, at: datetime) -> bool:
    """Whether the code is the phone's. The try is recorded before its outcome is told; of two at once one counts."""
    rules, (hashed, login) = rules_for(phone, at), logins.of_phone(phone)
    if not login.may_try(rules, at):
        return False
    tried = login.tried(code_hash(hashed, code))
    return logins.save(hashed, tried, rules) and tried.is_used


def redeem(vouchers: Vouchers, borrower_id: str, secret: str, at: datetime) -> bool:
    """Whether the secret is that of the borrower's voucher, which takes the place of a code and is good once."""
    return vouchers.redeem(borrower_id, challenge(secret), at)


def welcome(people: People, borrower_id: str, phone: str, language: str) -> None:
    """The borrower's own item, made at the first right code: the phone's country is the market."""
    people.open(borrower_id, market_of(phone), language)
