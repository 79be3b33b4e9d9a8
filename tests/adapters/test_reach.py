"""How a borrower may be reached: by whom he registered last, and not at all once he was erased."""

from datetime import UTC, datetime, timedelta

from shared.adapters.reach import Reach, device_id
from shared.adapters.table import ANY, Table, Write
from shared.domain.contact import OptOut, Wishes
from shared.domain.devices import Device

AT = datetime(2026, 11, 22, tzinfo=UTC)


def device(name: str, minutes: int = 0) -> Device:
    return Device(device_id(name), "android", f"/devices/{name}", AT + timedelta(minutes=minutes))


def test_the_latest_device_comes_first(people: Table) -> None:
    reach = Reach(people)
    for number, name in enumerate(("first", "second", "third")):
        reach.register("brw_asha", device(name, number))

    assert [each.address for each in reach.devices("brw_asha")] == [
        "/devices/third",
        "/devices/second",
        "/devices/first",
    ]


def test_of_a_borrower_who_was_erased_there_is_no_device_and_no_wish(people: Table) -> None:
    reach = Reach(people)
    reach.register("brw_asha", device("phone"))
    reach.save_wishes("brw_asha", Wishes((OptOut("reminder"),)))
    places = [
        ("brw_asha", f"device#{device_id('phone')}"),
        ("brw_asha", "contact_wishes"),
        (device_id("phone"), "owner"),
    ]
    people.transact([Write({"pk": pk, "sk": sk, "erased_at": AT.isoformat()}, ANY) for pk, sk in places])

    assert reach.devices("brw_asha") == ()
    assert reach.wishes("brw_asha") == Wishes()
    reach.register("brw_ming", device("phone"))
    assert [each.address for each in reach.devices("brw_ming")] == ["/devices/phone"]
