"""Bytes → a document and its schema check, whatever form it comes in."""

from __future__ import annotations

import dataclasses

from openedx_verifiable_credentials.core import formats
from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core.canonical import canonicalize
from openedx_verifiable_credentials.core.checks.report import Check
from openedx_verifiable_credentials.core.checks.report import Outcome
from openedx_verifiable_credentials.core.checks.report import check
from openedx_verifiable_credentials.core.checks.report import codes
from openedx_verifiable_credentials.core.suites import vc_jwt
from openedx_verifiable_credentials.core.suites.rdf_proof import Canonicalizer
from openedx_verifiable_credentials.core.suites.vc_jwt import ParsedToken
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError

_MAX_BYTES = 512 * 1024


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


def understand(raw: bytes, *, max_bytes: int = _MAX_BYTES) -> Understood | Check:
    """What ``raw`` is; or, where that cannot be understood, the check that says why."""
    try:
        # Only pictures may be larger than what they carry.
        baked = formats.read_credential(raw)
        raw = raw if baked is None else baked
        text = vc_jwt.find_token(raw)
        if text is not None:
            token = vc_jwt.read(text)
            return _judge(token.credential, token)
        return _judge(json_text.read_object(raw, max_bytes=max_bytes), None)
    except VerifiableCredentialsError as error:
        return _refusal(error)


def _judge(document: JsonObject, token: ParsedToken | None) -> Understood | Check:
    try:
        canonicalize({name: member for name, member in document.items() if name != "proof"})
    except VerifiableCredentialsError as error:
        return _refusal(error)
    schema = check("well_formed")
    return Understood(document, schema, token, canonicalize) if schema.outcome is Outcome.PASSED else schema


def _refusal(error: VerifiableCredentialsError) -> Check:
    return check(error.code if error.code in codes() else "not_json")
