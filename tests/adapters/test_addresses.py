"""Where nothing is ever sent: our own network, under any name and in any spelling."""

import ipaddress
import socket
from collections.abc import Sequence

import pytest

from shared.adapters.addresses import Addresses
from shared.domain.errors import Refused

PUBLIC = "93.184.215.14"


def leads_to(*machines: str) -> Addresses:
    return Addresses(resolve=lambda _, __: machines)


@pytest.mark.parametrize(
    "machine",
    [
        *("127.0.0.1", "127.8.9.1", "0.0.0.0", "10.0.0.8", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
        *("169.254.169.254", "169.254.170.2", "100.64.0.1", "192.0.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1"),
        *("255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1"),
        *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe"),
        *("2002:7f00:1::", "2002:a9fe:a9fe::1", "::7f00:1", "2001:0:4136:e378:8000:63bf:80ff:fffe", "2001:db8::1"),
    ],
)
def test_a_name_that_leads_into_a_network_of_ours_is_refused(machine: str) -> None:
    with pytest.raises(Refused) as refusal:
        leads_to(machine).guarded("https://partner.example/events")

    assert refusal.value.code == "address_forbidden"


def test_a_name_is_refused_if_only_one_of_its_machines_is_ours() -> None:
    with pytest.raises(Refused):
        leads_to(PUBLIC, "10.0.0.8").guarded("https://partner.example/events")


@pytest.mark.parametrize(
    "url",
    [
        *("http://partner.example/events", "ftp://partner.example/", "file:///etc/passwd", "gopher://partner.example"),
        *("partner.example", "//partner.example/events", "https://", "https:///events", "javascript:alert(1)"),
        *("https://user:secret@partner.example/", "https://partner.example@10.0.0.1/", "https://partner.example:0/"),
        *("https://partner.example:99999/", "https://partner.example/#part", "https://part ner.example/"),
        *("https://partner.example\\@10.0.0.1/", "https://partner.example/\r\nhost: other", "https://pärtner.example/"),
        "https://[::1/",
    ],
)
def test_what_is_no_plain_https_address_is_refused_whatever_it_leads_to(url: str) -> None:
    with pytest.raises(Refused) as refusal:
        leads_to(PUBLIC).guarded(url)

    assert refusal.value.code == "address_forbidden"


@pytest.mark.parametrize(
    "host",
    ["localhost", "127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::1]", "[::ffff:127.0.0.1]"],
)
def test_this_machine_is_refused_in_every_spelling_that_the_system_understands(host: str) -> None:
    with pytest.raises(Refused):
        Addresses().check(f"https://{host}/events")


def test_the_machine_that_was_judged_is_the_one_that_is_called() -> None:
    """A name that leads elsewhere at its second look-up gains nothing: there is no second."""
    asked: list[str] = []

    def rebinding(name: str, _: int) -> Sequence[str]:
        asked.append(name)
        return [PUBLIC] if len(asked) == 1 else ["127.0.0.1"]

    parts, machine = Addresses(resolve=rebinding).guarded("https://partner.example:8443/events?a=b")

    assert (machine, parts.hostname, parts.port, asked) == (PUBLIC, "partner.example", 8443, ["partner.example"])


def test_a_name_that_leads_nowhere_is_refused_when_it_is_stored() -> None:
    def nowhere(_: str, __: int) -> Sequence[str]:
        raise socket.gaierror

    with pytest.raises(Refused):
        Addresses(resolve=nowhere).check("https://partner.example/")


def test_a_public_address_is_good() -> None:
    for machine in (PUBLIC, "2606:2800:21f:cb07:6820:80da:af6b:8b2c"):
        assert leads_to(machine).guarded("https://partner.example/events")[1] == str(ipaddress.ip_address(machine))


def test_a_stage_on_one_machine_reaches_that_machine_and_no_other_of_its_network() -> None:
    local = Addresses(allows_loopback=True)
    assert local.guarded("http://127.0.0.1:8080/events")[1] == "127.0.0.1"

    for machine in ("10.0.0.8", "169.254.169.254", "192.168.1.1"):
        with pytest.raises(Refused):
            Addresses(True, lambda _, __, machine=machine: [machine]).check("http://partner.example/")  # type: ignore[misc]
