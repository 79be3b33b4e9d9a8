"""The local cloud: it keeps its data, keeps to its directory, and lets nobody in from outside."""

import os
import socket
from pathlib import Path

import pytest

from infra.local import cloud as local_cloud
from infra.local.ports import HIGHEST, LOWEST, free_port, is_heard


def test_a_cloud_that_is_stopped_and_started_again_has_its_data_and_address(tmp_path: Path) -> None:
    first = local_cloud.start(tmp_path)
    first.client("sqs").create_queue(QueueName="kept")
    local_cloud.stop(first)
    assert local_cloud.find(tmp_path) is None
    second = local_cloud.start(tmp_path)
    try:
        queues = second.client("sqs").list_queues()["QueueUrls"]
    finally:
        local_cloud.stop(second)

    assert second.port == first.port
    assert [queue.rpartition("/")[2] for queue in queues] == ["kept"]


def test_a_cloud_that_runs_is_found_and_not_started_twice(tmp_path: Path) -> None:
    running = local_cloud.start(tmp_path)
    try:
        assert local_cloud.start(tmp_path) == running
        assert local_cloud.find(tmp_path) == running
    finally:
        local_cloud.stop(running)


def test_two_clouds_know_nothing_of_each_other(tmp_path: Path) -> None:
    one, other = local_cloud.start(tmp_path / "one"), local_cloud.start(tmp_path / "other")
    try:
        one.client("sqs").create_queue(QueueName="mine")

        assert not other.client("sqs").list_queues().get("QueueUrls")
    finally:
        local_cloud.stop(one)
        local_cloud.stop(other)


def test_a_port_that_another_has_taken_is_not_fought_over(tmp_path: Path) -> None:
    first = local_cloud.start(tmp_path)
    local_cloud.stop(first)
    with socket.create_server(("127.0.0.1", first.port)):
        second = local_cloud.start(tmp_path)
        local_cloud.stop(second)

    assert second.port != first.port


def test_a_port_is_the_one_that_is_wanted_or_another_that_nobody_has_taken() -> None:
    found = free_port(taken=range(LOWEST, HIGHEST - 500))

    assert HIGHEST - 500 <= found < HIGHEST
    assert free_port(found) == found != free_port(found, taken=[found])
    with socket.create_server(("127.0.0.1", found)):
        assert is_heard(found) and free_port(found) != found


def test_functions_inherit_nothing_of_this_machine_but_where_its_programs_are(tmp_path: Path) -> None:
    running = local_cloud.start(tmp_path)
    try:
        shown = Path(f"/proc/{running.pid}/environ")
        if not shown.exists():
            pytest.skip("this system does not show a process's environment")
        inherited = dict(line.split("=", 1) for line in shown.read_text().split("\0") if line)
    finally:
        local_cloud.stop(running)

    same = {name for name, value in inherited.items() if os.environ.get(name) == value}
    assert same <= {"PATH", "LANG", "TZ"}
    assert inherited["HOME"] == str(tmp_path)
