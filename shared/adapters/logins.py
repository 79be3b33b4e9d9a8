"""The people book's items of phones that sign in: no phone and no code, only their keyed hashes."""

from dataclasses import dataclass

from shared.adapters.keyed_hash import Index, KeyedHash
from shared.adapters.table import Stale, Table, Write, load, record
from shared.domain.one_time_codes import CodeRules, Login

SK = "code"


@dataclass(frozen=True, slots=True)
class Logins:
    """`what_for` keeps codes for one thing from being good for another."""

    table: Table
    index: Index
    what_for: str = "phone"

    def phone_hash(self, phone: str) -> str:
        """By which a phone is known again: one call to KMS."""
        return self.index.hashed(self.what_for, phone).of("known")

    def of_phone(self, phone: str) -> tuple[KeyedHash, Login]:
        """The phone's keyed hash, one call to KMS, and what is known of its sign-ins."""
        hashed = self.index.hashed(self.what_for, phone)
        item = self.table.get(_pk(hashed), SK)
        return hashed, load(Login, item) if item else Login()

    def save(self, hashed: KeyedHash, login: Login, rules: CodeRules) -> bool:
        """False when another sign-in of the same phone was faster."""
        forgotten_at = int((login.sent_at[-1] + rules.window).timestamp())
        item = record(login, _pk(hashed), SK, expires_at=forgotten_at)
        try:
            self.table.transact([Write(item, login.version - 1 or None)])
        except Stale:
            return False
        return True


def code_hash(hashed: KeyedHash, code: str) -> str:
    return hashed.of(f"code {code}")


def _pk(hashed: KeyedHash) -> str:
    return f"login#{hashed.of('pk')}"
