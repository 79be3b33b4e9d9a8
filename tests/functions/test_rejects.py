"""What credit bureaus refused, at the desk: taken once, listed, put right; by whom the table of routes names."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from shared.adapters.credit_files import CreditFiles
from shared.adapters.loans import CONTRACT, HEAD, Loans
from shared.adapters.table import Table, Write, record
from shared.domain.credit_file import Figures, Record
from shared.domain.file_run import FileRun, Line
from shared.domain.loan import sanctioned
from tests.domain.lending import AT, LENT_ON, Life, contract, rupees
from tests.functions.door import call, opened

LOAN, REPORTED_ON = f"loan_{'0' * 26}", date(2026, 3, 9)
TAKEN = {"loan_id": LOAN, "reference_on": "2026-03-09", "codes": ["E01", "NAME-2"]}


@pytest.fixture
def desk(loans: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A loan that was reported once."""
    life = Life(contract())
    start = sanctioned(LOAN, "brw_asha", life.contract, "app_1", "off_1", AT)
    loans.transact([Write(record(start, LOAN, HEAD)), Write(record(life.contract, LOAN, CONTRACT))])
    Loans(loans).book(replace(life.loan, loan_id=LOAN), life.contract, life.entries)
    run = FileRun("in", REPORTED_ON, LENT_ON, False, AT)
    figures = Figures(LOAN, rupees("20000"), rupees("20000"), rupees("0"), LENT_ON)
    line = Line("brw_asha", "partner", Record(REPORTED_ON, "standard", 0, figures), False)
    CreditFiles(loans).write_line(run, line, 1, "in#0")
    with opened("desk", monkeypatch, loans=loans) as handler:

        def asked(route: str, body: Any = None, key: str | None = None, role: str = "reviewer", **query: str) -> Any:
            return call(handler, route, body, subject=role, key=key, query=query, roles=(role,))

        yield asked


def test_a_reject_is_taken_once_listed_and_put_right(desk: Any) -> None:
    first, again = (desk("POST /v1/desk/rejects", TAKEN, "one") for _ in range(2))
    listed = desk("GET /v1/desk/rejects", role="auditor", market="in").body

    assert first.status == 201 and first.body == again.body and listed == {"rejects": [first.body], "next": None}
    assert (first.body["state"], first.body["codes"]) == ("open", ["E01", "NAME-2"])
    done = desk(f"POST /v1/desk/rejects/{first.body['reject_id']}/correction", {"reason": "The name."}, "two")
    assert (done.status, done.body["state"], done.body["because"]) == (200, "corrected", "The name.")
    assert desk("GET /v1/desk/rejects", market="in").body["rejects"] == []


def test_the_same_line_is_not_refused_twice_nor_one_that_was_never_reported(desk: Any) -> None:
    desk("POST /v1/desk/rejects", TAKEN, "one")
    known = desk("POST /v1/desk/rejects", TAKEN, "two")
    later = desk("POST /v1/desk/rejects", TAKEN | {"reference_on": "2026-03-16"}, "three")

    assert (known.status, known.body["code"]) == (409, "reject_known")
    assert (later.status, later.body["code"]) == (422, "not_reported")


@pytest.mark.parametrize("codes", [[], ["E 1"], ["E"] * 21, ["x" * 33], [1], "E01"])
def test_codes_are_the_bureaus_own_and_no_words(desk: Any, codes: Any) -> None:
    assert desk("POST /v1/desk/rejects", TAKEN | {"codes": codes}, "one").status == 422
