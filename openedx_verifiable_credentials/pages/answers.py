"""What every page of ours shares: security headers, and a template rendered without the host."""

from __future__ import annotations

import math
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import pgettext

from openedx_verifiable_credentials.pages import policies

PROBLEM = "openedx_verifiable_credentials/problem.html"
_HEADERS = {
    # Not "no-referrer": browsers would then send "Origin: null" with the forms, which Django's CSRF check refuses.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def language_of_texts() -> str:
    """The language that our texts have at this moment: the reader's where they are translated into it."""
    # Translators: the language of this catalogue as a BCP 47 tag, such as "es-419".
    return pgettext("language of these texts", "en")


def page(
    template: str, context: dict[str, Any], status: int = 200, *, wait: float | None = None, policy: str | None = None
) -> HttpResponse:
    """
    A page of ours. ``wait``: seconds until one may ask again; ``policy``: its Content-Security-Policy, where it has
    scripts.

    Rendered without the request: the host's context processors are for the host's pages and need its settings. Where
    our texts are not translated into the reader's language, the whole page is in English and says so: its direction
    and its dates would not fit otherwise, and screen readers would read English as something else.
    """
    language = language_of_texts()
    with translation.override(language):
        response = HttpResponse(render_to_string(template, context), status=status)
    response["Content-Language"] = language
    response["Content-Security-Policy"] = policy or policies.without_scripts()
    for name, value in _HEADERS.items():
        response[name] = value
    if wait is not None:
        response["Retry-After"] = str(math.ceil(wait))
    return response
