"""Keys out of their seals: issuers' to sign with, learners' to seal documents with."""

from __future__ import annotations

import datetime
import uuid

from openedx_verifiable_credentials.adapters import sealed
from openedx_verifiable_credentials.adapters.local_keys import LocalSigner
from openedx_verifiable_credentials.adapters.sealed import KeyEncryptionKeys
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.exceptions import SigningError
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import IssuerKey
from openedx_verifiable_credentials.models import Learner


def get_signing_key(issuer_id: int | None = None) -> IssuerKey:
    """
    The key that signs for an issuer, or for the default issuer, with its issuer.

    Raises SigningError ``no_issuer_key``.
    """
    keys = IssuerKey.objects.filter(signs=True).select_related("issuer")
    chosen = keys.filter(issuer__is_default=True) if issuer_id is None else keys.filter(issuer=issuer_id)
    key = chosen.first()
    if key is None:
        raise SigningError("no_issuer_key", "No issuer with a usable key is set up; run `manage.py vc_create_issuer`.")
    return key


def open_signer(key: IssuerKey, keks: KeyEncryptionKeys) -> LocalSigner:
    """The signer. Raises ConfigurationError, or SigningError ``key_mismatch`` where the seed is not that key's."""
    signer = LocalSigner(key.issuer.did, keks.unseal(key.sealed_with, key.sealed_seed, key.uuid.bytes))
    if signer.method.public_key_multibase != key.public_key_multibase:
        raise SigningError("key_mismatch", "The issuer's stored key does not belong to its public key.")
    return signer


def get_or_create_learner(user_id: int, keks: KeyEncryptionKeys, now: datetime.datetime) -> Learner:
    """The learner's row, with a key of their own from the first moment."""
    learner = Learner.objects.filter(user_id=user_id).first()
    if learner is not None:
        return learner
    learner_uuid = uuid.uuid4()
    kek, sealed_key = keks.seal(sealed.generate_key(), learner_uuid.bytes)
    defaults = {"uuid": learner_uuid, "sealed_key": sealed_key, "sealed_with": kek, "created": now}
    return Learner.objects.get_or_create(user_id=user_id, defaults=defaults)[0]


def open_learner_key(learner: Learner, keks: KeyEncryptionKeys) -> Secret:
    """The key of a learner's documents. Raises ConfigurationError."""
    return keks.unseal(learner.sealed_with, learner.sealed_key, learner.uuid.bytes)


def seal_document(raw: bytes, learner_key: Secret, credential_uuid: uuid.UUID) -> bytes:
    """A document's bytes, sealed."""
    return sealed.seal(learner_key, Secret(raw), credential_uuid.bytes)


def open_document(credential: Credential, learner_key: Secret) -> bytes:
    """A document's bytes. Raises ConfigurationError."""
    return sealed.unseal(learner_key, credential.sealed_document, credential.uuid.bytes).reveal()
