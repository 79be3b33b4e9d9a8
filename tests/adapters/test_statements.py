"""Statements of rail and lender: signed, of the account and day that were asked for, and else none at all."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from infra.local.ports import free_port
from infra.local.sandbox import statements as sandbox
from infra.local.sandbox.memory import Memory
from infra.local.sandbox.signed import Answer, serve
from shared.adapters.addresses import Addresses
from shared.adapters.parameters import parameter
from shared.adapters.statements import Statements
from shared.domain.reconciliation import Line, Statement
from tests.listening import listening

SECRET = "whsec_c2VjcmV0IG9mIHRoZSBsZW5kZXI="
OTHER = "whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldA=="
ON = date(2026, 2, 10)
ACCOUNT = "sahyadri-disbursement-01"


@dataclass
class Bank:
    """Answers with the sandbox's statement of what it was told, or with what it is made to say."""

    memory: Memory
    lines: list[dict[str, Any]] = field(default_factory=list)
    says: Answer | None = None

    def answer(self, verb: str, steps: list[str], _: Any) -> Answer:
        assert verb == "GET" and steps[0] == "statements"
        return self.says or sandbox.answer(self.memory, self.lines, steps[1], steps[2], int(steps[3]))


class Parameters:
    """Two parameters, as SSM would give them."""

    def __init__(self, port: int) -> None:
        self.values = {"statements": f"http://127.0.0.1:{port}/statements", "secret": SECRET}

    def get_parameter(self, **asked: Any) -> Any:
        return {"Parameter": {"Value": self.values[asked["Name"].rpartition("/")[2]]}}


@pytest.fixture
def bank(tmp_path: Any) -> Bank:
    return Bank(Memory(tmp_path / "bank.sqlite"))


@pytest.fixture
def statements(bank: Bank) -> Iterator[Statements]:
    port = free_port()
    with listening(port, lambda: serve(bank.answer, port, SECRET)):
        parameter.cache_clear()
        yield Statements(Parameters(port), "/stage", Addresses(allows_loopback=True))
        parameter.cache_clear()


def line(number: int, minor: int = 100, direction: str = "in") -> dict[str, Any]:
    amount = {"minor": minor, "currency": "INR"}
    said = {"id": f"upi_{number}", "kind": "payment", "direction": direction, "amount": amount}
    return {**said, "on": ON.isoformat(), "reference": "pay_1"}


def asked(statements: Statements) -> Statement | None:
    return statements.of("rail/upi", ACCOUNT, ON, "INR")


def test_a_statement_is_read_to_its_last_page(bank: Bank, statements: Statements) -> None:
    bank.lines = [line(number) for number in range(2 * sandbox.PAGE + 1)]
    found = asked(statements)

    assert found is not None and len(found.lines) == 2 * sandbox.PAGE + 1
    assert found.lines[0] == Line("payment.upi_0", 100, ON, "pay_1")


def test_money_that_went_out_is_below_nothing(bank: Bank, statements: Statements) -> None:
    bank.lines = [line(1, direction="out")]
    found = asked(statements)

    assert found is not None and found.lines[0].amount == -100


def test_the_same_statement_has_the_same_hash_and_another_has_another(bank: Bank, statements: Statements) -> None:
    bank.lines = [line(1)]
    first, again = asked(statements), asked(statements)
    sandbox.told(bank.memory, {"alter": {"upi_1": 101}})
    other = asked(statements)

    assert first is not None and first == again
    assert other is not None and other.sha256 != first.sha256


def test_a_day_that_is_not_there_yet_is_none(bank: Bank, statements: Statements) -> None:
    sandbox.told(bank.memory, {"late": [ON.isoformat()]})

    assert asked(statements) is None


PAGE = {"account": ACCOUNT, "on": ON.isoformat(), "lines": [line(1)], "next": None}


@pytest.mark.parametrize(
    "says",
    [
        Answer(200, PAGE, secret=OTHER),
        Answer(200, PAGE, is_lost=True),
        Answer(500, PAGE),
        Answer(200, {**PAGE, "account": "another"}),
        Answer(200, {**PAGE, "on": "2026-02-09"}),
        Answer(200, {**PAGE, "next": 1}),
        Answer(200, {**PAGE, "lines": [line(1, minor=0)]}),
        Answer(200, {**PAGE, "lines": [{**line(1), "amount": {"minor": 100, "currency": "CNY"}}]}),
        Answer(200, {**PAGE, "lines": [{**line(1), "on": "2026-02-09"}]}),
        Answer(200, {**PAGE, "lines": [{**line(1), "direction": "sideways"}]}),
        Answer(200, []),
    ],
)
def test_what_is_no_statement_of_that_account_and_day_is_none(bank: Bank, statements: Statements, says: Answer) -> None:
    bank.says = says

    assert asked(statements) is None


def test_the_faults_that_a_statement_is_told_to_have_are_in_it(bank: Bank, statements: Statements) -> None:
    bank.lines = [line(1), line(2), line(3)]
    sandbox.told(bank.memory, {"omit": ["upi_1"], "double": ["upi_2"], "alter": {"upi_3": 7}})
    found = asked(statements)

    assert found is not None
    assert [(each.movement_id, each.amount) for each in found.lines] == [
        ("payment.upi_2", 100),
        ("payment.upi_2", 100),
        ("payment.upi_3", 7),
    ]
