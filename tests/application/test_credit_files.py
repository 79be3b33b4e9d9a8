"""Credit files as they are built: who is in which, what is told before, the same bytes whatever happens on the way."""

import json
from datetime import date, timedelta
from typing import Any

import pytest

from shared.adapters.disputes import Disputes
from shared.adapters.loans import HEAD
from shared.adapters.rejects import Rejects
from shared.adapters.requests import Request
from shared.adapters.table import ANY, Write
from shared.application.decide_dispute import decide_dispute
from shared.application.work_reject import correct_reject, take_reject
from shared.domain.disputes import REASONS, raised
from shared.domain.errors import Conflict, Refused
from shared.domain.staff import Staff
from shared.markets import market
from tests.application.bureau import MESSAGE, Bureau
from tests.application.desk import Killed
from tests.application.post import at
from tests.domain.lending import Life, contract, rupees

LENT_ON, DUE = date(2026, 8, 5), date(2026, 9, 5)
PART, NEXT, FULL = date(2026, 9, 9), date(2026, 9, 16), date(2026, 9, 30)
DAY = timedelta(days=1)
INSTALMENT = rupees("969.73")
MEENA = Staff("stf_meena", ("reviewer",))


def life(name: str = "1", lent_on: date = LENT_ON) -> Life:
    return Life(contract(fees="0"), lent_on, f"loan_{name}")


def paid(name: str, on: date = DUE) -> Life:
    made = life(name).until(DUE)
    made.pay(INSTALMENT, on)
    return made


def test_a_default_is_reported_once_its_borrower_was_told_of_it() -> None:
    bureau = Bureau(life("late").until(PART), paid("good"))
    bureau.built(date(2026, 9, 1))
    told = bureau.built(PART + DAY)
    assert "loan_late" not in told and told["loan_good"]["days_past_due"] == 0

    bureau.told("loan_late", DUE, PART)
    row = bureau.built(NEXT + DAY)["loan_late"]

    assert (row["days_past_due"], row["classification"], row["overdue"]) == (11, "SMA-0", 96_973)
    who = {"name": "Name of brw_asha", "identity_number": "ABCPV1234D", "birth_date": "1994-06-15"}
    assert (row["reference_on"], row["borrower"], row["currency"]) == ("2026-09-16", who, "INR")


def test_a_default_that_was_told_on_the_same_day_waits_for_the_next_file() -> None:
    bureau = Bureau(life("late").until(PART))
    bureau.built(date(2026, 9, 1))
    bureau.told("loan_late", DUE, PART + DAY)

    assert bureau.built(PART + DAY) == {}
    assert set(bureau.built(NEXT + DAY)) == {"loan_late"}


def test_a_part_file_has_what_moved_and_the_full_file_every_loan_that_runs() -> None:
    bureau = Bureau(paid("moved"), life("still", date(2026, 8, 20)))
    first = bureau.built(date(2026, 9, 1))
    part, nothing = bureau.built(PART + DAY), bureau.built(NEXT + DAY)
    bureau.until(date(2026, 9, 30))

    assert set(first) == {"loan_moved", "loan_still"}
    assert (set(part), nothing) == ({"loan_moved"}, {})
    bureau.lives["loan_still"].pay(INSTALMENT, date(2026, 9, 20))
    bureau.booked()
    bureau.built(date(2026, 9, 24))
    assert set(bureau.built(FULL + DAY)) == {"loan_moved", "loan_still"}


def test_a_loan_that_is_over_is_reported_once_more_and_then_never() -> None:
    bureau = Bureau(paid("over"))
    bureau.built(date(2026, 9, 1))
    assert bureau.built(PART + DAY)["loan_over"]["closed_on"] is None
    bureau.lives["loan_over"].pay(rupees("25000"), date(2026, 9, 12), "foreclosure")
    bureau.booked()
    row = bureau.built(NEXT + DAY)["loan_over"]

    assert (row["closed_on"], row["outstanding"]) == ("2026-09-12", 0)
    assert bureau.built(date(2026, 9, 24)) == bureau.built(FULL + DAY) == {}


