"""What programs read of a shared credential: the page as JSON, and where everything is (Web Linking, RFC 8288)."""

from __future__ import annotations

import datetime

from openedx_verifiable_credentials.api.anchored import ANCHORED_FILE
from openedx_verifiable_credentials.api.anchored import Anchor
from openedx_verifiable_credentials.api.bundle import has_script
from openedx_verifiable_credentials.api.public_credentials import SharedCredential
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.moments import timestamp
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.data import JsonObject

CREDENTIAL_FILE = "credential.json"
CREDENTIAL_PNG = "credential.png"
CREDENTIAL_SVG = "credential.svg"
EVIDENCE_FILE = "evidence.html"
# RFC 8288 §2.1.2: where no name is registered, a relation is an IRI; this one is the property's own.
_STATUS_RELATION = "https://www.w3.org/2018/credentials#credentialStatus"


def media_type(shared: SharedCredential) -> str:
    """Of the credential as a file."""
    return media_type_of(shared.profile_id)


def media_type_of(profile_id: str) -> str:
    """Of a credential of that profile: ``application/vc`` is for version 2.0 alone (VCDM 2.0 §6)."""
    return v.APPLICATION_VC if profile_id == OBV3_VC2.id else v.APPLICATION_VC_LD_JSON


def describe(shared: SharedCredential, now: datetime.datetime) -> JsonObject:
    """The page as JSON, as of ``now``; with the credential, unless it is withheld."""
    state = {"state": shared.status, "since": None if shared.since is None else timestamp(shared.since)}
    shape: JsonObject = {
        "id": shared.share_id,
        "page": shared.page,
        "asOf": timestamp(now),
        "result": shared.state_at(now),
        "status": state,
        "disclosure": "withheld" if shared.withheld else "shared",
        "issuer": {
            "id": shared.issuer_did,
            "domain": shared.issuer_domain or None,
            "selfDeclaredName": shared.issuer_name,
        },
        "digest": {"algorithm": "sha-256", "value": shared.sha256},
        "anchor": None if shared.anchor is None else _anchor(shared.anchor, shared),
        "links": _links(shared),
    }
    if not shared.withheld:
        shape["credential"] = shared.document
    return shape


def link_header(shared: SharedCredential) -> str:
    """The value of the ``Link`` header of the page, in either form."""
    links = [(shared.page, "alternate", v.APPLICATION_JSON)]
    if not shared.withheld:
        links.append((shared.page + CREDENTIAL_FILE, "alternate", media_type(shared)))
        if shared.is_anchored:
            links.append((shared.page + ANCHORED_FILE, "alternate", media_type(shared)))
    if shared.did_document_address is not None:
        links.append((shared.did_document_address, "describedby", v.APPLICATION_JSON))
    links.append((shared.keys_address, "describedby", v.APPLICATION_JSON))
    links += [(address, _STATUS_RELATION, v.APPLICATION_JSON) for address in shared.list_addresses]
    return ", ".join(f'<{address}>; rel="{relation}"; type="{media}"' for address, relation, media in links)


def _anchor(anchor: Anchor, shared: SharedCredential) -> JsonObject:
    return {
        "state": anchor.state,
        "network": anchor.network or None,
        "isTest": anchor.is_test,
        "transaction": f"0x{anchor.transaction}" if anchor.transaction else None,
        "explorer": anchor.explorer or None,
        "at": None if anchor.at is None else timestamp(anchor.at),
        "credential": shared.page + ANCHORED_FILE if shared.is_anchored else None,
    }


def _links(shared: SharedCredential) -> JsonObject:
    return {
        "credential": None if shared.withheld else shared.page + CREDENTIAL_FILE,
        "evidence": shared.page + EVIDENCE_FILE if not shared.withheld and has_script() else None,
        "didDocument": shared.did_document_address,
        "issuerKeys": shared.keys_address,
        "statusLists": list(shared.list_addresses),
    }
