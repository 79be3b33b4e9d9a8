"""What lies around the API on this machine: the borrower's phone, his bank, and a calendar that can be turned."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import urllib3

from infra.local.client import PATIENCE_SECONDS, TooLate
from infra.local.cloud import Cloud
from infra.local.deploy import STACK, Outputs
from infra.local.rest import Rest
from infra.local.sandbox import Services
from infra.markets import TIME_ZONES

Money = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Outside:
    """`market` says whose rail, calendar and schedules are meant."""

    cloud: Cloud
    outputs: Outputs
    services: Services
    market: str = "in"

    def in_market(self, market: str) -> "Outside":
        return replace(self, market=market)

    @property
    def rail_url(self) -> str:
        return self.services.rails[self.market]

    def by_hand(self) -> None:
        """From now on nothing happens at its hour but by `at_its_hour`: the local cloud's own schedules follow neither
        time zones nor the stage's calendar, and come in the middle of anything."""
        for schedule in self.cloud.client("scheduler").list_schedules()["Schedules"]:
            self._changed(schedule["Name"], State="DISABLED")

    @contextmanager
    def every_minute(self, schedule: str) -> Iterator[None]:
        """The cloud itself starts what a schedule (`night-in`) starts, each minute; afterwards nobody does."""
        name = f"{STACK}-{schedule}"
        known = self._changed(name, State="ENABLED", ScheduleExpression="rate(1 minute)")
        try:
            yield
        finally:
            self._changed(name, State="DISABLED", ScheduleExpression=known["ScheduleExpression"])

    def _changed(self, name: str, **parts: str) -> dict[str, Any]:
        """The schedule as it was."""
        client = self.cloud.client("scheduler")
        known: dict[str, Any] = client.get_schedule(Name=name)
        kept = ("Name", "ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "Target")
        client.update_schedule(**{part: known[part] for part in kept} | parts)
        return known

    def rest(self) -> None:
        """Waits until nothing is under way."""
        Rest(self.cloud, self.outputs, tuple(self.services.rails.values())).wait()

    def advance(self, days: int) -> None:
        """Turns the stage's calendar; the rail follows the same one. All turns wait until nothing is under way: what
        is begun on one day is done on it."""
        self._turn_by(timedelta(days=days))

    def advance_by(self, time: timedelta) -> None:
        """Turns the stage's clock forward."""
        self._turn_by(time)

    def turn_to(self, hour: int, on: date | None = None) -> None:
        """Turns the stage's clock, in one step, to a few minutes past that hour of a day in the market; the next such
        hour if no day is named."""
        now = (datetime.now(UTC) + timedelta(days=self._ahead())).astimezone(ZoneInfo(TIME_ZONES[self.market]))
        then = now.replace(hour=hour, minute=5, second=0)
        if on:
            then += on - now.date()
        self._turn_by(then - now if on or then >= now else then + timedelta(days=1) - now)

    def _ahead(self) -> float:
        name = f"{self.outputs.parameters}/clock"
        return float(self.cloud.client("ssm").get_parameter(Name=name)["Parameter"]["Value"])

    def _turn_by(self, time: timedelta) -> None:
        self.rest()
        ahead = self._ahead() + time / timedelta(days=1)
        self.cloud.client("ssm").put_parameter(
            Name=f"{self.outputs.parameters}/clock", Value=f"{ahead:.6f}".rstrip("0").rstrip("."), Overwrite=True
        )

    def night(self, market: str | None = None, seconds: float = PATIENCE_SECONDS) -> str:
        """Runs a market's night on its present date and waits until it is finished; the date.

        The local cloud's own schedules follow neither time zones nor the stage's calendar.
        """
        market = market or self.market
        on = str(self.at_its_hour(f"night-{market}")["on"])
        self.night_is_over(market, seconds)
        return on

    def night_is_over(self, market: str, seconds: float = PATIENCE_SECONDS) -> None:
        """Waits until whoever watches over a market's night says that it is finished."""
        deadline = time.monotonic() + seconds
        while not self.at_its_hour(f"watch-{market}")["is_finished"]:
            if time.monotonic() > deadline:
                raise TooLate(f"Waited {seconds:.0f} s for the night in {market}; something is still due.")
            time.sleep(0.1)

    def settle(self, market: str | None = None) -> Any:
        """Starts a market's settlements; how they stood before it."""
        return self.at_its_hour(f"settle-{market or self.market}")

    def statement(self, account: str, on: str) -> list[dict[str, Any]]:
        """What the rail really moved on an account and day, line by line."""
        found: list[dict[str, Any]] = self._rail("GET", f"/sandbox/statements/{account}/{on}")["lines"]
        return found

    def statements_say(self, side: str, **faults: Any) -> None:
        """What is wrong with the statements of the `rail` or the `partner`: see `sandbox/statements.py`."""
        url = self.rail_url if side == "rail" else self.services.partner_url
        _call("POST", f"{url}/sandbox/statements", faults)

    def credit_file(self, market: str | None = None, seconds: float = PATIENCE_SECONDS) -> str:
        """Has a market's credit file built that is due, and waits until it is finished; its name."""
        deadline = time.monotonic() + seconds
        while not (told := self.at_its_hour(f"credit-file-{market or self.market}"))["is_finished"]:
            if time.monotonic() > deadline:
                raise TooLate(f"Waited {seconds:.0f} s for the credit file {told['file']}; lines are still missing.")
            time.sleep(0.2)
        return str(told["file"])

    def at_its_hour(self, schedule: str) -> Any:
        """Does what a schedule (`night-in`) does at its hour: its function is called with its payload; the answer."""
        target = self.cloud.client("scheduler").get_schedule(Name=f"{STACK}-{schedule}")["Target"]
        done = self.cloud.client("lambda").invoke(FunctionName=target["Arn"], Payload=target["Input"].encode())
        answer = done["Payload"].read()
        assert "FunctionError" not in done, answer
        return json.loads(answer)

    @property
    def inbox(self) -> str:
        """The address of every text message that was sent, by phone."""
        return f"{self.cloud.endpoint}/_ministack/sns/sms-messages"

    def code_sent_to(self, phone: str) -> str:
        """The latest code in the text messages to a phone."""
        codes = [found[0] for text in self.texts_to(phone) if (found := re.search(r"\b\d{6}\b", text))]
        assert codes, "no message holds a code"
        return codes[-1]

    def texts_to(self, phone: str) -> list[str]:
        """All text messages to a phone, in the order in which they came."""
        return [text["Message"] for text in _call("GET", self.inbox)["sms_messages"].get(phone, [])]

    def pushed_to(self, token: str) -> list[dict[str, str]]:
        """All push messages that the device with a token shows, in the order in which they came."""
        return list(_call("GET", f"{self.services.push_url}/sandbox/devices/{token}")["messages"])

    def pushes_behave(self, *messages: str) -> None:
        """How the push service treats the next messages: see `sandbox/push.py`."""
        self._told(f"{self.services.push_url}/sandbox/behaviour", messages=messages)

    def signs_in_at_provider(self, authorization_url: str, person: str) -> dict[str, str]:
        """What the provider hands to the app when a person signs in there: the code, and the state that was sent."""
        answer = urllib3.request(
            "GET", f"{authorization_url}&login_hint={person}", redirect=False, timeout=PATIENCE_SECONDS
        )
        assert answer.status == 302, (answer.status, answer.data)
        return dict(parse_qsl(urlsplit(answer.headers["location"]).query))

    def provider_behaves(self, *tokens: str) -> None:
        """How the provider makes its next tokens: see `sandbox/openid.py`."""
        self._told(f"{self.services.openid_url}/sandbox/behaviour", tokens=tokens)

    def rail_today(self) -> str:
        """The rail's business date."""
        return str(self._rail("GET", "/sandbox/today")["today"])

    def pay(self, reference: str, amount: Money, payee_vpa: str, received_on: str | None = None) -> str:
        """The borrower pays in his UPI app; the rail's payment id. Of an earlier day if the rail tells it late."""
        order = {"reference": reference, "amount": amount, "payee_vpa": payee_vpa}
        order |= {"received_on": received_on} if received_on else {}
        return str(self._rail("POST", "/sandbox/payments", order)["payment_id"])

    def transfer(self, reference: str, amount: Money, to_account: str) -> str:
        """The borrower sends money from his bank with the reference in its remarks; the rail's payment id."""
        order = {"reference": reference, "amount": amount, "to_account": to_account}
        return str(self._rail("POST", "/sandbox/payments", order)["payment_id"])

    def pay_by_card(self, page: str) -> str:
        """The borrower types in his card on the rail's page; the rail's payment id."""
        return str(_call("POST", f"{page}/pay")["payment_id"])

    def bounce(self, payment_id: str) -> None:
        """A payment that was made goes back."""
        self._rail("POST", f"/sandbox/payments/{payment_id}/return", {})

    def redeliver(self, payment_id: str) -> int:
        """The rail says it again; the status of the answer that it got."""
        return int(self._rail("POST", f"/sandbox/payments/{payment_id}/redeliver")["status"])

    def payouts(self, account: str | None = None) -> list[dict[str, Any]]:
        """What the rail was asked to pay out, each with how it ended; to one account, or all."""
        found = self._rail("GET", "/sandbox/payouts")["payouts"]
        return [payout for payout in found if account in (None, payout["order"]["beneficiary"].get("account_number"))]

    def behave(self, *payouts: str, at_once: bool = False) -> None:
        """How the rail treats the next payouts: see `sandbox/rail.py`. `at_once`: what is under way may be the next."""
        self._told(f"{self.rail_url}/sandbox/behaviour", at_once=at_once, payouts=payouts)

    def refunds(self, payment_id: str) -> list[dict[str, Any]]:
        """What the rail was asked to send back of a payment, or of a merchant's refund, each with how it ended."""
        found = self._rail("GET", "/sandbox/refunds")["refunds"]
        return [refund for refund in found if payment_id in refund["order"].values()]

    def refunds_behave(self, *refunds: str) -> None:
        """What becomes of the next refunds: see `sandbox/refunds.py`."""
        self._told(f"{self.rail_url}/sandbox/behaviour", refunds=refunds)

    def bank_behaves(self, *debits: str, mandate_id: str | None = None) -> None:
        """What becomes of the next debits, or of those by one mandate: see `sandbox/debits.py`."""
        of_one = f"mandates/{mandate_id}/" if mandate_id else ""
        self._told(f"{self.rail_url}/sandbox/{of_one}behaviour", at_once=mandate_id is not None, debits=debits)

    def authorise(self, link: str) -> None:
        """The borrower opens a mandate's link in his bank's app, or the rail's page, and agrees."""
        if link.startswith("http"):
            _call("POST", f"{link}/sign")
        else:
            self._rail("POST", "/sandbox/mandates", {"link": link})

    def at_the_bank(self, mandate_id: str, move: str) -> None:
        """The borrower does something with his mandate in his bank's app: pause, resume or revoke."""
        self._rail("POST", f"/sandbox/mandates/{mandate_id}/{move}")

    def mandate_at_the_bank(self, mandate_id: str) -> str:
        """Its state there."""
        found = self._rail("GET", "/sandbox/mandates")["mandates"]
        return next(str(mandate["state"]) for mandate in found if mandate["mandate_id"] == mandate_id)

    def debits(self, mandate_id: str | None = None) -> list[dict[str, Any]]:
        """What the rail was asked to debit by a mandate, or by all, each with how it ended."""
        found = self._rail("GET", "/sandbox/debits")["debits"]
        return [debit for debit in found if mandate_id in (None, debit["order"]["mandate"])]

    def lender_behaves(self, *offers: str) -> None:
        """How the lender that prices each case answers next: see `sandbox/partner.py`."""
        self._told(f"{self.services.partner_url}/sandbox/behaviour", offers=offers)

    def merchant_gives_back(self, payout_id: str, amount: Money) -> str:
        """Of what a payout brought him; the rail's id of the refund."""
        return str(self._rail("POST", f"/sandbox/payouts/{payout_id}/refund", {"amount": amount})["refund_id"])

    def partner_takes(self, loan_id: str, *events: str) -> None:
        """How the pilot takes the next events of a loan: see `sandbox/partner.py`."""
        _call("POST", f"{self.services.partner_url}/sandbox/events/{loan_id}/behaviour", {"events": list(events)})

    def told_to_partner(self, loan_id: str) -> list[dict[str, Any]]:
        """The events of a loan that its lender got, each with how it answered every time that it was brought."""
        return list(_call("GET", f"{self.services.partner_url}/sandbox/events/{loan_id}")["events"])

    def release(self, reference: str) -> None:
        """A delayed payout goes on."""
        self._rail("POST", f"/sandbox/payouts/{reference}/release")

    def _told(self, service: str, *, at_once: bool = False, **behaviours: tuple[str, ...]) -> None:
        """What is to go wrong next is of what comes next: nothing that is under way may be taken for it."""
        if any(behaviours.values()) and not at_once:
            self.rest()
        _call("POST", service, {kind: list(wanted) for kind, wanted in behaviours.items()})

    def _rail(self, verb: str, path: str, body: Any = None) -> Any:
        return _call(verb, f"{self.rail_url}{path}", body)


def _call(verb: str, url: str, body: Any = None) -> Any:
    raw = json.dumps(body).encode() if body is not None else (b"{}" if verb == "POST" else None)
    answer = urllib3.request(verb, url, body=raw, retries=False, timeout=PATIENCE_SECONDS)
    assert answer.status < 300, (verb, url, answer.status, answer.data)
    return answer.json()
