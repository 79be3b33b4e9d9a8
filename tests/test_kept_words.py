"""Words that stay with a decision for ever name nobody, as far as a machine can tell."""

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.schemas import KeptWords

kept = TypeAdapter[str](KeptWords)


@pytest.mark.parametrize(
    "words", ["His payslips show it.", "Paid 150000 on 2026-11-22.", "वेतन पर्ची देखी गई।", "工资单已核对。"]
)
def test_reasons_are_kept_as_they_are_written(words: str) -> None:
    assert kept.validate_python(words) == words


@pytest.mark.parametrize(
    "words",
    [
        "Called +919876543210.",
        "Account 5010 0123 4567 89",
        "aadhaar 2341 2341 2346",
        "PAN abcpv1234d",
        "Wrote to asha@example.com",
        "身份证11010519491231002X",
        "",
    ],
)
def test_numbers_and_addresses_of_somebody_are_refused(words: str) -> None:
    with pytest.raises(ValidationError):
        kept.validate_python(words)
