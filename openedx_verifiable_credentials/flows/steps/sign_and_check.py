"""An unsigned credential → the bytes that are released, after a second, independent look at them."""

from __future__ import annotations

import datetime
import logging

from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import self_check
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.profiles import CredentialProfile
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import SigningError
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.ports import Securer
from openedx_verifiable_credentials.ports import Signer

logger = logging.getLogger(__name__)


def sign_and_check(
    unsigned: JsonObject, *, profile: CredentialProfile, signer: Signer, created: datetime.datetime, means: Means
) -> bytes:
    """
    The signed credential as it goes over the wire; the same inputs give the same bytes.

    Raises SigningError or TransientError. A disagreement of the self-check stops the release.
    """
    securer = _securer_for(profile, signer, means)
    proof = securer.secure(unsigned, suite=profile.suite, signer=signer, created=created)
    raw = json_text.write(profile.attach(unsigned, proof))
    try:
        self_check.require_good_release(raw, unsigned=unsigned, profile=profile, method=signer.method)
    except SigningError as error:
        logger.error("%s of %s was not released: %s", profile.id, unsigned["id"], error.code)
        raise
    return raw


def _securer_for(profile: CredentialProfile, signer: Signer, means: Means) -> Securer:
    # DIDKit fetches a did:web document at every call; such issuers get our own, byte-identical suite.
    if profile.suite == v.ED25519_SIGNATURE_2020 and signer.method.controller.startswith("did:key:"):
        return means.didkit_securer
    return means.securer
