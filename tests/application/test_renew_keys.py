"""A borrower's key made anew: all is sealed with the fresh one, and what the former one sealed opens no more."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
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
from shared.domain.beneficiary import AtBank, Beneficiary
from shared.domain.borrowers import Address, Means, Person
from shared.domain.errors import Conflict, Refused
from shared.domain.money import Money
from shared.markets import market
from tests.application.desk import Death, Killed
from tests.application.killed import AT_EACH_CALL

ASHA, AT = "brw_asha", datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
LATER = AT + timedelta(days=400)
PERSON = Person("Asha Verma", "ABCPV1234D", Address("14 Lake Road", "Pune", "MH", "411001"))
MEANS = Means(date(1994, 6, 15), Money(4_500_000, "INR"), Money(0, "INR"), "salaried", 48)
ACCOUNT = Beneficiary("Asha Verma", "50100123456789", "HDFC0000001")
RULES = market("in", AT.date()).account
FOUND = AtBank("Asha Verma")


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
    told, _ = renew_keys([borrower_id], before, LATER, lambda: True, borrowers=borrowers)
    return told


def correct_often(borrowers: Borrowers, times: int, borrower_id: str = ASHA) -> None:
    """As if the profile had been saved so many times more, an hour apart."""
    table = borrowers.people.table
    [was] = [item for item in sealed(borrowers, borrower_id) if item["sk"].startswith("profile_was#")]
    moments = [(AT - timedelta(hours=number + 1)).isoformat() for number in range(times)]
    copies = [Write(was | {"sk": f"profile_was#{each}", "saved_at": each}, ANY) for each in moments]
    for start in range(0, times, 50):
        table.transact(copies[start : start + 50])


def all_is_read(borrowers: Borrowers, items: int, borrower_id: str = ASHA) -> bool:
    """By each who opens seals: what stands, what was corrected, all of it."""
    first = AT - timedelta(hours=1)
    exported = [item for item in borrowers.exported(borrower_id, LATER) if item["sk"].startswith("profile")]
    return (
        borrowers.beneficiary(borrower_id, LATER) == ACCOUNT
        and borrowers.identity(borrower_id, LATER) == (PERSON, MEANS.birth_date)
        and borrowers.features_then(borrower_id, first, AT.date(), LATER).months_employed == MEANS.months_employed
        and len([item for item in exported if item["profile.means"]["months_employed"] == MEANS.months_employed])
        == items
    )


def sealed(borrowers: Borrowers, borrower_id: str = ASHA) -> list[Item]:
    return [item for item in borrowers.people.items(borrower_id) if "sealed" in item]


def test_all_is_sealed_anew_and_read_as_before(borrowers: Borrowers) -> None:
    tell(borrowers)
    was, before = sealed(borrowers), borrowers.exported(ASHA, AT)
    told = renew(borrowers)
    texts = {text for item in was for text in item["sealed"].values()}

    assert told == {"renewed": 1, "kept": 0, "busy": 0, "failed": 0}
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

    assert renew(borrowers) == {"renewed": 0, "kept": 1, "busy": 0, "failed": 0}
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


# With what stands, more than one transaction takes.
MANY = 110


def test_who_corrected_often_has_his_key_renewed_in_parts(borrowers: Borrowers) -> None:
    tell(borrowers)
    correct_often(borrowers, MANY)
    was = {text for item in sealed(borrowers) for text in item["sealed"].values()}

    assert renew(borrowers)["renewed"] == 1 and all_is_read(borrowers, MANY + 2)
    known = borrowers.people.get(ASHA)
    assert known.former_key is None and known.data_key_since == LATER
    assert not was & {text for item in sealed(borrowers) for text in item["sealed"].values()}
    assert len({item["sealed_by"] for item in sealed(borrowers)}) == 1


@AT_EACH_CALL
def test_killed_between_the_parts_all_is_read_at_every_moment_and_the_same_call_ends_it(
    borrowers: Borrowers, people: Table, comes_after: bool
) -> None:
    death = Death()
    death.counts(people.client)
    was_between = 0
    for number in count(1):
        borrower_id = f"brw_{number}"
        tell(borrowers, borrower_id)
        correct_often(borrowers, MANY, borrower_id)
        death.at_call(number, comes_after)
        killed = True
        with suppress(Killed):
            renew(borrowers, borrower_id=borrower_id)
            killed = False
        death.at_call(0, comes_after=False)
        was_between += borrowers.people.get(borrower_id).former_key is not None
        assert all_is_read(borrowers, MANY + 2, borrower_id)
        told = [renew(borrowers, LATER, borrower_id) for _ in range(2)]

        assert all_is_read(borrowers, MANY + 2, borrower_id)
        assert borrowers.people.get(borrower_id).former_key is None and told[1]["kept"] == 1
        if not killed:
            break
        for item in people.query(borrower_id):
            people.client.delete_item(TableName=people.name, Key={name: {"S": item[name]} for name in ("pk", "sk")})
    people.client.meta.events.unregister("before-call.dynamodb", death.before)
    people.client.meta.events.unregister("after-call.dynamodb", death.after)
    assert was_between > 1


def half_renewed(borrowers: Borrowers, people: Table) -> None:
    """Killed before the second part."""
    tell(borrowers)
    correct_often(borrowers, MANY)
    with suppress(Killed), Meanwhile(people, at=2, does=die):
        renew(borrowers)
    assert borrowers.people.get(ASHA).former_key is not None


def die() -> None:
    raise Killed


class Meanwhile:
    """Somebody else does something just before a transaction is written, or another call made, the one of that
    number."""

    def __init__(
        self, people: Table, does: Callable[[], object], at: int = 1, call: str = "TransactWriteItems"
    ) -> None:
        self.events, self.does, self.left = people.client.meta.events, does, at
        self.name = f"before-call.dynamodb.{call}"

    def __enter__(self) -> None:
        self.events.register(self.name, self.before)

    def __exit__(self, *_: object) -> None:
        self.events.unregister(self.name, self.before)

    def before(self, **_: Any) -> None:
        self.left -= 1
        if self.left == 0:
            self.does()


def test_while_parts_are_left_the_former_key_opens_only_what_was_corrected(borrowers: Borrowers, people: Table) -> None:
    tell(borrowers)
    [was] = [item for item in sealed(borrowers) if item["sk"] == "bank_account"]
    half = Borrowers(borrowers.people, borrowers.vault, "renew")
    correct_often(half, MANY)
    with suppress(Killed), Meanwhile(people, at=2, does=die):
        renew(half)
    assert half.people.get(ASHA).former_key is not None
    people.transact([Write(was, ANY)])

    with pytest.raises(Refused, match="could not be read"):
        half.beneficiary(ASHA, LATER)


def test_a_key_that_was_renewed_by_half_is_renewed_to_the_end_and_then_anew(
    borrowers: Borrowers, people: Table
) -> None:
    half_renewed(borrowers, people)
    half = borrowers.people.get(ASHA).data_key
    told, _ = renew_keys([ASHA], LATER + timedelta(days=1), LATER, lambda: True, borrowers=borrowers)

    assert told["renewed"] == 1 and borrowers.people.get(ASHA).data_key != half
    assert borrowers.people.get(ASHA).former_key is None and all_is_read(borrowers, MANY + 2)


@pytest.mark.parametrize("part", [1, 2])
def test_what_is_saved_while_parts_are_sealed_anew_stands(
    borrowers: Borrowers, people: Table, aws: Any, part: int
) -> None:
    tell(borrowers)
    correct_often(borrowers, MANY)
    moved = replace(PERSON, address=Address("2 Hill Street", "Pune", "MH", "411002"))
    other = Borrowers(People(Table(aws("dynamodb"), people.name)), borrowers.vault, "borrower")
    papers = PaperSeals(other.people, other.vault)
    with Meanwhile(people, at=part, does=lambda: other.save_profile(ASHA, moved, MEANS, papers, LATER)):
        renew(borrowers)

    assert borrowers.identity(ASHA, LATER)[0] == moved
    assert borrowers.people.get(ASHA).former_key is None
    assert len({item["sealed_by"] for item in sealed(borrowers)}) == 1
    exported = [item for item in borrowers.exported(ASHA, LATER) if item["sk"].startswith("profile")]
    assert len(exported) == MANY + 3


def test_a_save_that_began_before_the_key_changed_is_to_be_sent_again(borrowers: Borrowers, people: Table) -> None:
    tell(borrowers)
    papers = PaperSeals(borrowers.people, borrowers.vault)
    with pytest.raises(Conflict), Meanwhile(people, does=lambda: renew(borrowers)):
        borrowers.save_profile(ASHA, PERSON, MEANS, papers, LATER)

    assert borrowers.identity(ASHA, LATER) == (PERSON, MEANS.birth_date)


def test_a_key_that_changes_between_two_readings_wakes_nobody(
    borrowers: Borrowers, people: Table, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever a save or a check reads when: it is to be sent again, or has seen the new key only."""
    papers, ends = PaperSeals(borrowers.people, borrowers.vault), list[str]()
    steps: list[Callable[[str], object]] = [
        lambda whose: borrowers.save_profile(whose, PERSON, MEANS, papers, LATER),
        lambda whose: borrowers.save_beneficiary(whose, ACCOUNT, FOUND, RULES, LATER),
        lambda whose: borrowers.check_beneficiary(whose, RULES, lambda _: FOUND, LATER),
    ]
    for number, step in enumerate(steps):
        for reading in range(1, 6):
            whose = f"brw_{number}_{reading}"
            tell(borrowers, whose)
            renewing = partial(renew, borrowers, borrower_id=whose)
            with Meanwhile(people, renewing, at=reading, call="GetItem"):
                try:
                    step(whose)
                    ends.append("done")
                except Conflict:
                    ends.append("again")

            assert borrowers.identity(whose, LATER)[0] == PERSON

    assert {*ends} == {"done", "again"} and "SealsBroken" not in capsys.readouterr().out


