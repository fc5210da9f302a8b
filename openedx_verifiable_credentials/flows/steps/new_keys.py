"""A key that is taken in: made and sealed, or found in its store; then stored for an issuer."""

from __future__ import annotations

import dataclasses
import datetime
import uuid

from openedx_verifiable_credentials.adapters import keystores
from openedx_verifiable_credentials.adapters import local_keys
from openedx_verifiable_credentials.adapters.keystores import StoredKey
from openedx_verifiable_credentials.adapters.sealed import KeyEncryptionKeys
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import PresentationError
from openedx_verifiable_credentials.models import Issuer
from openedx_verifiable_credentials.models import IssuerKey
from openedx_verifiable_credentials.models.key import KeyAlgorithm
from openedx_verifiable_credentials.models.key import KeyStore


@dataclasses.dataclass(frozen=True)
class NewKey:
    """
    Which key to take in. A key in the database is made now; any other must be there already. ``public_key`` (Multikey)
    is needed where the store does not tell it: with a remote signing service, and of some tokens.
    """

    store: str = KeyStore.DATABASE.value
    reference: str = ""
    algorithm: str = KeyAlgorithm.ED25519.value
    public_key: str = ""


@dataclasses.dataclass(frozen=True)
class PreparedKey:
    """A key that is not anybody's yet: its row's facts."""

    uuid: uuid.UUID
    new: NewKey
    public_key_multibase: str
    sealed_seed: bytes | None = dataclasses.field(default=None, repr=False)
    sealed_with: str = ""

    @property
    def public_key(self) -> bytes:
        """As :func:`..core.dids.multikey` takes it."""
        return dids.read_public_key(self.public_key_multibase)[1]

    def save_for(self, issuer: Issuer, now: datetime.datetime) -> IssuerKey:
        """The row; the key signs from now on."""
        return IssuerKey.objects.create(
            uuid=self.uuid,
            issuer=issuer,
            algorithm=self.new.algorithm,
            public_key_multibase=self.public_key_multibase,
            store=self.new.store,
            reference=self.new.reference,
            sealed_seed=self.sealed_seed,
            sealed_with=self.sealed_with,
            created=now,
        )


def prepare_key(new: NewKey, keks: KeyEncryptionKeys) -> PreparedKey:
    """
    The key, opened once. Writes nothing.

    Raises ConfigurationError saying what to change, SigningError, TransientError.
    """
    if new.store not in KeyStore.values or new.algorithm not in KeyAlgorithm.values:
        raise ConfigurationError("There is no such key store or algorithm.")
    if len(new.reference) > 512:
        raise ConfigurationError("The reference of the key is longer than 512 characters.")
    keystores.require_reference(new.store, new.reference)
    _require_public_key(new)
    key_uuid = uuid.uuid4()
    if new.store == KeyStore.DATABASE:
        seed = local_keys.generate_seed(new.algorithm)
        kek, sealed_seed = keks.seal(seed, key_uuid.bytes)
        multibase = dids.multikey(local_keys.public_key(seed, new.algorithm))
        return PreparedKey(key_uuid, new, multibase, sealed_seed, kek)
    signer = keystores.open_key(StoredKey("", new.store, new.reference, new.algorithm, new.public_key))
    return PreparedKey(key_uuid, new, signer.method.public_key_multibase)


def _require_public_key(new: NewKey) -> None:
    if new.store == KeyStore.DATABASE and new.public_key:
        raise ConfigurationError("A key in the database is made anew; --public-key is for keys that are there already.")
    if new.store == KeyStore.REMOTE and not new.public_key:
        raise ConfigurationError("Say which key the signing service has: --public-key z6Mk…")
    if not new.public_key:
        return
    try:
        algorithm = dids.algorithm_of(new.public_key)
    except PresentationError as error:
        raise ConfigurationError(
            "--public-key must be an Ed25519 or P-256 key in Multikey form (z6Mk…, zDn…)."
        ) from error
    if algorithm != new.algorithm:
        raise ConfigurationError(f"--public-key is an {algorithm} key; say --algorithm {algorithm}.")
