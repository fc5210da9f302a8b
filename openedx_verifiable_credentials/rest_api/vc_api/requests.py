"""What a client of the VC API asks for."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from openedx_verifiable_credentials.api.verifying import Expectations
from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core.checks import presentation
from openedx_verifiable_credentials.core.checks.report import CheckName
from openedx_verifiable_credentials.core.suites import vc_jwt
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import PresentationError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError

CREDENTIAL, PRESENTATION = "verifiableCredential", "verifiablePresentation"
_COMPACT_JWS = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_ENVELOPES = ("data:application/vc+jwt,", "data:application/vp+jwt,")
_ENVELOPED = ("EnvelopedVerifiableCredential", "EnvelopedVerifiablePresentation")
_RETURNS = ("returnCredential", "returnPresentation")
_OPTIONS = ("checks", "challenge", "domain", "returnProblemDetails", "returnResults", *_RETURNS)
# What a client may leave out by naming the others; structure, signature and issuer always count.
_PROOF = frozenset((CheckName.SCHEMA, CheckName.SIGNATURE, CheckName.ISSUER))
_EVERYTHING = _PROOF | {CheckName.STATUS, CheckName.DATES}
_CHECKS = {
    "proof": _PROOF,
    "credentialStatus": frozenset({CheckName.STATUS}),
    **{str(name): frozenset({name}) for name in _EVERYTHING},
}


@dataclasses.dataclass(frozen=True)
class Asked:
    """``sent``: the document as it came. ``decisive``: the checks that decide. ``member``: what the document is."""

    member: str
    sent: JsonObject | str
    document: bytes
    expected: Expectations
    decisive: frozenset[CheckName]
    returns: bool


def read(body: JsonObject, member: str) -> Asked:
    """
    The document in ``member`` of ``body``, and the options beside it.

    Raises PresentationError ``invalid_request``, ``unknown_option``.
    """
    sent = body.get(member)
    if not isinstance(sent, dict | str):
        raise _invalid(member, "must be an object, or a compact JWS")
    options = body.get("options", {})
    if not isinstance(options, dict):
        raise _invalid("options", "must be an object")
    for name in options:
        if name not in _OPTIONS:
            raise PresentationError("unknown_option", "There is an option that is not known here.", field="options")
    return Asked(
        member=member,
        sent=sent,
        document=_document(sent, member),
        expected=Expectations(challenge=_text(options, "challenge"), domain=_text(options, "domain")),
        decisive=_decisive(options),
        returns=any(options.get(name) is True for name in _RETURNS),
    )


def _document(sent: JsonObject | str, member: str) -> bytes:
    """As the verifier takes it. A string is a token or nothing: JSON inside a string is not a credential."""
    token = sent if isinstance(sent, str) else _enveloped(sent)
    if token is not None and not _COMPACT_JWS.fullmatch(token):
        raise _invalid(member, "must be an object, or a compact JWS")
    is_presentation = presentation.is_presentation(sent if isinstance(sent, dict) and token is None else _inside(token))
    if is_presentation != (member == PRESENTATION):
        raise _invalid(member, "is a presentation" if is_presentation else "is no presentation")
    return json_text.write(sent) if token is None else token.encode("ascii")


def _inside(token: str | None) -> JsonObject:
    """What the token says it is, nothing verified yet; nothing where it says nothing."""
    try:
        return vc_jwt.read(token or "").credential
    except VerifiableCredentialsError:
        return {}


def _enveloped(sent: JsonObject) -> str | None:
    """The token in an enveloped credential or presentation (VCDM 2.0 §4.13); None where it is none."""
    types = sent.get("type")
    if not any(name in _ENVELOPED for name in (types if isinstance(types, list) else [types])):
        return None
    address = sent.get("id")
    prefix = next((one for one in _ENVELOPES if isinstance(address, str) and address.startswith(one)), None)
    return "" if prefix is None else str(address).removeprefix(prefix)


def _text(options: Mapping[str, Any], name: str) -> str | None:
    value = options.get(name)
    if value is not None and not isinstance(value, str):
        raise _invalid("options", f"have a {name} that is not a string")
    return value


def _decisive(options: Mapping[str, Any]) -> frozenset[CheckName]:
    named = options.get("checks")
    if named is None or named == []:
        return _EVERYTHING
    if not isinstance(named, list) or not all(isinstance(name, str) and name in _CHECKS for name in named):
        raise _invalid("options", f"have checks that are not among {', '.join(sorted(_CHECKS))}")
    return _PROOF.union(*(_CHECKS[name] for name in named))


def _invalid(field: str, what: str) -> PresentationError:
    return PresentationError("invalid_request", f"The request's {field} {what}.", field=field)
