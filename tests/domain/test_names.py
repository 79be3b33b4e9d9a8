"""Names in any script, and nothing that is none."""

import pytest

from shared.domain import names
from shared.domain.errors import Refused


@pytest.mark.parametrize(
    "name",
    [
        "Asha Rao",
        "अनन्या शर्मा",
        "王小明",
        "O'Neill-D’Souza Jr.",
        "阿卜杜拉·买买提",
        "தமிழ்ச்செல்வி",
        "শ্রী\u200dনিবাস",
        "A" * 100,
    ],
)
def test_a_name_of_any_script_is_kept_as_it_is(name: str) -> None:
    assert names.name(name, "/name") == name


def test_a_name_is_kept_composed_and_with_single_spaces() -> None:
    assert names.name("  Rene\u0301e   Rao ", "/name") == "Renée Rao"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "A" * 101,
        "Asha <b>",
        "Asha 😀",
        "Asha\u202eoaR",
        "Asha\u200fRao",
        "Asha\u200d",
        "\u200cAsha",
        "Asha \u200dRao",
        "Asha\nRao",
        "Asha\x00",
        "Asha 2",
        "'; --",
        "\ufeffAsha",
    ],
)
def test_what_is_no_name_is_refused_with_its_pointer(name: str) -> None:
    with pytest.raises(Refused) as refusal:
        names.name(name, "/name")

    assert (refusal.value.code, refusal.value.pointer) == ("name_invalid", "/name")


def test_an_address_has_digits_and_simple_signs() -> None:
    assert names.line("Flat 4/2, 1st Main (East) #12", "/line") == "Flat 4/2, 1st Main (East) #12"


@pytest.mark.parametrize("line", ["", "<script>", "road\u202e", "a\tb", "🏠", "x" * 201])
def test_what_is_no_address_is_refused_with_its_pointer(line: str) -> None:
    with pytest.raises(Refused) as refusal:
        names.line(line, "/address/line")

    assert (refusal.value.code, refusal.value.pointer) == ("address_invalid", "/address/line")
