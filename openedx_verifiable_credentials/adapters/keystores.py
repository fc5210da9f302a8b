"""
Where an issuer's private key is, and how it is opened: sealed in our database, in a file, in an environment variable,
in a security module (:mod:`.pkcs11`), or with a remote signing service (:mod:`.vc_api_signer`).

Sentences of errors name places, never what was found there: the wrong file may hold another secret.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import dataclasses
import json
import os
import stat
from importlib import import_module
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.views.debug import SafeExceptionReporterFilter

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials.adapters import local_keys
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.data import VerificationMethod
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import SigningError
from openedx_verifiable_credentials.ports import Signer

_MAX_BYTES = 64 * 1024
_WHAT_IT_MUST_BE = "a private key as PEM without a passphrase, or as JWK"


@dataclasses.dataclass(frozen=True)
class StoredKey:
    """
    What our row says of a key. ``seed`` is there where the store is our database; ``public_key_multibase`` is empty
    while the key is being taken in.
    """

    did: str
    store: str
    reference: str
    algorithm: str
    public_key_multibase: str
    seed: Secret | None = None


class RemoteKey:
    """
    The public half of a key that only a remote signing service can use: ``tenant`` is what it is called there.

    Implements :class:`..ports.Signer` as far as it can: whole documents are secured there, no bytes are signed here.
    """

    def __init__(self, method: VerificationMethod, tenant: str):
        self._method = method
        self.tenant = tenant

    @property
    def method(self) -> VerificationMethod:
        """The public half."""
        return self._method

    def sign(self, message: bytes) -> bytes:
        """Raises SigningError ``unsupported_key``."""
        raise SigningError("unsupported_key", "This key is with a remote signing service, which signs documents only.")

    def __repr__(self) -> str:
        return f"RemoteKey({self._method.id})"


def open_key(stored: StoredKey) -> Signer:
    """
    The signer. Raises ConfigurationError or SigningError saying what to do; SigningError ``key_mismatch`` where the
    store holds another key than the one that is known.
    """
    signer = _open(stored)
    expected = stored.public_key_multibase
    if expected and signer.method.public_key_multibase != expected:
        raise SigningError("key_mismatch", "The key in the issuer's key store does not belong to its public key.")
    return signer


def _open(stored: StoredKey) -> Signer:
    if stored.store == "pkcs11":
        return _open_in_module(stored)
    if stored.store == "remote":
        public_key = stored.public_key_multibase
        method = VerificationMethod(f"{stored.did}#{public_key}", stored.did, public_key)
        return RemoteKey(method, stored.reference)
    if stored.store == "file":
        seed = _read_key(read_file(stored.reference), stored.algorithm, f"The key file {stored.reference}")
    elif stored.store == "environment":
        where = f"The environment variable {stored.reference}"
        seed = _read_key(_read_variable(stored.reference), stored.algorithm, where)
    elif stored.seed is not None:
        seed = stored.seed
    else:
        raise SigningError("unsupported_key", "The key's store is not known here, or holds nothing.")
    return local_keys.make_signer(stored.did, seed, stored.algorithm)


def _open_in_module(stored: StoredKey) -> Signer:
    try:
        # The library is an extra: installations without a security module do not have it.
        pkcs11 = import_module("openedx_verifiable_credentials.adapters.pkcs11")
    except ImportError as error:
        raise ConfigurationError(
            "A key is in a PKCS#11 token and python-pkcs11 cannot be imported: install "
            "openedx-verifiable-credentials[hsm]."
        ) from error
    signer: Signer = pkcs11.open_key(stored.did, stored.reference, stored.algorithm, stored.public_key_multibase)
    return signer


def require_reference(store: str, reference: str) -> None:
    """Raises ConfigurationError where ``reference`` cannot be one of that store."""
    if store == "database" and reference:
        raise ConfigurationError("A key in the database has no reference.")
    if store == "file" and not Path(reference).is_absolute():
        raise ConfigurationError("The reference of a key file must be its whole path.")
    if store == "environment":
        _require_name(reference)
    needed = store == "pkcs11" or (store == "remote" and app_settings.signing_service_dialect() == "dcc")
    if needed and not reference:
        raise ConfigurationError("Say which key it is: --key-reference.")


def is_there(store: str, reference: str) -> bool | None:
    """Whether a key file can be read, a variable is set; None for stores that would have to be asked."""
    if store == "file":
        return os.access(reference, os.R_OK)
    return bool(os.environ.get(reference)) if store == "environment" else None


def exposed_to(path: str) -> str | None:
    """What others than the owner's group may do with a key file: "read", "write" or both; None where nothing."""
    try:
        mode = Path(path).stat().st_mode
    except OSError:
        return None
    words = [word for word, bit in (("read", stat.S_IROTH), ("write", stat.S_IWOTH)) if mode & bit]
    return " and ".join(words) or None


