"""A borrower: who they are, what they earn, where their money goes, and what is still missing before they may apply."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from shared.domain.conduct import NEW, Conduct
from shared.domain.errors import Refused
from shared.domain.market import Market
from shared.domain.money import Money

EMPLOYMENTS = ("salaried", "self_employed", "gig", "student", "unemployed")


@dataclass(frozen=True, slots=True)
class Borrower:
    """What other doors may know without a key: flags, and nothing about the person.

    `consents` are the purposes given at present, `accepted_documents` the kinds. `account_check` and
    `account_usable_from` say whether money may go to the bank account, `account_asked_at` when its bank was asked
    of late (see `bank_accounts`). `shared` names what
    another borrower told us before him. `data_key` is the borrower's own key, wrapped: only the vault can open it;
    `paper_key` another, of what papers are compared with. `data_key_since` is when the key took the place of another,
    `former_key`, which is there while something is still sealed with it.
    After `erased_at` there is none any more, and nothing that it sealed can be read by anybody.
    """

    id: str
    market: str
    language: str
    consents: tuple[str, ...] = ()
    has_profile: bool = False
    has_bank_account: bool = False
    account_check: str | None = None
    account_usable_from: datetime | None = None
    account_asked_at: tuple[datetime, ...] = ()
    accepted_documents: tuple[str, ...] = ()
    data_key: str | None = None
    data_key_since: datetime | None = None
    former_key: str | None = None
    paper_key: str | None = None
    shared: tuple[str, ...] = ()
    version: int = 1
    erased_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Address:
    line: str
    city: str
    state: str
    postal_code: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who it is. `identity_number` is the PAN in India, the resident identity number in China."""

    name: str
    identity_number: str
    address: Address


@dataclass(frozen=True, slots=True)
class Means:
    """What a score rests on; amounts are per month."""

    birth_date: date
    monthly_income: Money
    monthly_obligations: Money
    employment: str
    months_employed: int


@dataclass(frozen=True, slots=True)
class Features:
    """What the scorer sees: `Means` with the age instead of the birth date, and the conduct on loans of ours."""

    age_years: int
    monthly_income: Money
    monthly_obligations: Money
    employment: str
    months_employed: int
    conduct: Conduct = NEW


def erased(borrower: Borrower, at: datetime) -> Borrower:
    """Nobody in particular: without flags, and without the key of all that is sealed."""
    return Borrower(borrower.id, borrower.market, borrower.language, version=borrower.version, erased_at=at)


def sharing(borrower: Borrower, what: str, *, is_shared: bool) -> Borrower:
    """The borrower of whom it is noted, or no more, that another one told this first."""
    others = tuple(each for each in borrower.shared if each != what)
    return replace(borrower, shared=tuple(sorted((*others, what))) if is_shared else others)


def age_years(birth_date: date, on: date) -> int:
    """Whole years; whoever was born on 29 February is a year older on 1 March."""
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def features(means: Means, on: date) -> Features:
    return Features(
        age_years=age_years(means.birth_date, on),
        monthly_income=means.monthly_income,
        monthly_obligations=means.monthly_obligations,
        employment=means.employment,
        months_employed=means.months_employed,
    )


def missing(borrower: Borrower, market: Market) -> tuple[str, ...]:
    """What is still needed before an application: `consent:<purpose>`, `profile`, `bank_account`, `document`."""
    consents = (f"consent:{purpose}" for purpose in market.consents_needed if purpose not in borrower.consents)
    has_document = bool(set(borrower.accepted_documents) & set(market.document_kinds))
    steps = {"profile": borrower.has_profile, "bank_account": borrower.has_bank_account, "document": has_document}
    return (*consents, *(step for step, is_done in steps.items() if not is_done))


def lacking(*steps: str) -> Refused:
    """The refusal that names all steps that are still needed."""
    refusal = Refused("profile_incomplete", "Still missing: {steps}.", steps=steps)
    refusal.members["missing"] = steps
    return refusal


def check_means(means: Means, market: Market, on: date) -> None:
    """Raises `age_out_of_range` or `currency_mismatch`."""
    ages = market.age_years
    if age_years(means.birth_date, on) not in ages:
        says = "Borrowers are {least} to {most} years old."
        raise Refused("age_out_of_range", says, "/birth_date", least=ages.least, most=ages.most)
    for name in ("monthly_income", "monthly_obligations"):
        if getattr(means, name).currency != market.currency:
            says = "Amounts are in {currency} here."
            raise Refused("currency_mismatch", says, f"/{name}/currency", currency=market.currency)


def check_account_number(number: str, market: Market) -> None:
    """9 to 18 digits where the bank scheme is IFSC; a bank card's 16 to 19 with Luhn's check digit in China."""
    is_card = market.bank_scheme == "cnaps"
    lengths = range(16, 20) if is_card else range(9, 19)
    if not (number.isascii() and number.isdigit()) or len(number) not in lengths or (is_card and not _luhn(number)):
        raise Refused("account_number_invalid", "This is not an account number.", "/account_number")


def masked(text: str, shown: int = 4) -> str:
    """The last characters, the others as stars."""
    return f"{'*' * (len(text) - shown)}{text[-shown:]}"


def masked_name(name: str) -> str:
    """The first letter of each word: `R**** K****`."""
    return " ".join(f"{word[0]}{'*' * 4}" for word in name.split())


def _luhn(number: str) -> bool:
    """ISO/IEC 7812-1, annex B: from the right, every second digit doubled, digits summed, a multiple of ten."""
    digits: Sequence[int] = [int(digit) for digit in reversed(number)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
