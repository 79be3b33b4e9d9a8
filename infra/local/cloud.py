"""The local cloud: one ministack process on a loopback port, with its data in one directory.

Nothing of this machine's environment reaches it but the list below, since every function inherits what it has.
"""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
from botocore.config import Config

from infra.local.ports import free_port
from infra.settings import LOCAL

# On a machine that is busy; state is written to disk while it stops.
START_SECONDS = STOP_SECONDS = 600
# The root user of the local cloud. These are no secrets: whoever reaches the port may use them.
ROOT_USER = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


class CloudError(Exception):
    """The local cloud did not do what it was told; the message says where to look."""


@dataclass(frozen=True, slots=True)
class Cloud:
    """A running local cloud. `directory` holds all that it remembers, and its log."""

    directory: Path
    port: int
    pid: int

    @property
    def endpoint(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def log(self) -> Path:
        return self.directory / "cloud.log"

    @property
    def environment(self) -> dict[str, str]:
        """What the AWS command line, the CDK and SDKs need to talk to this cloud instead of Amazon's."""
        return {
            **ROOT_USER,
            "AWS_REGION": LOCAL.region,
            "AWS_DEFAULT_REGION": LOCAL.region,
            "AWS_ENDPOINT_URL": self.endpoint,
        }

    def client(self, service: str) -> Any:
        """A botocore client of the root user."""
        return _client(service, self.endpoint)


@cache
def _client(service: str, endpoint: str) -> Any:
    """Made once: to read what a service is takes botocore longer than most calls."""
    return botocore.session.get_session().create_client(
        service,
        region_name=LOCAL.region,
        endpoint_url=endpoint,
        aws_access_key_id=ROOT_USER["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=ROOT_USER["AWS_SECRET_ACCESS_KEY"],
        config=Config(connect_timeout=2, read_timeout=60, retries={"mode": "standard", "total_max_attempts": 3}),
    )


def start(directory: Path) -> Cloud:
    """The cloud of this directory, with the data that it had when it was last stopped; started if it is not running."""
    running = find(directory)
    if running is not None:
        return running
    for part in ("state", "objects", "tmp"):
        (directory / part).mkdir(parents=True, exist_ok=True)
    _rewind_streams(directory / "state" / "lambda.json")
    # That of last time, so that addresses given out then still work, unless another has taken it.
    port = free_port(_remembered_port(directory))
    with (directory / "cloud.log").open("ab") as log, (directory / "lock").open("w") as lock:
        # The process inherits the lock and so holds it until it ends, however it ends.
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        process = subprocess.Popen(
            [sys.executable, "-m", "ministack"],
            cwd=directory,
            env=_environment(directory, port),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=(lock.fileno(),),
            start_new_session=True,
        )
    cloud = Cloud(directory, port, process.pid)
    _await_health(cloud, process)
    _record(directory).write_text(json.dumps({"port": port, "pid": process.pid}))
    return cloud


def find(directory: Path) -> Cloud | None:
    """The running cloud of this directory, or None."""
    if not _record(directory).exists() or not _is_running(directory):
        return None
    known = json.loads(_record(directory).read_text())
    return Cloud(directory, known["port"], known["pid"])


def stop(cloud: Cloud) -> None:
    """Asks the process to end and waits until its data is on disk. Raises `CloudError` when it does not end."""
    os.kill(cloud.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while _is_running(cloud.directory):
        if time.monotonic() > deadline:
            raise CloudError(f"The local cloud (process {cloud.pid}) does not stop; see {cloud.log}.")
        time.sleep(0.1)
    shutil.rmtree(cloud.directory / "tmp", ignore_errors=True)


def _rewind_streams(state: Path) -> None:
    """Ministack keeps how far each follower has read, but not the stream: it would miss what is written next."""
    if state.exists():
        known = json.loads(state.read_text())
        known["payload"]["dynamodb_stream_positions"]["data"] = {}
        state.write_text(json.dumps(known))


def _environment(directory: Path, port: int) -> dict[str, str]:
    return {
        **ROOT_USER,
        "PATH": os.environ["PATH"],
        "HOME": str(directory),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "TMPDIR": str(directory / "tmp"),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        # Roles are held to their policies, as on AWS.
        "AUTH": "true",
        "MINISTACK_REGION": LOCAL.region,
        "PERSIST_STATE": "1",
        "S3_PERSIST": "1",
        "STATE_DIR": str(directory / "state"),
        "S3_DATA_DIR": str(directory / "objects"),
        "LOG_LEVEL": "WARNING",
    }


def _record(directory: Path) -> Path:
    return directory / "cloud.json"


def _remembered_port(directory: Path) -> int | None:
    return int(json.loads(_record(directory).read_text())["port"]) if _record(directory).exists() else None


def _await_health(cloud: Cloud, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _is_healthy(cloud):
        if process.poll() is not None or time.monotonic() > deadline:
            process.terminate()
            tail = "\n".join(cloud.log.read_text(errors="replace").splitlines()[-20:])
            raise CloudError(f"The local cloud did not start. The end of {cloud.log}:\n{tail}")
        time.sleep(0.1)


def _is_healthy(cloud: Cloud) -> bool:
    try:
        with urllib.request.urlopen(f"{cloud.endpoint}/_ministack/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _is_running(directory: Path) -> bool:
    with (directory / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
