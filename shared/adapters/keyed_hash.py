"""Keyed hashes of what is looked up by value: equal values are found, and nobody without the key can guess one."""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class KeyedHash:
    """A secret that only the HMAC key in KMS makes from the value; more hashes come out of it without asking again."""

    secret: bytes

    def of(self, label: str) -> str:
        return hmac.digest(self.secret, label.encode(), hashlib.sha256).hex()


@dataclass(frozen=True, slots=True)
class Index:
    kms: Any
    key: str

    def hashed(self, kind: str, value: str) -> KeyedHash:
        """One call to KMS. Equal values of different kinds have different hashes."""
        answer = self.kms.generate_mac(KeyId=self.key, Message=f"{kind}\0{value}".encode(), MacAlgorithm="HMAC_SHA_256")
        return KeyedHash(answer["Mac"])