def test_a_payment_that_comes_back_later_is_in_the_next_file_as_a_correction() -> None:
    bureau = Bureau(paid("one"))
    bureau.built(date(2026, 9, 1))
    assert bureau.built(PART + DAY)["loan_one"]["last_paid_on"] == "2026-09-05"
    bureau.lives["loan_one"].comes_back(1)
    bureau.booked(date(2026, 9, 14))
    bureau.told("loan_one", DUE, date(2026, 9, 15))
    row = bureau.built(NEXT + DAY)["loan_one"]

    assert (row["last_paid_on"], row["days_past_due"]) == (None, 11)


def test_files_of_dates_that_were_missed_are_built_one_after_the_other() -> None:
    bureau = Bureau(paid("one"))
    bureau.built(date(2026, 9, 1))
    late = date(2026, 9, 25)
    runs = []
    for _ in range(4):
        bureau.built(late)
        run = bureau.files.latest("in")
        runs.append(run.name if run else "")

    assert runs[:3] == ["in/2026-09-09-part", "in/2026-09-16-part", "in/2026-09-23-part"]
    assert runs[3] == runs[2]


def test_a_file_that_is_built_again_is_not_written_again() -> None:
    bureau = Bureau(life("1").until(PART), paid("2"))
    bureau.built(PART + DAY)
    puts, opened = [*bureau.bucket.puts], [*bureau.vault.opened]
    for _ in range(3):
        bureau.tick(PART + DAY, 8)
        bureau.drain(PART + DAY)

    assert (bureau.bucket.puts, bureau.vault.opened) == (puts, opened)


@pytest.mark.parametrize("comes_after", [False, True], ids=["before a call", "after a call"])
def test_killed_at_any_call_the_file_has_the_same_bytes_in_the_end(comes_after: bool) -> None:
    def bureau() -> Bureau:
        return Bureau(paid("1"), life("2", date(2026, 8, 20)))

    on = date(2026, 9, 10)
    whole = bureau()
    whole.built(on)
    wanted = dict(whole.bucket.kept)
    deaths = 0
    for call in range(1, 400):
        tried = bureau()
        tried.death.at_call(call, comes_after)
        died = False
        for _ in range(6):
            try:
                tried.tick(on)
                tried.drain(on)
            except Killed:
                died = True
        tried.death.at_call(0, False)
        run = tried.files.latest("in")
        assert run is not None and run.finished_at is not None and tried.bucket.kept == wanted, call
        deaths += died
        if not died:
            break

    assert deaths > 20


def test_a_loan_that_fails_holds_up_the_file_and_no_other_loan() -> None:
    bureau = Bureau(paid("bad"), *(paid(str(n)) for n in range(3)))
    bureau.table.transact([Write({"pk": "loan_bad", "sk": HEAD, "file_shard": "in#0", "file_on": "2026-08-05"}, ANY)])
    # It is no other loan's business: theirs are other borrowers.
    del bureau.dynamo.items["brw_asha"]["loan_bad"]
    on, failed = PART + DAY, 0
    bureau.tick(on)
    for bodies in bureau.sqs.taken("files", 1):
        told = MESSAGE.validate_json(bodies[0])
        try:
            bureau.handle(told, on, times=2)
        except ValueError:
            failed += 1

    assert failed == 1 and bureau.tick(on, 8).finished_at is None


def test_a_record_is_marked_while_its_borrower_says_that_it_is_wrong() -> None:
    bureau = Bureau(paid("one"))
    bureau.built(date(2026, 9, 1))
    loan, terms = bureau.loans.get("loan_one")
    rules, on = market("in", DUE).credit_dispute, DUE + DAY
    made = raised("dsp_1", loan, terms, REASONS[0], (), rules, on=on, at=at(on))
    Disputes(bureau.table).add(made, 0, Request("brw_asha", "POST /v1", "one", "hash", 201), None)

    assert bureau.built(PART + DAY)["loan_one"]["is_disputed"]


def test_with_a_non_performing_loan_its_borrowers_other_loan_is_in_the_part_file_too() -> None:
    bureau = Bureau(life("bad", date(2026, 5, 5)), life("good", date(2026, 8, 20)))
    bureau.until(date(2026, 9, 9))
    bureau.told("loan_bad", date(2026, 6, 5), date(2026, 6, 7))
    bureau.built(date(2026, 9, 1))
    rows = bureau.built(PART + DAY)

    assert {name: row["classification"] for name, row in rows.items()} == {"loan_bad": "NPA", "loan_good": "NPA"}
    assert rows["loan_good"]["days_past_due"] == 0


