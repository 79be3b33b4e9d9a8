"""A settled day as files: the same bytes whenever they are built, and its lender is told of them once."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from shared.adapters.file_store import FileStore
from shared.adapters.flows import Flows
from shared.adapters.outbox import Outbox
from shared.adapters.partners import Partners
from shared.adapters.settled_days import SettledDays
from shared.adapters.table import ANY, Table, Write, plain
from shared.adapters.webhooks import Webhooks
from shared.application.file_day import file_day
from shared.application.show_files import files_of
from shared.application.tell_partner import tell_settlement
from shared.domain.errors import NotFound
from tests.application.bureau import Bucket
from tests.application.desk import ON, Death, Killed
from tests.application.settling import LENDER, NIGHT, SettlingDesk, in_memory, night_after

PLACE = f"settlements/partner/{ON}"
NEXT = ON + timedelta(days=1)


def parsed(desk: SettlingDesk, name: str) -> list[Any]:
    return [json.loads(line) for line in desk.bucket.kept[f"{PLACE}/{name}"].decode().splitlines()]


def test_a_settled_day_has_its_movements_and_a_manifest_with_sums_and_hashes() -> None:
    desk = in_memory(Death()).paid()
    settled = desk.settle_day()
    [manifest], rows = parsed(desk, "manifest.json"), parsed(desk, "movements-001.jsonl")

    assert sum(row["minor"] for row in rows) == manifest["net"] == settled.net
    assert manifest["sums"] == {"disbursed": -1_960_000, "repaid": 96_973} and manifest["movements"] == len(rows) == 2
    [part] = manifest["parts"]
    body = desk.bucket.kept[part["name"]]
    assert (part["bytes"], part["sha256"]) == (len(body), hashlib.sha256(body).hexdigest())
    assert settled.manifest_sha256 == hashlib.sha256(desk.bucket.kept[f"{PLACE}/manifest.json"]).hexdigest()


def test_a_day_without_movements_has_a_manifest_too() -> None:
    desk = in_memory(Death())
    desk.settle_day()

    assert list(desk.bucket.kept) == [f"{PLACE}/manifest.json"]
    assert parsed(desk, "manifest.json")[0]["parts"] == []


def test_built_again_after_more_has_happened_the_bytes_are_the_same() -> None:
    desk = in_memory(Death()).paid()
    settled = desk.settle_day()
    desk.bounce_late()
    desk.settle_day(NEXT, night_after(NEXT))
    days, flows, other = SettledDays(desk.loans.table), Flows(desk.loans.table).of_day("partner", ON), Bucket(Death())
    again: Any = replace(desk.settle_day(), manifest_sha256=None)
    filed = file_day(again, flows, days=days, store=FileStore(other, "other"))

    assert other.kept == {name: body for name, body in desk.bucket.kept.items() if name.startswith(PLACE)}
    assert filed.manifest_sha256 == settled.manifest_sha256


def test_a_run_again_writes_no_file() -> None:
    desk = in_memory(Death()).paid()
    desk.settle_day()
    puts = list(desk.bucket.puts)
    desk.settle_day(at=NIGHT + timedelta(hours=3))

    assert desk.bucket.puts == puts


@pytest.mark.parametrize("comes_after", [False, True], ids=["before a call", "after a call"])
def test_killed_at_any_call_the_day_has_its_files_in_the_end(comes_after: bool) -> None:
    for call in count(1):
        death = Death()
        desk = in_memory(death).paid()
        death.at_call(call, comes_after)
        try:
            desk.settle_day()
        except Killed:
            is_done = False
        else:
            is_done = True
        death.at_call(0, False)
        settled = desk.settle_day()

        assert settled.manifest_sha256 == hashlib.sha256(desk.bucket.kept[f"{PLACE}/manifest.json"]).hexdigest()
        if is_done:
            break
    assert call > 10


def test_the_lender_is_told_once_when_his_files_are_there() -> None:
    desk = in_memory(Death()).paid()
    table: Table = desk.loans.table
    table.transact([Write({"pk": "partners", "sk": "partner", "partner": plain(LENDER)}, ANY)])
    settled = desk.settle_day()
    item = table.get("settled_day#partner", ON.isoformat())
    assert item is not None and item["tells"] == "partner"
    found = SettledDays(table).at_place("settled_day#partner", ON.isoformat())
    assert found == settled and SettledDays(table).at_place("loan_1", "loan") is None
    hooks: Any = Webhooks(None, "/test", None)  # type: ignore[arg-type]
    given: dict[str, Any] = {"partners": Partners(table), "outbox": Outbox(table), "hooks": hooks}
    first, second = (tell_settlement(settled, NIGHT, **given) for _ in range(2))

    assert ([each.event["type"] for each in first], second) == (["minnow.settlement.filed"], [])
    assert first[0].event["data"]["manifest_sha256"] == settled.manifest_sha256
    assert first[0].event["data"]["net_minor"] == settled.net
    assert tell_settlement(replace(settled, manifest_sha256=None), NIGHT, **given) == []


def test_of_a_day_without_files_there_is_nothing_to_show() -> None:
    with pytest.raises(NotFound):
        files_of("partner", "settlement", ON, store=in_memory(Death()).store)
