"""Bytes → a document and its schema check, whatever form it comes in."""

from __future__ import annotations

import dataclasses

from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.canonical import canonicalize
from openedx_verifiable_credentials.core.checks.report import Check
from openedx_verifiable_credentials.core.checks.report import check
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError

_MAX_BYTES = 512 * 1024


@dataclasses.dataclass(frozen=True)
class Understood:
    """``document`` None: it cannot be understood, and ``schema`` says why."""

    document: JsonObject | None
    schema: Check

    @property
    def is_presentation(self) -> bool:
        """Whether it presents credentials, rather than being one."""
        types = (self.document or {}).get("type", [])
        return v.VERIFIABLE_PRESENTATION in (types if isinstance(types, list) else [types])


def understand(raw: bytes) -> Understood:
    """What ``raw`` is."""
    try:
        document = json_text.read_object(raw, max_bytes=_MAX_BYTES)
    except VerifiableCredentialsError as error:
        return Understood(None, check("too_large" if error.code in ("too_large", "too_deep") else "not_json"))
    return understand_document(document)


def understand_document(document: JsonObject) -> Understood:
    """What ``document``, which was read already, is."""
    try:
        canonicalize({name: member for name, member in document.items() if name != "proof"})
    except VerifiableCredentialsError as error:
        code = error.code if error.code in ("unknown_context", "undefined_term", "relative_iri") else "malformed"
        return Understood(None, check(code))
    return Understood(document, check("well_formed"))
