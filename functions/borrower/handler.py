"""`/v1/me`: what we know of the borrower, masked; their consents, profile and bank account."""

from dataclasses import dataclass
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import Field

from shared import identity, wiring
from shared.application import give_consent
from shared.application.save_bank_account import check_bank_account, save_bank_account
from shared.application.save_profile import save_profile
from shared.application.show_borrower import (
    BankAccountView,
    BorrowerView,
    ProfileView,
    show_bank_account,
    show_borrower,
    show_profile,
)
from shared.device import bound
from shared.domain.beneficiary import Beneficiary
from shared.domain.borrowers import Address, Means, Person
from shared.domain.consents import Consent
from shared.domain.money import Money
from shared.runtime import caller, now, resolver, serve
from shared.schemas import Amount, Body, Day, Text

app = resolver()

Purpose = Annotated[str, Path(max_length=64)]
Employment = Literal["salaried", "self_employed", "gig", "student", "unemployed"]
PostalCode = Annotated[str, Field(pattern=r"^[0-9]{6}$", strict=True)]


class ConsentBody(Body):
    """`version` is that of the notice that was shown."""

    version: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,32}$", strict=True)]
    language: Literal["en", "hi", "zh"]


class Obligations(Body):
    """An amount that may be zero."""

    minor: Annotated[int, Field(strict=True, ge=0, le=1_000_000_000_000)]
    currency: Literal["INR", "CNY"]


class AddressBody(Body):
    line: Text
    city: Text
    state: Text
    postal_code: PostalCode


class ProfileBody(Body):
    """`pan` in India, `identity_number` in China."""

    name: Text
    birth_date: Day
    pan: Text | None = None
    identity_number: Text | None = None
    address: AddressBody
    monthly_income: Amount
    monthly_obligations: Obligations
    employment: Employment
    months_employed: Annotated[int, Field(strict=True, ge=0, le=900)]

    def person(self) -> Person:
        number = self.pan or self.identity_number or ""
        return Person(self.name, number, Address(**self.address.model_dump()))

    def means(self) -> Means:
        owed = Money(self.monthly_obligations.minor, self.monthly_obligations.currency)
        return Means(self.birth_date, self.monthly_income.money(), owed, self.employment, self.months_employed)


class Nothing(Body):
    """An empty object."""


class BankAccountBody(Body):
    holder_name: Text
    account_number: Text
    ifsc: Text | None = None


@dataclass(frozen=True, slots=True)
class Consents:
    consents: list[Consent]


@app.get("/v1/me")
def me() -> BorrowerView:
    return show_borrower(wiring.people(), caller(app), now())


@app.get("/v1/me/consents")
def list_consents() -> Consents:
    return Consents(wiring.people().consents(caller(app)))


@app.put("/v1/me/consents/<purpose>")
def give(purpose: Purpose, body: ConsentBody) -> Consent:
    return give_consent.give(wiring.people(), caller(app), purpose, body.version, body.language, now())


@app.delete("/v1/me/consents/<purpose>")
def withdraw(purpose: Purpose) -> Consent:
    return give_consent.withdraw(wiring.people(), wiring.loans_table(), caller(app), purpose, now())


@app.get("/v1/me/profile")
def profile() -> ProfileView:
    return show_profile(wiring.people(), caller(app))


@app.put("/v1/me/profile")
def put_profile(body: ProfileBody) -> ProfileView:
    borrowers, papers = wiring.borrowers("borrower"), identity.paper_seals()
    save_profile(borrowers, papers, wiring.index(), caller(app), body.person(), body.means(), now())
    return show_profile(wiring.people(), caller(app))


@app.get("/v1/me/bank-account")
def bank_account() -> BankAccountView:
    return show_bank_account(wiring.people(), caller(app))


@app.put("/v1/me/bank-account")
def put_bank_account(body: BankAccountBody) -> BankAccountView:
    account = Beneficiary(body.holder_name, body.account_number, body.ifsc)
    borrowers, check_id, told = wiring.borrowers("borrower"), wiring.new_id("chk"), wiring.loans_table()
    save_bank_account(borrowers, wiring.index(), wiring.rail, caller(app), account, check_id, now(), told)
    return show_bank_account(wiring.people(), caller(app))


@app.post("/v1/me/bank-account/check")
def check(body: Nothing) -> BankAccountView:
    borrowers = wiring.borrowers("borrower")
    check_bank_account(borrowers, wiring.index(), wiring.rail, caller(app), wiring.new_id("chk"), now())
    return show_bank_account(wiring.people(), caller(app))


handler = serve(app, bound)
