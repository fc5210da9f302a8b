"""
The evidence file: what it takes to check a shared credential without asking anybody, as of the moment it was made. Our
own documents are read from the database, and the status lists are those that are served, byte for byte.
"""

from __future__ import annotations

import dataclasses
import datetime
import json

from openedx_verifiable_credentials.api import documents
from openedx_verifiable_credentials.api import status
from openedx_verifiable_credentials.api.public_credentials import SharedCredential
from openedx_verifiable_credentials.data import JsonObject


@dataclasses.dataclass(frozen=True)
class Evidence:
    """``documents``: the issuer's DID document, where it has one, and the status lists, by address."""

    shared: SharedCredential
    as_of: datetime.datetime
    documents: dict[str, JsonObject]


def gather(shared: SharedCredential, now: datetime.datetime) -> Evidence:
    """
    With one query for each status list, and two for the DID document.

    Raises StatusListError ``unknown_list``, ``corrupted_list``, ``status_list_expired``: a file without the status
    would prove little. Raises TransientError ``database_unavailable``.
    """
    found: dict[str, JsonObject] = {}
    address = shared.did_web_address
    if address is not None and (document := documents.find_did_document(shared.issuer_did)) is not None:
        found[address] = document
    for address, (list_uuid, form) in zip(shared.list_addresses, shared.lists, strict=True):
        found[address] = json.loads(status.get_served_list(list_uuid, form).document)
    return Evidence(shared, now, found)
