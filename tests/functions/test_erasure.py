"""To be forgotten: asked for, waited for, and done, whatever happens in between. The books stay."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from shared import identity, wiring
from shared.adapters.erasures import Erasures
from shared.adapters.people import People
from shared.adapters.table import Table, Write, read_at_once
from shared.application.check_book import is_book_right
from shared.application.erase_borrower import SETTLED, Places, erase_borrower
from shared.application.keep_data import Ties, start_clock
from shared.domain.errors import DomainError
from shared.domain.retention import KINDS
from shared.markets import today
from tests.application.desk import Death, Killed
from tests.functions.asha import AT, BUCKET, CONFIRMED, SECRETS, YEARS_AFTER, Asha, known
from tests.functions.door import call
from tests.functions.test_borrower import ACCOUNT, PROFILE


@pytest.fixture
def asha(aws: Any, people: Table, loans: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asha]:
    with known(aws, people, loans, monkeypatch) as made:
        yield made


def test_without_a_loan_an_erasure_is_due_at_once(asha: Asha) -> None:
    answer = asha.me("PUT", "/erasure", CONFIRMED)

    assert (answer.status, answer.body["state"], answer.body["waits_for"]) == (200, "scheduled", None)
    assert asha.me("GET", "/erasure").body == answer.body


def test_nothing_was_asked_is_not_found(asha: Asha) -> None:
    assert asha.me("GET", "/erasure").status == 404
    assert asha.me("DELETE", "/erasure").status == 404


@pytest.mark.parametrize("body", [{}, {"confirm": True}, {"confirm": "yes"}, {"confirm": "erase", "now": "please"}])
def test_nobody_is_erased_by_mistake(asha: Asha, body: Any) -> None:
    assert asha.me("PUT", "/erasure", body).status == 422
    assert asha.me("GET", "/erasure").status == 404


def test_an_open_loan_keeps_an_erasure_waiting(asha: Asha) -> None:
    asha.desk().lent()
    asked, night = asha.me("PUT", "/erasure", CONFIRMED).body, asha.night(days_later=8)

    assert (asked["state"], asked["waits_for"], asked["due_on"]) == ("asked", "loan", None)
    assert (night["looked"], asha.me("GET", "/profile").status) == (1, 200)


def test_the_law_keeps_the_data_for_its_years_after_the_last_loan(asha: Asha) -> None:
    desk = asha.desk().lent()
    asha.close(desk, date(2026, 11, 20))
    asked = asha.me("PUT", "/erasure", CONFIRMED).body

    assert (asked["state"], asked["waits_for"], asked["due_on"]) == ("scheduled", "retention", "2031-11-21")
    assert asha.night(days_later=1_000)["looked"] == 0
    assert asha.me("GET", "/profile").status == 200


def test_whoever_is_erased_can_be_read_by_nobody_and_the_books_still_balance(asha: Asha) -> None:
    desk = asha.desk().lent()
    desk.receive("20944", order=desk.order("20944", "foreclosure")["id"])
    key = asha.people.get(asha.id, "borrower")
    asha.me("PUT", "/erasure", CONFIRMED)
    asha.erased(days_later=YEARS_AFTER)
    kept = asha.people.get(asha.id, "borrower")

    assert key and kept
    assert key["data_key"] not in asha.stored() and "data_key" not in kept
    assert not [secret for secret in (*SECRETS, "A****", "9012") if secret in asha.stored()]
    with pytest.raises(DomainError):
        wiring.borrowers("payout").beneficiary(asha.id, AT)
    scorer = wiring.borrowers("score")
    found = read_at_once(scorer.places(asha.id))
    assert scorer.features(found, ("credit_assessment",), AT.date(), AT) is None
    assert asha.files() == []
    assert not asha.may_sign_in()
    assert asha.state() == "done"
    assert desk.state() == "closed" and "closure" in desk.kinds()
    assert is_book_right(desk.loan_id, loans=desk.loans)


def test_a_consent_can_be_shown_after_the_erasure(asha: Asha) -> None:
    call(
        asha.doors["borrower"],
        "PUT /v1/me/consents/marketing",
        {"version": "1", "language": "en"},
        subject=asha.subject,
    )
    asha.me("PUT", "/erasure", CONFIRMED)
    asha.night()

    assert [event["purpose"] for event in asha.people.query(asha.id, "consent_event#")] == ["marketing"]


def test_an_erased_borrower_is_signed_out(asha: Asha) -> None:
    asha.me("PUT", "/erasure", CONFIRMED)
    asha.night()
    answer = asha.me("GET", "/profile")

    assert (answer.status, answer.body["code"]) == (401, "not_signed_in")


def test_an_erased_borrower_takes_no_new_data(asha: Asha) -> None:
    """Not from a request either that got past his sign-in before it was over."""
    asha.me("PUT", "/erasure", CONFIRMED)
    asha.night()
    asha.session = "late"

    assert asha.me("GET", "/profile").status == 404
    assert asha.me("PUT", "/profile", PROFILE).status == 404
    assert asha.me("PUT", "/bank-account", ACCOUNT).status == 404


def test_an_erasure_asked_twice_is_one_and_the_second_night_finds_nothing(asha: Asha) -> None:
    first, second = asha.me("PUT", "/erasure", CONFIRMED), asha.me("PUT", "/erasure", CONFIRMED)
    asha.erased()
    before = asha.stored()

    assert first.body == second.body
    assert asha.night(days_later=2)["looked"] == 0
    assert asha.stored() == before


def test_whoever_thinks_better_of_it_stays_and_may_ask_again(asha: Asha) -> None:
    asha.me("PUT", "/erasure", CONFIRMED)
    gone, again = asha.me("DELETE", "/erasure"), asha.me("DELETE", "/erasure")
    night = asha.night()

    assert gone.body == again.body and gone.body["state"] == "withdrawn"
    assert night["looked"] == 0 and asha.me("GET", "/profile").status == 200
    assert asha.me("PUT", "/erasure", CONFIRMED).body["state"] == "scheduled"


def test_what_has_begun_cannot_be_withdrawn(asha: Asha) -> None:
    asha.me("PUT", "/erasure", CONFIRMED)
    asha.night()
    asha.session = "late"
    answer = asha.me("DELETE", "/erasure")

    assert (answer.status, answer.body["code"]) == (422, "erasure_begun")


def test_an_erasure_is_worked_out_again_when_its_day_comes(asha: Asha) -> None:
    asha.me("PUT", "/erasure", CONFIRMED)
    asha.desk().lent()
    asha.night()

    assert asha.me("GET", "/erasure").body["waits_for"] == "loan"
    assert asha.me("GET", "/profile").status == 200
    assert list(Erasures(asha.people).due("in", date(2026, 1, 1))) == []
    assert People(asha.people).get(asha.id).has_profile


def test_an_erasure_killed_at_any_call_is_finished_by_the_next_night(asha: Asha) -> None:
    """Each life is a borrower of its own; `Killed` before a call is made, and after it was done."""
    death, lives = Death(), count(1)
    places = Places(
        people=wiring.people(),
        ties=Ties(wiring.loans(), wiring.applications(), wiring.disputes(), identity.sessions()),
        erasures=identity.erasures(),
        files=identity.document_files(),
        accounts=identity.accounts(),
    )
    clients = (wiring.people_table().client, identity.document_files().s3, identity.accounts().cognito)
    for client in clients:
        client.meta.events.register_first("before-call", death.before)
        client.meta.events.register("after-call", death.after)
    for number in lives:
        asha.born_again(f"life{number}")
        asha.me("PUT", "/erasure", CONFIRMED)
        death.at_call((number + 1) // 2, comes_after=number % 2 == 0)
        with suppress(Killed):
            erase_borrower(asha.id, AT, places=places)
            erase_borrower(asha.id, AT + SETTLED, places=places)
            break
        death.at_call(0, comes_after=False)
        for at in (AT, AT + SETTLED):
            erase_borrower(asha.id, at, places=places)
        erasure = identity.erasures().get(asha.id)

        assert erasure and erasure.state == "done"
        assert not [secret for secret in SECRETS if secret in asha.stored()]
        assert not asha.may_sign_in() and asha.id not in str(asha.files())
        assert asha.id not in list(identity.erasures().due("in", date(2030, 1, 1)))
    for client in clients:
        client.meta.events.unregister("before-call", death.before)
        client.meta.events.unregister("after-call", death.after)
    assert number > 20


def test_papers_and_devices_of_an_erased_borrower_are_nobodys(asha: Asha) -> None:
    """Whoever comes back as somebody new may send the same papers; a device that moved on stays with its new owner."""
    owned = {"paper#mine": asha.id, "paper#theirs": "brw_ravi", "dev_mine": asha.id, "dev_sold": "brw_ravi"}
    items: list[dict[str, Any]] = [{"pk": pk, "sk": "owner", "borrower_id": owner} for pk, owner in owned.items()]
    items += [{"pk": asha.id, "sk": f"device#{each}"} for each in ("dev_mine", "dev_sold")]
    items.append({"pk": asha.id, "sk": "document#doc_1", "papers": ["mine", "theirs"]})
    asha.people.transact([Write(item) for item in items])
    asha.me("PUT", "/erasure", CONFIRMED)
    asha.night()

    left = {pk: (asha.people.get(pk, "owner") or {}).get("borrower_id") for pk in owned}
    assert left == {"paper#mine": None, "paper#theirs": "brw_ravi", "dev_mine": None, "dev_sold": "brw_ravi"}
    assert wiring.people().owners(["mine"]) == {"mine": None}


def test_a_paper_that_was_sent_twice_is_erased_once(asha: Asha) -> None:
    """Both documents name it, and one transaction may not write an item twice."""
    items: list[dict[str, Any]] = [{"pk": "paper#mine", "sk": "owner", "borrower_id": asha.id}]
    items += [{"pk": asha.id, "sk": f"document#doc_{number}", "papers": ["mine"]} for number in (1, 2)]
    asha.people.transact([Write(item) for item in items])
    asha.me("PUT", "/erasure", CONFIRMED)
    asha.erased()

    assert wiring.people().owners(["mine"]) == {"mine": None}
    assert asha.state() == "done"


def test_what_was_under_way_when_it_began_is_forgotten_too(asha: Asha) -> None:
    """A paper whose check had begun, a device that was just registered, a change of her phone."""
    late = [
        {"pk": asha.id, "sk": "device#dev_mine"},
        {"pk": "dev_mine", "sk": "owner", "borrower_id": asha.id},
        {"pk": f"phone_change#{asha.id}", "sk": "phone_change", "phone_masked": "+91******1234"},
        {"pk": f"sessions#{asha.id}", "sk": "late", "device_model": "Pixel 9"},
    ]
    asha.me("PUT", "/erasure", CONFIRMED)
    asha.night()
    asha.people.transact([Write(item) for item in late])
    asha.s3.put_object(Bucket=BUCKET, Key=f"accepted/{asha.id}/doc_2", Body=b"who she is")
    is_waiting = asha.state()
    asha.night(days_later=1)

    assert (is_waiting, asha.state(), asha.files()) == ("erasing", "done", [])
    assert not [each for each in ("******1234", "Pixel") if each in asha.stored()]
    assert "borrower_id" not in (asha.people.get("dev_mine", "owner") or {})


def test_whoever_cannot_be_erased_holds_up_nobody(asha: Asha) -> None:
    asha.me("PUT", "/erasure", CONFIRMED)
    asha.members.refused = asha.subject
    asha.born_again("ravi")
    asha.me("PUT", "/erasure", CONFIRMED)
    for day in range(2):
        with pytest.raises(DomainError):
            asha.night(day)

    states = {each: erasure.state for each in ("asha", "ravi") if (erasure := identity.erasures().get(f"brw_{each}"))}
    assert states == {"asha": "erasing", "ravi": "done"}


def clock(asha: Asha) -> None:
    start_clock(asha.id, datetime.now(UTC), people=wiring.people(), erasures=identity.erasures())


def told(asha: Asha) -> list[dict[str, Any]]:
    return [dict(each["days"]) for each in asha.loans.query(asha.id, "to_tell#data_erasure")]


def test_who_never_borrowed_is_told_and_then_forgotten_without_asking(asha: Asha) -> None:
    clock(asha)
    reads, quiet_until = asha.me("GET", "/erasure").body, today("in", datetime.now(UTC)) + timedelta(days=395)
    early, warned = asha.night(days_later=364)["looked"], asha.night(days_later=366)["looked"]
    seen = asha.me("GET", "/erasure").body
    asha.night(days_later=366 + 29)
    still = asha.me("GET", "/profile").status
    asha.night(days_later=366 + 31)

    assert reads["state"] == "kept" and set(reads["kept_until"].values()) == {str(quiet_until)}
    assert (early, warned, still) == (0, 1, 200)
    assert (seen["state"], seen["is_by_rule"]) == ("scheduled", True) and told(asha) == [{"by": seen["due_on"]}]
    assert asha.me("GET", "/profile").status == 401 and not asha.may_sign_in()
    assert not [secret for secret in SECRETS if secret in asha.stored()]


def test_each_run_counts_the_papers_that_are_late(asha: Asha, capsys: pytest.CaptureFixture[str]) -> None:
    late = asha.night()["late"]

    assert late == 0 and '"ReviewsOverdue":[0.0]' in capsys.readouterr().out


def test_who_was_told_may_stay(asha: Asha) -> None:
    clock(asha)
    asha.night(days_later=366)
    stays = asha.me("DELETE", "/erasure").body
    asha.night(days_later=366 + 40)

    assert stays["state"] == "withdrawn" and asha.me("GET", "/profile").status == 200
    assert len(told(asha)) == 1


def test_a_running_loan_keeps_all_of_it_without_a_word(asha: Asha) -> None:
    asha.desk().lent()
    clock(asha)
    asha.night(days_later=366)

    assert asha.me("GET", "/erasure").body["kept_until"] == dict.fromkeys(KINDS)
    assert asha.me("GET", "/profile").status == 200 and told(asha) == []


def test_what_is_not_needed_any_more_goes_before_the_rest(asha: Asha) -> None:
    """A year after the loan, and more than that since she was heard of, nobody has to reach her any more."""
    desk = asha.desk().lent()
    asha.close(desk, date(2026, 11, 20))
    asha.people.transact([Write({"pk": asha.id, "sk": "contact_wishes", "opt_outs": [], "do_not_contact": []})])
    asha.people.transact([Write({"pk": asha.id, "sk": "document#doc_1", "papers": []})])
    clock(asha)
    asha.night(days_later=366)
    asha.night(days_later=500)
    after = {name: asha.people.get(asha.id, name) for name in ("contact_wishes", "bank_account", "document#doc_1")}
    asha.night(days_later=5 * 366 + 40)
    later = {name: asha.people.get(asha.id, name) for name in ("bank_account", "document#doc_1", "profile")}

    assert {name for name, item in after.items() if item and "erased_at" in item} == {"contact_wishes"}
    assert {name for name, item in later.items() if item and "erased_at" in item} == {"bank_account", "document#doc_1"}
    assert asha.files() == [] and asha.me("GET", "").body["has_bank_account"] is False
    assert asha.me("GET", "/erasure").body["state"] == "scheduled" and len(told(asha)) == 1


def test_the_clock_starts_once(asha: Asha) -> None:
    clock(asha)
    before = asha.stored()
    clock(asha)

    assert asha.stored() == before
