"""
What a template made, held to the whole way: composed, canonicalised and signed as a claim is, checked by the other
libraries, and, for Ed25519Signature2020 of did:key issuers, signed by DIDKit. Equal byte for byte, or nothing leaves.
"""

from __future__ import annotations

import datetime

from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import lint
from openedx_verifiable_credentials.core import open_badges
from openedx_verifiable_credentials.core import self_check
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.profiles import CredentialProfile
from openedx_verifiable_credentials.core.shapes import Fresh
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import SigningError
from openedx_verifiable_credentials.flows.steps.bulk.judging import Candidate
from openedx_verifiable_credentials.flows.steps.leaves import Leaf
from openedx_verifiable_credentials.flows.steps.leaves import leaf_of
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.flows.steps.sign_and_check import sign_and_check
from openedx_verifiable_credentials.ports import Signer


def compose(candidate: Candidate, fresh: Fresh, profile: CredentialProfile) -> JsonObject:
    """The unsigned document, as for a claim. Raises CompositionError."""
    return open_badges.compose(
        candidate.award,
        candidate.terms,
        profile=profile,
        issuer=candidate.key.issuer.profile,
        credential_id=fresh.credential_id,
        subject_id=fresh.subject_id,
        status=fresh.entries,
        salt=fresh.salt,
    )


def sign_whole(
    means: Means, unsigned: JsonObject, *, profile: CredentialProfile, signer: Signer, created: datetime.datetime
) -> bytes:
    """
    The signed document by the whole way. Raises CompositionError where it may not be signed, SigningError,
    TransientError.
    """
    lint.require_signable(unsigned, profile, means.now())
    return sign_and_check(unsigned, profile=profile, signer=signer, created=created, means=means)


def require_same(
    means: Means, raw: bytes, unsigned: JsonObject, *, profile: CredentialProfile, signer: Signer,
    created: datetime.datetime, leaf: Leaf | None,
) -> None:  # fmt: skip
    """
    ``raw`` and its ``leaf``, by a template, are what the whole way gives. Raises SigningError ``template_mismatch``;
    AnchoringError; and as :func:`sign_whole`.
    """
    if leaf is not None and leaf_of(raw, leaf.covers) != leaf:
        raise _mismatch()
    if dids.algorithm_of(signer.method.public_key_multibase) == v.ED25519:
        # The whole way checks what it made, too.
        if sign_whole(means, unsigned, profile=profile, signer=signer, created=created) != raw:
            raise _mismatch()
        return
    # Not every library makes the same ECDSA signature twice: that it is one, of this document, is what counts.
    lint.require_signable(unsigned, profile, means.now())
    try:
        self_check.require_good_release(raw, unsigned=unsigned, profile=profile, method=signer.method)
    except SigningError as error:
        raise _mismatch() from error


def _mismatch() -> SigningError:
    return SigningError(
        "template_mismatch", "A template does not make what the whole way makes; nothing of the batch is released."
    )
