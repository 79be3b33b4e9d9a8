"""Secrets and addresses of rails and partners: SSM parameters under the stage's prefix, kept for the process's life."""

from functools import cache
from typing import Any


@cache
def parameter(ssm: Any, name: str) -> str:
    """The decrypted value. Raises botocore's `ParameterNotFound` when an operator has not stored it yet."""
    value: str = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    return value
