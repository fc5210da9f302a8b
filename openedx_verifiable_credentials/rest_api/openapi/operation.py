"""What is said of one operation, and what several have in common."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.rest_api.openapi.problems import HTTP
from openedx_verifiable_credentials.rest_api.openapi.problems import named

JSON = v.APPLICATION_JSON
HTML = "text/html"
# Who may ask: see SECURITY_SCHEMES in document.py.
LEARNER, PAGE, TOKEN, ANYONE = "learner", "page", "token", "anyone"


@dataclasses.dataclass(frozen=True)
class Answer:
    """
    ``media``: schema by media type; None where there is no body. ``headers``: what each says. An answer whose body is
    HTML has a plain string for a schema.
    """

    status: int
    description: str
    media: Mapping[str, str | None] = dataclasses.field(default_factory=dict)
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Operation:
    """
    ``problems``: keys of :data:`..problems.PROBLEMS`. ``body``: the name of the request's schema; ``takes``: its media
    types. ``refusals``: the media types of a refusal.
    """

    id: str
    method: str
    path: str
    tag: str
    summary: str
    description: str
    answers: tuple[Answer, ...]
    problems: tuple[str, ...] = ()
    security: str = ANYONE
    body: str | None = None
    takes: tuple[str, ...] = (JSON,)
    refusals: tuple[str, ...] = (JSON,)
    parameters: tuple[str, ...] = ()


ROOT = "/verifiable_credentials/"
API = f"{ROOT}api/v1/"

_UUID: JsonObject = {"type": "string", "format": "uuid"}
_TEXT: JsonObject = {"type": "string"}
# By name: the schema and what it is. Names in {braces} of a path are its parameters.
PATH_PARAMETERS: dict[str, tuple[JsonObject, str]] = {
    "offer_uuid": (_UUID, "Of the offer."),
    "credential_uuid": (_UUID, "Of the credential, as issued/ lists it."),
    "share_id": (_TEXT, "The last part of the address that sharing gave."),
    "kind": ({"type": "string", "enum": ["course", "program"]}, "Of the certificate."),
    "key": (_TEXT, "The course run key, or the program's uuid."),
    "slug": (_TEXT, "The issuer's name in addresses."),
    "list_uuid": (_UUID, "Of the status list."),
    "name": (_TEXT, "What else stands there."),
}
QUERY_PARAMETERS: dict[str, tuple[JsonObject, str]] = {
    "page": ({"type": "integer", "minimum": 1}, "Which page of 20; the first by default."),
    "wait_for_anchor": (
        {"type": "string", "enum": ["true", "false"]},
        "Whether the claim is over only when what it gave is anchored.",
    ),
    "claimed": ({"type": "integer", "minimum": 1}, "Which page of 20 of what was claimed; the first by default."),
}
HEADER_PARAMETERS: dict[str, tuple[JsonObject, str]] = {
    "X-CSRFToken": (_TEXT, "Django's CSRF token: needed with a session."),
    "If-None-Match": (_TEXT, "ETags that are known: 304 where one is current."),
    "Accept-Encoding": (_TEXT, "With gzip, the list comes packed."),
}

NO_PAGE = named("OfferError", "invalid_request")
SIGNED_IN = named(HTTP, "not_authenticated", "authentication_failed", "permission_denied", "internal_error")
OFF = named("OfferError", "switched_off")
THROTTLED = named(HTTP, "throttled")
JSON_BODY = (
    *named("PresentationError", "too_large", "too_deep", "malformed_json", "duplicate_key", "not_an_object"),
    *named(HTTP, "unsupported_media_type"),
)
NO_DATABASE = named("TransientError", "database_unavailable")
NOT_KEPT = {"Cache-Control": "no-store"}


@functools.cache
def examples() -> Mapping[str, Mapping[str, Any]]:
    """
    By operation: ``request`` and ``answer``, as they went over the wire once; tests hold them to what goes over it now.
    """
    text = resources.files(__package__).joinpath("examples.json").read_text(encoding="utf-8")
    found: Mapping[str, Mapping[str, Any]] = json.loads(text)
    return found
