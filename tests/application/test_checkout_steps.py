"""Reserve, confirm, release, and what a merchant gives back: killed at every call, done again, and by many at once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest

from shared.adapters import capacity as capacities
from shared.adapters import merchants as listed_merchants
from shared.adapters import partners as listed_partners
from shared.adapters.checkouts import Checkouts
from shared.adapters.held import Held
from shared.adapters.limits import Limits, changed_limit
from shared.adapters.loans import Loans
from shared.adapters.merchants import store as store_merchant
from shared.adapters.partner_health import Healths
from shared.adapters.partners import Partners, store
from shared.adapters.people import People
from shared.adapters.rails import Amount, MerchantRefundNews
from shared.adapters.requests import Replayed, Request
from shared.adapters.table import ANY, Table, Write, load, record, unpack
from shared.application.check_book import is_book_right
from shared.application.confirm_checkout import confirm_checkout
from shared.application.hear_merchant_refund import hear_merchant_refund
from shared.application.make_offers import Lenders
from shared.application.order_disbursement import order_disbursement
from shared.application.reserve_checkout import Order, reserve_checkout
from shared.application.return_payout import return_payout
from shared.application.settle_payout import settle_payout
from shared.application.show_checkout import release_checkout
from shared.application.show_limit import show_limit
from shared.domain.errors import Conflict, Refused, Unavailable
from shared.domain.limits import LimitStanding, SpendingLimit
from shared.domain.payouts import Payout
from tests.application.desk import Death
from tests.application.killed import AT_EACH_CALL, done_three_times, killed_at_each_call
from tests.memory import Dynamo
from tests.sandbox import AT, MERCHANTS, TODAY, WRITTEN, ready, rupees


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    yield
    for kept in (listed_partners._read, listed_merchants._read, capacities._read):
        kept.cache_clear()


class Silent:
    """Lenders that are asked for a price say nothing."""

    def prices(self, _: Any) -> dict[str, Any]:
        return {}


class Till:
    """Asha with a limit of 30,000 at a merchant's checkout. Every try makes ids of its own, as a door does."""

    def __init__(self, death: Death | None = None) -> None:
        self.dynamo, self.numbers, self.at = Dynamo(death), count(1), AT
        self.table = Table(self.dynamo, "loans")
        people = Table(Dynamo(), "people")
        people.transact([Write(record(ready(), "brw_asha", "borrower"), ANY)])
        self.people, self.loans, self.checkouts = People(people), Loans(self.table), Checkouts(self.table)
        for written in WRITTEN:
            store(self.table, written, TODAY)
        for written in MERCHANTS:
            store_merchant(self.table, written, TODAY)
        day = TODAY + timedelta(365)
        limit = SpendingLimit("brw_asha", "app_1", "in", rupees(30_000), "A", rupees(9_000), AT, day)
        self.table.transact([changed_limit(limit)])

    def new_id(self, kind: str) -> str:
        return f"{kind}_{next(self.numbers)}"

    def given(self, key: str, view: Callable[..., Any]) -> dict[str, Any]:
        request = Request("brw_asha", "POST /v1/checkouts", key, "hash", 201)
        return {"people": self.people, "loans": self.loans, "request": request, "view": view}

    def reserve(self, order_id: str = "A17", whole: int = 20_000, key: str = "") -> Any:
        silent: Any = Silent()
        lenders = Lenders(Partners(self.table), silent, Healths(self.table))
        given = self.given(f"reserve {key or order_id}", lambda made, _: made.checkout_id)
        order = Order("lotus", order_id, rupees(whole), 12)
        return reserve_checkout(self.new_id("checkout"), order, self.at, **given, lenders=lenders)

    def confirm(self, order_id: str = "A17", key: str = "") -> Any:
        checkout_id = self.of_order(order_id)
        offer, *_ = self.checkouts.of_borrower(checkout_id, "brw_asha")[1]
        given = self.given(f"confirm {key or order_id}", lambda loan: loan.loan_id)
        ids = (self.new_id("loan"), self.new_id("pout"))
        return confirm_checkout(checkout_id, offer.offer_id, offer.kfs_hash, *ids, self.at, **given)

    def release(self, order_id: str = "A17") -> Any:
        return release_checkout(self.of_order(order_id), "brw_asha", self.at, loans=self.loans)

    def settle(self) -> None:
        for payout in self.payouts("pending"):
            settle_payout(payout.payout_id, "settled", TODAY, None, self.new_id("pout"), self.at, loans=self.loans)

    def gives_back(
        self, whole: int = 5_000, refund_id: str = "M1", currency: str = "INR", rail: str = "upi"
    ) -> str | None:
        """The merchant does, for the first order."""
        payout = min(self.payouts(), key=lambda payout: payout.payout_id)
        news = MerchantRefundNews(
            type="refund.received",
            refund_id=refund_id,
            reference=payout.payout_id,
            amount=Amount(minor=whole * 100, currency=currency),
            received_on=TODAY,
            rail=rail,
        )
        return hear_merchant_refund(news, self.new_id("pout"), self.at, loans=self.loans)

    def of_order(self, order_id: str) -> str:
        claim = Checkouts(self.onlooker()).claim("lotus", order_id)
        assert claim is not None
        return claim.checkout_id

    def onlooker(self) -> Table:
        """Looking on is no call that counts."""
        calm = Dynamo()
        calm.items = self.dynamo.items
        return Table(calm, "loans")

    def stored(self, sk: str) -> list[dict[str, Any]]:
        return [unpack(items[sk]) for items in self.dynamo.items.values() if sk in items]

    def payouts(self, state: str | None = None) -> list[Payout]:
        return [load(Payout, item) for item in self.stored("payout") if state in (None, item["state"])]

    def limit(self) -> LimitStanding:
        return show_limit("brw_asha", self.at, loans=Loans(self.onlooker()))

    def kinds(self) -> list[str]:
        """Of the entries of the only loan."""
        [head] = self.stored("loan")
        return [entry.kind for entry in Loans(self.onlooker()).entries(head["loan_id"])]


