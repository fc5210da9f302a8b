"""The public documents behind addresses inside credentials. Anyone, any origin, switch on or off."""

from __future__ import annotations

import hashlib

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from openedx_verifiable_credentials.api import documents
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.rest_api.public import problem
from openedx_verifiable_credentials.rest_api.public import public

_MAX_AGE_SECONDS = 300
_MISSING_MAX_AGE_SECONDS = 60


@public
def achievement(request: HttpRequest, kind: str, key: str) -> HttpResponseBase:
    """The Achievement."""
    return _answer(request, documents.find_achievement(kind, key, _host(request)), v.APPLICATION_LD_JSON)


@public
def issuer_profile(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The issuer's Profile."""
    return _answer(request, documents.find_issuer_profile(slug), v.APPLICATION_LD_JSON)


@public
def issuer_did_document(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The DID document of an issuer with a path (did:web §3.2)."""
    return _answer(request, documents.find_issuer_did_document(slug), v.APPLICATION_JSON)


@public
def issuer_keys(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Every key the issuer has had."""
    return _answer(request, documents.find_key_history(slug), v.APPLICATION_JSON)


@public
def host_did_document(request: HttpRequest) -> HttpResponseBase:
    """The DID document of this host (did:web §3.2). The Host header chooses among our own; it is never written."""
    try:
        did = dids.web_did(_host(request))
    except ValueError:
        return _answer(request, None, v.APPLICATION_JSON)
    return _answer(request, documents.find_did_document(did), v.APPLICATION_JSON)


def _host(request: HttpRequest) -> str:
    """The Host header, to compare with; "" where it is none."""
    try:
        return request.get_host().lower().removesuffix(":443")
    except DisallowedHost:
        return ""


def _answer(request: HttpRequest, document: JsonObject | None, content_type: str) -> HttpResponseBase:
    if document is None:
        # A verifier that asks again and again is answered by a cache, and soon enough by a document that is new.
        return problem(404, "not_found", "There is no such document.", _cache_control(_MISSING_MAX_AGE_SECONDS))
    raw = json_text.write(document)
    response = HttpResponse(raw, content_type=content_type)
    response["Cache-Control"] = _cache_control(_MAX_AGE_SECONDS)
    response["ETag"] = quote_etag(hashlib.sha256(raw).hexdigest())
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def _cache_control(seconds: int) -> str:
    return f"public, max-age={seconds}"
