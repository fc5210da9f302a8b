"""An unsigned credential → the bytes that are released, after a second, independent look at them."""

from __future__ import annotations

import datetime
import logging
import traceback

from openedx_verifiable_credentials.adapters.keystores import RemoteKey
from openedx_verifiable_credentials.adapters.local_keys import LocalSigner
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import self_check
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.profiles import CredentialProfile
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import SigningError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.ports import Securer
from openedx_verifiable_credentials.ports import Signer

logger = logging.getLogger(__name__)


def sign_and_check(
    unsigned: JsonObject, *, profile: CredentialProfile, signer: Signer, created: datetime.datetime, means: Means,
    securer: Securer | None = None,
) -> bytes:  # fmt: skip
    """
    The signed credential as it goes over the wire; the same inputs give the same bytes.

    Raises SigningError or TransientError. A disagreement of the self-check stops the release. What nobody foresaw is
    SigningError ``signing_failed``, without the foreign error: its message, and the variables of its frames, may hold
    the document.
    """
    credential_id = unsigned["id"]
    try:
        return _signed(unsigned, profile=profile, signer=signer, created=created, means=means, securer=securer)
    except (VerifiableCredentialsError, ConfigurationError):
        raise
    except Exception as error:  # noqa: BLE001  (whatever a library of others may raise)
        logger.error("%s of %s was not signed: %s", profile.id, credential_id, _place_of(error))
    # After the except clause and without the document: neither hangs on the new error.
    del unsigned
    raise SigningError("signing_failed", "The credential could not be signed; the log of the service has the cause.")


def _signed(
    unsigned: JsonObject, *, profile: CredentialProfile, signer: Signer, created: datetime.datetime, means: Means,
    securer: Securer | None,
) -> bytes:  # fmt: skip
    suite = profile.suite_for(dids.algorithm_of(signer.method.public_key_multibase))
    didkit = securer is None and _is_for_didkit(unsigned, suite, signer)
    chosen = _securer_for(didkit, signer, means, securer)
    proof = chosen.secure(unsigned, suite=suite, signer=signer, created=created)
    document = profile.attach(unsigned, proof)
    raw = json_text.write(document)
    try:
        self_check.require_good_release(raw, unsigned=unsigned, profile=profile, method=signer.method)
        if didkit and chosen is not means.didkit_securer:
            _require_good_to_didkit(document, means)
    except SigningError as error:
        logger.error("%s of %s was not released: %s", profile.id, unsigned["id"], error.code)
        raise
    return raw


def _place_of(error: Exception) -> str:
    """The kind of an error and where it came from; not what it says."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__module__}.{type(error).__qualname__} in {last.name}, line {last.lineno} of {last.filename}"


def _is_for_didkit(unsigned: JsonObject, suite: str, signer: Signer) -> bool:
    # DIDKit fetches a did:web document at every call, and reads one status entry, not a list of them.
    did_key = suite == v.ED25519_SIGNATURE_2020 and signer.method.controller.startswith("did:key:")
    return did_key and not isinstance(unsigned.get("credentialStatus"), list)


def _securer_for(didkit: bool, signer: Signer, means: Means, securer: Securer | None) -> Securer:
    if isinstance(signer, RemoteKey):
        return means.remote_securer
    # DIDKit needs the key itself, so a security module's gets our own, byte-identical suite.
    if didkit and isinstance(signer, LocalSigner):
        return means.didkit_securer
    return securer or means.securer


def _require_good_to_didkit(document: JsonObject, means: Means) -> None:
    """What DIDKit would have signed, had it the key, it verifies."""
    if means.verify_with_didkit(document):
        raise SigningError("self_check_failed", "DIDKit does not verify the signed document.")
