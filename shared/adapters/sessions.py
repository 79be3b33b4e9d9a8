"""The people book's sign-ins, under keys of their own: who begins and renews them sees nothing else of a borrower."""

import base64
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.adapters.table import ANY, Table, Write, load, load_all, record
from shared.domain.errors import NotFound
from shared.domain.sessions import GOOD_FOR, Session

# No market counts accounts of one device for longer, or more of them.
SEEN_FOR = timedelta(days=90)
MOST_SEEN = 20
SIGN_INS = "sessions#"


@dataclass(frozen=True, slots=True)
class Sessions:
    table: Table

    def of(self, borrower_id: str) -> list[Session]:
        found = self.table.query(_pk(borrower_id))
        return load_all(Session, [item for item in found if "erased_at" not in item])

    def find(self, borrower_id: str, session_id: str) -> Session | None:
        item = self.table.get(_pk(borrower_id), session_id)
        return load(Session, item) if item and "erased_at" not in item else None

    def get(self, borrower_id: str, session_id: str) -> Session:
        """Raises `NotFound`."""
        found = self.find(borrower_id, session_id)
        if found is None:
            raise NotFound("not_found", "There is no such session.")
        return found

    def seen_on(self, device_hash: str, borrower_id: str, at: datetime) -> tuple[date, ...]:
        """Notes that the borrower signs in on a device; the days, in UTC, on which others last did, of late."""
        pk, forgotten_at = f"device#{device_hash}", int((at + SEEN_FOR).timestamp())
        mine = {"pk": pk, "sk": borrower_id, "seen_on": at.date().isoformat(), "expires_at": forgotten_at}
        self.table.transact([Write(mine, ANY)])
        days = [date.fromisoformat(item["seen_on"]) for item in self.table.query(pk) if item["sk"] != borrower_id]
        return tuple(sorted(days)[-MOST_SEEN:])

    def save(self, borrower_id: str, session: Session, seen: Session | None) -> None:
        """Raises `Stale` when it changed since it was seen. The table forgets it when its token is good no more."""
        forgotten_at = int((session.started_at + GOOD_FOR).timestamp())
        item = record(session, _pk(borrower_id), session.session_id, expires_at=forgotten_at)
        self.table.transact([Write(item, seen.version if seen else None)])


def named(access_token: str) -> tuple[str, str]:
    """The borrower and the session that a token of the pool's own making names; all its renewals name the same."""
    payload = access_token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return f"brw_{claims['sub']}", claims["origin_jti"]


def _pk(borrower_id: str) -> str:
    return f"{SIGN_INS}{borrower_id}"
