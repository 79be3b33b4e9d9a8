"""A life, run: each line is done, and every figure that it states is held against the books."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from shared.domain.calendar import business_date
from shared.domain.errors import Refused
from shared.domain.ledger import Grant, NewTerms, live
from shared.domain.money import Money
from tests.lives import desk, facts
from tests.lives.books import Books
from tests.lives.checks import broken
from tests.lives.language import Key, LifeError, Step, Text, read, words_of
from tests.lives.product import contract, minor

PURPOSES = {"cooling-off": "cooling_off"}
# What a line did, in figures of its own; what is not among them is how the loan stands after it.
Told = Mapping[Key, str]


class Differs(AssertionError):
    """A life and the books do not agree."""


def run(file: Path) -> None:
    """Raises `Differs` at the first line that is not so, `LifeError` where the text cannot be understood."""
    text = read(file.read_text())
    books: Books | None = None
    for step in text.steps:
        if books is None:
            books = opened(text, step)
        answers = _done(books, step)
        _compare(step, answers, books)
        if rules := broken(books.standing()):
            raise Differs(f"line {step.line}:  {step.text}\n  broken: " + "\n  broken: ".join(rules))


def opened(text: Text, first: Step) -> Books:
    """The loan as it was sanctioned for being paid out on the day of the first line."""
    if type(first.on) is not date:
        raise LifeError(first.line, "the first line has a date, without a time")
    return Books(contract(text.product, first.on), first.on)


def _day(on: date | datetime, zone: str) -> date:
    return business_date(on, zone) if isinstance(on, datetime) else on


def _done(books: Books, step: Step) -> Told:
    on = _day(step.on, books.contract.time_zone) if step.on else books.today
    if step.verb == "as of":
        return {key: facts.stands(key, books.as_of(on)) for key in step.facts}
    arrived = date.fromisoformat(step.said.get("arrived") or step.said.get("until") or on.isoformat())
    if arrived < books.today:
        raise LifeError(step.line, f"the life has already told of {books.today}; what is known later is said 'arrived'")
    books.today = arrived
    return VERBS[step.verb](books, step, on)


def _due(books: Books, step: Step, on: date) -> Told:
    books.until(on)
    entry = books.find(f"due.{step.said['number']}")
    if entry is None or entry.effective_on != on:
        raise Differs(f"line {step.line}:  {step.text}\n  nothing of that number falls due on that day")
    from_excess = books.find(f"settled.{step.said['number']}")
    return {**facts.fell_due(entry), **(facts.settled(from_excess) if from_excess else {})}


def _repay(books: Books, step: Step, on: date) -> Told:
    payment_id, amount, purpose = str(step.said["id"]), str(step.said["amount"]), step.said["purpose"] or "instalment"
    money = Money(minor(amount), books.contract.currency)
    choice = (step.said["choice"] or "").replace(" ", "_") or None
    books.receive(payment_id, money, PURPOSES.get(purpose, purpose), on, books.today, choice)
    entry = books.find(f"repayment.{payment_id}")
    assert entry is not None
    waiver = next((made for made in live(books.entries) if made.kind == "waiver" and made.effective_on == on), None)
    return {**facts.settled(entry), **(facts.relieved(waiver) if waiver else {})}


def _waive(books: Books, step: Step, on: date) -> Told:
    said, parts = step.said, str(step.said["parts"]).split()
    given = {component: minor(amount) for amount, component in zip(parts[::2], parts[1::2], strict=True)}
    grant = Grant(
        relief_id=str(said["id"]),
        pay=minor(said["pay"] or "0.00"),
        by=date.fromisoformat(said["by"]) if said["by"] else on,
        interest=given.get("interest", 0),
        fee=given.get("fee", 0),
        penalty=given.get("penalty", 0),
    )
    books.grant(grant, on)
    entry = books.find(f"waiver.{said['id']}")
    return facts.relieved(entry) if entry else {}


def _settle(books: Books, step: Step, on: date) -> Told:
    by = date.fromisoformat(str(step.said["by"]))
    books.grant(Grant(str(step.said["id"]), minor(str(step.said["pay"])), by, closes=True), on)
    return {}


def _plan(books: Books, step: Step, on: date) -> Told:
    said = step.said
    terms = NewTerms(
        relief_id=str(said["id"]),
        instalments=int(str(said["count"])),
        first_due_on=date.fromisoformat(str(said["first"])),
        capitalised=tuple((said["capitalised"] or "").split()),
        waived=tuple((said["waived"] or "").split()),
        breaks_after_days=int(said["days"]) if said["days"] else None,
        anchor_on=date.fromisoformat(said["anchor"]) if said["anchor"] else None,
        watch_months=int(said["months"]) if said["months"] else None,
    )
    books.plan(terms, on)
    entry = books.find(f"rescheduled.{said['id']}")
    assert entry is not None
    return facts.relieved(entry)


def _budget(books: Books, step: Step, _: date) -> None:
    books.budget_left = minor(str(step.said["amount"]))


def _waiver_asked(books: Books, step: Step, on: date) -> Told:
    desk.ask(books, str(step.said["id"]), str(step.said["grade"]), on)
    return desk.told(books, str(step.said["id"]), on)


def _waiver_decided(books: Books, step: Step, on: date) -> Told:
    name, role, member = (str(step.said[word]) for word in ("id", "role", "member"))
    desk.decide(books, name, role, member, on, approves=step.said["how"] == "approved")
    return desk.told(books, name, on)


def _write_off(books: Books, _: Step, on: date) -> Told:
    books.write_off(on)
    entry = books.find("write_off.1")
    assert entry is not None
    return facts.relieved(entry)


def _refund(books: Books, step: Step, on: date) -> Told:
    refunded = facts.shown(books.refund(on).minor)
    if refunded != step.said["amount"]:
        raise Differs(f"line {step.line}:  {step.text}\n  what is owed back is {refunded}")
    return {}


def _merchant_refund(books: Books, step: Step, on: date) -> None:
    amount = Money(minor(str(step.said["amount"])), books.contract.currency)
    books.take_back(str(step.said["id"]), amount, on)


def _quote(books: Books, step: Step, on: date) -> Told:
    payoff = books.quote(str(step.said["what"]), on)
    amount = facts.shown(payoff.amount.minor)
    if amount != step.said["amount"]:
        parts = "  ".join(f"{name} {value}" for (_, name), value in facts.quoted(payoff).items())
        raise Differs(f"line {step.line}:  {step.text}\n  the books say {amount}:  {parts}")
    return facts.quoted(payoff)


def _refused(books: Books, step: Step, on: date) -> Told:
    asked, code = str(step.said["step"]), step.said["code"]
    asks: dict[str, Callable[[], object]] = {
        "disburse": lambda: books.order(on),
        "cancel": lambda: books.cancel(on),
        "write off": lambda: books.write_off(on),
        "quote foreclosure": lambda: books.quote("foreclosure", on),
        "quote cooling-off": lambda: books.quote("cooling-off", on),
    }
    try:
        if asked in asks:
            asks[asked]()
        else:
            verb, said = words_of(step.line, asked)
            VERBS[verb](books, replace(step, verb=verb, said=said), on)
    except Refused as refusal:
        why = refusal.members.get("why_not")
        reasons = " ".join(why) if isinstance(why, tuple) else refusal.code
        if reasons == code:
            return {}
        raise Differs(f"line {step.line}:  {step.text}\n  it is refused as {reasons}") from refusal
    raise Differs(f"line {step.line}:  {step.text}\n  it is not refused")


def _only(act: Callable[[Books, Step, date], None]) -> Callable[[Books, Step, date], Told]:
    """A line that has no figures of its own."""

    def done(books: Books, step: Step, on: date) -> Told:
        act(books, step, on)
        return {}

    return done


def _disburse(books: Books, _: Step, on: date) -> None:
    books.order(on)
    books.settle(on)


VERBS: dict[str, Callable[[Books, Step, date], Told]] = {
    "disburse": _only(_disburse),
    "payout ordered": _only(lambda books, _, on: books.order(on)),
    "payout failed": _only(lambda books, _, on: books.fail(on)),
    "payout returned": _only(lambda books, _, on: books.give_back("disbursement", on)),
    "cancel": _only(lambda books, _, on: books.cancel(on)),
    "write off": _write_off,
    "waive": _waive,
    "settle": _settle,
    "plan": _plan,
    "budget left": _only(_budget),
    "waiver asked": _waiver_asked,
    "waiver decided": _waiver_decided,
    "undo": _only(lambda books, step, on: books.undo(str(step.said["id"]), on)),
    "due": _due,
    "repay": _repay,
    "paid on time": _only(lambda books, _, on: books.pay_on_time(on, books.today)),
    "returned": _only(lambda books, step, on: books.take_out(f"repayment.{step.said['id']}", on)),
    "refund": _refund,
    "refund returned": _only(lambda books, _, on: books.give_back("refund", on)),
    "merchant refund": _only(_merchant_refund),
    "night": _only(lambda books, _, on: books.until(on)),
    "quote": _quote,
    "refused": _refused,
    "expect": lambda _, __, ___: {},
}


def _compare(step: Step, told: Told, books: Books) -> None:
    """Figures under a line are complete: if it says what a payment settled, it says all of it."""
    wanted = dict(step.facts)
    itemised = any(map(_is_item, wanted))
    keys = [*wanted, *(key for key in told if itemised and key[0] and key not in wanted)]
    standing = books.standing()
    actual = {key: told.get(key, "-") if key in told or _is_item(key) else facts.stands(key, standing) for key in keys}
    if any(wanted.get(key) != actual[key] for key in keys):
        raise Differs(f"line {step.line}:  {step.text}\n{_side_by_side(keys, wanted, actual)}")


def _is_item(key: Key) -> bool:
    """Whether the fact is part of what a payment settled."""
    return bool(key[0]) and not key[0].startswith("row ")


def _side_by_side(keys: list[Key], wanted: Mapping[Key, str], actual: Mapping[Key, str]) -> str:
    rows = [("", "the life says", "the books say", "")]
    for key in keys:
        said = wanted.get(key, "-")
        rows.append((" ".join(key).strip(), said, actual[key], "" if said == actual[key] else "  <--"))
    width = max(len(row[0]) for row in rows)
    return "\n".join(f"  {name:{width}}  {said:>14}  {found:>14}{mark}" for name, said, found, mark in rows)
