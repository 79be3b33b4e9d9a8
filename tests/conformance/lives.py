"""Lives: events through the engine, and each expectation held against the state right then."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from shared.domain.conventions.book import Book, LoanHabits, Row
from shared.domain.conventions.life import Charged, ChargedOff, DayClosed, Event, Life, Repaid, Reversed, Waived, begun
from shared.domain.conventions.opening import opening_table
from shared.domain.conventions.recalculation import day_rows
from tests.conformance.figures import Difference, compared
from tests.conformance.reading import UnsupportedError, minor_units, read_habits, read_terms, shown

COMPONENT = {"principal": "principal", "interest": "interest", "fees": "fee", "penalties": "penalty"}
AMOUNTS = (*COMPONENT, "due", "paid", "outstanding", "paid_early", "paid_late")


def check_life(vector: dict[str, Any]) -> list[Difference]:
    life: Life | None = None
    for position, element in enumerate(vector["events"], start=1):
        if "expect" in element:
            assert life, "Something is expected of a loan before its disbursement."
            differences = _differences(life.book, element["expect"], vector["terms"])
            if differences:
                return [(_told(vector, position), "", ""), *differences]
        elif element["event"] == "disburse":
            life = _begun(vector["terms"], element)
        else:
            assert life, "A loan's first event is its disbursement."
            life.record(_event(element, vector["terms"]["digits"]), date.fromisoformat(element["recorded_on"]))
    return []


def _told(vector: dict[str, Any], position: int) -> str:
    event = next(event for event in reversed(vector["events"][: position - 1]) if "expect" not in event)
    return f"after {' '.join(str(value) for value in event.values())} (element {position})"


def _begun(terms: dict[str, Any], element: dict[str, Any]) -> Life:
    disbursed_on = date.fromisoformat(terms.get("disbursed_on") or element["on"])
    first = terms.get("first_due_on")
    ours, habits = read_terms(terms), _loan_habits(terms)
    table = opening_table(ours, habits.table, disbursed_on, date.fromisoformat(first) if first else None)
    if table.units_per_minor != 1:
        raise UnsupportedError("a life with unrounded amounts")
    recorded_on = date.fromisoformat(element["recorded_on"])
    return begun(ours, habits, table, disbursed_on=disbursed_on, recorded_on=recorded_on)


def _loan_habits(terms: dict[str, Any]) -> LoanHabits:
    order = terms["allocation"]

    def components(name: str) -> tuple[str, ...]:
        return tuple(COMPONENT[component] for component in order.get(name) or ())

    return LoanHabits(
        table=read_habits(terms),
        past_due=components("past_due"),
        due=components("due"),
        in_advance=components("in_advance"),
        is_horizontal={"horizontal": True, "oldest_first": False}[order["mode"]],
        first_pass=components("in_advance_first_pass"),
        in_advance_to=order.get("in_advance_to") or "next",
        recalculates_daily={"daily": True, "none": False}[terms["recalculation"]],
        interest_until=terms.get("interest_until") or "payment_day",
        interest_on_overdue=terms.get("interest_on_overdue") is not False,
        charge_off_interest=terms.get("charge_off_interest") or "continues",
    )


def _event(element: dict[str, Any], digits: int) -> Event:
    kind, ref = element["event"], element.get("ref", "")
    amount = minor_units(element["amount"], digits) if "amount" in element else None
    if kind == "charge":
        assert amount is not None
        return Charged(ref, date.fromisoformat(element["due_on"]), element["kind"], amount)
    if kind in ("waive", "unwaive"):
        return Waived(element["charge"], is_taken_back=kind == "unwaive")
    if kind == "reverse":
        return Reversed(ref)
    on = date.fromisoformat(element["on"])
    if kind in ("repay", "payoff"):
        return Repaid(ref, on, amount, element.get("in_advance_to"))
    if kind == "charge_off":
        return ChargedOff(ref, on)
    if kind == "close_day":
        return DayClosed(on)
    raise UnsupportedError(f"the event {kind}")


def _differences(book: Book, expected: dict[str, Any], terms: dict[str, Any]) -> list[Difference]:
    differences: list[Difference] = []

    def printed(amounts: dict[str, int]) -> dict[str, str]:
        return {
            name: shown(minor, 10 ** terms["digits"], terms["digits"], ROUND_HALF_UP) for name, minor in amounts.items()
        }

    state = {"status": _status(book)}
    state |= printed({"overpaid": book.overpaid, "outstanding": book.outstanding})
    differences += compared("", {key: expected[key] for key in state if key in expected}, state)
    if "rows" in expected:
        differences += compared("", {"rows": len(expected["rows"])}, {"rows": len(book.rows)})
        for row, want in zip(book.rows, expected["rows"], strict=False):
            have = {"n": row.number, "due_on": row.due_on.isoformat(), **printed(_row(row))}
            wrong = compared(f"row {row.number} ", want, have)
            if wrong:
                differences += [*wrong, _whole_row(want, have), *_day_rows(book, row)]
    if "totals" in expected:
        rows = [_row(row) for row in book.rows]
        totals = {name: sum(row[name] for row in rows) for name in AMOUNTS}
        differences += compared("total ", expected["totals"], printed(totals))
    for ref, want in (expected.get("allocations") or {}).items():
        allocation = book.allocations[ref]
        taken = {name: allocation.taken[component] for name, component in COMPONENT.items()}
        differences += compared(f"{ref} ", want, printed({"amount": allocation.amount, **taken}))
    return differences


def _status(book: Book) -> str:
    if book.overpaid:
        return "overpaid"
    return "active" if book.outstanding else "closed"


def _row(row: Row) -> dict[str, int]:
    asked = {name: row.asked[component] for name, component in COMPONENT.items()}
    return {
        **asked,
        "due": sum(asked.values()),
        "paid": sum(row.paid.values()),
        "outstanding": row.total_outstanding,
        "paid_early": sum(amount for on, _, amount in row.payments if on < row.due_on),
        "paid_late": sum(amount for on, _, amount in row.payments if on > row.due_on),
    }


def _whole_row(want: dict[str, Any], have: dict[str, Any]) -> Difference:
    names = [name for name in AMOUNTS if name in want]
    return " ".join(names), " ".join(want[name] for name in names), " ".join(have[name] for name in names)


def _day_rows(book: Book, row: Row) -> list[Difference]:
    """Where interest follows the days: what each stretch of the row's period earned."""
    if book.is_fixed or row not in book.scheduled:
        return []
    return [
        (
            f"    {stretch.start} {stretch.days:>3} days on {Decimal(stretch.balance) / 100:.2f}"
            f" earn {Decimal(stretch.interest.numerator) / stretch.interest.denominator / 100:.4f}",
            "",
            "",
        )
        for stretch in day_rows(book, row)
    ]
