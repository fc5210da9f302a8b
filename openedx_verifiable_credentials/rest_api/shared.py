"""
A shared credential for programs: its page as JSON, and the credential itself. Anyone, any origin, switch on or off.
"""

from __future__ import annotations

import hashlib

from django.http import HttpRequest
from django.http import HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from openedx_verifiable_credentials.api import machine_readable
from openedx_verifiable_credentials.api import public_credentials
from openedx_verifiable_credentials.api.anchored import ANCHORED
from openedx_verifiable_credentials.api.credential_files import CredentialFile
from openedx_verifiable_credentials.api.credential_files import Signed
from openedx_verifiable_credentials.api.credential_files import write_file
from openedx_verifiable_credentials.api.public_credentials import SharedCredential
from openedx_verifiable_credentials.api.public_credentials import find_shared
from openedx_verifiable_credentials.api.throttles import seconds_to_wait
from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.exceptions import LedgerError
from openedx_verifiable_credentials.exceptions import OfferError
from openedx_verifiable_credentials.rest_api.files import FILE_POLICIES
from openedx_verifiable_credentials.rest_api.public import public


@public
def credential(request: HttpRequest, share_id: str) -> HttpResponse:
    """``GET c/<share id>/`` where JSON is preferred to HTML."""
    shared = _get(request, share_id)
    body = json_text.write(machine_readable.describe(shared, timezone.now()))
    response = HttpResponse(body, content_type=v.APPLICATION_JSON)
    response["Link"] = machine_readable.link_header(shared)
    return _for_those_who_have_the_link(response)


@public
def credential_file(request: HttpRequest, share_id: str, form: str) -> HttpResponse:
    """
    ``GET c/<share id>/credential.json``, ``.png``, ``.svg``: the signed credential, byte for byte, or baked into a
    picture.
    """
    shared = _get(request, share_id)
    if shared.raw is None:
        raise public_credentials.withheld()
    file = write_file(Signed(shared.profile_id, shared.base_url, shared.raw), form)
    answer = _attached(request, file, f"credential-{share_id}.{form}")
    for header, value in FILE_POLICIES.get(form, {}).items():
        answer[header] = value
    return answer


@public
def anchored_file(request: HttpRequest, share_id: str) -> HttpResponse:
    """``GET c/<share id>/anchored.json``: the signed credential with the proof that it is anchored."""
    shared = _get(request, share_id)
    file = CredentialFile(machine_readable.media_type(shared), public_credentials.anchored_form(shared))
    return _attached(request, file, f"credential-{share_id}-{ANCHORED}.json")


def _attached(request: HttpRequest, file: CredentialFile, name: str) -> HttpResponse:
    response = HttpResponse(file.raw, content_type=file.media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["ETag"] = quote_etag(hashlib.sha256(file.raw).hexdigest())
    _for_those_who_have_the_link(response)
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def _get(request: HttpRequest, share_id: str) -> SharedCredential:
    if seconds_to_wait(request) is not None:
        raise OfferError("too_many_requests", "Too many requests; wait a little and try again.")
    shared = find_shared(share_id)
    if shared is None:
        raise LedgerError("unknown_credential", "There is no such credential.")
    return shared


def _for_those_who_have_the_link(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-cache"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
