"""The door `desk_money`: a lender's days as staff read them, and differences that they explain."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from shared.adapters.audit import Audit
from shared.adapters.partners import PARTNERS
from shared.adapters.table import ANY, Table, Write, plain
from shared.domain.reconciliation import Line
from shared.domain.staff import month_of
from shared.markets import today
from shared.runtime import now
from tests.application.desk import ON, Death
from tests.application.settling import LENDER, SettlingDesk, night_after
from tests.functions.door import Answer, call, opened

DAY = {"on": ON.isoformat()}
OF_DAY = "/partners/partner"


class Staff:
    """Whoever looks at a day on which a payout and a payment moved, of which the rail's statement lacks one."""

    def __init__(self, handler: Any, desk: SettlingDesk) -> None:
        self.handler, self.desk = handler, desk

    def get(self, route: str, **query: str) -> Answer:
        return call(self.handler, f"GET /v1/desk{route}", subject="ravi", roles=("reviewer",), query=query)

    def explain(self, difference_id: str, role: str = "reviewer", subject: str = "ravi", key: str = "once") -> Answer:
        route, body = f"POST /v1/desk/differences/{difference_id}/explanation", {"reason": "The bank says so."}
        return call(self.handler, route, body, subject=subject, roles=(role,), key=key)


@pytest.fixture
def staff(loans: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Staff]:
    loans.transact([Write({"pk": PARTNERS, "sk": "partner", "partner": plain(LENDER)}, ANY)])
    desk = SettlingDesk(loans, Death(), loans.client).paid()
    desk.bank.omits.add(("rail", desk.payout()))
    desk.bank.alters["rail", "payment.upi_1"] = 90_000
    desk.settle_day()
    with opened("desk_money", monkeypatch, loans=loans) as handler:
        yield Staff(handler, desk)


def money(minor: int) -> dict[str, Any]:
    return {"minor": minor, "currency": "INR"}


