"""Questions asked of the template about the night: when it starts, what it may see, what is kept when it fails."""

import json
from typing import Any

import pytest

from infra import books
from infra.books import INDEXES
from infra.markets import TIME_ZONES
from infra.settings import STAGES
from shared.adapters.work_index import KEYS, PROJECTED
from shared.markets import CODES, market
from tests.sandbox import TODAY
from tests.test_infra import as_text, function_of, powers, properties, resources, who_may


def schedules(door: str) -> list[dict[str, Any]]:
    """Those that open a door."""
    name = f'"{door}Function'
    return [each for each in properties("AWS::Scheduler::Schedule") if name in as_text(each["Target"]["Arn"])]


@pytest.mark.parametrize("door", ["night", "watch", "remind", "collect", "resend", "undecided"])
def test_every_market_has_its_schedule_in_its_own_time_zone(door: str) -> None:
    zones = {
        json.loads(each["Target"]["Input"])["market"]: each["ScheduleExpressionTimezone"] for each in schedules(door)
    }

    assert zones == {code: market(code, TODAY).time_zone for code in CODES} == TIME_ZONES


def test_a_night_starts_when_a_slow_clock_has_the_new_date_too_and_is_watched_from_two_until_it_is_finished() -> None:
    assert {each["ScheduleExpression"] for each in schedules("night")} == {"cron(15 0 * * ? *)"}
    assert {each["ScheduleExpression"] for each in schedules("watch")} == {"cron(0 2-23 * * ? *)"}
    assert {each["FlexibleTimeWindow"]["Mode"] for each in properties("AWS::Scheduler::Schedule")} == {"OFF"}


def test_a_schedule_that_cannot_open_its_door_tries_again_and_is_then_kept() -> None:
    for each in properties("AWS::Scheduler::Schedule"):
        assert each["Target"]["RetryPolicy"]["MaximumRetryAttempts"] > 0
        assert "Unstarted" in as_text(each["Target"]["DeadLetterConfig"]["Arn"])
    for door in ("night", "watch", "remind", "collect", "resend", "undecided"):
        assert "Unstarted" in as_text(function_of(door)["DeadLetterConfig"]["TargetArn"])


def test_the_scheduler_may_open_these_doors_and_nothing_else() -> None:
    [role] = {as_text(each["Target"]["RoleArn"]) for each in properties("AWS::Scheduler::Schedule")}
    [policy] = [each for each in properties("AWS::IAM::Policy") if each["Roles"][0]["Ref"] in role]
    allowed = {
        (statement["Action"], part)
        for statement in policy["PolicyDocument"]["Statement"]
        for part in ("nightFunction", "watchFunction", "remindFunction", "collectFunction", "Unstarted")
        if part in as_text(statement["Resource"])
    }

    assert allowed == {
        *(("lambda:InvokeFunction", "nightFunction"), ("lambda:InvokeFunction", "watchFunction")),
        *(("lambda:InvokeFunction", "remindFunction"), ("lambda:InvokeFunction", "collectFunction")),
        ("sqs:SendMessage", "Unstarted"),
    }


def test_reminders_start_within_every_markets_contact_hours() -> None:
    [when] = {each["ScheduleExpression"] for each in schedules("remind")}
    minute, hours = when.removeprefix("cron(").split()[:2]

    for code in CODES:
        opens, closes = market(code, TODAY).contact_hours
        assert all(opens <= f"{int(hour):02}:{int(minute):02}" < closes for hour in hours.split(","))


@pytest.mark.parametrize("code", CODES)
def test_debits_start_in_each_window_of_every_market_well_before_its_end(code: str) -> None:
    [when] = {each["ScheduleExpression"] for each in schedules("collect")}
    minute, hours = when.removeprefix("cron(").split()[:2]
    starts = [f"{int(hour):02}:{int(minute):02}" for hour in hours.split(",")]

    for opens, closes in market(code, TODAY).debits.windows:
        assert any(opens <= start and f"{start[:2]}:{int(minute) + 20}" <= closes for start in starts)


def test_the_indexes_are_sparse_sharded_and_hold_keys_only_but_that_of_money_that_moved() -> None:
    [loans] = [each for name, each in resources("AWS::DynamoDB::Table").items() if name.startswith("Loans")]
    found = {
        index["IndexName"]: tuple(key["AttributeName"] for key in index["KeySchema"])
        for index in loans["Properties"]["GlobalSecondaryIndexes"]
    }

    assert found == INDEXES == KEYS and books.PROJECTED == PROJECTED
    for index in loans["Properties"]["GlobalSecondaryIndexes"]:
        more = PROJECTED.get(index["IndexName"])
        kept = {"ProjectionType": "INCLUDE", "NonKeyAttributes": more} if more else {"ProjectionType": "KEYS_ONLY"}
        assert index["Projection"] == kept


def test_a_sweep_sees_the_index_of_what_is_due_and_no_loan() -> None:
    seen = [(action, on) for action, on, _ in powers("sweep") if action.startswith("dynamodb:")]

    assert {action for action, _ in seen} == {"dynamodb:Query"}
    assert {index for index in INDEXES for _, on in seen if f"/index/{index}" in on} == {"work", "notices", "debits"}
    assert who_may({"dynamodb:Query"}, "/index/work") == {"sweep", "watch"}
    assert who_may({"dynamodb:Query"}, "/index/notices") == {"sweep"}


def test_who_looks_for_undecided_applications_sees_keys_and_may_send_them_to_the_scorer() -> None:
    seen = {(action, on) for action, on, _ in powers("undecided") if action.startswith(("dynamodb:", "sqs:"))}

    assert {action for action, _ in seen} == {"dynamodb:Query", "sqs:SendMessage"}
    assert all("/index/desk" in on for action, on in seen if action == "dynamodb:Query")


def test_a_sweep_may_go_on_by_a_message_to_itself_as_often_as_its_shard_is_long() -> None:
    for door in ("sweep", "webhook", "report"):
        assert function_of(door)["RecursiveLoop"] == "Allow"
    assert [each.get("RecursiveLoop") for each in properties("AWS::Lambda::Function")].count("Allow") == 3


@pytest.mark.parametrize("stage", STAGES.values(), ids=lambda stage: stage.name)
def test_the_night_leaves_calls_and_units_to_the_day(stage: Any) -> None:
    workers = [
        each["ScalingConfig"]["MaximumConcurrency"]
        for each in properties("AWS::Lambda::EventSourceMapping", stage)
        if "StartingPosition" not in each
    ]

    most = [5, 5, *[10] * 5, 100, 100] if stage.workers is None else [stage.workers] * 9
    assert sorted(workers) == sorted([*most, stage.scorers])
