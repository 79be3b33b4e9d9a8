"""Push messages: through SNS's endpoints or a service of its own, the same to whoever sends them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local.ports import free_port
from infra.local.sandbox import push as sandbox
from infra.local.sandbox.memory import Memory
from infra.local.sandbox.signed import serve
from shared.adapters import parameters
from shared.adapters.addresses import Addresses
from shared.adapters.push import HttpPush, Push, SnsPush
from shared.domain.errors import Refused, Unavailable
from tests.listening import listening

HERE = Addresses(allows_loopback=True)
SECRET = "whsec_" + "c2VjcmV0IG9mIHRoZSBwdXNoIHNlcnZpY2U="
TOKEN = "token-of-a-phone-0001"


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "push.sqlite")


@pytest.fixture
def service(memory: Memory) -> Iterator[HttpPush]:
    """The sandbox's service on a port of its own."""
    port = free_port()
    with listening(port, lambda: serve(sandbox.Push(memory).answer, port, SECRET)) as url:
        yield HttpPush(url, SECRET, HERE)


def shown(memory: Memory) -> list[tuple[str, str]]:
    return [(each["title"], each["body"]) for each in memory.every("message")]


def test_a_token_has_one_address_and_a_message_to_it_is_shown_once(service: HttpPush, memory: Memory) -> None:
    address = service.register(TOKEN)
    for _ in range(2):
        service.send(address, "due_today.due.1", "Payment due today", "₹969.73")

    assert service.register(TOKEN) == address
    assert shown(memory) == [("Payment due today", "₹969.73")]


def test_a_service_that_does_not_take_a_message_is_unavailable(service: HttpPush, memory: Memory) -> None:
    address = service.register(TOKEN)
    for behaviour in ("fail", "lose_reply"):
        memory.put("behaviour", "messages", [behaviour])
        with pytest.raises(Unavailable):
            service.send(address, behaviour, "title", "body")
    with pytest.raises(Unavailable):
        service.send("/devices/unknown", "notice", "title", "body")


def test_nobody_without_the_secret_is_heard(service: HttpPush, memory: Memory) -> None:
    with pytest.raises(Unavailable):
        HttpPush(service.url, SECRET[:-4] + "YWI=", HERE).register(TOKEN)
    assert memory.every("device") == []


def test_a_token_that_no_device_has_is_refused(service: HttpPush) -> None:
    with pytest.raises(Refused) as refused:
        service.register("bad-token-of-a-phone")

    assert (refused.value.code, refused.value.pointer) == ("device_token_invalid", "/token")


def test_nobody_at_the_address_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        HttpPush("http://127.0.0.1:9", SECRET, HERE).register(TOKEN)


def test_sns_has_one_endpoint_for_a_token_and_takes_messages_to_it(aws: Any) -> None:
    sns = aws("sns")
    app = sns.create_platform_application(Name="minnow", Platform="GCM", Attributes={})["PlatformApplicationArn"]
    push = SnsPush(sns, app)
    address = push.register(TOKEN)
    sns.set_endpoint_attributes(EndpointArn=address, Attributes={"Enabled": "false"})

    assert push.register(TOKEN) == address
    push.send(address, "due_today.due.1", "Payment due today", "₹969.73")
    with pytest.raises(Unavailable):
        push.send(f"{address[:-4]}0000", "due_today.due.1", "title", "body")


@pytest.mark.parametrize(
    ("service", "kind"), [("arn:aws:sns:ap-south-1:1:app/GCM/minnow", SnsPush), ("http://x", HttpPush)]
)
def test_the_stage_says_which_service_it_has(aws: Any, service: str, kind: type) -> None:
    parameters.parameter.cache_clear()
    ssm = aws("ssm")
    for name, value in (("service", service), ("secret", SECRET)):
        ssm.put_parameter(Name=f"/test/push/{name}", Value=value, Type="SecureString")

    assert isinstance(Push(aws("sns"), ssm, "/test").service(), kind)
