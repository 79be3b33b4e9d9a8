"""The pool's triggers: which challenge is next, a code sent to the phone, the answer checked.

Cognito calls with an event and reads the same event's `response`. On AWS `userName` is the subject; it may be what
the caller typed elsewhere, so the subject is read from the attributes.
"""

from typing import Any

from shared import identity, wiring
from shared.application import one_time_code
from shared.application.keep_data import start_clock
from shared.runtime import logger, now

Answer = dict[str, Any]


def define(question: Answer) -> Answer:
    answered = [each["challengeResult"] for each in question["session"]]
    return one_time_code.next_round(answered, question["userAttributes"].get("phone_number"), now())


def create(question: Answer) -> Answer:
    """Sends a code in the first round; later rounds are further tries of the same code."""
    user = question["userAttributes"]
    if question["session"] or "phone_number" not in user or _is_vouched_for(user):
        return _challenge("kept")
    phone, language = user["phone_number"], user.get("locale", "en")
    return _challenge(
        one_time_code.send(identity.logins(), identity.text_messages(), phone, wiring.new_code(), language, now())
    )


def verify(question: Answer) -> Answer:
    user = question["userAttributes"]
    if "phone_number" not in user:
        return {"answerCorrect": False}
    if _is_vouched_for(user):
        secret = question["challengeAnswer"]
        return {"answerCorrect": one_time_code.redeem(identity.vouchers(), f"brw_{user['sub']}", secret, now())}
    is_right = one_time_code.check(identity.logins(), user["phone_number"], question["challengeAnswer"], now())
    if is_right:
        borrower_id, people = f"brw_{user['sub']}", wiring.people()
        one_time_code.welcome(people, borrower_id, user["phone_number"], user.get("locale", "en"))
        start_clock(borrower_id, now(), people=people, erasures=identity.erasures())
    return {"answerCorrect": is_right}


def sign_up(question: Answer) -> Answer:
    """The door `sign_in` alone makes users, and the pool lets nobody else; there is nothing to add."""
    return {}


TRIGGERS = {
    "DefineAuthChallenge_Authentication": define,
    "CreateAuthChallenge_Authentication": create,
    "VerifyAuthChallengeResponse_Authentication": verify,
    "PreSignUp_AdminCreateUser": sign_up,
}


def handler(event: Answer, context: Any) -> Answer:
    answer = TRIGGERS[event["triggerSource"]](event["request"])
    shown = {name: answer[name] for name in ("issueTokens", "answerCorrect", "challengeMetadata") if name in answer}
    logger.info(event["triggerSource"], extra={"outcome": shown})
    return {**event, "response": {**event["response"], **answer}}


def _is_vouched_for(user: Answer) -> bool:
    """Whether the door of sign-ins knows already who it is, so that no code is sent."""
    return identity.vouchers().stands(f"brw_{user['sub']}", now())


def _challenge(sending: str) -> Answer:
    return {
        "publicChallengeParameters": {"sending": sending},
        "privateChallengeParameters": {},
        "challengeMetadata": sending,
    }
