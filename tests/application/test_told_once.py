"""Each notice is sent once and none is forgotten, also where a correction has posted entries anew."""

from shared.application.attend_loan import look
from shared.application.tell_loan import tell_loan
from shared.domain import payouts
from tests.application.post import at
from tests.application.test_tell_loan import DAY, FIRST, SOON, TERMS, lent
from tests.domain.lending import AT, LENT_ON, rupees


def test_a_payment_that_bounces_is_a_task_too_whatever_is_posted_anew_with_it() -> None:
    office = lent()
    life, payout = office.life, payouts.ordered(office.life.start, TERMS, "pout_1", LENT_ON, AT)[1]
    life.pay(rupees("969.73"), SOON)
    office.booked()
    life.correct(payouts.returned(life.loan, TERMS, life.entries, payout, SOON + DAY, AT))
    office.booked()
    life.comes_back(1)
    office.booked()
    items = office.loans.table.query(office.loan_id, "entry#")

    assert {item["sk"]: item.get("task") for item in items} == {
        "entry#payout_ordered.pout_1": None,
        "entry#repayment.upi.payment.upi1": "notice",
        "entry#payout_failed.pout_1": None,
        "entry#reversal.payout_failed.pout_1~2": "notice",
    }
    assert office.tell(SOON + DAY) == 1
    assert list(office.told()) == ["payment_returned.upi.payment.upi1"]


def test_a_notice_that_is_wanted_twice_at_one_look_is_sent_once() -> None:
    office = lent()
    seen, wanted, _ = look(office.loan_id, at(FIRST), (), loans=office.loans)
    tell_loan(seen, (*wanted, *wanted), {}, post=office.post)

    assert len(wanted) == len(office.network.taken) == 1
