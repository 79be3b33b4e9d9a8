"""The text of a life, read: its lines, their words and their figures, before anything is worked out.

README.md says what the words mean. Whatever is not one of them is a fault of the text, named with its line.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from shared.domain.ledger import ACCOUNTS

AMOUNT = r"-?\d{1,3}(?:,\d{3})*\.\d\d"
DATE = r"\d{4}-\d\d-\d\d"
CLAIM = "(?:interest|fee|penalty)"
# How a payment, a waiver or a plan is called in a life.
NAME = r"[A-Z]\w*"

# The words of each kind of line. What stands in a named group is what the line says.
VERBS: dict[str, str] = {
    "disburse": "disburse",
    "payout ordered": "payout ordered",
    "payout failed": "payout failed",
    "payout returned": "payout returned",
    "cancel": "cancel",
    "write off": "write off",
    "due": r"due (?P<number>\d+)",
    "repay": rf"repay (?P<amount>{AMOUNT}) (?P<id>{NAME})"
    r"(?: (?P<purpose>instalment|prepayment|foreclosure|cooling-off))?"
    r"(?: for a (?P<choice>shorter tenor|smaller instalment))?"
    rf"(?: arrived (?P<arrived>{DATE}))?",
    "paid on time": rf"paid on time until (?P<until>{DATE})",
    "returned": rf"returned (?P<id>{NAME})",
    "refund": rf"refund (?P<amount>{AMOUNT})",
    "refund returned": "refund returned",
    "merchant refund": rf"merchant refund (?P<amount>{AMOUNT}) (?P<id>{NAME})",
    "night": "night",
    "as of": "as of",
    "quote": rf"quote (?P<what>foreclosure|cooling-off) (?P<amount>{AMOUNT})",
    "waive": rf"waive (?P<parts>{AMOUNT} {CLAIM}(?: {AMOUNT} {CLAIM})*)"
    rf"(?: if (?P<pay>{AMOUNT}) is paid by (?P<by>{DATE}))? (?P<id>{NAME})",
    "settle": rf"settle for (?P<pay>{AMOUNT}) by (?P<by>{DATE}) (?P<id>{NAME})",
    "plan": rf"plan (?P<count>\d+) instalments? from (?P<first>{DATE})(?: counted from (?P<anchor>{DATE}))?"
    rf"(?: (?P<capitalised>{CLAIM}(?: {CLAIM})*) capitalised)?(?: (?P<waived>{CLAIM}(?: {CLAIM})*) waived)?"
    rf"(?: breaks after (?P<days>\d+) days)?(?: watched for (?P<months>\d+) months)? (?P<id>{NAME})",
    "undo": rf"undo (?P<id>{NAME})",
    "budget left": rf"budget left (?P<amount>{AMOUNT})",
    "waiver asked": rf"waiver asked by grade (?P<grade>[A-E]) (?P<id>{NAME})",
    "waiver decided": r"waiver (?P<how>approved|declined) by (?P<role>reviewer|approver)"
    rf" (?P<member>{NAME}) (?P<id>{NAME})",
    "refused": r"refused (?P<step>disburse|cancel|write off|quote foreclosure|quote cooling-off"
    rf"|(?:merchant refund|waive|settle|plan|waiver) .+ {NAME}) (?P<code>[a-z_]+(?: [a-z_]+)*)",
    "expect": "expect",
}
# Lines that say how things stand without anything happening.
UNDATED = ("expect",)
# What may follow a kind of line besides how the loan stands.
OWN_FACTS: dict[str, tuple[str, ...]] = {
    "due": ("principal", "interest", "carried"),
    "waiver asked": ("pay", "waived", "last day", "decision"),
    "waiver decided": ("pay", "waived", "last day", "decision"),
    "quote": ("principal", "interest", "fees", "penalty", "charge", "tax", "fees returned", "held", "given up"),
}
STATE_FACTS = (
    *("state", "outstanding", "not yet due", "overdue", "penalty", "excess", "interest earned", "interest so far"),
    *("instalment", "instalments to come", "interest to come", "last due", "dpd", "bucket", "corrections", "books"),
    *("written off", "waiver", "plan", "watch"),
)
ACCOUNT_FACTS = tuple(f"account {name.replace('_', ' ')}" for name in ACCOUNTS)
# The heads of indented lines, and the facts under each.
COMPONENTS = ("principal", "interest", "fee", "penalty")
HEADS: dict[str, tuple[str, ...]] = {
    r"due \d+": COMPONENTS,
    "early": ("principal", "interest"),
    "closing": ("charge", "tax", "fees returned"),
    "excess": ("kept", "used"),
    "recovery": ("taken",),
    "gives up": (*COMPONENTS, "tax"),
    "puts off": COMPONENTS,
    "capitalises": COMPONENTS,
    r"row \d+": ("due", "principal", "interest"),
}

# The head of an indented line, "" for the line itself; and the name of a fact.
Key = tuple[str, str]


class LifeError(Exception):
    """The text of a life cannot be understood."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"line {line}: {problem}")


@dataclass(frozen=True, slots=True)
class Step:
    """One line with those indented under it.

    `on` is its date, or a moment in UTC whose date is the market's; None for a line that tells no day.
    """

    line: int
    text: str
    on: date | datetime | None
    verb: str
    said: Mapping[str, str | None]
    facts: Mapping[Key, str]


