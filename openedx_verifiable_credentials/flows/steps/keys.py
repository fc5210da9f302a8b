"""Keys out of their seals: issuers' to sign with, learners' to seal documents with."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable
from collections.abc import Sequence

from openedx_verifiable_credentials.adapters import keystores
from openedx_verifiable_credentials.adapters import sealed
from openedx_verifiable_credentials.adapters.keystores import StoredKey
from openedx_verifiable_credentials.adapters.sealed import KeyEncryptionKeys
from openedx_verifiable_credentials.core import packing
from openedx_verifiable_credentials.core.profiles import CredentialProfile
from openedx_verifiable_credentials.core.templates import Outline
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.exceptions import CompositionError
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import OfferError
from openedx_verifiable_credentials.exceptions import SigningError
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Issuer
from openedx_verifiable_credentials.models import IssuerKey
from openedx_verifiable_credentials.models import Learner
from openedx_verifiable_credentials.ports import Signer


def get_signing_keys(issuers: Sequence[Issuer], profile: CredentialProfile) -> dict[int, IssuerKey]:
    """
    The keys that sign ``profile`` for each of ``issuers``, by the issuer's primary key, with their issuers.

    Raises SigningError ``no_issuer_key`` for an issuer that signs nothing, OfferError ``unsupported_wallet`` for one
    that signs other profiles: to try again later changes nothing.
    """
    wanted = {issuer.pk for issuer in issuers}
    rows = IssuerKey.objects.filter(signs=True, issuer__in=wanted, algorithm__in=profile.suites)
    preference = list(profile.suites)
    best_last = sorted(rows.select_related("issuer"), key=lambda row: -preference.index(row.algorithm))
    keys = {row.issuer_id: row for row in best_last}
    for issuer in issuers:
        if issuer.pk not in keys:
            if IssuerKey.objects.filter(signs=True, issuer=issuer).exists():
                sentence = f"The issuer {issuer.slug} has no key that signs {profile.id}, which this wallet needs."
                raise OfferError("unsupported_wallet", sentence, field="storage_id")
            raise SigningError("no_issuer_key", f"The issuer {issuer.slug} has no key that signs {profile.id}.")
    return keys


def get_list_key(issuer: Issuer, profile: CredentialProfile) -> IssuerKey:
    """
    The key that signs the status lists of ``issuer`` for credentials of ``profile``; see :func:`best_list_key`.

    Raises SigningError ``no_issuer_key``.
    """
    key = best_list_key(IssuerKey.objects.filter(issuer=issuer).select_related("issuer"), profile)
    if key is None:
        raise SigningError("no_issuer_key", f"The issuer {issuer.slug} has no key that signs {profile.id}.")
    return key


def best_list_key(keys: Iterable[IssuerKey], profile: CredentialProfile) -> IssuerKey | None:
    """
    Of an issuer's keys the one for lists: that which signs credentials; failing that, the newest that is not
    compromised; failing that, the newest. Lists outlive the last signing key.
    """
    preference = list(profile.suites)
    return max(
        (key for key in keys if key.algorithm in profile.suites),
        key=lambda key: (
            bool(key.signs), key.compromised_since is None, -preference.index(key.algorithm), key.created, key.pk,
        ),
        default=None,
    )  # fmt: skip


def open_signer(key: IssuerKey, keks: KeyEncryptionKeys) -> Signer:
    """
    The signer of a key, wherever it is kept.

    Raises ConfigurationError, TransientError; SigningError: ``key_mismatch`` where the store holds another key,
    ``key_not_found``, ``unsupported_key``.
    """
    sealed_seed = key.sealed_seed
    return keystores.open_key(
        StoredKey(
            did=key.issuer.did,
            store=key.store,
            reference=key.reference,
            algorithm=key.algorithm,
            public_key_multibase=key.public_key_multibase,
            seed=None if sealed_seed is None else keks.unseal(key.sealed_with, sealed_seed, key.uuid.bytes),
        )
    )


def open_credential_signer(key: IssuerKey, keks: KeyEncryptionKeys) -> Signer:
    """
    The signer of a key for a credential. A key that is compromised signs none, not even one that was under way; status
    lists of a did:key issuer have no other key. Raises as :func:`open_signer`; SigningError ``key_compromised``.
    """
    if key.compromised_since is not None:
        raise compromised()
    return open_signer(key, keks)


def compromised() -> SigningError:
    """For a credential whose key is compromised."""
    return SigningError("key_compromised", "The key of this credential is compromised; make a new offer.")


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
    """A document's bytes, packed and sealed."""
    return seal_packed(packing.pack_document(raw), learner_key, credential_uuid)


def seal_packed(packed: bytes, learner_key: Secret, credential_uuid: uuid.UUID) -> bytes:
    """What was packed (:mod:`..core.packing`), sealed."""
    return sealed.seal(learner_key, Secret(packed), credential_uuid.bytes)


def open_document(credential: Credential, learner_key: Secret) -> bytes:
    """A document's bytes. Raises ConfigurationError, OfferError ``credential_ended`` where it was erased."""
    if credential.sealed_document is None:
        raise OfferError("credential_ended", "The document of this credential has been erased.")
    packed = sealed.unseal(learner_key, credential.sealed_document, credential.uuid.bytes).reveal()
    try:
        return _unpacked(credential, packing.unpack(packed))
    except CompositionError as error:
        raise ConfigurationError("A document at rest opens, but is none; its row may be damaged.") from error


def _unpacked(credential: Credential, packed: bytes | list[bytes]) -> bytes:
    if isinstance(packed, bytes):
        return packed
    if credential.shape is None:
        raise CompositionError("not_a_document", "The shape of this document is not there.")
    return Outline.load(bytes(credential.shape.outline)).write(packed)
