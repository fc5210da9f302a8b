"""The operations → an OpenAPI 3.1 document. ``scripts/openapi.py`` writes it into the documentation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from openedx_verifiable_credentials.api.http_status import seconds_to_wait
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.rest_api.openapi import anchors
from openedx_verifiable_credentials.rest_api.openapi import files
from openedx_verifiable_credentials.rest_api.openapi import learner_pages
from openedx_verifiable_credentials.rest_api.openapi import learners
from openedx_verifiable_credentials.rest_api.openapi import own_credentials
from openedx_verifiable_credentials.rest_api.openapi import verifiers
from openedx_verifiable_credentials.rest_api.openapi.json_schema import ref
from openedx_verifiable_credentials.rest_api.openapi.operation import ANYONE
from openedx_verifiable_credentials.rest_api.openapi.operation import HEADER_PARAMETERS
from openedx_verifiable_credentials.rest_api.openapi.operation import JSON
from openedx_verifiable_credentials.rest_api.openapi.operation import LEARNER
from openedx_verifiable_credentials.rest_api.openapi.operation import PAGE
from openedx_verifiable_credentials.rest_api.openapi.operation import PATH_PARAMETERS
from openedx_verifiable_credentials.rest_api.openapi.operation import QUERY_PARAMETERS
from openedx_verifiable_credentials.rest_api.openapi.operation import TOKEN
from openedx_verifiable_credentials.rest_api.openapi.operation import Answer
from openedx_verifiable_credentials.rest_api.openapi.operation import Operation
from openedx_verifiable_credentials.rest_api.openapi.operation import examples
from openedx_verifiable_credentials.rest_api.openapi.problems import PROBLEMS
from openedx_verifiable_credentials.rest_api.openapi.problems import Problem
from openedx_verifiable_credentials.rest_api.openapi.schemas import SCHEMAS

OPERATIONS: tuple[Operation, ...] = (
    *learners.OPERATIONS,
    *own_credentials.OPERATIONS,
    *learner_pages.OPERATIONS,
    *verifiers.OPERATIONS,
    *files.OPERATIONS,
    *anchors.OPERATIONS,
)

INFO = {
    "title": "Verifiable credentials for Open edX",
    "version": "1",
    "description": (
        "Open Badges 3.0 credentials from the Open edX Credentials service. Trailing slashes are part of the "
        "addresses. Every refusal has a code that does not change, and a sentence that may. What can be read answers "
        "HEAD as it answers GET; public documents answer OPTIONS with 204; other methods are answered by 405, "
        "method_not_allowed."
    ),
    "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
}
SECURITY_SCHEMES: JsonObject = {
    "jwtCookies": {
        "type": "apiKey",
        "in": "cookie",
        "name": "edx-jwt-cookie-header-payload",
        "description": "The JWT cookies of the MFEs: this one, and its signature in edx-jwt-cookie-signature.",
    },
    "jwt": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "JWT, a space, and a token of the LMS.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "credentials_sessionid",
        "description": "A session of the Credentials service; what changes something needs its CSRF token, too.",
    },
    "bearerToken": {"type": "http", "scheme": "bearer", "description": "One of OPENEDX_VC_VC_API_TOKENS."},
}
_SECURITY: dict[str, list[JsonObject]] = {
    LEARNER: [{"jwtCookies": []}, {"jwt": []}, {"session": []}],
    PAGE: [{"session": []}, {"jwtCookies": []}],
    TOKEN: [{"bearerToken": []}],
    ANYONE: [],
}


def find(path: str, method: str) -> Operation | None:
    """The operation at this address, whose parameters stand in braces."""
    return next((one for one in OPERATIONS if (one.path, one.method) == (path, method.lower())), None)


def compose() -> JsonObject:
    """The whole document."""
    paths: JsonObject = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": INFO,
        "servers": [{"url": "https://credentials.example.edu", "description": "A Credentials service."}],
        "tags": [{"name": name} for name in dict.fromkeys(operation.tag for operation in OPERATIONS)],
        "paths": paths,
        "components": {"schemas": SCHEMAS, "securitySchemes": SECURITY_SCHEMES},
    }


def parameters(operation: Operation) -> Iterator[JsonObject]:
    """Of its path, in their order, then of its query and its headers."""
    for name in re.findall(r"{(\w+)}", operation.path):
        schema, description = PATH_PARAMETERS[name]
        yield {"name": name, "in": "path", "required": True, "description": description, "schema": schema}
    for name in operation.parameters:
        place, known = ("query", QUERY_PARAMETERS) if name in QUERY_PARAMETERS else ("header", HEADER_PARAMETERS)
        schema, description = known[name]
        yield {"name": name, "in": place, "required": False, "description": description, "schema": schema}


def problems(operation: Operation) -> dict[int, list[Problem]]:
    """Its refusals by status; each once."""
    ordered = sorted({PROBLEMS[key] for key in operation.problems}, key=lambda one: (one.status, one.code, one.detail))
    return {status: list(several) for status, several in groupby(ordered, key=lambda one: one.status)}


def sentences(several: list[Problem]) -> str:
    """The codes of one status, each with its sentence, as Markdown."""
    return "\n".join(f"- `{one.code}`: {one.detail}" for one in several)


def _operation(operation: Operation) -> JsonObject:
    shape: JsonObject = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
        "security": _SECURITY[operation.security],
    }
    if found := list(parameters(operation)):
        shape["parameters"] = found
    if operation.body:
        shape["requestBody"] = {"required": True, "content": _request(operation)}
    shape["responses"] = _responses(operation)
    return shape


def _request(operation: Operation) -> JsonObject:
    example = examples()[operation.id]["request"]
    content: JsonObject = {media: {"schema": ref(str(operation.body))} for media in operation.takes}
    content[operation.takes[0]]["example"] = example
    return content


def _responses(operation: Operation) -> JsonObject:
    responses = {str(answer.status): _answer(operation, answer) for answer in operation.answers}
    for status, several in problems(operation).items():
        refusal = _refusal(operation, several)
        responses[str(status)] = _either(responses[str(status)], refusal) if str(status) in responses else refusal
    return dict(sorted(responses.items()))


def _answer(operation: Operation, answer: Answer) -> JsonObject:
    shape: JsonObject = {"description": answer.description}
    if answer.headers:
        shape["headers"] = {name: _header(description) for name, description in answer.headers.items()}
    if answer.media:
        shape["content"] = {
            media: {"schema": {"type": "string"} if name is None else ref(name)} for media, name in answer.media.items()
        }
        example = examples().get(operation.id, {}).get("answers", {}).get(str(answer.status))
        if example is not None:
            shape["content"][example["media"]]["example"] = example["body"]
    return shape


def _refusal(operation: Operation, several: list[Problem]) -> JsonObject:
    shape: JsonObject = {"description": sentences(several), "content": {}}
    for media in operation.refusals:
        shape["content"][media] = _coded(several) if media == JSON else {"schema": {"type": "string"}}
    if several[0].status == 503 or any(seconds_to_wait(one.code) for one in several):
        shape["headers"] = {"Retry-After": _header("Seconds.")}
    return shape


def _coded(several: list[Problem]) -> JsonObject:
    codes = sorted({one.code for one in several})
    return {
        "schema": {"allOf": [ref("Problem"), {"properties": {"code": {"enum": codes}}}]},
        "examples": {one.code: {"value": {"code": one.code, "detail": one.detail}} for one in several},
    }


def _either(answer: JsonObject, refusal: JsonObject) -> JsonObject:
    """One status for both."""
    both: JsonObject = {**answer, "description": f"{answer['description']}\n\n{refusal['description']}"}
    body: dict[str, Any] = dict(answer["content"][JSON])
    refused = refusal["content"][JSON]
    body["schema"] = {"anyOf": [body["schema"], refused["schema"]]}
    body["examples"] = {"result": {"value": body.pop("example")}, **refused["examples"]}
    both["content"] = {**answer["content"], JSON: body}
    return both


def _header(description: str) -> JsonObject:
    return {"schema": {"type": "string"}, "description": description}
