"""The runner tells what differs, counts, and fails when anything did."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.__main__ import main

DAYS: dict[str, Any] = {
    "id": "days",
    "kind": "daycount",
    "source": "ISDA",
    "tags": ["30/360"],
    "convention": "30/360",
    "start": "2006-08-31",
    "end": "2007-02-28",
    "expected": {"days": 178},
}
COST: dict[str, Any] = {
    "id": "cost",
    "kind": "apr",
    "source": "RBI/2024-25/18 Annex B",
    "tags": ["rbi"],
    "convention": "rbi",
    "terms": {"principal": "20000", "annual_rate": "0.15", "instalments": 24, "fees_deducted": "400"},
    "expected": {"apr_percent": "17.07", "decimals": 2},
}
TERMS: dict[str, Any] = {
    "principal": "100.00",
    "digits": 2,
    "annual_rate": "0.07",
    "interest_method": "declining",
    "day_count": "30/360",
    "interest_period": "daily",
    "instalments": 6,
    "every": [1, "month"],
    "disbursed_on": "2024-01-01",
    "rounding": "half_even",
    "instalment_rule": "factor_product",
}
LIFE: dict[str, Any] = {
    "id": "life",
    "kind": "life",
    "source": "Apache Fineract end-to-end tests",
    "tags": ["paid_in_advance"],
    "terms": {
        **TERMS,
        "recalculation": "daily",
        "allocation": {
            "mode": "horizontal",
            **{timing: ["penalties", "fees", "principal", "interest"] for timing in ("past_due", "due", "in_advance")},
        },
    },
    "events": [
        {"event": "disburse", "on": "2024-01-01", "recorded_on": "2024-01-01"},
        {"event": "repay", "ref": "r1", "on": "2024-01-23", "recorded_on": "2024-01-23", "amount": "17.01"},
        {"expect": {"status": "active", "allocations": {"r1": {"principal": "16.60", "interest": "0.41"}}}},
        {"expect": {"totals": {"interest": "2.03", "outstanding": "85.02"}}},
    ],
}


def run(tmp_path: Path, *vectors: dict[str, Any]) -> int:
    file = tmp_path / "vectors.json"
    file.write_text(json.dumps(vectors))
    return main([str(file)])


def test_vectors_that_agree_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = run(tmp_path, DAYS, COST, LIFE)

    assert status == 0
    assert capsys.readouterr().out.splitlines()[-1] == "3 passed, 0 failed"


def test_a_difference_is_shown_beside_what_was_expected_and_fails_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = run(tmp_path, DAYS, {**COST, "expected": {"apr_percent": "17.08", "decimals": 2}})
    lines = capsys.readouterr().out.splitlines()

    assert status == 1
    assert lines[1:4] == ["    apr_percent", "        expected 17.08", "        actual   17.07"]
    assert lines[-1] == "1 passed, 1 failed"


def test_a_life_is_held_to_every_expectation_on_its_way(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"n": 1, "due_on": "2024-02-01", "principal": "16.60", "interest": "0.42"}]
    status = run(tmp_path, {**LIFE, "events": [*LIFE["events"], {"expect": {"rows": rows}}]})
    shown = capsys.readouterr().out

    assert status == 1
    assert "row 1 interest" in shown
    assert "after repay r1 2024-01-23" in shown
    # 100.00 over the 22 days before the repayment, 83.40 over the 9 after it.
    assert "2024-01-01  22 days on 100.00 earn 0.4140" in shown
    assert "2024-01-23   9 days on 83.40 earn 0.1412" in shown


def test_what_the_engine_does_not_know_counts_as_failed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unknown = {**LIFE, "id": "unknown", "terms": {**LIFE["terms"], "instalment_rule": "by_moonlight"}}
    status = run(tmp_path, unknown, {**DAYS, "convention": "31/361"}, {**DAYS, "kind": "poem"})

    assert status == 1
    assert capsys.readouterr().out.splitlines()[-1] == "0 passed, 3 failed"
