"""Issuer keys that live in our database, encrypted; and the Ed25519 signer made of one."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.data import VerificationMethod


class LocalSigner:
    """A 32-byte Ed25519 seed in this process's memory. Implements :class:`..ports.Signer`."""

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


def generate_seed() -> Secret:
    """A fresh Ed25519 seed from the operating system's randomness."""
    return Secret(Ed25519PrivateKey.generate().private_bytes_raw())


def public_key(seed: Secret) -> bytes:
    """The 32 bytes of the public key of ``seed``."""
    return Ed25519PrivateKey.from_private_bytes(seed.reveal()).public_key().public_bytes_raw()
