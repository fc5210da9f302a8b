"""
A token's claims → the credential that it secures.

Three ways are in use: VC 1.1 puts the credential into ``vc`` and some of its members into claims, instead or as well
(§6.3.1); Open Badges 3.0 (§8.2.1) writes the credential itself and those claims beside it; VC-JOSE-COSE (§3.1.1)
writes the credential itself. Where a claim and a member say the same, they must agree: a document with two meanings is
refused. In the last way, ``nbf`` and ``exp`` are about the token and may differ from the credential's own dates.
"""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.moments import read_moment
from openedx_verifiable_credentials.core.moments import timestamp
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import DocumentError

# RFC 7519 §4.1: what is about the token; taken away where the credential is the payload itself.
_REGISTERED = ("iss", "sub", "aud", "exp", "nbf", "iat", "jti")
_MAX_SECONDS = 253_402_300_799  # the end of the year 9999
_PLAIN_JWT = "JWT"


@dataclasses.dataclass(frozen=True)
class MappedClaims:
    """``not_before`` and ``expires`` in seconds since 1970."""

    credential: JsonObject
    not_before: float | None
    expires: float | None


def read(claims: JsonObject, kind: str | None) -> MappedClaims:
    """
    The credential of ``claims`` in a token whose ``typ`` is ``kind``; None where it has none.

    Raises DocumentError: ``not_a_credential``; ``unsupported_format`` (a presentation); ``malformed_proof`` (a claim of
    the wrong form, or one that contradicts the credential).
    """
    if "vp" in claims:
        raise DocumentError("unsupported_format", "The token is a presentation.")
    not_before, expires = _seconds(claims, "nbf"), _seconds(claims, "exp")
    _seconds(claims, "iat")
    if "vc" in claims:
        if kind not in (_PLAIN_JWT, None) or "@context" in claims or not isinstance(claims["vc"], dict):
            raise DocumentError("malformed_proof", "The token has a claim vc that its type does not have.")
        credential = dict(claims["vc"])
    else:
        credential = {name: value for name, value in claims.items() if name not in _REGISTERED}
    if "@context" not in credential or "type" not in credential:
        raise DocumentError("not_a_credential", "The token secures no verifiable credential.")
    _fill(credential, "id", _text(claims, "jti"))
    _fill_inside(credential, "issuer", _text(claims, "iss"))
    _fill_inside(credential, "credentialSubject", _text(claims, "sub"))
    if kind == _PLAIN_JWT or "vc" in claims:
        starts, ends = _dates_of(credential)
        _fill_date(credential, starts, not_before)
        _fill_date(credential, ends, expires)
    return MappedClaims(credential, not_before, expires)


def _text(claims: JsonObject, name: str) -> str | None:
    value = claims.get(name)
    if name in claims and not isinstance(value, str):
        raise DocumentError("malformed_proof", f"The token's claim {name} is not a string.")
    return value


def _seconds(claims: JsonObject, name: str) -> float | None:
    """A NumericDate (RFC 7519 §2)."""
    value = claims.get(name)
    if name in claims and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise DocumentError("malformed_proof", f"The token's claim {name} is not a number.")
    if value is not None and not 0 <= value <= _MAX_SECONDS:
        raise DocumentError("malformed_proof", f"The token's claim {name} is out of range.")
    return value


def _fill(members: JsonObject, name: str, value: str | None) -> None:
    if value is not None and members.setdefault(name, value) != value:
        raise DocumentError("malformed_proof", f"A claim of the token contradicts the credential's {name}.")


def _fill_inside(credential: JsonObject, name: str, value: str | None) -> None:
    """``value`` is the ``id`` of the member ``name``; there is one such object, since one claim cannot name several."""
    if value is None:
        return
    member: Any = credential.get(name)
    if isinstance(member, list) and len(member) == 1:
        credential[name] = [_with_id(member[0], name, value)]
    elif member is None and name == "issuer":
        credential[name] = value
    else:
        credential[name] = _with_id(member, name, value)


def _with_id(member: Any, name: str, value: str) -> Any:
    if isinstance(member, str) and member == value:
        return member
    if not isinstance(member, dict):
        raise DocumentError("malformed_proof", f"A claim of the token contradicts the credential's {name}.")
    member = dict(member)
    _fill(member, "id", value)
    return member


def _dates_of(credential: JsonObject) -> tuple[str, str]:
    """What the data model calls them."""
    contexts = credential["@context"]
    second = v.CREDENTIALS_V2 in (contexts if isinstance(contexts, list) else [contexts])
    return ("validFrom", "validUntil") if second else ("issuanceDate", "expirationDate")


def _fill_date(credential: JsonObject, name: str, seconds: float | None) -> None:
    """Claims count seconds; a member may be finer, and then agrees when its second is the same."""
    if seconds is None:
        return
    moment = datetime.datetime.fromtimestamp(int(seconds), datetime.UTC)
    if name not in credential:
        credential[name] = timestamp(moment)
        return
    own = read_moment(credential[name])
    if own is None or own.replace(microsecond=0) != moment:
        raise DocumentError("malformed_proof", f"A claim of the token contradicts the credential's {name}.")
