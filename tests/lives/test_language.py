"""The language of the lives: what cannot be understood, and what is not so, is told with its line."""

from pathlib import Path

import pytest

from tests.lives.language import LifeError, read
from tests.lives.run import Differs, run

HEAD = """title    A loan
about    It is lent and paid.
source   Arithmetic.

product
  principal    1,000.00 INR
  rate         0 %
  instalments  2 monthly

"""
LINES = """2026-01-15  disburse
2026-02-15  due 1    principal 500.00  interest 0.00   # half of it
2026-02-15  repay 700.00  P1  outstanding 300.00
              due 1   principal 500.00
              early   principal 200.00
"""


def life(folder: Path, text: str) -> Path:
    file = folder / "a.life"
    file.write_text(text)
    return file


def test_a_life_that_is_so_passes(tmp_path: Path) -> None:
    run(life(tmp_path, HEAD + LINES))


@pytest.mark.parametrize(
    ("was", "now", "problem"),
    [
        ("disburse", "lend", "line 10: no line begins with 'lend'"),
        ("2026-01-15  disburse", "disburse", "line 10: 'disburse' needs a date"),
        ("2026-01-15  disburse", "2026-01-45  disburse", "line 10: 2026-01-45 is no day or time"),
        ("2026-02-15  due 1    principal 500.00", "2026-02-15  due 1    capital 500.00", "line 11: no such fact here"),
        ("interest 0.00 ", "interest 0.00  interest 0.00 ", "line 11: 'interest' is told twice"),
        ("interest 0.00 ", "interest 0,00 ", "line 11: '0,00' is no amount"),
        ("principal 500.00  interest 0.00 ", "", "line 11: 'due' says no figure"),
        ("outstanding 300.00", "outstanding 300", "the life says"),
        ("outstanding 300.00", "300.00", "line 12: no such fact here: '300.00'"),
        ("outstanding 300.00", "account cash 300.00", "line 12: no such fact here: 'account cash 300.00'"),
        ("early   principal", "soon    principal", "line 14: nothing is said by 'soon    principal 200.00'"),
        ("early   principal", "due 1   principal", "line 14: 'due 1' is told twice"),
        ("early   principal", "early   fee", "line 14: no such fact here: 'fee 200.00'"),
        ("repay 700.00", "repay 700", "line 12: no line begins with 'repay 700 P1'"),
        ("repay 700.00", "repay 1700.00", "line 12: no line begins with 'repay 1700.00 P1'"),
        ("P1  outstanding", "P1 someday  outstanding", "line 12: no line begins with 'repay 700.00 P1 someday'"),
        ("2026-02-15  repay", "2026-02-14  repay", "line 12: the life has already told of 2026-02-15"),
        ("  rate         0 %", "  rate         0", "line 7: 'rate' is not told like this: '0'"),
        ("  rate         0 %", "  rates        0 %", "line 7: no line of a product is 'rates        0 %'"),
        ("  rate         0 %", "  rate         0 %\n  rate   1 %", "line 8: 'rate' is told twice"),
        ("  rate         0 %\n", "", "the product does not tell its rate"),
        ("  rate         0 %", "  rate         0 %\n  grace        3 days forgives", "need a penal charge"),
        ("about ", "hint ", "a life has one about"),
        ("source   Arithmetic.", "source", "a life has one source"),
        ("title    A loan", "  title    A loan", "line 1: an indented line belongs to the one above"),
    ],
)
def test_what_cannot_be_understood_is_told_with_its_line(was: str, now: str, problem: str, tmp_path: Path) -> None:
    text = (HEAD + LINES).replace(was, now, 1)
    assert text != HEAD + LINES

    with pytest.raises((LifeError, Differs)) as wrong:
        run(life(tmp_path, text))

    assert problem in str(wrong.value)


def test_a_life_without_a_figure_is_none() -> None:
    with pytest.raises(LifeError, match="the life checks no figure"):
        read(HEAD + "2026-01-15  disburse\n2026-02-15  repay 500.00 P1\n")


@pytest.mark.parametrize(
    ("was", "now", "shown"),
    [
        ("interest 0.00", "interest 5.00", "interest 5.00 0.00 <--"),
        ("outstanding 300.00", "outstanding 301.00", "outstanding 301.00 300.00 <--"),
        ("2026-02-15  due 1", "2026-02-14  due 1", "nothing of that number falls due on that day"),
        # What is missing under a payment is as wrong as what is too much.
        ("              early   principal 200.00\n", "", "early principal - 200.00 <--"),
        ("early   principal", "early   interest", "early interest 200.00 - <--"),
    ],
)
def test_a_figure_that_is_not_so_stands_beside_that_of_the_books(
    was: str, now: str, shown: str, tmp_path: Path
) -> None:
    text = (HEAD + LINES).replace(was, now, 1)

    with pytest.raises(Differs) as difference:
        run(life(tmp_path, text))

    assert shown in " ".join(str(difference.value).split())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("2026-02-16  waive 1.00 penalty if 2.00 is paid by 2026-02-20  W1  waiver kept", "waiver kept waits <--"),
        ("2026-02-16  plan 3 instalments from 2026-03-15  PL1  instalment 1.00", "instalment 1.00 100.00 <--"),
        ("2026-02-16  plan 3 instalments  PL1", "no line begins with 'plan 3 instalments PL1'"),
        ("2026-02-16  write off\n  gives up  principal 1.00", "gives up principal 1.00 300.00 <--"),
        ("2026-02-16  refused waiver asked by grade A  W1  grade", "it is refused as nothing_overdue loan_age"),
        ("2026-02-16  refused settle for 1.00 by 2026-02-20  S1  relief_open", "it is not refused"),
        ("2026-02-15  quote foreclosure 299.99", "the books say 300.00: principal 300.00"),
        ("2026-02-15  quote foreclosure 300.00  held 1.00", "held 1.00 0.00 <--"),
        ("2026-02-15  refused disburse loan_not_active", "it is refused as loan_not_sanctioned"),
        ("2026-02-15  refused quote foreclosure loan_not_active", "it is not refused"),
        ("2026-02-15  refund 1.00", "what is owed back is 0.00"),
        ("as of 2026-01-20  outstanding 1.00", "outstanding 1.00 1,000.00 <--"),
        ("expect  row 3  due 2026-04-15", "no such fact here: 'row 3'"),
        ("expect  instalments to come 1\n  row 3  due 2026-04-15", "row 3 due 2026-04-15 none <--"),
        ("expect  state closed  account principal 1.00", "account principal 1.00 300.00 <--"),
    ],
)
def test_every_kind_of_line_is_held_against_the_books(line: str, said: str, tmp_path: Path) -> None:
    with pytest.raises((LifeError, Differs)) as difference:
        run(life(tmp_path, HEAD + LINES + line + "\n"))

    assert said in " ".join(str(difference.value).split())
