"""
Our own documents by their address, from the database: a web worker that asks its own service over HTTP waits for
another one, and all of them may end up waiting.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import SplitResult
from urllib.parse import urlsplit
from uuid import UUID

from openedx_verifiable_credentials.api import documents
from openedx_verifiable_credentials.api import status
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core.key_history import KeyRecord
from openedx_verifiable_credentials.core.status_list import STATUS_PATH
from openedx_verifiable_credentials.core.status_list import ListForm
from openedx_verifiable_credentials.core.status_list import list_url
from openedx_verifiable_credentials.exceptions import FetchError
from openedx_verifiable_credentials.models import Issuer
from openedx_verifiable_credentials.models import StatusList
from openedx_verifiable_credentials.models.issuer import ISSUERS_PATH

_DID_FILE = "did.json"
_WELL_KNOWN = ".well-known"
_PORTS = {"https": 443, "http": 80}


def find_own_document(url: str) -> bytes | None:
    """
    The DID document, issuer's Profile or status list of ours at ``url``; None where the address is not of this service.

    Raises FetchError ``fetch_failed`` where it is, and has no such document; TransientError ``database_unavailable``,
    StatusListError ``status_list_expired`` or ``corrupted_list``.
    """
    try:
        parts = urlsplit(url)
        origin = _origin(parts)
    except ValueError:
        return None
    document = _find_did_document(parts)
    if document is not None:
        return document
    # Whatever its path: nothing of this service is asked over HTTP.
    bases = Issuer.objects.order_by("base_url").values_list("base_url", flat=True).distinct()
    base_url = next((base for base in bases if _origin(urlsplit(base)) == origin), None)
    if base_url is None:
        return None
    profile = _find_profile(url, base_url)
    return _get_status_list(url, base_url) if profile is None else profile


def find_own_keys(did: str) -> Sequence[KeyRecord] | None:
    """Every key that an issuer of ours has had; None where the issuer is not ours."""
    issuer = Issuer.objects.filter(did=did).first()
    return None if issuer is None else documents.key_records(issuer)


def _find_did_document(parts: SplitResult) -> bytes | None:
    """Of a did:web issuer: its DID says https, whatever our base URL does."""
    *path, name = parts.path.removeprefix("/").split("/")
    if parts.scheme != "https" or parts.query or name != _DID_FILE or not path:
        return None
    try:
        did = dids.web_did(parts.netloc, [] if path == [_WELL_KNOWN] else path)
    except ValueError:
        return None
    document = documents.find_did_document(did)
    return None if document is None else json_text.write(document)


def _find_profile(url: str, base_url: str) -> bytes | None:
    """Of an issuer of ours, with the keys of its anchors."""
    before = f"{base_url}{ISSUERS_PATH}"
    slug = url.removeprefix(before).removesuffix("/")
    if url != f"{before}{slug}/" or not Issuer.objects.filter(slug=slug, base_url=base_url).exists():
        return None
    document = documents.find_issuer_profile(slug)
    return None if document is None else json_text.write(document)


def _origin(parts: SplitResult) -> tuple[str, int | None]:
    """Host and port; a name is the same in capitals, and with a dot at its end. Raises ValueError."""
    return (parts.hostname or "").rstrip("."), parts.port or _PORTS.get(parts.scheme)


def _get_status_list(url: str, base_url: str) -> bytes:
    for form in ListForm:
        name = _name_in(url, base_url, form)
        if name is not None and StatusList.objects.filter(uuid=name, issuer__base_url=base_url).exists():
            return status.get_served_list(name, form).document
    raise FetchError("fetch_failed", "This service has no such document.")


def _name_in(url: str, base_url: str, form: ListForm) -> UUID | None:
    """The uuid of the list that has this address in this form."""
    before, after = list_url(base_url, "|", form).split("|")
    if not url.startswith(base_url + STATUS_PATH) or not url.startswith(before) or not url.endswith(after):
        return None
    text = url[len(before) : len(url) - len(after)]
    try:
        name = UUID(text)
    except ValueError:
        return None
    return name if str(name) == text else None
