"""Addresses that others name, before anything is sent there: never one of our own network, whatever its name says.

A name is looked up once, all that it leads to is judged, and the machine that was judged is the one that is called.
"""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from shared.domain.errors import Refused

Resolve = Callable[[str, int], Sequence[str]]
# IPv6 that stands for an IPv4 address: a translator of the network behind it would go on to that.
TRANSLATED = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))


def resolve(name: str, port: int) -> list[str]:
    """The machines that a name leads to. Raises `OSError` where it leads nowhere."""
    return [str(found[4][0]) for found in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)]


@dataclass(frozen=True, slots=True)
class Addresses:
    """`allows_loopback` is for a stage on one machine alone: its partners may be on that machine, by http too."""

    allows_loopback: bool = False
    resolve: Resolve = resolve

    def guarded(self, url: str) -> tuple[SplitResult, str]:
        """The address in its parts, and the machine to call.

        Raises `Refused` (address_forbidden) for all but https to a public machine, `OSError` where the name leads
        nowhere.
        """
        parts = _parts(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        machines = [ipaddress.ip_address(each.partition("%")[0]) for each in self.resolve(parts.hostname or "", port)]
        if self.allows_loopback and machines and all(machine.is_loopback for machine in machines):
            return parts, str(machines[0])
        if parts.scheme != "https":
            raise _forbidden("It has to begin with https.")
        if not machines or not all(map(_is_public, machines)):
            raise _forbidden("It leads to no public machine.")
        return parts, str(machines[0])

    def check(self, url: str) -> None:
        """Raises `Refused` (address_forbidden) for an address to which nothing would be sent."""
        try:
            self.guarded(url)
        except OSError as error:
            raise _forbidden("It leads nowhere.") from error


# What a stage on the internet sends to.
PUBLIC = Addresses()


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
        is_plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    except ValueError as error:
        raise _forbidden("It is no address.") from error
    if not is_whole or not is_plain or "@" in parts.netloc or parts.fragment:
        raise _forbidden("It is no plain web address.")
    return parts


def _is_public(machine: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    inner = [machine]
    if isinstance(machine, ipaddress.IPv6Address):
        teredo = machine.teredo or ()
        inner += [each for each in (machine.ipv4_mapped, machine.sixtofour, *teredo) if each is not None]
        inner += [ipaddress.IPv4Address(int(machine) & 0xFFFFFFFF) for net in TRANSLATED if machine in net]
    return all(each.is_global and not each.is_multicast and not each.is_reserved for each in inner)


def _forbidden(why: str) -> Refused:
    return Refused("address_forbidden", f"Nothing is sent to this address. {why}", "/partner/webhook_url")
