"""
The public page of a shared credential, its evidence file, and the page that checks any file. The same for everyone.

What this service knows is on the page before any script runs; the script then checks the credential by itself.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from django.http import HttpRequest
from django.http import HttpResponse
from django.utils import timezone
from django.utils.safestring import mark_safe

from openedx_verifiable_credentials.api import bundle
from openedx_verifiable_credentials.api import chain_reading
from openedx_verifiable_credentials.api import evidence
from openedx_verifiable_credentials.api import machine_readable
from openedx_verifiable_credentials.api.anchored import ANCHORED_FILE
from openedx_verifiable_credentials.api.public_credentials import SharedCredential
from openedx_verifiable_credentials.api.public_credentials import find_shared
from openedx_verifiable_credentials.api.public_credentials import withheld
from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import markdown
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.pages import policies
from openedx_verifiable_credentials.pages import texts
from openedx_verifiable_credentials.pages.answers import page
from openedx_verifiable_credentials.pages.public import public

_FOLDER = "openedx_verifiable_credentials/"


@public
def credential(request: HttpRequest, share_id: str) -> HttpResponse:
    """``GET c/<share id>/``."""
    shared = find_shared(share_id)
    if shared is None:
        return page(f"{_FOLDER}no_credential.html", {}, 404)
    context = {
        **_facts(shared),
        "json": None if shared.withheld else _inline_json(shared.document),
        "picture": shared.picture,
        "has_script": bundle.has_script(),
        "credential_file": machine_readable.CREDENTIAL_FILE,
        "credential_png": machine_readable.CREDENTIAL_PNG,
        "credential_svg": machine_readable.CREDENTIAL_SVG,
        "evidence_file": machine_readable.EVIDENCE_FILE,
        "anchored_file": ANCHORED_FILE if shared.is_anchored else "",
        "texts": texts.translated(),
    }
    response = page(f"{_FOLDER}credential.html", context, policy=policies.for_credential(shared))
    response["Link"] = machine_readable.link_header(shared)
    return response


@public
def evidence_file(request: HttpRequest, share_id: str) -> HttpResponse:
    """``GET c/<share id>/evidence.html``: one file that holds all it takes to check the credential."""
    shared = find_shared(share_id)
    if shared is None:
        return page(f"{_FOLDER}no_credential.html", {}, 404)
    if shared.withheld:
        raise withheld()
    script, style = bundle.find_script(), bundle.get_styles()
    if script is None or not bundle.can_be_inlined(script) or not bundle.can_be_inlined(style):
        raise TransientError("no_verifier", "The verifier that belongs into the file is not installed here.")
    gathered = evidence.gather(shared, timezone.now())
    policy = policies.for_evidence(script, style, anchored=gathered.anchored is not None)
    context = {
        **_facts(shared),
        "json": _inline_json(shared.document),
        "documents": _inline_json(gathered.documents),
        **_anchored(gathered.anchored),
        "script": mark_safe(script),  # noqa: S308  (our own build; it was looked at above)
        "style": mark_safe(style),  # noqa: S308
        "policy": policy,
        "as_of": gathered.as_of,
        **_for_script(),
    }
    response = page(f"{_FOLDER}evidence.html", context, policy=policy)
    response["Content-Disposition"] = f'attachment; filename="evidence-{share_id}.html"'
    return response


@public
def verify(request: HttpRequest) -> HttpResponse:
    """``GET verify/``: the browser checks a file, which never leaves it."""
    context = {"has_script": bundle.has_script(), **_for_script()}
    return page(f"{_FOLDER}verify.html", context, policy=policies.for_verifying())


def _facts(shared: SharedCredential) -> dict[str, Any]:
    now = timezone.now()
    pretty = None if shared.withheld else json.dumps(shared.document, indent=2, ensure_ascii=False)
    facts = shared.facts
    return {
        "shared": shared,
        "facts": facts,
        "criteria": mark_safe(markdown.to_html(facts.criteria)) if facts else "",  # noqa: S308  (made to be shown)
        "result": shared.state_at(now),
        "now": now,
        "pretty": pretty,
    }


def _for_script() -> dict[str, Any]:
    """What a page brings along whose verifier may meet anchors: its words, and the chains that they may be on."""
    return {"texts": texts.translated(), "networks": _inline_json(chain_reading.shown_networks())}


def _anchored(raw: bytes | None) -> dict[str, str]:
    """For the script, and for a link that saves it without one."""
    if raw is None:
        return {}
    data = f"data:{v.APPLICATION_JSON};base64,{base64.b64encode(raw).decode('ascii')}"
    return {"anchored": _inline_json(json.loads(raw)), "anchored_data": data}


def _inline_json(document: Any) -> str:
    """For a script element: nothing in it can end that."""
    return mark_safe(json_text.write(document).decode("utf-8"))  # noqa: S308  (<, > and & are escaped)
