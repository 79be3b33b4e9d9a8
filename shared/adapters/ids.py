"""Ids and codes, made by chance at the door: nothing below it makes its own."""

import secrets

from ulid import ULID


def new_id(kind: str) -> str:
    """`doc_01J…`: the kind and a ULID, which sorts by the time at which it was made."""
    return f"{kind}_{ULID()}"


def new_code() -> str:
    """Six digits that nobody can foresee."""
    return f"{secrets.randbelow(1_000_000):06d}"


def new_secret() -> str:
    """256 random bits, in characters that an address may hold."""
    return secrets.token_urlsafe(32)
