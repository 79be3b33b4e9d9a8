"""A borrower with a phone: each step of a loan as one call of the API, or a few that belong together."""

import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import urllib3

from infra.local.client import PATIENCE_SECONDS, Call, Client, unheard
from infra.local.outside import Money, Outside

TWENTY_THOUSAND = {"minor": 2_000_000, "currency": "INR"}


@dataclass(frozen=True, slots=True)
class Person:
    """Who the borrower is. Nobody real: made up for the sandbox.

    Who has no `pan` or `ifsc` has an `identity_number`, and a bank card as his account. `address` is the line, the
    city, the state and the postal code.
    """

    phone: str = "+919876543210"
    name: str = "Asha Verma"
    birth_date: str = "1994-06-15"
    pan: str = "ABCPV1234D"
    account_number: str = "50100123456789"
    ifsc: str = "HDFC0000001"
    identity_number: str = ""
    address: tuple[str, str, str, str] = ("14 Lake Road", "Pune", "MH", "411001")
    market: str = "in"
    currency: str = "INR"
    paper: str = "pan_card"
    pays_by: str = "upi"
    monthly_income: int = 4_500_000
    monthly_obligations: int = 300_000
    language: str | None = None

    def card(self) -> bytes:
        """His paper as a page of text, as a digital locker gives it."""
        return page((f"Name: {self.name.upper()}", self.birth_date, self.pan or self.identity_number))


class Borrower:
    """A person signed in, with the app in hand. `client` makes his calls."""

    def __init__(self, outside: Outside, person: Person, told: Callable[[Call], None] = unheard) -> None:
        self.outside = outside
        self.person = person
        self.client = Client(outside.outputs.api_url, told=told)
        self.tokens: dict[str, Any] = {}

    def sign_in(self) -> None:
        """Asks for a code, reads it on the phone, and sends it."""
        phone = self.person.phone
        asked = {"phone": phone, "market": self.person.market}
        asked |= {"language": self.person.language} if self.person.language else {}
        begun = self.client.post("/v1/sign-ins", asked)
        code = self.outside.code_sent_to(phone)
        self.tokens = self.client.post("/v1/sessions", {"phone": phone, "session": begun["session"], "code": code})
        self.client.token = self.tokens["access_token"]

    def consent(self) -> None:
        """Gives each consent that the market needs, one by one."""
        for purpose in self.client.get(f"/v1/markets/{self.person.market}")["consents_needed"]:
            self.client.put(
                f"/v1/me/consents/{purpose}", {"version": "2026-11", "language": self.person.language or "en"}
            )

    def introduce(self) -> None:
        """Profile and bank account."""
        person = self.person
        self.client.put("/v1/me/profile", self.profile())
        account = {"holder_name": person.name, "account_number": person.account_number}
        self.client.put("/v1/me/bank-account", account | ({"ifsc": person.ifsc} if person.ifsc else {}))

    def profile(self) -> dict[str, Any]:
        person = self.person
        line, city, state, postal_code = person.address
        numbers = {"pan": person.pan, "identity_number": person.identity_number}
        return {
            "name": person.name,
            "birth_date": person.birth_date,
            **{name: number for name, number in numbers.items() if number},
            "address": {"line": line, "city": city, "state": state, "postal_code": postal_code},
            "monthly_income": self.money(person.monthly_income),
            "monthly_obligations": self.money(person.monthly_obligations),
            "employment": "salaried",
            "months_employed": 48,
        }

    def money(self, minor: int) -> Money:
        """In the currency of his market."""
        return {"minor": minor, "currency": self.person.currency}

    def upload(self, kind: str | None = None, content: bytes | None = None) -> Any:
        """Asks for an upload link, uploads, and waits for the verdict: a card that can be read, or another paper."""
        content = self.person.card() if content is None else content
        content_type = "application/pdf" if content.startswith(b"%PDF") else "image/png"
        order = {"kind": kind or self.person.paper, "content_type": content_type, "size_bytes": len(content)}
        made = self.client.post("/v1/me/documents", order)
        sent = urllib3.request(
            "POST",
            made["upload"]["url"],
            fields={**made["upload"]["fields"], "file": ("document", content, content_type)},
            retries=False,
        )
        assert sent.status < 300, (sent.status, sent.data[:300])
        path = f"/v1/me/documents/{made['document_id']}"
        return self.client.get_until("a verdict", path, lambda found: found["verdict"] != "waiting")

    def become_ready(self) -> None:
        """All that an application needs."""
        self.sign_in()
        self.consent()
        self.introduce()
        self.upload()

    def apply(self, amount: Money = TWENTY_THOUSAND, tenor_months: int = 12, purpose: str = "cash") -> Any:
        """The application once it is decided: for a loan, or for a limit to `purchase` with."""
        asked = {"amount": amount, "tenor_months": tenor_months, "purpose": purpose}
        made = self.client.post("/v1/applications", asked)
        path = f"/v1/applications/{made['application_id']}"
        return self.client.get_until("a decision", path, lambda found: found["state"] != "submitted")

    def offers(self, application: Any) -> Any:
        return self.client.get(f"/v1/applications/{application['application_id']}/offers")

    def accept(self, application: Any, offer: Any, key: str = "accept") -> Any:
        """The loan that comes of accepting an offer by the hash of its Key Facts Statement."""
        path = f"/v1/applications/{application['application_id']}/acceptance"
        return self.client.post(path, {"offer_id": offer["offer_id"], "kfs_hash": offer["kfs_hash"]}, key=key)

    def reserve(self, order_id: str, amount: Money, tenor_months: int = 6, merchant_id: str = "lotus") -> Any:
        """A merchant's order, reserved, with the offers to pay for it."""
        order = {"merchant_id": merchant_id, "order_id": order_id, "amount": amount, "tenor_months": tenor_months}
        return self.client.post("/v1/checkouts", order)

    def confirm(self, checkout: Any, offer: Any = None) -> Any:
        """The loan by the best offer, or by another."""
        offer = offer or checkout["matched"][0]
        path = f"/v1/checkouts/{checkout['checkout_id']}/confirmation"
        return self.client.post(path, {"offer_id": offer["offer_id"], "kfs_hash": offer["kfs_hash"]})

    def loan(self, loan_id: str) -> Any:
        return self.client.get(f"/v1/loans/{loan_id}")

    def sanctioned_loan(self, amount: Money = TWENTY_THOUSAND, tenor_months: int = 12) -> str:
        """From nothing to a loan that the lender has granted: its id."""
        self.become_ready()
        application = self.apply(amount, tenor_months)
        first, *_ = self.offers(application)["matched"]
        return str(self.accept(application, first)["loan_id"])

    def disburse(self, loan_id: str) -> Any:
        return self.client.post(f"/v1/loans/{loan_id}/disbursement")

    def await_state(self, loan_id: str, state: str, seconds: float = PATIENCE_SECONDS) -> Any:
        path = f"/v1/loans/{loan_id}"
        return self.client.get_until(f"a loan {state}", path, lambda loan: loan["state"] == state, seconds)

    def active_loan(self, amount: Money = TWENTY_THOUSAND, tenor_months: int = 12) -> str:
        """From nothing to money in the account: the loan's id."""
        loan_id = self.sanctioned_loan(amount, tenor_months)
        self.disburse(loan_id)
        self.await_state(loan_id, "active")
        return loan_id

    def order_repayment(self, loan_id: str, amount: Money, purpose: str = "instalment") -> Any:
        body = {"amount": amount, "purpose": purpose, "method": self.person.pays_by}
        return self.client.post(f"/v1/loans/{loan_id}/repayments", body)

    def repay(self, loan_id: str, amount: Money, purpose: str = "instalment", paying: Money | None = None) -> Any:
        """Orders a repayment, pays it as he does, and waits until it is in the books; the repayment.

        `paying` is what he really pays, when it is another amount than the order's.
        """
        order = self.order_repayment(loan_id, amount, purpose)
        self.pay(order, paying or amount)
        path = f"/v1/loans/{loan_id}/repayments/{order['repayment_id']}"
        return self.client.get_until("the repayment", path, lambda found: found["state"] != "ordered")

    def pay(self, order: Any, amount: Money) -> str:
        """In his UPI app, or by a transfer with the order's reference; the rail's payment id."""
        if order["pay_link"]:
            return self.outside.pay(order["repayment_id"], amount, payee_of(order))
        account = self.client.get(f"/v1/loans/{order['loan_id']}/repayment-options")["account"]
        return self.outside.transfer(order["reference"], amount, account)


