"""
The evidence file: what it takes to check a shared credential without asking anybody, as of the moment it was made. Our
own documents are read from the database, and the status lists are those that are served, byte for byte.
"""

from __future__ import annotations

import dataclasses
import datetime
import json

from openedx_verifiable_credentials.api import documents
from openedx_verifiable_credentials.api import own_documents
from openedx_verifiable_credentials.api import status
from openedx_verifiable_credentials.api.public_credentials import SharedCredential
from openedx_verifiable_credentials.api.public_credentials import anchored_form
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import TransientError


@dataclasses.dataclass(frozen=True)
class Evidence:
    """
    ``documents``: the issuer's DID document, where it has one, the status lists, and its profile where the credential
    is anchored, by address. ``anchored``: the anchored form of the credential, None where there is none.
    """

    shared: SharedCredential
    as_of: datetime.datetime
    documents: dict[str, JsonObject]
    anchored: bytes | None = dataclasses.field(default=None, repr=False)


def gather(shared: SharedCredential, now: datetime.datetime) -> Evidence:
    """
    With one query for each status list, and three for the DID document; of an anchored one, three for its issuer's
    profile, too, which dates the keys of anchors.

    Raises StatusListError ``unknown_list``, ``corrupted_list``, ``status_list_expired``: a file without the status
    would prove little. Raises TransientError ``database_unavailable``.
    """
    found: dict[str, JsonObject] = {}
    address = shared.did_web_address
    if address is not None and (document := documents.find_did_document(shared.issuer_did)) is not None:
        found[address] = document
    for address, (list_uuid, form) in zip(shared.list_addresses, shared.lists, strict=True):
        found[address] = json.loads(status.get_served_list(list_uuid, form).document)
    anchored = _anchored(shared)
    if anchored is None:
        return Evidence(shared, now, found)
    profile = own_documents.find_own_document(shared.issuer_page)
    if profile is not None:
        found[shared.issuer_page] = json.loads(profile)
    return Evidence(shared, now, found, anchored)


def _anchored(shared: SharedCredential) -> bytes | None:
    """None, too, where it cannot be composed just now, which is logged: the file proves what it does without."""
    try:
        return anchored_form(shared) if shared.is_anchored else None
    except TransientError:
        return None
