"""
Presentations: what is inside, whose it is, and whether its holder signed it (VCDM 1.1 §4.10, VCDM 2.0 §4.13).

A holder authenticates; an issuer asserts. So the proof of a presentation is made for the purpose of authentication, by
the holder's key, and the report of each credential in it stands for itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.checks.issuer import CONFIRMED
from openedx_verifiable_credentials.core.checks.proofs import Expected
from openedx_verifiable_credentials.core.checks.report import Check
from openedx_verifiable_credentials.core.checks.report import check
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import DocumentError

MAX_CREDENTIALS = 50
_ENVELOPE = "data:application/vc+jwt,"
_HOLDERS = {CONFIRMED: "holder_confirmed", "not_the_issuers_key": "not_the_holders_key"}


def is_presentation(document: JsonObject) -> bool:
    """Whether ``document`` presents credentials, rather than being one."""
    types = document.get("type", [])
    return v.VERIFIABLE_PRESENTATION in (types if isinstance(types, list) else [types])


def require_few(document: JsonObject) -> None:
    """
    Where ``document`` is a presentation, it has not too many credentials: found out before any of them is looked at.

    Raises DocumentError ``malformed``.
    """
    if is_presentation(document) and len(_members(document)) > MAX_CREDENTIALS:
        raise DocumentError("malformed", "The presentation has too many credentials.", field="/verifiableCredential")


def read_credentials(document: JsonObject) -> list[bytes]:
    """
    Each credential in it, as its holder could have handed it over alone: JSON, or a compact JWS where it is enveloped
    (VCDM 2.0 §4.13.1) or a string (VC 1.1 §6.3.1).

    Raises DocumentError: ``malformed``, ``unsupported_format`` (enveloped in another way).
    """
    return list(_read(_members(document)))


def holder_of(document: JsonObject) -> str:
    """Whose it says it is; "" where it does not say."""
    holder = document.get("holder")
    holder = holder.get("id") if isinstance(holder, dict) else holder
    return holder if isinstance(holder, str) else ""


def unsigned(expected: Expected) -> tuple[Check, Check]:
    """
    Signature and issuer of a presentation without a proof: an envelope, and no answer to a challenge.
    """
    if expected.challenge is not None or expected.domain is not None:
        return check("no_proof"), check("issuer_not_reached")
    return check("unsigned_presentation"), check("no_holder")


def of_holder(issuer: Check) -> Check:
    """The issuer check of a presentation, in words about its holder."""
    return check(_HOLDERS.get(issuer.code, issuer.code), **issuer.detail)


def _members(document: JsonObject) -> list[Any]:
    members = document.get("verifiableCredential", [])
    return members if isinstance(members, list) else [members]


def _read(members: list[Any]) -> Iterator[bytes]:
    for member in members:
        if isinstance(member, str):
            yield member.encode("utf-8")
        elif not isinstance(member, dict):
            raise _malformed()
        elif v.ENVELOPED_VERIFIABLE_CREDENTIAL in _types(member):
            yield _token_in(member)
        else:
            yield json_text.write(member)


def _token_in(member: JsonObject) -> bytes:
    address = member.get("id")
    if not isinstance(address, str) or not address.startswith("data:"):
        raise _malformed()
    if not address.startswith(_ENVELOPE):
        raise DocumentError("unsupported_format", "A credential of the presentation is enveloped in another way.")
    return address.removeprefix(_ENVELOPE).encode("utf-8")


def _types(member: JsonObject) -> list[Any]:
    types = member.get("type", [])
    return types if isinstance(types, list) else [types]


def _malformed() -> DocumentError:
    return DocumentError("malformed", "A credential of the presentation has the wrong form.")
