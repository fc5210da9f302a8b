"""Issuer keys in this process's memory: made here, unsealed from our database, or read from a file or a variable."""

from __future__ import annotations

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import PublicFormat

from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.data import VerificationMethod
from openedx_verifiable_credentials.exceptions import SigningError

SEED_BYTES = 32
_COORDINATE_BYTES = 32


class LocalSigner:
    """A 32-byte Ed25519 seed. Implements :class:`..ports.Signer`."""

    def __init__(self, did: str, seed: Secret):
        self.seed = seed
        self._key = Ed25519PrivateKey.from_private_bytes(seed.reveal())
        self._method = dids.key_method(did, self._key.public_key().public_bytes_raw())

    @property
    def method(self) -> VerificationMethod:
        """The public half."""
        return self._method

    def sign(self, message: bytes) -> bytes:
        """64 bytes of PureEdDSA over ``message`` (RFC 8032 §5.1)."""
        return self._key.sign(message)

    def __repr__(self) -> str:
        return f"LocalSigner({self._method.id})"


class LocalP256Signer:
    """A P-256 key; ``seed`` is its private scalar, 32 bytes, big-endian. Implements :class:`..ports.Signer`."""

    def __init__(self, did: str, seed: Secret):
        self.seed = seed
        self._key = _p256_key(seed)
        self._method = dids.key_method(did, _p256_point(self._key))
        try:
            # RFC 6979: the same bytes for the same message, and no trust in randomness at every signature.
            self._algorithm = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
        except UnsupportedAlgorithm:  # OpenSSL before 3.2
            self._algorithm = ec.ECDSA(hashes.SHA256())

    @property
    def method(self) -> VerificationMethod:
        """The public half."""
        return self._method

    def sign(self, message: bytes) -> bytes:
        """64 bytes, r ‖ s, of ECDSA with SHA-256 over ``message``."""
        r, s = decode_dss_signature(self._key.sign(message, self._algorithm))
        return r.to_bytes(_COORDINATE_BYTES, "big") + s.to_bytes(_COORDINATE_BYTES, "big")

    def __repr__(self) -> str:
        return f"LocalP256Signer({self._method.id})"


_SIGNERS: dict[str, type[LocalSigner] | type[LocalP256Signer]] = {v.ED25519: LocalSigner, v.P256: LocalP256Signer}


def make_signer(did: str, seed: Secret, algorithm: str) -> LocalSigner | LocalP256Signer:
    """The signer of a seed. Raises SigningError ``unsupported_key``."""
    try:
        return _SIGNERS[algorithm](did, seed)
    except (KeyError, ValueError):
        pass
    # Outside of the handler: what a library says of a key it refuses stays out of the traceback.
    raise SigningError("unsupported_key", "The stored bytes are no key of the algorithm they are said to be.")


def generate_seed(algorithm: str = v.ED25519) -> Secret:
    """A fresh seed from the operating system's randomness."""
    if algorithm == v.P256:
        number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
        return Secret(number.to_bytes(SEED_BYTES, "big"))
    return Secret(Ed25519PrivateKey.generate().private_bytes_raw())


def public_key(seed: Secret, algorithm: str = v.ED25519) -> bytes:
    """The public key of ``seed``: 32 bytes of Ed25519, or a compressed point of P-256."""
    if algorithm == v.P256:
        return _p256_point(_p256_key(seed))
    return Ed25519PrivateKey.from_private_bytes(seed.reveal()).public_key().public_bytes_raw()


def _p256_key(seed: Secret) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(seed.reveal(), "big"), ec.SECP256R1())


def _p256_point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
