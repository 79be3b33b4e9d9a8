"""`make openapi`: the API's contract and the page of its errors, written from the doors and the catalogue of codes.

The document lies in the package of the door `quote`, which serves it.
"""

import ast
import importlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import TypeAdapter

from infra.routes import ROUTES, Route
from infra.summaries import SUMMARIES
from shared import runtime
from shared.adapters.rails import News
from shared.adapters.sentences import LOCALES
from shared.device import device
from shared.domain.errors import CATALOGUE
from shared.problems import CONTENT_TYPE, RETRYABLE, STATUS, STATUS_OF_CODE, TYPES

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "functions" / "quote" / "openapi.json"
ERRORS = ROOT / "docs" / "developer" / "errors.md"

Json = dict[str, Any]
SCHEMA = "#/components/schemas/"
# What the resolver says of its own errors; ours are problems.
STOCK = {"HTTPValidationError", "ValidationError", "ResponseValidationError"}

INFO = {
    "title": "Minnow",
    "description": (
        "Small loans: quote, sign in, apply, accept an offer, take the money, repay. An amount is whole minor units "
        "(paise, fen) with its currency; a rate is a decimal fraction of one year, as a string; an instant is in UTC; "
        "a day is the market's. Applications, loans and repayments come in pages: `limit` says how many at most, "
        "`next` is the id to send as `after` for the page behind, or null. Every other list is complete."
    ),
    "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
}
PROBLEM = {
    "description": "A refusal (RFC 9457). `code` never changes its meaning; further members depend on it.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance", "code", "errors", "request_id", "retryable"],
    "properties": {
        "type": {"type": "string", "format": "uri", "description": f"`{TYPES}` and the code"},
        "title": {"type": "string", "description": "what the code means"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "a sentence for the borrower"},
        "instance": {"type": "string", "description": "the path that was asked for"},
        "code": {"type": "string", "enum": sorted(CATALOGUE)},
        "errors": {"type": "array", "items": {"$ref": f"{SCHEMA}FieldError"}},
        "request_id": {"type": "string"},
        "retryable": {"type": "boolean", "description": "whether the same request may simply be sent again"},
    },
}
FIELD_ERROR = {
    "description": "What is wrong with one field of the request.",
    "type": "object",
    "required": ["pointer", "code", "detail"],
    "properties": {
        "pointer": {"type": "string", "description": "JSON pointer into the body, or the parameter's place and name"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
    },
}
GATEWAY_MESSAGE = {
    "description": "What the gateway says when no function was asked: no token, or one that is not valid.",
    "type": "object",
    "properties": {"message": {"type": ["string", "null"]}},
}
PROBLEM_CONTENT = {CONTENT_TYPE: {"schema": {"$ref": f"{SCHEMA}Problem"}}}
SECURITY_SCHEMES = {
    "access_token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "A borrower's."},
    "staff_token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "Staff's, with roles."},
}
RESPONSES = {
    "Problem": {
        "description": "A refusal; `code` says which.",
        "content": PROBLEM_CONTENT,
        "headers": {
            "Content-Language": {"$ref": "#/components/headers/ContentLanguage"},
            "Retry-After": {"$ref": "#/components/headers/RetryAfter"},
        },
    },
    "NotSignedIn": {
        "description": "No valid access token came with the request.",
        "content": {**PROBLEM_CONTENT, "application/json": {"schema": {"$ref": f"{SCHEMA}GatewayMessage"}}},
    },
}
HEADERS = {
    "IdempotencyReplayed": {
        "description": "`true` when this is the answer to an earlier request with the same key.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "ContentLanguage": {
        "description": "The language of `title` and `detail`: that of the request's `Accept-Language`, or English.",
        "schema": {"type": "string", "enum": list(LOCALES)},
    },
    "RetryAfter": {
        "description": "Seconds to wait, when the problem is `retryable`.",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    },
}


def _header(name: str, description: str, **schema: Any) -> Json:
    return {
        "name": name,
        "in": "header",
        "required": True,
        "description": description,
        "schema": {"type": "string", **schema},
    }


IDEMPOTENCY_KEY, PROOF = "IdempotencyKey", "DeviceProof"
# Standard Webhooks: https://www.standardwebhooks.com
SIGNATURE = ("WebhookId", "WebhookTimestamp", "WebhookSignature")
PARAMETERS = {
    IDEMPOTENCY_KEY: _header(
        "Idempotency-Key",
        "Names this request: sent again with the same body, it is answered again and done once; "
        "with another body it is refused.",
        pattern="^[!-~]{1,255}$",
    ),
    PROOF: _header(
        "DPoP",
        "The device's proof of this very request (RFC 9449), signed with ES256: `htm`, `htu` without the query, `iat`, "
        "`jti`, and `ath` where a token goes with it. The device that signs in is the one that calls from then on.",
    ),
    "WebhookId": _header("webhook-id", "The message's id, the same each time it is delivered."),
    "WebhookTimestamp": _header(
        "webhook-timestamp", "Seconds since 1970, at most five minutes off.", pattern="^[0-9]+$"
    ),
    "WebhookSignature": _header(
        "webhook-signature", "`v1,` and the Base64 of HMAC-SHA256 over id, timestamp and body."
    ),
}


def document_text() -> str:
    """The document as it is committed: sorted, so that the same code gives the same bytes."""
    return json.dumps(document(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def document() -> Json:
    """The whole API as one OpenAPI 3.1 document."""
    schemas: Json = {"Problem": PROBLEM, "FieldError": FIELD_ERROR, "GatewayMessage": GATEWAY_MESSAGE}
    paths: Json = {}
    tags = []
    for door in dict.fromkeys(route.door for route in ROUTES):
        module = importlib.import_module(f"functions.{door}.handler")
        tags.append({"name": door, "description": (module.__doc__ or "").split("\n")[0]})
        stock = _in_names_of_its_own(door, _stock_document(module, door), schemas)
        schemas |= stock["components"]["schemas"]
        functions = _functions(module)
        for route in (route for route in ROUTES if route.door == door):
            operation = stock["paths"][route.path][route.verb.lower()]
            function = functions[route.verb, route.path]
            paths.setdefault(route.path, {})[route.verb.lower()] = _operation(route, operation, function)
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    made = {
        "openapi": "3.1.0",
        "info": {**INFO, "version": version},
        "servers": [{"url": "/", "description": "where this document was read"}],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": RESPONSES,
            "headers": HEADERS,
            "parameters": PARAMETERS,
            "securitySchemes": SECURITY_SCHEMES,
        },
    }
    with_whole_bounds: Json = json.loads(json.dumps(made), parse_float=_number)
    return with_whole_bounds


def _stock_document(module: ModuleType, door: str) -> Json:
    """What the resolver makes of a door's annotations, without its own errors."""
    made: Json = json.loads(module.app.get_openapi_json_schema())
    made["components"]["schemas"] = {
        name: schema for name, schema in made["components"]["schemas"].items() if name not in STOCK
    }
    if door == "quote":
        # The route answers with the document's text as it lies in the package.
        answer = made["paths"]["/v1/openapi.json"]["get"]["responses"]["200"]
        answer["content"]["application/json"]["schema"] = {"type": "object"}
    if door == "rail":
        # The signature is checked over the body's bytes, so the route itself does not name its type.
        news = TypeAdapter[Any](News).json_schema(ref_template=SCHEMA + "{model}")
        made["components"]["schemas"] |= news.pop("$defs")
        for path in made["paths"].values():
            path["post"]["requestBody"] = {"required": True, "content": {"application/json": {"schema": news}}}
    return made


def _in_names_of_its_own(door: str, stock: Json, taken: Mapping[str, Json]) -> Json:
    """The door's document with its name before those of its schemas that mean something else at an earlier door."""
    own = stock["components"]["schemas"]
    clashes = {name for name in own if name in taken and _meaning(name, own) != _meaning(name, taken)}
    prefix = door.title().replace("_", "")
    text = re.sub(
        rf'"{SCHEMA}(\w+)"',
        lambda found: f'"{SCHEMA}{prefix if found[1] in clashes else ""}{found[1]}"',
        json.dumps(stock),
    )
    renamed: Json = json.loads(text)
    renamed["components"]["schemas"] = {
        (prefix + name if name in clashes else name): schema
        for name, schema in renamed["components"]["schemas"].items()
    }
    return renamed


def _meaning(name: str, schemas: Mapping[str, Json]) -> Json:
    """A schema with all that it refers to."""
    meant: Json = {}
    waiting = [name]
    while waiting:
        next_name = waiting.pop()
        if next_name not in meant:
            meant[next_name] = schemas[next_name]
            waiting += re.findall(rf'"{SCHEMA}(\w+)"', json.dumps(schemas[next_name]))
    return meant


def _functions(module: ModuleType) -> dict[tuple[str, str], Any]:
    """The function behind each verb and path of a door."""
    routes = [*module.app._static_routes, *module.app._dynamic_routes]
    return {(route.method, route.openapi_path): route.func for route in routes}


def _operation(route: Route, stock: Json, function: Any) -> Json:
    """One operation, with what the resolver cannot know: who may call, how it refuses, what makes it happen once."""
    happens_once = function.__globals__.get("request") is runtime.request and _uses(function, "request")
    success = {
        status: {**response, "description": HTTPStatus(int(status)).phrase}
        for status, response in stock["responses"].items()
        if status.startswith("2")
    }
    if happens_once:
        for response in success.values():
            response["headers"] = {"Idempotency-Replayed": {"$ref": "#/components/headers/IdempotencyReplayed"}}
    proves = route.who == "borrower" or (function.__globals__.get("device") is device and _uses(function, "device"))
    names = [*((IDEMPOTENCY_KEY,) if happens_once else ()), *((PROOF,) if proves else ())]
    names += SIGNATURE if route.who == "signed" else ()
    parameters = [*stock.get("parameters", ()), *({"$ref": f"#/components/parameters/{name}"} for name in names)]
    made = {
        **stock,
        "operationId": f"{route.door}_{function.__name__}",
        "summary": SUMMARIES[f"{route.verb} {route.path}"],
        "tags": [route.door],
        "responses": success | {status: _refusal(route, status) for status in _refusals(route, stock, happens_once)},
        "security": _security(route),
    }
    return {**made, "parameters": parameters} if parameters else made


def _uses(function: Any, name: str) -> bool:
    return name in function.__code__.co_names


def _refusals(route: Route, stock: Json, happens_once: bool) -> Iterator[str]:
    """The statuses to reckon with; `4XX` is for the rest of the catalogue."""
    if "requestBody" in stock:
        yield from ("400", "413", "415", "422")
    if route.who != "public":
        yield "401"
    if route.who == "staff":
        yield "403"
    if "{" in route.path:
        yield "404"
    if happens_once:
        yield "409"
    yield from ("4XX", "503")


def _security(route: Route) -> list[Json]:
    """Which token, of which role: any one of the list will do."""
    if route.who == "staff":
        return [{"staff_token": [role]} for role in route.roles]
    return [{"access_token": []}] if route.who == "borrower" else []


def _refusal(route: Route, status: str) -> Json:
    by_gateway = status == "401" and route.who in ("borrower", "staff")
    return {"$ref": f"#/components/responses/{'NotSignedIn' if by_gateway else 'Problem'}"}


def _number(text: str) -> int | float:
    """Bounds are whole numbers, though the resolver writes them `600.0`."""
    number = float(text)
    return int(number) if number.is_integer() else number


def errors_page() -> str:
    """The catalogue of codes for those who call the API, each with its HTTP status."""
    raised = _statuses_raised()
    rows = [
        f"| `{code}` | {' or '.join(map(str, sorted(raised[code])))} | {'yes' if code in RETRYABLE else ''} | {title} |"
        for code, title in CATALOGUE.items()
        if code in raised
    ]
    return ERRORS_INTRODUCTION + "\n".join(rows) + "\n"


def _statuses_raised() -> dict[str, set[int]]:
    """The HTTP statuses of each code that our own rooms name, by the kind of error that is raised with it."""
    kinds = {kind.__name__: status for kind, status in STATUS.items()}
    raised: dict[str, set[int]] = {}
    named: set[str] = set(STATUS_OF_CODE)
    for file in (file for room in ("shared", "functions") for file in (ROOT / room).rglob("*.py")):
        if file.name in ("errors.py", "problems.py"):
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and node.value in CATALOGUE:
                named.add(str(node.value))
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                kind = ast.unparse(node.func)
                if kind in kinds:
                    raised.setdefault(str(node.args[0].value), set()).add(kinds[kind])
    # A code that is handed to a function which raises it is a refusal.
    return {
        code: {STATUS_OF_CODE[code]} if code in STATUS_OF_CODE else raised.get(code, {kinds["Refused"]})
        for code in named
    }


ERRORS_INTRODUCTION = f"""# Errors

Made by `make openapi` from `shared/domain/errors.py` and `shared/problems.py`; do not edit.

Every refusal is `{CONTENT_TYPE}` (RFC 9457):

```json
{{
  "type": "{TYPES}amount_out_of_range",
  "title": "{CATALOGUE["amount_out_of_range"]}",
  "status": 422,
  "detail": "Loans are from ₹5,000.00 to ₹1,00,000.00.",
  "instance": "/v1/quotes",
  "code": "amount_out_of_range",
  "errors": [{{"pointer": "/amount/minor", "code": "amount_out_of_range", "detail": "…"}}],
  "request_id": "…",
  "retryable": false
}}
```

- Decide by `code`; its meaning never changes. `title` and `detail` are for people, in English, Hindi or Chinese as the
  request's `Accept-Language` asks; `Content-Language` says which. `languages.md` has what is translated.
- `errors` names each field at fault by its JSON pointer. Values that you sent are never repeated.
- When `retryable` is true, wait as many seconds as `Retry-After` says and send the same request again, with the same
  `Idempotency-Key`.
- Without a valid token the gateway itself answers 401, and to an unknown address 404, with `{{"message": "…"}}`.

| Code | Status | Retry | Meaning |
|---|---|---|---|
"""


if __name__ == "__main__":
    DOCUMENT.write_text(document_text())
    ERRORS.parent.mkdir(parents=True, exist_ok=True)
    ERRORS.write_text(errors_page())
    print(f"Wrote {DOCUMENT.relative_to(ROOT)} and {ERRORS.relative_to(ROOT)}.")
