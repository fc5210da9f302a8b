"""A key with which everybody can sign is nobody's, and a signature is good for all verifiers or for none."""

import itertools

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import public_keys
from tests import weak_keys


def is_good_for_libraries(message, signature, key):
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def forge(key):
    """A message and a signature, made without a private key, that are good for libraries."""
    for number, first in itertools.product(range(100), weak_keys.SMALL_ORDER[:8]):
        message, signature = b"%d" % number, first + bytes(32)
        if is_good_for_libraries(message, signature, key):
            return message, signature
    raise AssertionError("no forgery")


@pytest.mark.parametrize("key", weak_keys.SMALL_ORDER, ids=bytes.hex)
def test_a_key_of_small_order_signs_nothing(key):
    message, signature = forge(key)
    assert not public_keys.is_signed(message, signature, public_keys.from_multibase(dids.multikey(key)))


@pytest.mark.parametrize("secret", [1, 12345678901234567890, 2**251 + 9])
def test_a_signature_is_good_where_its_equation_holds_and_not_only_eight_times_it(secret):
    key = weak_keys.public_key(secret)
    published = public_keys.from_multibase(dids.multikey(key))
    assert public_keys.is_signed(b"m", weak_keys.sign(b"m", secret, key), published)
    assert not public_keys.is_signed(b"m", weak_keys.sign(b"m", secret, key, torsion=1), published)
    assert not public_keys.is_signed(b"n", weak_keys.sign(b"m", secret, key), published)
