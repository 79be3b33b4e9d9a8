"""A loan that is overdue for long is called in once, as far as the pool goes, and is owed as before."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.adapters import partners as listed
from shared.adapters.partners import PARTNERS, Partners
from shared.adapters.rails import Amount, PaymentNews, ReturnNews
from shared.adapters.settled_days import Guarantees, changed_pool
from shared.adapters.table import ANY, Table, Write, plain
from shared.application.claim_guarantee import claim_guarantee
from shared.application.return_repayment import return_repayment
from shared.application.settle_repayment import settle_repayment
from shared.application.work_loan import work_loan
from shared.domain.allocation import Due
from shared.domain.guarantee import Claim, Guarantee, Pool, called_in, claims_on, shared_back
from tests.application.desk import AT, ON, Death
from tests.application.killed import AT_EACH_CALL, done_three_times, killed_at_each_call
from tests.application.settling import LENDER, SettlingDesk, in_memory, night_after

# The first due of a loan that was lent on 31 January.
DUE_ON = date(2026, 2, 28)
GUARANTEE = Guarantee(Decimal("0.05"), "cash", 90)
TRIGGER = DUE_ON + timedelta(days=90)


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    listed._read.cache_clear()
    yield
    listed._read.cache_clear()


@pytest.fixture
def desk(death: Death) -> SettlingDesk:
    return late(in_memory(death))


def late(desk: SettlingDesk, disbursed: int = 1_000_000_000, **changes: Any) -> SettlingDesk:
    """Lent, and nothing paid: each due is booked by its night. The pool is five per cent of `disbursed`."""
    shared: dict[str, Any] = {"guarantee": GUARANTEE, "loss_share": Decimal("0.8"), **changes}
    desk.lender = replace(LENDER, **shared)
    desk.lent()
    for on in (DUE_ON, date(2026, 3, 31), date(2026, 4, 30)):
        work_loan(desk.loan_id, on, desk.new_id("pout"), AT + (on - ON), loans=desk.loans)
    stored = Write({"pk": PARTNERS, "sk": "partner", "partner": plain(desk.lender)}, ANY)
    desk.loans.table.transact([stored, changed_pool(Pool("partner", disbursed=disbursed))])
    listed._read.cache_clear()
    return desk


def looked(desk: SettlingDesk, on: date = TRIGGER) -> date | None:
    loan, _ = desk.loans.get(desk.loan_id)
    return claim_guarantee(loan, on, AT + (on - ON), loans=desk.loans, partners=Partners(desk.loans.table))


def claim(desk: SettlingDesk) -> Claim | None:
    return Guarantees(Table(desk.onlooker, desk.loans.table.name)).claim(desk.loan_id)


@dataclass(frozen=True)
class Step:
    before: Callable[[SettlingDesk], object]
    verb: Callable[[SettlingDesk], object]


STEP = Step(late, looked)


def is_as_wanted(desk: SettlingDesk, _: Step) -> None:
    made = claim(desk)
    assert made is not None and made.amount == desk.pool().invoked > 0
    assert desk.loans.get(desk.loan_id)[0].state == "active"
    [listed_one] = Guarantees(Table(desk.onlooker, desk.loans.table.name)).claims("partner")
    assert listed_one == made


@AT_EACH_CALL
def test_a_claim_killed_at_any_call_is_made_once(comes_after: bool, death: Death) -> None:
    def place() -> SettlingDesk:
        listed._read.cache_clear()
        return in_memory(death)

    killed_at_each_call(place, STEP, is_as_wanted, death, comes_after=comes_after)


def test_a_claim_made_three_times_is_one(death: Death) -> None:
    done_three_times(in_memory(death), STEP, is_as_wanted)


def test_before_its_day_a_loan_is_looked_at_again_on_it(desk: SettlingDesk) -> None:
    assert looked(desk, TRIGGER - timedelta(days=1)) == TRIGGER
    assert claim(desk) is None and looked(desk) is None


def test_a_claim_is_the_guarantors_share_of_principal_and_interest(desk: SettlingDesk) -> None:
    looked(desk)
    made, head = claim(desk), desk.loans.get(desk.loan_id)[0]

    assert made is not None and (made.on, made.due_on, made.days_past_due) == (TRIGGER, DUE_ON, 90)
    # Twenty thousand of principal and three months' interest at 1.25 %, of which a fifth.
    assert (made.loss, made.amount, made.short) == (2_000_000 + 3 * 25_000, 415_000, 0)
    assert head.principal == 2_000_000 and head.dues


def test_the_pool_pays_no_more_than_it_has(death: Death) -> None:
    desk = late(in_memory(death), disbursed=2_000_000)
    looked(desk)
    made = claim(desk)

    assert made is not None and (made.amount, made.short) == (100_000, 315_000)
    assert desk.pool().left(GUARANTEE) == 0


def test_without_a_guarantee_nothing_is_claimed(death: Death) -> None:
    desk = late(in_memory(death), guarantee=None)

    assert looked(desk) is None and claim(desk) is None


def test_what_is_recovered_is_shared_back_and_fills_no_pool(desk: SettlingDesk) -> None:
    looked(desk)
    on = TRIGGER + timedelta(days=3)
    desk.order()
    desk.receive_on(on, "1000")
    settled = desk.settle_day(on, night_after(on))
    made = claim(desk)

    assert made is not None
    # A fifth of the loss was paid: a fifth of what comes.
    assert settled.shared_back == 20_000
    assert shared_back(made, 10 * made.loss) == made.amount
    assert desk.pool().invoked == made.amount


def test_a_settlement_says_what_was_called_in_on_its_day(desk: SettlingDesk) -> None:
    looked(desk)
    settled = desk.settle_day(TRIGGER, night_after(TRIGGER))

    assert (settled.invoked, settled.owed_by_lender) == (415_000, -415_000)


def paid_now(desk: SettlingDesk, at: datetime, minor: int, name: str) -> None:
    amount = Amount(minor=minor, currency="INR")
    told: dict[str, Any] = {"payment_id": name, "reference": desk.orders()[0].repayment_id, "amount": amount}
    news = PaymentNews(type="payment.received", received_on=at.date(), **told)
    settle_repayment(news, desk.new_id("pout"), at, loans=desk.loans)


def test_what_is_paid_on_the_day_of_the_claim_is_shared_back_if_it_came_after_it(desk: SettlingDesk) -> None:
    desk.order()
    on = AT + (TRIGGER - ON)
    paid_now(desk, on - timedelta(hours=1), 50_000, "before")
    looked(desk)
    paid_now(desk, on + timedelta(hours=1), 100_000, "after")
    made, settled = claim(desk), desk.settle_day(TRIGGER, night_after(TRIGGER))

    assert made is not None and made.on == TRIGGER
    assert settled.shared_back == shared_back(made, 100_000) == 20_000


def test_what_goes_back_again_is_not_shared_any_more(desk: SettlingDesk) -> None:
    looked(desk)
    desk.order()
    first, second = TRIGGER + timedelta(days=1), TRIGGER + timedelta(days=2)
    paid_now(desk, AT + (first - ON), 100_000, "upi_1")
    days = [desk.settle_day(first, night_after(first))]
    gone = ReturnNews(type="payment.returned", payment_id="upi_1", reference=desk.orders()[0].repayment_id)
    return_repayment(gone, AT + (second - ON), loans=desk.loans)
    days.append(desk.settle_day(second, night_after(second)))

    assert [day.shared_back for day in days] == [20_000, -20_000]


def test_a_loan_on_which_only_a_penal_charge_is_open_is_not_called_in() -> None:
    """It is not late: nobody loses anything by it."""
    charge, late_one = Due(1, DUE_ON, penalty=100), Due(2, date(2026, 3, 31), interest=1)

    assert claims_on((charge,), GUARANTEE) is None
    assert claims_on((charge, late_one), GUARANTEE) == late_one.due_on + timedelta(days=90)
    made, _ = called_in(
        "loan_1",
        100,
        (charge, late_one),
        Pool("partner", 10**9),
        GUARANTEE,
        share=Decimal(1),
        currency="INR",
        on=TRIGGER,
        at=AT,
    )
    assert made.due_on == late_one.due_on