@dataclass(frozen=True)
class Step:
    """What goes before, the verb, and what must be so: checkouts by state, payouts, kinds of entries, what is free."""

    before: Callable[[Till], object]
    verb: Callable[[Till], object]
    checkouts: list[str]
    payouts: list[str]
    kinds: list[str] | None
    free: str


def nothing(_: Till) -> None:
    """Straight from the limit."""


def reserved(till: Till) -> None:
    till.reserve()


def lent(till: Till) -> None:
    till.reserve()
    till.confirm()
    till.settle()


LENT = ["payout_ordered", "disbursement"]
# A fee of 3 % and 18 % tax on it is kept of the dearest offer: 20,000 / (1 - 0.0354) is 20,733.98, and that is held.
# Of the first it is 2 %: 20,483.41 are lent.
STEPS = {
    "reserve": Step(nothing, Till.reserve, ["reserved"], [], None, "9,266.02"),
    "confirm": Step(reserved, Till.confirm, ["confirmed"], ["pending"], ["payout_ordered"], "9,516.59"),
    "release": Step(reserved, Till.release, ["released"], [], None, "30,000.00"),
    "refund of a part": Step(
        lent, Till.gives_back, ["confirmed"], ["settled"], [*LENT, "merchant_refund"], "14,516.59"
    ),
    "refund of the whole": Step(
        lent,
        lambda till: till.gives_back(20_000),
        ["confirmed"],
        ["settled"],
        [*LENT, "merchant_refund", "closure"],
        "30,000.00",
    ),
}


def is_as_wanted(till: Till, step: Step) -> None:
    assert [item["state"] for item in till.stored("checkout")] == step.checkouts
    assert [payout.state for payout in till.payouts()] == step.payouts
    assert str(till.limit().free) == f"{step.free} INR"
    if step.kinds is not None:
        assert till.kinds() == step.kinds
    for head in till.stored("loan"):
        assert is_book_right(head["loan_id"], loans=Loans(till.onlooker()))


@AT_EACH_CALL
@pytest.mark.parametrize("name", STEPS)
def test_a_step_killed_at_any_call_is_right_once_it_was_tried_again(name: str, comes_after: bool, death: Death) -> None:
    killed_at_each_call(lambda: Till(death), STEPS[name], is_as_wanted, death, comes_after=comes_after)


@pytest.mark.parametrize("name", STEPS)
def test_a_step_done_three_times_has_one_effect(name: str) -> None:
    done_three_times(Till(), STEPS[name], is_as_wanted)


@pytest.mark.parametrize("verb", [Till.reserve, Till.confirm])
def test_the_same_key_gets_the_same_answer(verb: Callable[[Till], Any]) -> None:
    till = Till()
    if verb is Till.confirm:
        till.reserve()
    answer = verb(till)

    with pytest.raises(Replayed) as replay:
        verb(till)
    assert replay.value.answer == answer


def done(step: Callable[[], object]) -> str:
    """How it ended; a caller who is told that others were quicker tries again."""
    for _ in range(50):
        try:
            step()
        except Conflict:
            continue
        except Refused as refusal:
            return refusal.code
        return "done"
    return "busy"


def test_however_many_reserve_at_once_the_limit_holds() -> None:
    till = Till()
    with ThreadPoolExecutor(8) as threads:
        ends = list(threads.map(lambda number: done(lambda: till.reserve(f"O{number}", 9_000)), range(12)))

    assert (ends.count("done"), ends.count("limit_exceeded")) == (3, 9)
    held = Limits(till.onlooker()).get("brw_asha")
    assert held is not None and sum(each.amount.minor for each in held.reserved) <= held.granted.minor


def test_of_many_who_confirm_one_checkout_at_once_one_does() -> None:
    till = Till()
    till.reserve()
    with ThreadPoolExecutor(8) as threads:
        ends = list(threads.map(lambda number: done(lambda: till.confirm(key=f"{number}")), range(8)))

    assert sorted(ends) == [*["checkout_confirmed"] * 7, "done"]
    assert len(till.payouts()) == len(till.stored("loan")) == 1


