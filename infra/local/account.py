"""The journey's account for a reader at a terminal: calls as lines, answers as labelled lines and tables."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from infra.local.client import Call

SIGNS = {"INR": "₹", "CNY": "¥"}
WIDTH = 118
# Shares of one in an answer, percent for a reader.
RATES = {"apr", "annual_rate", "interest_rate"}


def title(text: str) -> None:
    print(f"\n{text}\n{'─' * min(len(text), WIDTH)}", flush=True)


def line(text: str) -> None:
    print(f"  {text}", flush=True)


def call(made: Call) -> None:
    """`201  POST    /v1/applications/app_01J…/acceptance    142 ms`."""
    replayed = "  (the same answer again)" if made.headers.get("Idempotency-Replayed") else ""
    times = f"  (asked {made.times} times)" if made.times > 1 else ""
    code = "" if made.is_success else f"  {made.code}"
    took = f"{made.seconds * 1000:>6.0f} ms"
    print(f"  {made.status}  {made.verb:<6}  {made.path:<84} {took}{code}{replayed}{times}", flush=True)


def show(value: Any, depth: int = 1) -> None:
    """Anything that an answer holds: labels, money as money, lists of alike things as tables."""
    if isinstance(value, Mapping) and not _is_plain(value):
        width = max((len(name) for name, inner in value.items() if _is_plain(inner)), default=0)
        for name, inner in value.items():
            _labelled(name, inner, depth, width)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        table(value, depth)
    else:
        print(f"{'  ' * depth}{plain(value)}", flush=True)


def table(rows: Sequence[Any], depth: int = 1) -> None:
    """Alike things in columns; others one after the other."""
    if not rows or not all(isinstance(row, Mapping) and all(map(_is_plain, row.values())) for row in rows):
        for row in rows:
            show(row, depth)
            if isinstance(row, Mapping):
                print()
        return
    columns = list(dict.fromkeys(name for row in rows for name in row))
    cells = [[name.replace("_", " ") for name in columns]]
    cells += [[_cell(name, row.get(name, "")) for name in columns] for row in rows]
    widths = [max(len(row[at]) for row in cells) for at in range(len(columns))]
    is_right = [name in RATES or _is_number(rows[0].get(name)) for name in columns]
    for row in cells:
        shown = (
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, is_right, strict=True)
        )
        print(f"{'  ' * depth}{'   '.join(shown).rstrip()}", flush=True)


def plain(value: Any) -> str:
    """One value in a few characters: `₹1,00,000.00`, `yes`, `2026-11-22`."""
    if isinstance(value, Mapping):
        return money(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(plain, value)) or "–"
    return "–" if value is None or value == "" else str(value)


def money(amount: Mapping[str, Any]) -> str:
    """Major units with two digits; rupees in lakhs and crores, as they are written in India."""
    whole, minor = divmod(abs(amount["minor"]), 100)
    digits = f"{whole:,}" if amount["currency"] != "INR" else _indian(str(whole))
    sign = "-" if amount["minor"] < 0 else ""
    return f"{sign}{SIGNS.get(amount['currency'], '')}{digits}.{minor:02}"


def _indian(digits: str) -> str:
    head, tail = digits[:-3], digits[-3:]
    groups = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)]
    return ",".join([*reversed(groups), tail])


def percent(share: str) -> str:
    """`0.1707` → `17.07 %`."""
    whole, _, digits = share.partition(".")
    digits = digits.ljust(4, "0")
    return f"{int(whole + digits[:2])}.{digits[2:]} %"


def _labelled(name: str, value: Any, depth: int, width: int) -> None:
    label, indent = name.replace("_", " "), "  " * depth
    if not _is_plain(value):
        print(f"{indent}{label}", flush=True)
        show(value, depth + 1)
        return
    first = f"{indent}{label:<{width}}   "
    print(
        textwrap.fill(_cell(name, value), WIDTH, initial_indent=first, subsequent_indent=" " * len(first)), flush=True
    )


def _cell(name: str, value: Any) -> str:
    return percent(value) if name in RATES and isinstance(value, str) and value else plain(value)


def _is_plain(value: Any) -> bool:
    """Fits on a line: a scalar, an amount of money, a list of scalars."""
    if isinstance(value, Mapping):
        return value.keys() == {"minor", "currency"}
    if isinstance(value, list):
        return not any(isinstance(inner, Mapping | list) for inner in value)
    return True


def _is_number(value: Any) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, int) and not isinstance(value, bool))