def payee_of(order: Any) -> str:
    """The address that the order's link is for, as a UPI app reads it."""
    return str(parse_qs(urlsplit(order["pay_link"]).query)["pa"][0])


def another(person: Person, number: int) -> Person:
    """Somebody else, with a phone, a PAN and an account of his own."""
    return replace(
        person,
        phone=f"+9198765{number:05d}",
        pan=f"ABCPV{number % 10_000:04d}{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[number // 10_000]}",
        account_number=f"501002{number:08d}",
    )


def picture(seed: str = "", width: int = 640, height: int = 400) -> bytes:
    """A valid PNG in shades of grey; another for another seed, as nobody sends another's papers."""
    shade = zlib.crc32(seed.encode())
    first = (b"\0" + shade.to_bytes(4) * (width // 4 + 1))[: width + 1]
    others = (b"\0" + bytes((shade + column + row) % 256 for column in range(width)) for row in range(1, height))
    rows = b"".join((first, *others))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def page(lines: Sequence[str]) -> bytes:
    """A PDF of one page with these lines; its font says which letters are meant, of any script."""
    shown = "".join(f"0 -14 Td <{line.encode('utf-16-be').hex()}> Tj\n" for line in lines)
    stream = f"BT /F1 12 Tf 72 720 Td\n{shown}ET"
    codes = sorted({f"<{letter.encode('utf-16-be').hex()}>" for line in lines for letter in line})
    letters = "".join(f"1 beginbfchar {code} {code} endbfchar\n" for code in codes)
    cmap = f"1 begincodespacerange <0000> <FFFF> endcodespacerange\n{letters}"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /Resources << /Font << /F1 5 0 R >> >> /Contents 4 0 R >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        "<< /Type /Font /Subtype /Type0 /ToUnicode 6 0 R >>",
        f"<< /Length {len(cmap)} >>\nstream\n{cmap}\nendstream",
    )
    numbered = "".join(f"{number} 0 obj\n{each}\nendobj\n" for number, each in enumerate(objects, 1))
    return f"%PDF-1.7\n{numbered}startxref\n9\n%%EOF\n".encode("ascii")
