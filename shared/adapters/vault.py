"""The vault: personal fields sealed under a key of each borrower's own, which KMS wraps.

AES-256-GCM; the borrower and the field are bound into each seal, so that ciphertext moved to another borrower or
field does not open. Destroying a borrower's wrapped key makes all that is theirs unreadable.
"""

import base64
import hashlib
import json
import logging
import os
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.adapters.measures import counted
from shared.domain.errors import Refused

NONCE_BYTES = 12

logger = logging.getLogger("minnow.vault")
# Openings are the audit's record; the root logger of Lambda would drop them.
logger.setLevel(logging.INFO)


@dataclass(frozen=True, slots=True)
class DataKey:
    """A borrower's key, open. It lives as long as the request."""

    borrower_id: str
    secret: bytes

    def seal(self, field: str, text: str) -> str:
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(self.secret).encrypt(nonce, text.encode(), self._bound_to(field))
        return base64.b64encode(nonce + sealed).decode()

    def open(self, field: str, sealed: str) -> str:
        """Raises `internal_error`, and tells the operators, when the seal is not of this borrower and field."""
        raw = base64.b64decode(sealed)
        try:
            text = AESGCM(self.secret).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], self._bound_to(field))
        except InvalidTag as error:
            raise _broken(self.borrower_id, field) from error
        return text.decode()

    def _bound_to(self, field: str) -> bytes:
        return f"v1/{self.borrower_id}/{field}".encode()


@dataclass(frozen=True, slots=True)
class Vault:
    kms: Any
    key: str

    def new_key(self, borrower_id: str) -> tuple[DataKey, str]:
        """A fresh key, open, and wrapped for keeping. One call to KMS."""
        made = self.kms.generate_data_key(
            KeyId=self.key, KeySpec="AES_256", EncryptionContext={"borrower": borrower_id}
        )
        return DataKey(borrower_id, made["Plaintext"]), base64.b64encode(made["CiphertextBlob"]).decode()

    def open_key(self, borrower_id: str, wrapped: str, purpose: str) -> DataKey:
        """The key, open. One call to KMS, and one line in the log; the borrower's own record is made before."""
        try:
            opened = self.kms.decrypt(
                KeyId=self.key,
                CiphertextBlob=base64.b64decode(wrapped),
                EncryptionContext={"borrower": borrower_id},
            )
        except self.kms.exceptions.InvalidCiphertextException as error:
            raise _broken(borrower_id, "data_key") from error
        logger.info(json.dumps({"event": "vault_opened", "borrower_id": borrower_id, "purpose": purpose}))
        return DataKey(borrower_id, opened["Plaintext"])


def name_of(wrapped: str) -> str:
    """By which a sealed item says which key sealed it."""
    return hashlib.sha256(wrapped.encode()).hexdigest()[:16]


def _broken(borrower_id: str, field: str) -> Refused:
    """What lies here was sealed for somebody or something else: somebody moved it, and the operators are woken."""
    logger.critical(json.dumps({"event": "seal_broken", "borrower_id": borrower_id, "field": field}))
    counted("SealsBroken")
    return Refused("internal_error", "What is stored could not be read.")
