"""The book of a lender who winds down: what the pack says is what the books say, and the same bytes whenever."""

import hashlib
import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from shared.adapters.file_store import FileStore
from shared.adapters.table import load
from shared.adapters.transfers import Transfers, asked
from shared.application.build_transfer import MOST_LOOKS, finish_transfer, looked, start_transfer
from shared.domain.beneficiary import Beneficiary
from shared.domain.calendar import business_date
from shared.domain.contract import Purchase
from shared.domain.file_run import FileBatch, FileSweep
from shared.domain.ledger import Entry, balances, live
from shared.domain.loan import fold
from shared.domain.transfer import Finish, TransferRun
from tests.application.bureau import Bureau
from tests.application.desk import Killed
from tests.application.post import at
from tests.domain.lending import Life, contract, rupees

LENT_ON, AS_OF = date(2026, 3, 5), date(2026, 6, 10)
DAY = timedelta(days=1)
MESSAGE = TypeAdapter[FileBatch | FileSweep | Finish](FileBatch | FileSweep | Finish)
RUN = TransferRun("partner", "in", AS_OF, "stf_anita", at(AS_OF + DAY))
OVER = ("closed", "cancelled")


class Handover(Bureau):
    """A lender's loans, another's, and the pack of a day."""

    def build(self, *, has_time: bool = True) -> dict[str, bytes]:
        transfers, store = Transfers(self.table), FileStore(self.bucket, "lenders")
        if transfers.find(RUN.key) is None:
            self.table.transact([asked(RUN)])
        start_transfer(RUN.key, transfers=transfers, files=self.files, queue=self.queue)
        given: dict[str, Any] = {"transfers": transfers, "files": self.files, "store": store}
        times = iter(range(10_000))
        for [body] in self.sqs.taken("files", 1):
            try:
                self._handle(body, lambda: has_time or next(times) % 40 != 5, given)
            except Killed:
                # The queue delivers it again.
                self.sqs.bodies["files"].append(body)
                raise
        return dict(self.bucket.kept)

    def _handle(self, body: str, has_time: Callable[[], bool], given: dict[str, Any]) -> None:
        told = MESSAGE.validate_json(body)
        if not isinstance(told, Finish):
            self.handle(told, AS_OF + DAY)
        elif not finish_transfer(told.finish, at(AS_OF + DAY), has_time, **given):
            assert looked(told, self.queue)

    def forget(self) -> None:
        """As if nobody had ever built it."""
        for pk in [pk for pk in self.dynamo.items if pk.startswith("transfer#")]:
            del self.dynamo.items[pk]
        self.bucket.kept.clear()

    @property
    def manifest(self) -> Any:
        return json.loads(self.bucket.kept[f"{RUN.name}/manifest.json"])

    @property
    def loans_in(self) -> dict[str, Any]:
        parts = [self.bucket.kept[part["name"]].decode() for part in self.manifest["parts"]]
        return {row["loan_id"]: row for part in parts for row in map(json.loads, part.splitlines())}

    def books(self) -> dict[str, dict[str, int]]:
        """By loan what the lender's entries come to that were recorded by the day, of those that are not over."""
        found = {}
        for loan_id, life in self.lives.items():
            loan, terms = self.loans.get(loan_id)
            entries = [
                each
                for each in self.loans.entries(loan_id)
                if business_date(each.recorded_at, terms.time_zone) <= AS_OF
            ]
            head = fold(life.start, life.contract, entries)
            if loan.partner_id == "partner" and head.disbursed_on and (head.state not in OVER or head.excess):
                found[loan_id] = {name: minor for name, minor in balances(entries).items() if minor}
        return found


def lent(name: str, lent_on: date = LENT_ON, **changes: Any) -> Life:
    return Life(contract(fees="0", **changes), lent_on, f"loan_{name}")


