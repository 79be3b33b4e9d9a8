"""What a sandbox service still knows after a restart: JSON values under a kind and a key, in one SQLite file."""

import json
import sqlite3
from pathlib import Path
from threading import RLock
from typing import Any


class Memory:
    """`lock` makes a reading and the writing that rests on it one step."""

    def __init__(self, file: Path) -> None:
        self.lock = RLock()
        self.store = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self.store.execute("CREATE TABLE IF NOT EXISTS kept (kind TEXT, key TEXT, value TEXT, PRIMARY KEY (kind, key))")

    def get(self, kind: str, key: str) -> Any:
        """The value, or None."""
        with self.lock:
            found = self.store.execute("SELECT value FROM kept WHERE kind = ? AND key = ?", (kind, key)).fetchone()
        return json.loads(found[0]) if found else None

    def put(self, kind: str, key: str, value: Any) -> None:
        with self.lock:
            self.store.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", (kind, key, json.dumps(value)))

    def every(self, kind: str) -> list[Any]:
        """All values of a kind, in the order in which they were last written."""
        with self.lock:
            found = self.store.execute("SELECT value FROM kept WHERE kind = ? ORDER BY rowid", (kind,)).fetchall()
        return [json.loads(value) for (value,) in found]
