"""`python -m infra.renewal STAGE POOL_ID BEFORE`: all data keys of borrowers from before an instant, made anew.

With the operator's own credentials, which list the pool's users and call the function `renew`. Cut off, it is started
again: what is done is younger than `BEFORE` then.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import botocore.session
from botocore.config import Config

# A key takes two calls to KMS and four to the table, and as many again for each hundred corrections: what the function
# has no time for is asked for again.
TOGETHER = 20
PATIENT = Config(read_timeout=60, retries={"mode": "standard", "total_max_attempts": 3})


def renew(cognito: Any, functions: Any, stage: str, pool_id: str, before: str) -> Counter[str]:
    """What became of the keys: `renewed`, `kept`, `busy` (to ask for again), `failed`. What fails holds up nobody; of a
    call that fails whole it is not known how far it came."""
    told: Counter[str] = Counter()
    for borrower_ids in borrowers(cognito, pool_id):
        payload = json.dumps({"borrower_ids": borrower_ids, "before": before}).encode()
        done = functions.invoke(FunctionName=f"minnow-{stage}-renew", Payload=payload)
        answer = json.loads(done["Payload"].read())
        if "FunctionError" in done:
            print(answer, file=sys.stderr)
            answer = {"busy": len(borrower_ids)}
        told += Counter(answer)
    return told


def borrowers(cognito: Any, pool_id: str) -> Iterator[list[str]]:
    """All that the pool knows, some at a time."""
    for page in cognito.get_paginator("list_users").paginate(UserPoolId=pool_id, Limit=TOGETHER):
        attributes = [attribute for user in page["Users"] for attribute in user["Attributes"]]
        yield [f"brw_{each['Value']}" for each in attributes if each["Name"] == "sub"]


def main(arguments: list[str]) -> int:
    if len(arguments) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    session = botocore.session.get_session()
    cognito, functions = (session.create_client(name, config=PATIENT) for name in ("cognito-idp", "lambda"))
    told = renew(cognito, functions, *arguments)
    print(*(f"{told[became]} {became}" for became in ("renewed", "kept", "busy", "failed")), sep=", ")
    return 1 if told["busy"] or told["failed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
