"""Division of whole numbers, rounded once in the mode that the caller names (`decimal.ROUND_…`)."""

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP


def divide(numerator: int, denominator: int, rounding: str) -> int:
    """`numerator / denominator` to a whole number, exactly: there is no intermediate result that could lose a tie.

    The modes mean what they mean in `decimal`: up and half up are away from zero. The denominator is positive.
    """
    if rounding == ROUND_HALF_UP and numerator >= 0:
        return (numerator + denominator // 2) // denominator
    whole, rest = divmod(abs(numerator), denominator)
    return (whole + _goes_up(whole, 2 * rest - denominator, rest, rounding, numerator < 0)) * (
        -1 if numerator < 0 else 1
    )


def _goes_up(whole: int, beyond_half: int, rest: int, rounding: str, is_negative: bool) -> bool:
    """Whether the magnitude `whole` and a rest become `whole + 1`."""
    if rounding == ROUND_HALF_EVEN:
        return beyond_half > 0 or (beyond_half == 0 and whole % 2 == 1)
    if rounding == ROUND_HALF_UP:
        return beyond_half >= 0
    if rounding == ROUND_HALF_DOWN:
        return beyond_half > 0
    assert rounding in (ROUND_UP, ROUND_DOWN, ROUND_CEILING, ROUND_FLOOR), rounding
    away = rounding == ROUND_UP or rounding == (ROUND_FLOOR if is_negative else ROUND_CEILING)
    return rest > 0 and away