def test_charges_that_a_waiver_gives_up_are_not_overdue_while_it_runs() -> None:
    made = life("late")
    made.contract = contract(fees="0", penal=market("in", DUE).penal.pinned(made.contract.terms.annual_rate))
    made.until(date(2026, 9, 14)).grant(300, "969.73", date(2026, 9, 14), date(2026, 9, 20))
    bureau = Bureau(made)
    bureau.told("loan_late", DUE, PART)
    bureau.built(date(2026, 9, 10))
    row = bureau.built(NEXT + DAY)["loan_late"]

    assert (row["days_past_due"], row["left_out"]) == (11, 300)


def test_the_manifest_names_every_part() -> None:
    bureau = Bureau(paid("one"))
    bureau.built(PART + DAY)
    kept: dict[str, Any] = bureau.bucket.kept
    told = json.loads(kept["in/2026-09-09-part/manifest.json"])

    assert {part["name"] for part in told["parts"]} == {name for name in kept if name.endswith(".jsonl")}
    assert (told["market"], told["reference_on"], told["kind"]) == ("in", "2026-09-09", "part")


def test_a_dispute_and_its_decision_are_in_the_next_file_though_nothing_else_has_changed() -> None:
    bureau = Bureau(paid("one"))
    for on in (date(2026, 9, 1), PART + DAY):
        bureau.built(on)
    loan, terms = bureau.loans.get("loan_one")
    rules, on = market("in", DUE).credit_dispute, date(2026, 9, 12)
    made = raised("dsp_1", loan, terms, REASONS[0], (), rules, on=on, at=at(on))
    Disputes(bureau.table).add(made, 0, Request("brw_asha", "POST /v1", "one", "hash", 201), None)
    disputed = bureau.built(NEXT + DAY)
    decide_dispute(
        "dsp_1", "confirmed", "As the books say.", MEENA, "aud_1", at(NEXT + 2 * DAY), **asked(bureau, "two")
    )
    decided = bureau.built(date(2026, 9, 24))

    assert [rows["loan_one"]["is_disputed"] for rows in (disputed, decided)] == [True, False]


def test_what_a_bureau_refused_and_staff_put_right_is_in_the_next_file_and_in_no_other() -> None:
    bureau = Bureau(paid("one"))
    for on in (date(2026, 9, 1), PART + DAY):
        bureau.built(on)
    on = date(2026, 9, 12)
    found = take_reject("loan_one", PART, ("E01", "E17"), MEENA, "aud_1", at(on), **asked(bureau, "one"))
    with pytest.raises(Conflict):
        take_reject("loan_one", PART, ("E01",), MEENA, "aud_2", at(on), **asked(bureau, "two"))
    waiting = Rejects(bureau.table).waiting("in", None, 10)[0]
    assert (found.codes, found.correct_by, waiting) == (("E01", "E17"), NEXT, [found])
    done = correct_reject(found.reject_id, "The name.", MEENA, "aud_3", at(NEXT), **asked(bureau, "three"))
    with pytest.raises(Refused):
        correct_reject(found.reject_id, "Again.", MEENA, "aud_4", at(NEXT), **asked(bureau, "four"))

    assert (done.state, Rejects(bureau.table).waiting("in", None, 10)[0]) == ("corrected", [])
    assert [set(bureau.built(day)) for day in (NEXT + DAY, date(2026, 9, 24))] == [{"loan_one"}, set()]


def test_of_a_line_that_was_never_reported_nothing_is_refused() -> None:
    bureau = Bureau(paid("one"))
    bureau.built(PART + DAY)
    with pytest.raises(Refused) as refusal:
        take_reject("loan_one", FULL, ("E01",), MEENA, "aud_1", at(FULL), **asked(bureau, "one"))

    assert refusal.value.code == "not_reported"


def asked(bureau: Bureau, key: str) -> dict[str, Any]:
    request = Request(MEENA.staff_id, f"POST /v1/desk/{key}", key, "hash", 200)
    return {"loans": bureau.loans, "request": request, "view": lambda found: found}