def test_a_name_that_changes_while_the_bank_answers_is_the_one_that_counts(borrowers: Borrowers) -> None:
    """Else an account would be verified as that of somebody whom the profile does not name any more."""
    tell(borrowers)
    papers = PaperSeals(borrowers.people, borrowers.vault)
    renamed = replace(PERSON, name="Ravi Sharma")

    def ask(_: Beneficiary) -> AtBank:
        borrowers.save_profile(ASHA, renamed, MEANS, papers, LATER)
        return FOUND

    assert borrowers.check_beneficiary(ASHA, RULES, ask, LATER) == "name_differs"
    assert borrowers.people.get(ASHA).account_check == "name_differs"


@pytest.mark.parametrize("part", [1, 2])
def test_what_was_overwritten_meanwhile_is_not_written_back(borrowers: Borrowers, people: Table, part: int) -> None:
    """By whoever removes what its time is over of: he writes nothing else of the borrower then."""
    tell(borrowers)
    correct_often(borrowers, MANY)
    gone = [
        item["sk"]
        for item in sealed(borrowers)
        if item["sk"] == "bank_account" or item["sk"].endswith("T06:30:00+00:00")
    ]
    overwritten = [Write({"pk": ASHA, "sk": sk, "erased_at": LATER.isoformat()}, ANY) for sk in gone]

    def overwrite() -> None:
        for each in overwritten:
            people.transact([each])

    with Meanwhile(people, overwrite, at=part):
        renew(borrowers)

    assert [people.get(ASHA, sk) for sk in gone] == [each.item for each in overwritten] and len(gone) > 5
    assert borrowers.people.get(ASHA).former_key is None


