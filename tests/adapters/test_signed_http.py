"""Signed messages go to the declared address and nowhere else."""

import urllib.error
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any, ClassVar

import pytest
from standardwebhooks.webhooks import Webhook

from shared.adapters import openid
from shared.adapters.addresses import PUBLIC, Addresses
from shared.adapters.openid import OpenId
from shared.adapters.pricing import Pricing
from shared.adapters.push import HttpPush
from shared.adapters.rails import NoAnswer, Rail
from shared.adapters.signed_http import call
from shared.adapters.statements import Statements
from shared.domain.beneficiary import Beneficiary
from shared.domain.errors import Unavailable
from shared.domain.offers import Ask
from shared.domain.providers import Provider
from tests.sandbox import TODAY, rupees

SECRET = "whsec_dGVzdHMgb25seSwgbm8gc2VjcmV0"


class Mover(BaseHTTPRequestHandler):
    """Sends every caller on to `/elsewhere`, and remembers who went there."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        Mover.asked.append(self.path)
        self.send_response(302 if self.path != "/elsewhere" else 200)
        self.send_header("location", "/elsewhere")
        self.send_header("content-length", "0")
        self.end_headers()

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Mover)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("verb", "body"), [("GET", None), ("POST", {"reference": "pout_1"})])
def test_nobody_can_send_a_message_on_to_another_address(address: str, verb: str, body: dict[str, str] | None) -> None:
    Mover.asked.clear()
    with pytest.raises(urllib.error.HTTPError) as refused:
        call(verb, f"{address}/payouts", Webhook(SECRET), "pout_1", body, 2, Addresses(allows_loopback=True))

    assert refused.value.code == 302
    assert Mover.asked == ["/payouts"]


@pytest.mark.parametrize("machine", ["169.254.169.254", "127.0.0.1", "10.0.0.7", "fd00:ec2::254"])
def test_nothing_is_sent_to_an_address_that_leads_to_our_own_network(address: str, machine: str) -> None:
    Mover.asked.clear()
    inwards = Addresses(resolve=lambda _, __: [machine])
    for url in (address, "https://rail.example"):
        with pytest.raises(OSError):
            call("POST", f"{url}/payouts", Webhook(SECRET), "pout_1", {}, 2, inwards)

    assert Mover.asked == []


def test_a_rail_a_lender_and_a_statement_that_lead_inwards_are_as_if_nobody_were_there(aws: Any, address: str) -> None:
    ssm = aws("ssm")
    for place in ("rail/inward", "partner/kaveri"):
        for name in ("url", "statements", "secret"):
            value = SECRET if name == "secret" else address
            ssm.put_parameter(Name=f"/inward/{place}/{name}", Value=value, Type="SecureString")
    Mover.asked.clear()

    with pytest.raises(NoAnswer):
        Rail(ssm, "/inward", "inward").holder("check_1", Beneficiary("Asha", "000222333", "HDFC0000001"))
    ask = Ask("app_1", "kaveri", "in", rupees(20_000), 12, "A", ("kaveri_personal",))
    assert Pricing(ssm, "/inward").prices([ask]) == {"kaveri": "unreachable"}
    assert Statements(ssm, "/inward").of("partner/kaveri", "account", TODAY, "INR") is None
    with pytest.raises(Unavailable):
        HttpPush(address, SECRET).register("token-of-a-phone-0001")
    assert Mover.asked == []


def test_a_provider_of_sign_ins_that_leads_inwards_is_asked_nothing(aws: Any, address: str) -> None:
    ssm = aws("ssm")
    for name, value in (("issuer", address), ("client_id", "minnow"), ("client_secret", SECRET)):
        ssm.put_parameter(Name=f"/inward/openid/mi/{name}", Value=value, Type="SecureString")
    inward = Provider("mi", address, "minnow", address, token_endpoint=f"{address}/token", jwks_uri=f"{address}/keys")
    Mover.asked.clear()

    with pytest.raises(Unavailable):
        OpenId(ssm, "/inward").provider("mi")
    with pytest.raises(Unavailable):
        OpenId(ssm, "/inward").claims(inward, "code", "verifier", "https://app.example/sign-in/mi")
    with pytest.raises(Unavailable):
        openid._keys(inward.jwks_uri, PUBLIC)
    assert Mover.asked == []


def test_a_provider_of_sign_ins_sends_nobody_on(address: str) -> None:
    Mover.asked.clear()
    with pytest.raises(Unavailable):
        openid._places(address, Addresses(allows_loopback=True))

    assert Mover.asked == [openid.DISCOVERY]
