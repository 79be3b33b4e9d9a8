"""Send a payout to its rail, and ask what became of it until it is over. It is only ever sent under its own id."""

from dataclasses import replace
from datetime import datetime

from shared.adapters.borrowers import Borrowers
from shared.adapters.loans import Loans, changed_payout
from shared.adapters.rails import NoAnswer, Rail, Rails, Standing
from shared.application.again import again
from shared.application.retract_refund import retract_refund
from shared.application.settle_payout import settle_payout
from shared.domain.payouts import MOVES, Payout, covers
from shared.domain.rails import PAYOUT
from shared.markets import market_at

NOT_VERIFIED = "account_not_verified"


def send_payout(
    payout_id: str, refund_id: str, at: datetime, *, loans: Loans, borrowers: Borrowers, rails: Rails
) -> Payout:
    """The payout as it stands. The caller asks again later while it is open.

    Nothing goes to an account that takes no money, or was changed since it was ordered: a refund stays `pending` while
    its account may still be good, a loan's own money is failed, so that it can be asked for anew. A refund of money
    that has gone back meanwhile is not sent.

    Its rail is that of its market on the day of the order, so that nobody else is asked when another is taken on.

    Killed anywhere, or its reply lost: the next call asks the rail by the same id first, and the rail pays one
    id once.
    """
    payout = loans.payout(payout_id)
    assert payout is not None, payout_id
    if not payout.is_open:
        return payout
    is_new, is_his = payout.state == "pending", payout.purchase is None
    stands = borrowers.account_stands(payout.borrower_id, at) if is_his else "go"
    if is_his and is_new:
        payout = _ready(payout, refund_id, stands, at, loans)
        if payout.state == "pending" or not payout.is_open:
            return payout
    _, contract = loans.get(payout.loan_id)
    rail = rails(market_at(contract.market, payout.ordered_at).rails.of(PAYOUT))
    try:
        standing = _standing(payout, at, borrowers, rail, is_new=is_new, may_send=stands == "go")
    except NoAnswer:
        return _marked(payout_id, "unknown", loans)
    if standing.status == "returned":
        # It never stayed with the borrower, and no news of it being settled was ours.
        standing = Standing("failed", standing.reason)
    if standing.status in ("settled", "failed"):
        return settle_payout(payout_id, standing.status, None, standing.reason, refund_id, at, loans=loans)
    return _marked(payout_id, "sent", loans)


def _ready(payout: Payout, refund_id: str, stands: str, at: datetime, loans: Loans) -> Payout:
    """What nobody has sent to the borrower's account yet: claimed so that it is sent now, or over without having been.
    A refund may be left to wait."""
    payout_id, is_refund = payout.payout_id, payout.purpose == "refund"
    if is_refund:
        payout = retract_refund(payout_id, refund_id, at, loans=loans)
        if not payout.is_open or stands == "wait":
            return payout
    if stands != "go":
        return settle_payout(payout_id, "failed", None, NOT_VERIFIED, refund_id, at, loans=loans, only_unsent=True)
    # Said before it is sent: what may have been sent is failed by nothing but the rail's own answer.
    return _claimed(payout_id, loans) if is_refund else _marked(payout_id, "unknown", loans)


def _standing(
    payout: Payout, at: datetime, borrowers: Borrowers, rail: Rail, *, is_new: bool, may_send: bool
) -> Standing:
    known = None if is_new else rail.ask(payout)
    if known is not None:
        return known
    if not may_send:
        # Somebody else may be about to send it: it is neither sent nor failed, and asked about again.
        raise NoAnswer("not sent to this account")
    bought = payout.purchase
    payee = bought.account if bought else borrowers.beneficiary(payout.borrower_id, at)
    sent = rail.send(payout, payee)
    if sent.status != "refused":
        return sent
    # An earlier sending may have been taken and its reply lost: only what the rail never heard of has failed.
    return rail.ask(payout) or Standing("failed", sent.reason)


def _claimed(payout_id: str, loans: Loans) -> Payout:
    """A refund that is about to be sent, unless it is owed no more. The head is written with it, so that of a payment
    that goes back at the same moment one sees the other."""

    def claim() -> Payout:
        payout = loans.payout(payout_id)
        assert payout is not None, payout_id
        loan, contract = loans.get(payout.loan_id)
        if payout.state != "pending" or not covers(loan, payout):
            return payout
        claimed = replace(payout, state="unknown")
        loans.book(loan, contract, [], [changed_payout(claimed)])
        return claimed

    return again(claim)


def _marked(payout_id: str, state: str, loans: Loans) -> Payout:
    """In the new state, unless the rail's own news was quicker."""

    def mark() -> Payout:
        payout = loans.payout(payout_id)
        assert payout is not None, payout_id
        if state not in MOVES[payout.state]:
            return payout
        marked = replace(payout, state=state)
        loans.change(changed_payout(marked))
        return marked

    return again(mark)
