"""When a partner is degraded: marks of bad answers within a window, a rest, and a longer one if nothing is better."""

from datetime import UTC, datetime, timedelta

from shared.domain.partner_health import BAD, LONGEST_REST, REST, WINDOW, Health, Mark, marked

AT = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def after(*marks: Mark, health: Health | None = None) -> Health:
    found = health or Health("kaveri")
    for mark in marks:
        found = marked(found, mark)
    return found


def bad(minute: int, asked: int = 1, number: int = 1) -> Mark:
    return Mark(AT + minute * MINUTE, asked, number, "late")


def test_one_bad_answer_degrades_nobody() -> None:
    assert not after(bad(0)).is_degraded(AT)


def test_three_bad_answers_within_the_window_degrade_a_partner_for_a_while() -> None:
    found = after(bad(0), bad(1), bad(2))

    assert found.is_degraded(AT + 2 * MINUTE) and found.rests_until == AT + 2 * MINUTE + REST
    assert not found.is_degraded(AT + 2 * MINUTE + REST)
    assert found.reasons(AT + 2 * MINUTE) == {"late": 3}


def test_many_bad_answers_in_one_minute_degrade_it_too() -> None:
    assert after(bad(0), bad(1, asked=BAD, number=BAD)).is_degraded(AT + MINUTE)


def test_a_few_bad_answers_among_many_good_ones_degrade_nobody() -> None:
    assert not after(*(bad(minute, asked=100, number=2) for minute in range(9))).is_degraded(AT + 8 * MINUTE)


def test_what_is_older_than_the_window_counts_no_more() -> None:
    late = WINDOW // MINUTE + 1

    assert not after(bad(0), bad(1), bad(late + 1)).is_degraded(AT + (late + 1) * MINUTE)
    assert len(after(bad(0), bad(1), bad(late + 1)).marks) == 1


def test_a_partner_that_is_tried_again_and_fails_rests_for_twice_as_long_up_to_a_bound() -> None:
    found, rests = after(bad(0), bad(1), bad(2)), list[timedelta]()
    for _ in range(6):
        assert found.rests_until is not None
        again = Mark(found.rests_until, BAD, BAD, "late")
        found = marked(found, again)
        assert found.rests_until is not None
        rests.append(found.rests_until - again.at)

    assert rests[:3] == [2 * REST, 4 * REST, 8 * REST] and rests[-1] == LONGEST_REST


def test_after_a_good_hour_it_begins_with_a_short_rest() -> None:
    once = after(bad(0), bad(1), bad(2))
    found = after(bad(200), bad(201), bad(202), health=once)

    assert found.rests == 1 and found.rests_until == AT + 202 * MINUTE + REST
