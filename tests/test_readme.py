"""What the README shows of the code is drawn from the code."""

from pathlib import Path

from shared.domain.loan import MOVES

README = (Path(__file__).resolve().parents[1] / "README.md").read_text()


def picture() -> str:
    moves = [f"    {state} --> {to}: {kind}" for state, kinds in MOVES.items() for kind, to in kinds.items()]
    return "\n".join(["stateDiagram-v2", f"    [*] --> {next(iter(MOVES))}", *moves])


def test_the_picture_of_a_loans_states_is_the_state_machine() -> None:
    assert picture() in README