def added(parts: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in parts:
        for name, minor in part.items():
            found[name] = found.get(name, 0) + minor
    return {name: minor for name, minor in found.items() if minor}


MOVES = st.lists(st.tuples(st.integers(0, 130), st.sampled_from(["pay", "late", "back", "close"])), max_size=8)


@settings(max_examples=15, deadline=None)
@given(st.lists(MOVES, min_size=3, max_size=3))
def test_the_totals_are_the_books_and_what_comes_later_changes_no_byte(
    moves: list[list[tuple[int, str]]],
) -> None:
    bureau = Handover(lent("1"), lent("2", LENT_ON + 20 * DAY), lent("3", partner_id="another"))
    happenings = sorted((days, number, what) for number, each in enumerate(moves, start=1) for days, what in each)
    built: dict[str, bytes] = {}
    for days, number, what in [*happenings, (131, 1, "pay")]:
        on, life = LENT_ON + 21 * DAY + days * DAY, bureau.lives[f"loan_{number}"]
        if on > AS_OF and not built:
            bureau.until(AS_OF)
            built = bureau.build()
            assert added(bureau.books().values()) == bureau.manifest["balances"]
            assert bureau.manifest["outstanding"] == bureau.manifest["balances"].get("principal", 0)
            assert set(bureau.loans_in) == set(bureau.books())
        bureau.until(min(on, AS_OF + 40 * DAY))
        happens(life, on, what)
        bureau.booked(on)

    bureau.forget()
    assert bureau.build() == built


def happens(life: Life, on: date, what: str) -> None:
    if life.loan.state != "active":
        return
    life.until(on)
    if what in ("pay", "late"):
        life.pay(rupees("969.73"), on - 7 * DAY if what == "late" else on)
    elif what == "back" and any(entry.name == f"repayment.upi.payment.upi{life.paid}" for entry in live(life.entries)):
        life.comes_back(life.paid)
    elif what == "close":
        life.pay(rupees("30000"), on, "foreclosure")


def test_a_row_has_all_that_it_takes_to_serve_the_loan_and_nobodys_name_or_account() -> None:
    shop = Purchase("checkout_1", "lotus", "Lotus Mobiles", "A17", Beneficiary("Kiran Shah", "919020081234567"), False)
    life = lent("1", purchase=shop).until(date(2026, 5, 6))
    life.grant(0, "969.73", date(2026, 5, 6), date(2026, 7, 1))
    bureau = Handover(life)
    bureau.until(AS_OF)
    body = b"".join(bureau.build().values()).decode()
    row = bureau.loans_in["loan_1"]

    assert row["contract"]["instalment"] == {"minor": 96_973, "currency": "INR"}
    assert load(tuple[Entry, ...], row["entries"]) == tuple(bureau.loans.entries("loan_1"))
    assert row["head"]["grant"]["by"] == "2026-07-01"
    assert (row["classification"], row["days_past_due"]) == ("SMA-2", 66)
    assert [each["now"] for each in row["classes"]] == ["SMA-0", "SMA-1", "SMA-2"]
    for secret in ("brw_asha", "Kiran Shah", "919020081234567"):
        assert secret not in body


def test_the_class_of_a_borrowers_other_loan_counts_as_it_was_recorded() -> None:
    bureau = Handover(lent("1", date(2026, 2, 5)), lent("2", partner_id="another"))
    bureau.until(date(2026, 3, 6))
    other = bureau.lives["loan_2"]
    for due_on in (date(2026, 4, 5), date(2026, 5, 5), date(2026, 6, 5)):
        bureau.until(due_on)
        other.pay(rupees("969.73"), due_on)
        bureau.booked(due_on)
    bureau.until(AS_OF)
    bureau.build()

    assert set(bureau.loans_in) == {"loan_1"} and bureau.loans_in["loan_1"]["classification"] == "NPA"
    assert bureau.manifest["classes"] == {"NPA": 1}


def test_a_loan_that_was_over_is_not_handed_over() -> None:
    bureau = Handover(lent("1"), lent("2"))
    bureau.until(date(2026, 4, 1))
    happens(bureau.lives["loan_1"], date(2026, 4, 1), "close")
    bureau.booked(date(2026, 4, 1))
    owes = bureau.lives["loan_1"].loan.excess
    bureau.until(AS_OF)
    bureau.build()

    assert ("loan_1" in bureau.loans_in) == bool(owes) and "loan_2" in bureau.loans_in


def test_the_manifest_names_each_part_with_its_hash() -> None:
    bureau = Handover(*(lent(str(number)) for number in range(5)))
    bureau.until(AS_OF)
    built = bureau.build(has_time=False)
    parts = {part["name"]: part for part in bureau.manifest["parts"]}

    assert parts.keys() == {name for name in built if name.endswith(".jsonl")}
    for name, part in parts.items():
        assert (part["bytes"], part["sha256"]) == (len(built[name]), hashlib.sha256(built[name]).hexdigest())
    assert sum(part["loans"] for part in parts.values()) == bureau.manifest["loans"] == 5


@pytest.mark.parametrize("comes_after", [False, True], ids=["before a call", "after a call"])
def test_killed_at_any_call_the_pack_has_the_same_bytes_in_the_end(comes_after: bool) -> None:
    def bureau() -> Handover:
        return Handover(lent("1").until(AS_OF), lent("2").until(AS_OF))

    wanted = bureau().build()
    deaths = 0
    for call in range(1, 400, 7):
        tried = bureau()
        tried.death.at_call(call, comes_after)
        died = False
        for _ in range(3):
            try:
                built = tried.build()
            except Killed:
                died = True
        tried.death.at_call(0, False)
        built = tried.build()

        run = Transfers(tried.table).find(RUN.key)
        assert run is not None and run.finished_at is not None and built == wanted, call
        deaths += died
        if not died:
            break
    assert deaths > 5


def test_a_pack_that_is_finished_is_not_built_again() -> None:
    bureau = Handover(lent("1").until(AS_OF))
    bureau.build()
    puts = list(bureau.bucket.puts)
    bureau.build()

    assert bureau.bucket.puts == puts


def test_nobody_looks_for_ever_for_a_pack_that_a_loan_holds_up() -> None:
    bureau = Handover(lent("1"))

    assert looked(Finish(RUN, MOST_LOOKS - 1), bureau.queue) and not looked(Finish(RUN, MOST_LOOKS), bureau.queue)