def test_two_renewals_at_once_make_one_key(borrowers: Borrowers, people: Table, aws: Any) -> None:
    tell(borrowers)
    correct_often(borrowers, MANY)
    other = Borrowers(People(Table(aws("dynamodb"), people.name)), borrowers.vault, "renew")
    answers = []
    with Meanwhile(people, does=lambda: answers.append(renew(other))):
        answers.append(renew(borrowers))

    assert [each["renewed"] for each in answers] == [1, 0] and all_is_read(borrowers, MANY + 2)


def test_whose_seals_do_not_open_holds_up_nobody(borrowers: Borrowers, people: Table) -> None:
    for borrower_id in (ASHA, "brw_ravi", "brw_bela"):
        tell(borrowers, borrower_id)
    [foreign] = [item for item in sealed(borrowers, ASHA) if item["sk"] == "bank_account"]
    people.transact([Write(foreign | {"pk": "brw_ravi"}, ANY)])
    told, failed = renew_keys([ASHA, "brw_ravi", "brw_bela"], LATER, LATER, lambda: True, borrowers=borrowers)

    assert (told["renewed"], told["failed"], failed) == (2, 1, ["brw_ravi"])


def test_whoever_there_is_no_time_for_is_to_be_asked_for_again(borrowers: Borrowers) -> None:
    tell(borrowers)
    told, _ = renew_keys([ASHA], LATER, LATER, lambda: False, borrowers=borrowers)

    assert told["busy"] == 1 and borrowers.people.get(ASHA).data_key_since is None