@dataclass(frozen=True, slots=True)
class Text:
    title: str
    product: Mapping[int, str]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A line that is not indented, and the indented ones under it, by their numbers."""

    line: int
    text: str
    below: Mapping[int, str]


def read(text: str) -> Text:
    """Raises `LifeError`. A life has a title, says what it is about and its source, and checks at least one figure."""
    found = items(text)
    told = {word: _told(found, word) for word in ("title", "about", "source")}
    steps = tuple(step(item) for item in found if not _is_heading(item.text))
    if not any(each.facts or each.verb in ("quote", "refund") for each in steps):
        raise LifeError(1, "the life checks no figure")
    products = [item for item in found if item.text == "product"]
    if len(products) != 1:
        raise LifeError(1, "a life has one product")
    return Text(told["title"], products[0].below, steps)


def title(text: str) -> str:
    """The title alone, of a text that may have faults."""
    return next((line[5:].strip() for line in text.splitlines() if line.startswith("title")), "a life without a title")


def items(text: str) -> list[Item]:
    """The lines without comments and empty ones."""
    found: list[Item] = []
    for number, line in enumerate(text.splitlines(), 1):
        line = re.sub(r"(^|\s)#.*", "", line).rstrip()
        if line.startswith(" ") and not found:
            raise LifeError(number, "an indented line belongs to the one above, and there is none")
        if line.startswith(" "):
            found[-1] = Item(found[-1].line, found[-1].text, {**found[-1].below, number: line.strip()})
        elif line:
            found.append(Item(number, line, {}))
    return found


def fields(text: str) -> list[str]:
    """What two or more spaces keep apart."""
    return re.split(r" {2,}", text)


def step(item: Item) -> Step:
    on, text = _dated(item)
    first, rest = _up_to_the_name(fields(text))
    verb, said = words_of(item.line, first)
    if (on is None) != (verb in UNDATED):
        raise LifeError(item.line, f"{verb!r} needs {'no' if on else 'a'} date")
    facts = dict(_facts(item.line, "", rest, (*OWN_FACTS.get(verb, ()), *STATE_FACTS)))
    for line, below in item.below.items():
        facts |= _below(line, below, facts)
    if verb in ("expect", "night", "as of", "due") and not facts:
        raise LifeError(item.line, f"{verb!r} says no figure")
    return Step(item.line, item.text, on, verb, said, facts)


def words_of(line: int, text: str) -> tuple[str, Mapping[str, str | None]]:
    """The kind of a line, and what it says in its words. Raises `LifeError`."""
    matches = ((verb, re.fullmatch(words, text)) for verb, words in VERBS.items())
    verb, match = next(((verb, match) for verb, match in matches if match), ("", None))
    if match is None:
        raise LifeError(line, f"no line begins with {text!r}")
    return verb, match.groupdict()


def _up_to_the_name(told: list[str]) -> tuple[str, list[str]]:
    """The words of the line, and its facts. Its parts and its name may be set apart. A refusal has no facts."""
    if told[0].startswith("refused "):
        return " ".join(told), []
    named = told[0].startswith(("repay ", "merchant refund ", "waive ", "settle ", "plan ", "waiver "))
    last = next((at for at, text in enumerate(told) if at and named and re.fullmatch(rf"{NAME}( .*)?", text)), 0)
    return " ".join(told[: last + 1]), told[last + 1 :]


def _below(line: int, text: str, so_far: Mapping[Key, str]) -> dict[Key, str]:
    found = ((re.match(rf"({words}) +(?=\S)", text), allowed) for words, allowed in HEADS.items())
    match, allowed = next(((match, allowed) for match, allowed in found if match), (None, ()))
    if match is None:
        raise LifeError(line, f"nothing is said by {text!r}")
    facts = dict(_facts(line, match[1], fields(text[match.end() :]), allowed))
    if facts.keys() & so_far.keys():
        raise LifeError(line, f"{match[1]!r} is told twice")
    return facts


def _facts(line: int, head: str, told: Iterable[str], allowed: tuple[str, ...]) -> Iterable[tuple[Key, str]]:
    seen = set[str]()
    for fact in told:
        name, _, value = fact.rpartition(" ")
        if name not in allowed and (head or name not in ACCOUNT_FACTS):
            raise LifeError(line, f"no such fact here: {fact!r}")
        if name in seen:
            raise LifeError(line, f"{name!r} is told twice")
        if re.search(r"\d", value) and not re.fullmatch(rf"{AMOUNT}|{DATE}|\d+|SMA-\d", value):
            raise LifeError(line, f"{value!r} is no amount like 2,836.79, no date and no whole number")
        seen.add(name)
        yield (head, name), value


def _dated(item: Item) -> tuple[date | datetime | None, str]:
    match = re.match(rf"(?P<as_of>as of )?(?P<day>{DATE})(?:T(?P<time>\d\d:\d\d)Z)? +(?=\S)", item.text)
    if match is None:
        return None, item.text
    try:
        on = date.fromisoformat(match["day"])
        moment = datetime.combine(on, time.fromisoformat(match["time"]), UTC) if match["time"] else None
    except ValueError as wrong:
        raise LifeError(item.line, f"{match[0].strip()} is no day or time") from wrong
    rest = item.text[match.end() :]
    return moment or on, f"as of  {rest}" if match["as_of"] else rest


def _is_heading(text: str) -> bool:
    return fields(text)[0] in ("title", "about", "source", "product")


def _told(found: Iterable[Item], word: str) -> str:
    told = [" ".join([*fields(item.text)[1:], *item.below.values()]) for item in found if fields(item.text)[0] == word]
    if len(told) != 1 or not told[0]:
        raise LifeError(1, f"a life has one {word}")
    return told[0]
