"""The account that a payout goes to, and whether it is his whose it should be: its bank says in whose name it is."""

from dataclasses import dataclass

from shared.domain.name_match import fits, words


@dataclass(frozen=True, slots=True)
class Beneficiary:
    """`ifsc` is None in a market whose banks have other codes. `cnaps` is the bank's code (twelve digits) where an
    account of a company in China is paid to; a card there needs none.
    """

    holder_name: str
    account_number: str
    ifsc: str | None = None
    cnaps: str | None = None


# not_found: the bank knows no such account. None: nobody has answered yet.
CHECKS = ("verified", "name_differs", "not_found")


@dataclass(frozen=True, slots=True)
class AccountRules:
    """A changed account takes no money for some hours, in which its owner can find out who changed it.

    `is_exact`: names are the same or not, as in Chinese; else words may be missing, swapped or initials.
    A bank is asked at most so often a day, since each question sends a coin.
    """

    cooling_hours: int
    is_exact: bool
    most_asked_a_day: int


@dataclass(frozen=True, slots=True)
class AtBank:
    """What the bank says of an account: whose it is, or None where there is no such account."""

    name: str | None


def check(rules: AccountRules, holder: str, person: str | None, at_bank: AtBank) -> str:
    """One of `CHECKS`. The account's holder must be who was named, and the person of the profile where there is one."""
    if at_bank.name is None:
        return "not_found"
    named = [holder, *([person] if person else [])]
    return "verified" if all(is_same(rules, name, at_bank.name) for name in named) else "name_differs"


def is_same(rules: AccountRules, one: str, other: str) -> bool:
    """Whether two names can be one person's, as banks write them.

    Case, order and punctuation do not count. Each word of the shorter is a word of the other, or the initial of one;
    at least one whole word is the same. `R. Kumar` is Ravi Kumar, and not Ravi Sharma.
    """
    first, second = sorted((words(one), words(other)), key=len)
    if rules.is_exact:
        return "".join(first) == "".join(second) != ""
    left = list(second)
    for word in sorted(first, key=len, reverse=True):
        found = next((each for each in left if fits(word, each)), None)
        if found is None:
            return False
        left.remove(found)
    return bool(set(first) & set(second))