def test_the_report_of_a_day_says_what_moved_what_is_owed_and_what_differs(staff: Staff) -> None:
    found = staff.get(f"{OF_DAY}/report", **DAY).body

    assert found["state"] == "differs"
    assert found["sums"] == {"disbursed": money(-1_960_000), "repaid": money(96_973)}
    assert found["accounts"]["disbursement"]["principal"] == money(2_000_000)
    # One per cent of what was lent, and 18 per cent tax on that.
    assert (found["fee"], found["fee_tax"], found["owed_by_lender"]) == (money(20_000), money(3_600), money(23_600))
    assert found["rail"]["unexplained"] == money(1_960_000 - 6_973)
    assert found["partner"]["unexplained"] == money(0)
    assert {each["kind"] for each in found["differences"]} == {"missing_at_rail", "amount_differs"}
    assert found["pool"]["cap"] == money(2_000_000 * 4 // 100)


def test_the_files_of_a_day_are_given_as_links_to_who_may_have_them(
    aws: Any, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINNOW_LENDERS_BUCKET", "lenders")
    s3 = aws("s3")
    s3.create_bucket(Bucket="lenders", CreateBucketConfiguration={"LocationConstraint": "ap-south-1"})
    for name, body in staff.desk.bucket.kept.items():
        s3.put_object(Bucket="lenders", Key=name, Body=body)
    answer = call(staff.handler, f"GET /v1/desk{OF_DAY}/files", subject="anita", roles=("approver",), query={**DAY})
    none = call(
        staff.handler, f"GET /v1/desk{OF_DAY}/files", subject="anita", roles=("approver",), query={"on": "2026-01-01"}
    )

    assert answer.body["manifest"]["net"] == -1_863_027
    [part] = answer.body["parts"]
    assert part["name"] in part["url"] and "Expires=300" in part["url"].replace("X-Amz-", "")
    assert none.status == 404 and staff.get(f"{OF_DAY}/files", **DAY).body["code"] == "role_missing"


def test_a_months_days_are_listed(staff: Staff) -> None:
    [day] = staff.get(f"{OF_DAY}/days", month="2026-01").body["days"]

    assert (day["on"], day["state"], day["differences"]) == (ON.isoformat(), "differs", 2)
    assert staff.get(f"{OF_DAY}/days").body["days"] == []


def test_a_days_movements_are_listed_page_by_page(staff: Staff) -> None:
    first = staff.get(f"{OF_DAY}/movements", **DAY, limit="1").body
    rest = staff.get(f"{OF_DAY}/movements", **DAY, after=first["next"]).body

    assert [each["kind"] for each in (*first["movements"], *rest["movements"])] == ["disbursed", "repaid"]
    assert rest["next"] is None


def test_differences_are_listed_with_their_age_and_explained(staff: Staff) -> None:
    found = staff.get("/differences", partner="partner").body["differences"]
    small = next(each for each in found if each["kind"] == "amount_differs")
    age = (today("in", now()) - ON).days
    done = staff.explain(small["difference_id"])
    again = staff.explain(small["difference_id"])

    assert (small["here"], small["there"], small["age_days"]) == (money(96_973), money(90_000), age)
    assert (done.body["state"], done.body["because"]) == ("closed", "The bank says so.")
    assert again.body == done.body and again.headers["Idempotency-Replayed"] == "true"
    left = staff.get("/differences", partner="partner").body["differences"]
    assert [each["kind"] for each in left] == ["missing_at_rail"]
    records, _ = Audit(staff.desk.loans.table).page("in", month_of(today("in", now())), None, 20)
    assert [(each.action, each.by) for each in records] == [("difference.closed", "stf_ravi")]


def test_much_money_waits_for_an_approver(staff: Staff) -> None:
    found = staff.get("/differences", partner="partner").body["differences"]
    large = next(each["difference_id"] for each in found if each["kind"] == "missing_at_rail")
    first = staff.explain(large)
    alone = staff.explain(large, key="alone")
    second = staff.explain(large, "approver", "anita", "second")

    assert (first.body["state"], first.body["proposed_by"]) == ("proposed", "stf_ravi")
    assert (alone.status, alone.body["code"]) == (403, "own_approval")
    assert (second.body["state"], second.body["closed_by"]) == ("closed", "stf_anita")


def test_differences_are_listed_page_by_page(staff: Staff) -> None:
    first = staff.get("/differences", partner="partner", limit="1").body
    rest = staff.get("/differences", partner="partner", after=first["next"]).body

    assert {each["kind"] for each in (*first["differences"], *rest["differences"])} == {
        "missing_at_rail",
        "amount_differs",
    }


def test_a_lender_without_claims_has_his_pool_and_none(staff: Staff) -> None:
    found = staff.get("/claims", partner="partner").body

    assert (found["claims"], found["pool"]["invoked"]) == ([], money(0))


@pytest.mark.parametrize(
    ("route", "query"),
    [
        (f"{OF_DAY}/report", {"on": "2026-02-01"}),
        ("/partners/nobody/days", {}),
        ("/claims", {"partner": "nobody"}),
    ],
)
def test_what_there_is_not_is_not_found(staff: Staff, route: str, query: dict[str, str]) -> None:
    assert staff.get(route, **query).status == 404


def test_a_day_is_written_as_one(staff: Staff) -> None:
    assert staff.get(f"{OF_DAY}/report", on="1").status == 422


def test_two_differences_about_movements_of_one_name_are_each_listed_and_explained(staff: Staff) -> None:
    """Two rails used one id, twenty days apart."""
    for on in (ON, ON + timedelta(days=20)):
        staff.desk.bank.says["partner", on].append(Line("payment.same", 40_000, on))
        staff.desk.settle_day(on, night_after(on))
    found, after = list[dict[str, Any]](), dict[str, str]()
    while len(found) < 9:
        page = staff.get("/differences", partner="partner", limit="1", **after)
        assert page.status == 200, page
        found += page.body["differences"]
        if page.body["next"] is None:
            break
        after = {"after": page.body["next"]}
    same = [each["difference_id"] for each in found if each["movement_id"] == "payment.same"]

    assert len(found) == 4 and len(set(same)) == 2
    assert [staff.explain(each, key=each).body["state"] for each in same] == ["closed", "closed"]
