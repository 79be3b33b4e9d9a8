"""Send held money back by its rail, and ask what became of it until that is over. It is sent under its own id only."""

from dataclasses import replace

from shared.adapters.held import Held, changed_held
from shared.adapters.loans import Loans
from shared.adapters.rails import NoAnswer, Rail, Rails, RefundNews, Standing
from shared.application.again import again
from shared.domain.held import MOVES, HeldPayment, of_refund, refund_over


def send_refund(held_id: str, *, loans: Loans, rails: Rails) -> HeldPayment:
    """The money as it stands. The caller asks again later while it is on its way.

    Killed anywhere, or its reply lost: the next call asks the rail by the same id first, and the rail pays one id once.
    """
    held = Held(loans.table).get(held_id)
    if not held.is_going_back:
        return held
    try:
        standing = _standing(held, rails(held.rail))
    except NoAnswer:
        return _moved(held, "refund_unknown", loans)
    if standing.status in ("settled", "failed"):
        return _over(held.refund_id, standing.status, standing.reason, loans)
    return _moved(held, "refund_sent", loans)


def hear_refund(news: RefundNews, *, loans: Loans) -> HeldPayment | None:
    """The money, or None when we never ordered it back by that rail, or when that ended otherwise than it now says."""
    status = news.type.removeprefix("refund.")
    known = Held(loans.table).find(of_refund(news.reference))
    if known is None or known.rail != news.rail:
        return None
    held = _over(news.reference, status, news.reason, loans)
    is_so = held.state == ("returned" if status == "settled" else "held") or held.refund_id != news.reference
    return held if is_so else None


def _standing(held: HeldPayment, rail: Rail) -> Standing:
    known = None if held.state == "refund_pending" else rail.ask_refund(held)
    if known is not None:
        return known
    sent = rail.refund(held)
    if sent.status != "refused":
        return sent
    # An earlier sending may have been taken and its reply lost: only what the rail never heard of has failed.
    return rail.ask_refund(held) or Standing("failed", sent.reason)


def _moved(sent: HeldPayment, state: str, loans: Loans) -> HeldPayment:
    """In the new state, unless the rail's own news was quicker."""

    def move() -> HeldPayment:
        held = Held(loans.table).get(sent.held_id)
        if held.refund_id != sent.refund_id or state not in MOVES[held.state]:
            return held
        loans.change(changed_held(done := replace(held, state=state)))
        return done

    return again(move)


def _over(refund_id: str, status: str, reason: str | None, loans: Loans) -> HeldPayment:
    """Once; what is told of an earlier order changes nothing."""

    def end() -> HeldPayment:
        held = Held(loans.table).get(of_refund(refund_id))
        if not held.is_going_back or held.refund_id != refund_id:
            return held
        loans.change(changed_held(done := refund_over(held, status, reason)))
        return done

    return again(end)
