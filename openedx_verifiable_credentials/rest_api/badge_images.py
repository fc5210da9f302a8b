"""
Badge images over HTTP, for anyone and any origin, switch on or off: the bytes behind an address never change.

Opened by itself, an SVG is a document of this service's origin. It holds no script, and here it could not run one.
"""

from __future__ import annotations

from django.http import HttpRequest
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from openedx_verifiable_credentials.api.badge_images import find_served
from openedx_verifiable_credentials.rest_api.public import problem
from openedx_verifiable_credentials.rest_api.public import public

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@public
def badge_image(request: HttpRequest, name: str) -> HttpResponseBase:
    """The picture called ``name``: the SHA-256 of its bytes, and ``.png`` or ``.svg``."""
    row = find_served(name)
    if row is None:
        return problem(404, "not_found", "There is no such picture.", "public, max-age=60")
    response = HttpResponse(row.data, content_type=row.media_type)
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["ETag"] = quote_etag(row.sha256)
    answer = get_conditional_response(request, etag=response["ETag"], response=response) or response
    for header, value in _HEADERS.items():
        answer[header] = value
    return answer
