"""A borrower's key made anew: all is sealed with the fresh one, and what the former one sealed opens no more."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from shared.adapters.borrowers import Borrowers
from shared.adapters.openings import Openings
from shared.adapters.paper_seals import PaperSeals
from shared.adapters.people import People
from shared.adapters.table import ANY, Item, Table, Write
from shared.adapters.vault import Vault
from shared.application.renew_keys import renew_keys
from shared.domain.beneficiary import Beneficiary
from shared.domain.borrowers import Address, Means, Person
from shared.domain.errors import Refused
from shared.domain.money import Money
from shared.markets import market
from tests.application.desk import Death, Killed

ASHA, AT = "brw_asha", datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
LATER = AT + timedelta(days=400)
PERSON = Person("Asha Verma", "ABCPV1234D", Address("14 Lake Road", "Pune", "MH", "411001"))
MEANS = Means(date(1994, 6, 15), Money(4_500_000, "INR"), Money(0, "INR"), "salaried", 48)
ACCOUNT = Beneficiary("Asha Verma", "50100123456789", "HDFC0000001")
RULES = market("in", AT.date()).account


@pytest.fixture
def borrowers(aws: Any, people: Table) -> Borrowers:
    return Borrowers(People(people), Vault(aws("kms"), aws("kms").create_key()["KeyMetadata"]["Arn"]), "renew")


def tell(borrowers: Borrowers, borrower_id: str = ASHA) -> None:
    """A profile, corrected once, and an account."""
    borrowers.people.open(borrower_id, "in", "en")
    papers = PaperSeals(borrowers.people, borrowers.vault)
    for days in range(2):
        borrowers.save_profile(borrower_id, PERSON, MEANS, papers, AT + timedelta(days=days))
    borrowers.save_beneficiary(borrower_id, ACCOUNT, None, RULES, AT)


def renew(borrowers: Borrowers, before: datetime = LATER, borrower_id: str = ASHA) -> dict[str, int]:
    return renew_keys([borrower_id], before, LATER, borrowers=borrowers)


def sealed(borrowers: Borrowers, borrower_id: str = ASHA) -> list[Item]:
    return [item for item in borrowers.people.items(borrower_id) if "sealed" in item]


def test_all_is_sealed_anew_and_read_as_before(borrowers: Borrowers) -> None:
    tell(borrowers)
    was, before = sealed(borrowers), borrowers.exported(ASHA, AT)
    told = renew(borrowers)
    texts = {text for item in was for text in item["sealed"].values()}

    assert told == {"renewed": 1, "kept": 0, "busy": 0}
    assert len(was) == 4
    assert not texts & {text for item in sealed(borrowers) for text in item["sealed"].values()}
    assert borrowers.beneficiary(ASHA, LATER) == ACCOUNT
    assert borrowers.identity(ASHA, LATER) == (PERSON, MEANS.birth_date)
    assert [each for each in borrowers.exported(ASHA, LATER) if each["sk"] != "borrower"] == [
        each for each in before if each["sk"] != "borrower"
    ]


def test_what_the_former_key_sealed_opens_no_more(
    borrowers: Borrowers, people: Table, capsys: pytest.CaptureFixture[str]
) -> None:
    tell(borrowers)
    [was] = [item for item in sealed(borrowers) if item["sk"] == "bank_account"]
    renew(borrowers)
    for put_back in (was, {name: value for name, value in was.items() if name != "sealed_by"}):
        people.transact([Write(put_back, ANY)])
        with pytest.raises(Refused, match="could not be read"):
            borrowers.beneficiary(ASHA, LATER)

    assert sum("SealsBroken" in line for line in capsys.readouterr().out.splitlines()) == 2, "and somebody is woken"


def test_a_key_that_is_young_enough_stays(borrowers: Borrowers) -> None:
    tell(borrowers)
    renew(borrowers)
    key = borrowers.people.get(ASHA).data_key

    assert renew(borrowers) == {"renewed": 0, "kept": 1, "busy": 0}
    assert borrowers.people.get(ASHA).data_key == key


def test_who_told_nothing_has_no_key_to_renew(borrowers: Borrowers) -> None:
    borrowers.people.open(ASHA, "in", "en")

    assert renew(borrowers)["kept"] == 1
    assert renew(borrowers, borrower_id="brw_nobody")["kept"] == 1


def test_the_borrower_reads_that_his_key_was_renewed(borrowers: Borrowers, people: Table) -> None:
    tell(borrowers)
    renew(borrowers)
    found, _ = Openings(people).page_of(ASHA, None, 20)

    assert [(each.purpose, each.door) for each in found if each.opened_at == LATER] == [("renewal", "renew")]


def test_a_renewal_killed_at_any_call_leaves_all_as_it_was_or_done(borrowers: Borrowers, people: Table) -> None:
    death = Death()
    death.counts(people.client)
    for number in count(1):
        borrower_id = f"brw_{number}"
        death.at_call(0, comes_after=False)
        tell(borrowers, borrower_id)
        death.at_call((number + 1) // 2, comes_after=number % 2 == 0)
        killed = True
        with suppress(Killed):
            renew(borrowers, borrower_id=borrower_id)
            killed = False
        death.at_call(0, comes_after=False)
        assert borrowers.beneficiary(borrower_id, LATER) == ACCOUNT
        renew(borrowers, borrower_id=borrower_id)

        assert borrowers.people.get(borrower_id).data_key_since == LATER
        assert borrowers.beneficiary(borrower_id, LATER) == ACCOUNT
        if not killed:
            break
    people.client.meta.events.unregister("before-call.dynamodb", death.before)
    people.client.meta.events.unregister("after-call.dynamodb", death.after)
    assert number > 6
