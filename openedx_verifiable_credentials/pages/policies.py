"""
Which Content-Security-Policy each page has (CSP Level 3). Everything is forbidden that a page does not need, inline
scripts and styles on all of them.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.templatetags.static import static

from openedx_verifiable_credentials.api.bundle import STYLES
from openedx_verifiable_credentials.api.chain_reading import node_addresses
from openedx_verifiable_credentials.api.public_credentials import SharedCredential
from openedx_verifiable_credentials.api.sites import may_ask_loopback

_SELF = "'self'"
_LOOPBACK = ("http://localhost:*", "http://127.0.0.1:*")


def without_scripts() -> str:
    """For a page of text and forms."""
    return _policy(style=_static(), img=["data:"])


def for_learner() -> str:
    """The learner's page: its script asks this service alone; what it makes to be saved or shown is its own."""
    return _policy(
        script=_static(),
        style=_static(),
        connect=[_SELF],
        img=[_SELF, "data:", "blob:"],
        form_action=[_SELF],
    )


def for_credential(shared: SharedCredential) -> str:
    """
    The page of a credential: its script asks the issuer's DID document and the status lists, nobody else. What it
    checks is what was issued, which names no anchor.
    """
    asked = [address for address in (shared.did_document_address, *shared.list_addresses) if address is not None]
    connect = [_SELF, *map(_origin, asked)]
    return _policy(script=_static(), style=_static(), connect=connect, img=[_SELF, "data:"], form_action=["'none'"])


def for_verifying() -> str:
    """
    The page that checks a file: whoever issued it is asked, over https, and the chains of the settings; nothing can be
    sent by a form.
    """
    nodes = [address for address in map(_origin, node_addresses()) if not address.startswith("https:")]
    connect = [_SELF, "https:", *(_LOOPBACK if settings.DEBUG or may_ask_loopback() else ()), *nodes]
    return _policy(
        script=_static(), style=_static(), connect=connect, img=[_SELF, "data:", "blob:"], form_action=["'none'"]
    )


def for_evidence(script: str, style: str, *, anchored: bool = False) -> str:
    """
    A file that holds all it needs: this script, this style, and no network. ``anchored``: its reader may name a node of
    the anchor's chain, wherever that is.
    """
    nodes = {"connect": ["https:", *_LOOPBACK]} if anchored else {}
    return _policy(
        script=[_hash(script)], style=[_hash(style)], img=["data:"], form_action=["'none'"], framed=True, **nodes
    )


def _policy(*, framed: bool = False, **allowed: Iterable[str]) -> str:
    directives = {"default-src": ["'none'"], "base-uri": ["'none'"]}
    for name, sources in allowed.items():
        directive = "form-action" if name == "form_action" else f"{name}-src"
        directives[directive] = list(dict.fromkeys(sources))
    if not framed:
        # Browsers take this one from headers only.
        directives["frame-ancestors"] = ["'none'"]
    return "; ".join(f"{directive} {' '.join(sources)}" for directive, sources in directives.items())


def _static() -> list[str]:
    """Where our static files come from: the service itself, or the origin that it has for them."""
    address = static(STYLES)
    return [_SELF, _origin(address)] if urlsplit(address).netloc else [_SELF]


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme else parts.netloc


def _hash(source: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(source.encode('utf-8')).digest()).decode('ascii')}'"
