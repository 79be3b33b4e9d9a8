"""Whatever a borrower pays and whenever somebody looks: each notice once, in its hours, within the caps."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.contact import COUNTED
from shared.domain.money import Money
from shared.domain.penal import Penalty
from shared.domain.telling import SENT
from shared.markets import market
from tests.application.post import HERE, Office
from tests.domain.lending import LENT_ON, Life, contract

DAY = timedelta(days=1)
PENALTY = Penalty("charge", Decimal("0.24"), 3, cap_share=Decimal("0.10"))
WHAT = st.sampled_from(["look", "look", "look", "night", "pay a little", "pay the instalment", "pay all that is late"])
MOMENTS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 23), WHAT), min_size=5, max_size=40)


def goes_on(office: Office, on: date, hour: int, what: str) -> None:
    life = office.life
    if what == "look":
        office.tell(on, hour)
        return
    life.until(on)
    late = sum(due.unpaid for due in life.loan.dues)
    amounts = {"pay a little": 5_000, "pay the instalment": 96_973, "pay all that is late": late}
    if amounts.get(what) and life.loan.state == "active":
        life.pay(Money(amounts[what], "INR"), on)
    office.booked()


def lived(moments: list[tuple[int, int, str]]) -> tuple[Office, date]:
    """The loan after moments, each some days after the one before or later that day; and the day that it is then."""
    office, on, last = Office(Life(contract(fees="0", penal=PENALTY))), LENT_ON, 0
    for gap, hour, what in moments:
        on, last = on + gap * DAY, hour if gap else max(hour, last)
        goes_on(office, on, last, what)
    return office, on


@given(MOMENTS)
@settings(max_examples=25)
def test_each_notice_comes_once_in_its_hours_and_within_the_caps(moments: list[tuple[int, int, str]]) -> None:
    office, on = lived(moments)
    told = list(office.told().values())
    sent = [telling.sent_at.astimezone(HERE) for telling in told if telling.sent_at]
    counted = Counter(
        telling.sent_at.astimezone(HERE).date() for telling in told if telling.sent_at and telling.purpose in COUNTED
    )
    rules = market("in", on)

    assert all(telling.state == SENT for telling in told)
    assert len(office.network.taken) == len(sent) == len(told)
    bound = [telling.sent_at for telling in told if telling.sent_at and telling.purpose != "answer"]
    assert all(8 <= at.astimezone(HERE).hour < 19 for at in bound)
    assert max(counted.values(), default=0) <= rules.contacts_per_day
    for day in counted:
        assert sum(counted[day - n * DAY] for n in range(7)) <= rules.contacts_per_week


@given(MOMENTS)
@settings(max_examples=15)
def test_after_a_look_in_the_hours_nothing_waits_for_that_day(moments: list[tuple[int, int, str]]) -> None:
    office, on = lived(moments)
    on += DAY
    office.tell(on, 9)
    listed = office.listed_on()

    assert listed is None or listed > on
    assert office.tell(on, 10) == 0
    assert listed is not None or office.life.loan.state == "closed"
