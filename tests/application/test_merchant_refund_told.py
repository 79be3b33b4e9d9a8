"""What a merchant gives back is told to the borrower: once, at once, with what is left of the loan."""

from datetime import timedelta

import pytest

from shared.domain.replay import without
from tests.application.desk import Killed
from tests.application.post import Office
from tests.domain.lending import AT, LENT_ON, Life, rupees
from tests.domain.test_merchant_refunds import bought, gives_back

ON = LENT_ON + timedelta(days=5)


def refunded(*amounts: str, language: str = "en") -> Office:
    office = Office(Life(bought("20400", fees="400")), language)
    for number, amount in enumerate(amounts, start=1):
        gives_back(office.life, rupees(amount), f"M{number}")
        office.booked()
    return office


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Lotus Mobiles gave back Rs 4,000.00", "Rs 16,400.00")),
        ("hi", ("Lotus Mobiles", "₹4,000.00", "बाकी: ₹16,400.00")),
    ],
)
def test_a_part_that_came_back_is_told_once_with_what_is_unpaid(language: str, words: tuple[str, ...]) -> None:
    office = refunded("4000", language=language)

    assert [office.tell(LENT_ON, 23), office.tell(LENT_ON, 23), office.tell(ON)] == [1, 0, 0]
    [told] = office.network.taken
    assert all(word in told for word in words)
    assert list(office.told()) == ["merchant_refund.M1"]


def test_each_part_has_a_notice_of_its_own_and_the_last_says_that_nothing_is_owed() -> None:
    office = refunded("4000", "16000")

    assert office.tell(LENT_ON) == 2
    assert set(office.told()) == {"merchant_refund.M1", "merchant_refund.M2"}
    assert "You owe nothing" in office.network.taken[-1]


def test_a_refund_is_a_task_for_whoever_answers_it() -> None:
    office = refunded("4000")
    items = office.loans.table.query(office.loan_id, "entry#merchant_refund")

    assert [item.get("task") for item in items] == ["notice"]


def test_who_dies_while_it_is_sent_sends_it_once_more_and_no_third_time() -> None:
    office = refunded("4000")
    office.network.dies = True
    with pytest.raises(Killed):
        office.tell(LENT_ON, 12)
    office.network.dies = False

    assert [office.tell(LENT_ON, 13), office.tell(LENT_ON, 14)] == [1, 0]
    assert len(office.network.taken) == 2


def test_a_payment_that_is_entered_late_does_not_tell_the_refund_anew() -> None:
    office = refunded("4000")
    office.tell(LENT_ON, 12)
    office.life.until(ON + timedelta(days=60))
    office.life.pay(rupees("1000"), ON)
    office.booked()
    office.tell(LENT_ON, 13)

    assert [each for each in office.told() if each.startswith("merchant_refund")] == ["merchant_refund.M1"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Rs 4,000.00 that Lotus Mobiles gave back", "taken back")),
        ("hi", ("Lotus Mobiles", "₹4,000.00", "वापस ले लिए")),
    ],
)
def test_what_went_back_again_is_told_once(language: str, words: tuple[str, ...]) -> None:
    office = refunded("4000", language=language)
    office.tell(LENT_ON, 12)
    life = office.life
    life.correct(without(life.loan, life.contract, life.entries, "merchant_refund.M1", AT))
    office.booked()
    [item] = office.loans.table.query(office.loan_id, "entry#reversal")

    assert item["task"] == "notice"
    assert [office.tell(LENT_ON, 13), office.tell(LENT_ON, 14)] == [1, 0]
    assert all(word in office.network.taken[-1] for word in words)
    assert "payment_returned.M1" in office.told()
