"""The files that a lender is given of a day: what their manifest says, and links that are good for minutes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.adapters.file_store import LINK_SECONDS, FileStore
from shared.domain.errors import NotFound

# Where each kind lies.
FOLDERS = {"settlement": "settlements", "transfer": "transfers"}


@dataclass(frozen=True, slots=True)
class Linked:
    name: str
    bytes: int
    sha256: str
    url: str


@dataclass(frozen=True, slots=True)
class Files:
    """`manifest` comes last of the files, so that whoever reads it finds all others."""

    manifest: Mapping[str, Any]
    manifest_url: str
    parts: tuple[Linked, ...]
    expires_in_seconds: int


def files_of(partner_id: str, kind: str, on: date, *, store: FileStore) -> Files:
    """Raises `NotFound` where they are not written, or not yet."""
    name = f"{FOLDERS[kind]}/{partner_id}/{on.isoformat()}/manifest.json"
    manifest = store.read(name)
    if manifest is None:
        raise NotFound("not_found", "There are no such files of this lender.")
    parts = tuple(
        Linked(part["name"], part["bytes"], part["sha256"], store.link(part["name"])) for part in manifest["parts"]
    )
    return Files(manifest, store.link(name), parts, LINK_SECONDS)
