"""Bytes → a document and its schema check, whatever form it comes in."""

from __future__ import annotations

import dataclasses

from openedx_verifiable_credentials.core import formats
from openedx_verifiable_credentials.core.checks import reading
from openedx_verifiable_credentials.core.checks.report import Check
from openedx_verifiable_credentials.core.checks.report import Outcome
from openedx_verifiable_credentials.core.checks.report import check
from openedx_verifiable_credentials.core.checks.schema import check_schema
from openedx_verifiable_credentials.core.covered import remembering
from openedx_verifiable_credentials.core.suites import vc_jwt
from openedx_verifiable_credentials.core.suites.rdf_proof import Canonicalizer
from openedx_verifiable_credentials.core.suites.vc_jwt import ParsedToken
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import DocumentError


@dataclasses.dataclass(frozen=True)
class Understood:
    """
    A document that can be judged. ``token``: what secures it, where that is a compact JWS; ``canonicalize`` has
    computed its canonical form already.
    """

    document: JsonObject
    schema: Check
    token: ParsedToken | None
    canonicalize: Canonicalizer


def understand(raw: bytes, *, max_bytes: int = reading.MAX_BYTES) -> Understood | Check:
    """What ``raw`` is; or, where that cannot be understood, the check that says why."""
    try:
        # A picture may be larger than what it carries.
        baked = formats.read_credential(raw)
        raw = raw if baked is None else baked
        text = vc_jwt.find_token(raw)
        token = None if text is None else vc_jwt.read(text)
        document = reading.read_document(raw, max_bytes=max_bytes) if token is None else token.credential
        if token is not None:
            reading.require_few_and_exact(document)
    except DocumentError as error:
        return check(error.code)
    canonicalize = remembering()
    schema = check_schema(document, canonicalize)
    return Understood(document, schema, token, canonicalize) if schema.outcome is Outcome.PASSED else schema
