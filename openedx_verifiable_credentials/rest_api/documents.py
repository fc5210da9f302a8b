"""The public documents behind addresses inside credentials. Anyone, any origin, switch on or off."""

from __future__ import annotations

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from openedx_verifiable_credentials.api import documents
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.data import JsonObject

_MAX_AGE_SECONDS = 300


@require_safe
def achievement(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """The Achievement."""
    return _answer(documents.find_achievement(kind, key, _host(request)), v.APPLICATION_LD_JSON)


@require_safe
def issuer_profile(_request: HttpRequest, slug: str) -> HttpResponse:
    """The issuer's Profile."""
    return _answer(documents.find_issuer_profile(slug), v.APPLICATION_LD_JSON)


@require_safe
def issuer_did_document(_request: HttpRequest, slug: str) -> HttpResponse:
    """The DID document of an issuer with a path (did:web §3.2)."""
    return _answer(documents.find_issuer_did_document(slug), v.APPLICATION_JSON)


@require_safe
def host_did_document(request: HttpRequest) -> HttpResponse:
    """The DID document of this host (did:web §3.2). The Host header chooses among our own; it is never written."""
    try:
        did = dids.web_did(_host(request))
    except ValueError:
        return _answer(None, v.APPLICATION_JSON)
    return _answer(documents.find_did_document(did), v.APPLICATION_JSON)


def _host(request: HttpRequest) -> str:
    """The Host header, to compare with; "" where it is none."""
    try:
        return request.get_host().lower().removesuffix(":443")
    except DisallowedHost:
        return ""


def _answer(document: JsonObject | None, content_type: str) -> HttpResponse:
    if document is None:
        body: JsonObject = {"code": "not_found", "detail": "There is no such document."}
        response = HttpResponse(json_text.write(body), status=404, content_type=v.APPLICATION_JSON)
    else:
        response = HttpResponse(json_text.write(document), content_type=content_type)
        response["Cache-Control"] = f"public, max-age={_MAX_AGE_SECONDS}"
    response["Access-Control-Allow-Origin"] = "*"
    response["X-Content-Type-Options"] = "nosniff"
    return response
