"""Questions asked of the template about queues: who fills and empties each, and what is kept when nobody can."""

import json

from infra.settings import STAGES
from tests.test_infra import as_text, function_of, properties, resources, who_may

QUEUES = {"Score", "Payouts", "Payments", "Sweep", "Night", "Notices", "Settlements", "Partners", "Debits"}
QUEUES |= {"CreditFilesLines"}


def test_who_may_send_to_and_empty_each_queue() -> None:
    relayed = {"Score": {"relay", "undecided"}, "Payouts": {"relay"}, "Payments": {"relay"}}
    swept = {
        "Night": {"sweep", "work"},
        "Notices": {"sweep", "notify", "relay", "sign_in", "provider", "kyc_check"},
    }
    swept["Partners"] = {"relay", "webhook", "resend"}
    swept["CreditFilesLines"] = {"credit_file", "report", "relay"}
    swept |= {"Debits": {"sweep", "debit", "relay"}, "Settlements": {"settling"}}
    senders = {**relayed, **swept, "Sweep": {"night", "remind", "collect", "sweep"}}
    workers = {"Score": {"score"}, "Payouts": {"payout"}, "Payments": {"settle"}, "Sweep": {"sweep"}, "Night": {"work"}}
    workers |= {"Notices": {"notify"}, "Settlements": {"reconcile"}, "Partners": {"webhook"}, "Debits": {"debit"}}
    workers |= {"CreditFilesLines": {"report"}}

    assert senders.keys() == workers.keys() == QUEUES
    for queue in senders:
        assert who_may({"sqs:SendMessage"}, f'"{queue}Queue') == senders[queue]
        assert who_may({"sqs:ReceiveMessage"}, f'"{queue}Queue') == workers[queue]


def test_every_queue_has_dead_letters_and_every_dead_letter_an_alarm() -> None:
    queues = resources("AWS::SQS::Queue")
    working = {name for name, queue in queues.items() if "RedrivePolicy" in queue["Properties"]}
    watched = {
        as_text(dimension["Value"])
        for alarm in properties("AWS::CloudWatch::Alarm")
        for dimension in alarm["Dimensions"]
        if dimension["Name"] == "QueueName"
    }

    assert {name.removesuffix(f"Queue{name[-8:]}") for name in working} == QUEUES
    for name in queues.keys() - working:
        assert any(f'"{name}"' in value for value in watched), name


def test_a_message_is_delivered_again_only_after_its_function_has_ended() -> None:
    for stage in STAGES.values():
        waits = [queue.get("VisibilityTimeout") for queue in properties("AWS::SQS::Queue", stage)]
        for door in ("score", "payout", "settle", "sweep", "work", "notify", "webhook", "debit", "report"):
            assert function_of(door, stage)["Timeout"] <= min(seconds for seconds in waits if seconds)


def test_what_comes_faster_than_it_can_be_decided_waits_untouched_and_no_decision_answers_for_another() -> None:
    for stage in STAGES.values():
        mappings = properties("AWS::Lambda::EventSourceMapping", stage)
        [scorer] = [each for each in mappings if "ScoreQueue" in as_text(each["EventSourceArn"])]

        assert scorer["ScalingConfig"]["MaximumConcurrency"] == stage.scorers
        assert scorer["BatchSize"] == 1


def test_a_batch_answers_for_each_message_alone() -> None:
    mappings = properties("AWS::Lambda::EventSourceMapping")
    batches = [mapping for mapping in mappings if "StartingPosition" not in mapping]

    assert len(batches) == len(QUEUES)
    assert all(mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"] for mapping in batches)


def test_a_poisoned_record_of_the_stream_is_parked_and_holds_up_no_other_for_ever() -> None:
    [stream] = [each for each in properties("AWS::Lambda::EventSourceMapping") if "StartingPosition" in each]

    assert stream["BisectBatchOnFunctionError"] is True
    assert stream["MaximumRetryAttempts"] > 0
    assert stream["MaximumRecordAgeInSeconds"] > 0
    assert "Parking" in as_text(stream["DestinationConfig"]["OnFailure"])
    patterns = [json.loads(each["Pattern"]) for each in stream["FilterCriteria"]["Filters"]]
    exists = {"S": [{"exists": True}]}
    assert patterns == [{"dynamodb": {"NewImage": {name: exists}}} for name in ("task", "tells")]
