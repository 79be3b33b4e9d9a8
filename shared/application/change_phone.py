"""Change the phone that a borrower signs in with: asked for, waited for, confirmed by a code on the new one."""

from dataclasses import dataclass
from datetime import datetime

from shared.adapters.accounts import Accounts, taken
from shared.adapters.borrower_notices import to_alert
from shared.adapters.logins import Logins
from shared.adapters.messages import TextMessages
from shared.adapters.people import SK, People
from shared.adapters.phone_changes import PhoneChanges
from shared.adapters.phones import masked, mobile_number
from shared.adapters.sessions import Sessions
from shared.adapters.table import Table
from shared.application.again import again
from shared.application.end_session import end_others, end_session
from shared.application.one_time_code import check, send
from shared.domain.errors import NotFound, Refused
from shared.domain.phone_changes import PhoneChange, asked, ended, require_open
from shared.domain.sign_ins import WrongCode
from shared.domain.telling import Alert
from shared.markets import market_at

CHANGED = "phone_change"


@dataclass(frozen=True, slots=True)
class Desk:
    """`logins` are those of codes for this borrower's changes, apart from the codes that sign in.

    `told` is the book in which it lies what borrowers are to be told.
    """

    people: People
    changes: PhoneChanges
    accounts: Accounts
    logins: Logins
    messages: TextMessages
    told: Table


def show_change(desk: Desk, borrower_id: str, at: datetime) -> PhoneChange:
    """Raises `NotFound` when none is open."""
    change = desk.changes.get(borrower_id)
    if change is None or not change.is_open(at):
        raise NotFound("not_found", "No change of your phone is open.")
    return change


def ask_change(desk: Desk, borrower_id: str, phone: str, at: datetime) -> PhoneChange:
    """The change, which the borrower is told of: one write. Raises `Refused` for a phone that is none, or is his.

    Asked again after a lost reply, its clock goes on, and he is told once.
    """
    borrower = desk.people.get(borrower_id)
    number, present = mobile_number(phone, borrower.market), desk.accounts.phone(borrower_id)
    if number == present:
        raise Refused("phone_invalid", "This is your phone already.", "/phone")
    hashed, rules = desk.logins.phone_hash(number), market_at(borrower.market, at).phone_change

    def step() -> PhoneChange:
        seen = desk.changes.get(borrower_id)
        change = asked(seen, rules, hashed, masked(number), at)
        if change != seen:
            alert = to_alert(desk.told, Alert(borrower_id, CHANGED, at))
            desk.changes.save(borrower_id, change, seen, [alert])
        return change

    return again(step)


def send_code(desk: Desk, borrower_id: str, phone: str, code: str, at: datetime) -> PhoneChange:
    """Sends a code to the new phone once its hours are over. Raises `Refused`."""
    borrower = desk.people.get(borrower_id)
    number = mobile_number(phone, borrower.market)
    zone, hashed = market_at(borrower.market, at).time_zone, desk.logins.phone_hash(number)
    change = require_open(desk.changes.get(borrower_id), hashed, zone, at)
    if send(desk.logins, desk.messages, number, code, borrower.language, at) == "limited":
        raise Refused("too_many_attempts", "This phone has had too many codes. Please wait before the next.")
    return change


def confirm_change(
    desk: Desk, sessions: Sessions, asking: str, borrower_id: str, phone: str, code: str, at: datetime
) -> PhoneChange:
    """The change, done: from now on the new phone signs in, and every sign-in so far is over, that which asks too.

    Raises `Refused` for a wrong code, and for a phone that signs somebody else in. Killed after the pool knows the new
    phone, the same call again finds it there and does the rest.
    """
    market = desk.people.get(borrower_id).market
    number = mobile_number(phone, market)
    hashed = desk.logins.phone_hash(number)
    require_open(desk.changes.get(borrower_id), hashed, market_at(market, at).time_zone, at)
    if desk.accounts.phone(borrower_id) != number:
        if not check(desk.logins, number, code, at):
            raise WrongCode(None)
        _free(desk, number)
        desk.accounts.change_phone(borrower_id, number)
    # The sign-in that asks is ended last: whoever was killed before it comes again, and does what is left.
    end_others(borrower_id, asking, at, sessions=sessions, accounts=desk.accounts)
    change = _ended(desk, borrower_id, "done")
    end_session(borrower_id, asking, at, sessions=sessions)
    return change


def _free(desk: Desk, number: str) -> None:
    """Whoever began to sign in with the phone and never did is forgotten. Raises `Refused` where it signs somebody in.

    Only who has had a code there gets here, so that nobody learns of a phone of another.
    """
    holder = desk.accounts.holder(number)
    if holder is None:
        return
    if desk.people.item(holder, SK) is not None:
        raise taken()
    desk.accounts.remove(holder)


def withdraw_change(desk: Desk, borrower_id: str, at: datetime) -> PhoneChange:
    """Raises `NotFound` when none is open."""
    show_change(desk, borrower_id, at)
    return _ended(desk, borrower_id, "withdrawn")


def _ended(desk: Desk, borrower_id: str, state: str) -> PhoneChange:
    def step() -> PhoneChange:
        seen = desk.changes.get(borrower_id)
        assert seen is not None, borrower_id
        change = ended(seen, state)
        if change != seen:
            desk.changes.save(borrower_id, change, seen)
        return change

    return again(step)
