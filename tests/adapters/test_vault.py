"""Seals: opened by their own borrower and field, and by nothing else."""

import json
import logging
from typing import Any

import pytest

from shared.adapters.keyed_hash import Index
from shared.adapters.vault import DataKey, Vault
from shared.domain.errors import Refused


@pytest.fixture
def vault(aws: Any) -> Vault:
    kms = aws("kms")
    return Vault(kms, kms.create_key()["KeyMetadata"]["Arn"])


def test_what_is_sealed_opens_again(vault: Vault) -> None:
    key, wrapped = vault.new_key("brw_1")
    sealed = key.seal("profile.person", "ABCPE1234F")

    assert vault.open_key("brw_1", wrapped, "test").open("profile.person", sealed) == "ABCPE1234F"
    assert "ABCPE1234F" not in sealed


def test_the_same_text_never_looks_the_same() -> None:
    key = DataKey("brw_1", bytes(32))

    assert key.seal("field", "text") != key.seal("field", "text")


@pytest.mark.parametrize(("borrower_id", "field"), [("brw_2", "field"), ("brw_1", "another")])
def test_a_moved_seal_is_refused_told_and_counted(
    borrower_id: str, field: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    sealed = DataKey("brw_1", bytes(32)).seal("field", "secret")
    with caplog.at_level(logging.CRITICAL, "minnow.vault"), pytest.raises(Refused) as refusal:
        DataKey(borrower_id, bytes(32)).open(field, sealed)

    assert refusal.value.code == "internal_error"
    assert "seal_broken" in caplog.text
    assert "secret" not in caplog.text
    assert counted(capsys) == [{"Name": "SealsBroken", "Unit": "Count"}]


def counted(capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    """The metrics in lines that are nothing but JSON."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [metric for line in lines for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]]


def test_each_opening_is_told_with_its_purpose_and_no_value(vault: Vault, caplog: pytest.LogCaptureFixture) -> None:
    _, wrapped = vault.new_key("brw_1")
    with caplog.at_level(logging.INFO, "minnow.vault"):
        vault.open_key("brw_1", wrapped, "payout")

    assert '"purpose": "payout"' in caplog.text
    assert wrapped not in caplog.text


def test_a_wrapped_key_that_was_moved_is_refused_and_counted(vault: Vault, capsys: pytest.CaptureFixture[str]) -> None:
    _, wrapped = vault.new_key("brw_1")

    with pytest.raises(Refused):
        vault.open_key("brw_2", wrapped, "test")
    assert counted(capsys) == [{"Name": "SealsBroken", "Unit": "Count"}]


def test_equal_values_of_one_kind_have_equal_hashes(aws: Any) -> None:
    kms = aws("kms")
    key = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["Arn"]
    index = Index(kms, key)

    assert index.hashed("phone", "+919876543210") == index.hashed("phone", "+919876543210")
    assert index.hashed("phone", "+919876543210") != index.hashed("pan", "+919876543210")
    assert index.hashed("phone", "1").of("pk") != index.hashed("phone", "1").of("code")
