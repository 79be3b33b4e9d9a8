"""Every `.life` file in this folder is one test, named by its title. See README.md."""

from pathlib import Path

import pytest

from tests.lives.language import LifeError, title
from tests.lives.run import Differs, run

FILES = sorted(Path(__file__).parent.glob("**/*.life"))
TITLES = [title(file.read_text()) for file in FILES]


@pytest.mark.parametrize("file", FILES, ids=TITLES)
def test_the_books_say_what_the_life_says(file: Path) -> None:
    try:
        run(file)
    except (Differs, LifeError) as difference:
        fault = str(difference)
    else:
        return
    pytest.fail(f"{file.name}, {fault}", pytrace=False)


def test_no_two_lives_have_one_title_and_there_are_many() -> None:
    assert len(set(TITLES)) == len(TITLES) >= 120
