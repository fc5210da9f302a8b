"""
Status lists over HTTP: a plain GET of stored bytes, for anyone, any origin, switch on or off.

The same bytes for all: nobody is asked who they are, no cookie is read or set, and no header but Accept-Encoding and
If-None-Match has a say. Addresses inside come from the issuer's row.
"""

from __future__ import annotations

import re
from uuid import UUID

from django.http import HttpRequest
from django.http import HttpResponse
from django.utils.http import parse_etags

from openedx_verifiable_credentials.api import status
from openedx_verifiable_credentials.api.status import ServedList
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.status_list import ListForm
from openedx_verifiable_credentials.exceptions import StatusListError
from openedx_verifiable_credentials.rest_api.public import public

_REFUSED = re.compile(r"\s*q\s*=\s*0(\.0*)?\s*")


@public
def status_list(request: HttpRequest, list_uuid: UUID, form: ListForm) -> HttpResponse:
    """The list in this form (Bitstring Status List v1.0 §3)."""
    return _answer(request, status.get_served_list(list_uuid, form))


@public
def no_list(request: HttpRequest, name: str) -> HttpResponse:
    """What else is asked for below the lists' addresses."""
    raise StatusListError("unknown_list", "There is no such status list.")


def _answer(request: HttpRequest, served: ServedList) -> HttpResponse:
    accepted = request.headers.get("Accept-Encoding", "")
    zipped = served.gzipped if _accepts_gzip(accepted) else None
    body = served.document if zipped is None else zipped
    etag = f'"{served.sha256}"' if zipped is None else f'"{served.sha256}-gzip"'
    if _knows(request, etag):
        response = HttpResponse(status=304)
        del response["Content-Type"]
    else:
        response = HttpResponse(b"" if request.method == "HEAD" else body, content_type=v.APPLICATION_JSON)
        response["Content-Length"] = str(len(body))
        if zipped is not None:
            response["Content-Encoding"] = "gzip"
    if zipped is None:
        # Django's GZipMiddleware would compress again, also where the client refuses it by q=0.
        request.META.pop("HTTP_ACCEPT_ENCODING", None)
    response["ETag"] = etag
    response["Vary"] = "Accept-Encoding"
    response["Cache-Control"] = f"public, max-age={served.max_age}"
    return response


def _accepts_gzip(header: str) -> bool:
    """RFC 9110 §12.5.3: named, or covered by ``*``, and not refused by a weight of 0."""
    accepted: dict[str, bool] = {}
    for part in header.lower().split(","):
        coding, _, weight = part.partition(";")
        accepted[coding.strip()] = not _REFUSED.fullmatch(weight)
    return accepted.get("gzip", accepted.get("x-gzip", accepted.get("*", False)))


def _knows(request: HttpRequest, etag: str) -> bool:
    """RFC 9110 §13.1.2: weak comparison."""
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in known or etag in {tag.removeprefix("W/") for tag in known}