def read_file(path: str) -> Secret:
    """What a key file holds, up to a little more than any key file has. Raises ConfigurationError."""
    try:
        # Not to be held up by a pipe that somebody put there.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            is_regular = stat.S_ISREG(os.fstat(descriptor).st_mode)
            raw = Secret(os.read(descriptor, _MAX_BYTES + 1) if is_regular else b"")
        finally:
            os.close(descriptor)
    except (OSError, ValueError):
        raise ConfigurationError(
            f"The key file {path} cannot be read: it must be there, and this process must be allowed to read it."
        ) from None
    if not is_regular:
        raise ConfigurationError(f"The key file {path} is no regular file.")
    return raw


def _read_variable(name: str) -> Secret:
    _require_name(name)
    if not os.environ.get(name):
        raise ConfigurationError(f"The environment variable {name} must hold {_WHAT_IT_MUST_BE}; it is not set.")
    # In one line, as many tools want it: the line ends of PEM are written \n.
    return Secret(os.environ[name].replace("\\n", "\n").encode("utf-8", "surrogatepass"))


def _require_name(name: str) -> None:
    # Error pages of Django show the environment of some servers, but hide names with these words.
    if not name or not SafeExceptionReporterFilter.hidden_settings.search(name):
        raise ConfigurationError(
            "The environment variable of a key must have KEY or SECRET in its name, so that error pages hide its value."
        )


def _read_key(raw: Secret, algorithm: str, where: str) -> Secret:
    """The seed inside PEM or JWK. Raises ConfigurationError, without anything of what is there."""
    seed = None
    if len(raw.reveal()) <= _MAX_BYTES:
        seed = _seed_of_jwk(raw, algorithm) if raw.reveal().lstrip()[:1] == b"{" else _seed_of_pem(raw, algorithm)
    if seed is None:
        raise ConfigurationError(f"{where} does not hold an {algorithm} key: {_WHAT_IT_MUST_BE}.")
    return seed


def _seed_of_pem(raw: Secret, algorithm: str) -> Secret | None:
    with contextlib.suppress(ValueError, TypeError, UnsupportedAlgorithm):
        key = load_pem_private_key(raw.reveal(), password=None)
        if isinstance(key, Ed25519PrivateKey) and algorithm == v.ED25519:
            return Secret(key.private_bytes_raw())
        if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1) and algorithm == v.P256:
            return Secret(key.private_numbers().private_value.to_bytes(local_keys.SEED_BYTES, "big"))
    return None


def _seed_of_jwk(raw: Secret, algorithm: str) -> Secret | None:
    """RFC 8037 §2, RFC 7518 §6.2. Its public members must be those of its private one."""
    with contextlib.suppress(ValueError, TypeError, AttributeError, RecursionError, SigningError):
        seed = _private_member(raw)
        if seed is not None:
            signer = local_keys.make_signer("", seed, algorithm)
            public = dids.public_jwk(signer.method.public_key_multibase)
            return seed if _says(raw, public) else None
    return None


def _private_member(raw: Secret) -> Secret | None:
    try:
        seed = base64.b64decode(json.loads(raw.reveal())["d"] + "=", altchars=b"-_", validate=True)
    except (binascii.Error, LookupError):
        return None
    return Secret(seed) if len(seed) == local_keys.SEED_BYTES else None


def _says(raw: Secret, public: dict[str, str]) -> bool:
    return all(json.loads(raw.reveal()).get(name) == value for name, value in public.items())
