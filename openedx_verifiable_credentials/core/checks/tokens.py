"""The signature check of a compact JWS: one proof, by the key that its header names or brings along."""

from __future__ import annotations

import datetime

from openedx_verifiable_credentials.core import public_keys
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.checks.proof_sets import Proof
from openedx_verifiable_credentials.core.checks.proofs import VALID
from openedx_verifiable_credentials.core.checks.proofs import Expected
from openedx_verifiable_credentials.core.checks.proofs import ProofResult
from openedx_verifiable_credentials.core.did_documents import DidDocument
from openedx_verifiable_credentials.core.moments import SKEW
from openedx_verifiable_credentials.core.public_keys import PublicKey
from openedx_verifiable_credentials.core.suites import vc_jwt
from openedx_verifiable_credentials.core.suites.vc_jwt import ParsedToken
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError

SUITE = "JWT"
_ALGORITHMS = {"RS256": public_keys.RSA, "ES256": v.P256, "EdDSA": v.ED25519, "Ed25519": v.ED25519}


def as_proof(token: ParsedToken, issuer: str) -> Proof:
    """
    The token as the proof that it is. A key id that is no address of its own names a key of ``issuer`` (VC-JOSE-COSE
    §4.1); where there is none, the method is "".
    """
    return Proof(
        number=0,
        members={"type": SUITE, "cryptosuite": token.algorithm},
        suite=SUITE,
        method=_method(token.key_id, issuer),
        purpose=v.ASSERTION_METHOD,
    )


def find_key_in_header(token: ParsedToken) -> PublicKey | None:
    """The public key that the token brings along: what it signed can be checked with it, whose it is cannot."""
    try:
        return None if token.header_jwk is None else public_keys.from_jwk(token.header_jwk)
    except VerifiableCredentialsError:
        return None


def find_method(token: ParsedToken, document: DidDocument) -> str:
    """
    The method of the issuer that a token without a key id means: the one with the key that it brings along, or the only
    one for assertions whose key is for its algorithm. "" where there is none.
    """
    wanted = find_key_in_header(token)
    ids: dict[str, str] = {}
    for method in document.methods.values():
        key = method.public_key
        if key is None or not document.lists(method.id, v.ASSERTION_METHOD):
            continue
        if wanted.is_same(key) if wanted is not None else key.algorithm == _ALGORITHMS[token.algorithm]:
            # One key is often listed in several forms.
            ids.setdefault(key.name, method.id)
    return next(iter(ids.values())) if len(ids) == 1 else ""


def judge(token: ParsedToken, proof: Proof, key: PublicKey | None, expected: Expected) -> ProofResult:
    """What became of the token's signature by ``key``."""
    if key is None:
        return ProofResult(proof, "key_unavailable")
    try:
        is_valid = vc_jwt.verify(token, key.jwk)
    except VerifiableCredentialsError as error:
        return ProofResult(proof, error.code)
    if is_valid and token.expires is not None and expected.moment - _moment(token.expires) > SKEW:
        return ProofResult(proof, "proof_expired")
    return ProofResult(proof, VALID if is_valid else "invalid_signature")


def starts_later(token: ParsedToken, at: datetime.datetime) -> bool:
    """Whether the token itself is not good yet (RFC 7519 §4.1.5)."""
    return token.not_before is not None and _moment(token.not_before) - at > SKEW


def _method(key_id: str | None, issuer: str) -> str:
    if key_id is None or key_id.startswith("did:") or not issuer.startswith("did:"):
        return key_id or ""
    # A bare name, or one with the number sign in front.
    return f"{issuer}#{key_id.removeprefix('#')}"


def _moment(seconds: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)