def test_of_a_confirmation_and_a_release_at_once_one_happens() -> None:
    for _ in range(10):
        till = Till()
        till.reserve()
        with ThreadPoolExecutor(2) as threads:
            ends = [threads.submit(done, step) for step in (till.confirm, till.release)]
            told = sorted(end.result() for end in ends)

        assert told in (["checkout_confirmed", "done"], ["checkout_over", "done"])
        assert len(till.payouts()) == ("checkout_confirmed" in told)


def test_an_order_whose_time_is_over_goes_to_one_of_two_who_are_there_at_once() -> None:
    """The first confirms with a clock that is late, while the second takes the order for free."""
    for _ in range(10):
        till = Till()
        till.reserve()
        other = replace_clock(till, AT + timedelta(minutes=10))
        with ThreadPoolExecutor(2) as threads:
            ends = [threads.submit(done, step) for step in (till.confirm, partial(other.reserve, key="other"))]
            told = [end.result() for end in ends]

        assert told.count("done") == 1 or told == ["done", "limit_exceeded"]
        assert len(till.payouts()) == (told[0] == "done")


def replace_clock(till: Till, at: Any) -> Till:
    """The same books, seen by a machine whose clock shows another time."""
    other = Till.__new__(Till)
    other.__dict__ |= till.__dict__ | {"at": at}
    return other


def test_a_refund_before_the_news_of_the_payout_waits_for_it() -> None:
    till = Till()
    till.reserve()
    till.confirm()

    with pytest.raises(Unavailable):
        till.gives_back()
    till.settle()
    assert till.gives_back() is not None


@pytest.mark.parametrize(("whole", "currency"), [(20_001, "INR"), (100, "CNY")])
def test_what_a_merchant_gives_back_beyond_the_price_is_held(whole: int, currency: str) -> None:
    till = Till()
    lent(till)

    assert till.gives_back(whole, currency=currency) is None
    assert till.kinds() == LENT
    [item] = till.stored("held")
    assert (item["why"], item["amount"]["minor"]) == ("beyond_purchase", whole * 100)
    assert till.gives_back(whole, currency=currency) is None
    assert len(till.stored("held")) == 1


@pytest.mark.parametrize("rail", ["card", "nucc", "cardcn"])
def test_what_a_merchant_is_said_to_give_back_by_another_rail_than_paid_him_is_held(rail: str) -> None:
    till = Till()
    lent(till)

    assert [till.gives_back(rail=rail) for _ in range(3)] == [None] * 3
    assert till.kinds() == LENT
    assert [(item["why"], item["rail"]) for item in till.stored("held")] == [("other_rail", rail)]
    assert till.gives_back() is not None and len(till.stored("held")) == 1


def test_what_was_held_and_would_fit_by_now_is_not_taken_off_the_loan_as_well() -> None:
    """The payout came back, and with it what he gave back; the loan was paid out once more."""
    till = Till()
    lent(till)
    payout = till.payouts()[-1]
    return_payout(payout.payout_id, TODAY, "closed", till.at, loans=till.loans)
    assert till.gives_back() is None
    order_disbursement(payout.loan_id, "pout_again", till.at, **till.given("again", lambda loan: loan.loan_id))
    till.settle()

    assert till.loans.get(payout.loan_id)[0].state == "active"
    assert till.gives_back() is None and "merchant_refund" not in till.kinds()


def test_a_refund_for_no_purchase_is_held() -> None:
    till = Till()
    lent(till)
    news = MerchantRefundNews(
        type="refund.received",
        refund_id="M1",
        reference="pout_of_nobody",
        amount=Amount(minor=100, currency="INR"),
        received_on=TODAY,
    )

    assert hear_merchant_refund(news, "pout_x", AT, loans=till.loans) is None
    assert [item["why"] for item in till.stored("held")] == ["unknown_reference"]
    assert Held(till.table)


def test_a_late_purchase_blocks_the_limit_until_it_is_paid() -> None:
    till = Till()
    lent(till)
    till.at = AT + timedelta(days=45)

    assert done(lambda: till.reserve("A18", 5_000)) == "limit_blocked"


def test_a_loan_that_was_cancelled_gives_its_limit_and_its_order_back() -> None:
    till = Till()
    till.reserve()
    till.confirm()
    [payout] = till.payouts()
    settle_payout(payout.payout_id, "failed", TODAY, "account closed", "pout_x", AT, loans=till.loans)
    assert done(lambda: till.reserve(key="again")) in ("order_taken", "limit_exceeded")
    loan, contract = till.loans.get(payout.loan_id)
    till.loans.book(replace(loan, state="cancelled"), contract, [])

    assert str(till.limit().used) == "0.00 INR"
    assert done(lambda: till.reserve(key="once more")) == "done"
