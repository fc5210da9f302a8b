"""
Encryption at rest: AES-256-GCM, a fresh 96-bit nonce for every value, what the value belongs to as associated data.

Issuer keys are sealed under the operator's key-encryption keys (the first one encrypts, all decrypt), learners' keys
likewise; a learner's documents are sealed under the learner's key, so that destroying that key erases them all.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.exceptions import ConfigurationError

KEY_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16
# What takes the place of a sealed key before its row goes: the same length, so that it is written where the key was.
DESTROYED_KEY = bytes(_NONCE_BYTES + KEY_BYTES + _TAG_BYTES)


def generate_key() -> Secret:
    """A fresh AES-256 key."""
    return Secret(AESGCM.generate_key(bit_length=KEY_BYTES * 8))


def seal(key: Secret, value: Secret, bound_to: bytes) -> bytes:
    """Nonce ‖ ciphertext ‖ tag of ``value``; opens only with the same ``bound_to``."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key.reveal()).encrypt(nonce, value.reveal(), bound_to)


def unseal(key: Secret, sealed: bytes | memoryview, bound_to: bytes) -> Secret:
    """The value. Raises ConfigurationError: the key is not the one it was sealed with, or the bytes were changed."""
    sealed = bytes(sealed)
    try:
        return Secret(AESGCM(key.reveal()).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound_to))
    except (InvalidTag, ValueError) as error:
        raise ConfigurationError("A value encrypted at rest does not open: wrong key, or changed bytes.") from error


class KeyEncryptionKeys:
    """
    The operator's key-encryption keys, by name, in order of preference.

    ``configured`` maps names to base64 of 32 bytes (what ``vc_generate_kek`` prints).
    Raises ConfigurationError where one is malformed or none is there.
    """

    def __init__(self, configured: Mapping[str, str]):
        read = {name: read_key(value) for name, value in configured.items()}
        del configured  # debug pages and error trackers show the variables of every frame
        for name, key in read.items():
            if key is None:
                raise ConfigurationError(f"The key-encryption key {name!r} is not base64 of {KEY_BYTES} bytes.")
        self._keys = {name: key for name, key in read.items() if key is not None}
        if not self._keys:
            raise ConfigurationError(
                "OPENEDX_VC_KEY_ENCRYPTION_KEYS is empty: run `manage.py vc_generate_kek` and put what it prints there."
            )

    @property
    def current(self) -> str:
        """The name of the key that encrypts now."""
        return next(iter(self._keys))

    def seal(self, value: Secret, bound_to: bytes) -> tuple[str, bytes]:
        """``(name of the key, sealed value)``."""
        return self.current, seal(self._keys[self.current], value, bound_to)

    def unseal(self, name: str, sealed: bytes | memoryview, bound_to: bytes) -> Secret:
        """The value. Raises ConfigurationError where the named key is not configured any more."""
        try:
            key = self._keys[name]
        except KeyError:
            raise ConfigurationError(f"The key-encryption key {name!r} is in use but not configured.") from None
        return unseal(key, sealed, bound_to)


def read_key(value: str) -> Secret | None:
    """The key in base64 ``value``, or None. Raises nothing: what it holds must not show in a traceback."""
    try:
        raw = base64.b64decode(value, validate=True)
    except (binascii.Error, TypeError, ValueError):
        return None
    return Secret(raw) if len(raw) == KEY_BYTES else None
