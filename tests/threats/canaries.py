"""What must not be found where it does not belong, in every spelling it could have."""

from __future__ import annotations

import base64
from typing import Any

import base58

NAME, FIRST, LAST = "Zephyrine Quixote-Canary", "Zephyrine", "Quixote-Canary"
USERNAME = "canary-1937"
EMAIL = f"{USERNAME}@learners.example.edu"


def of_bytes(secret: bytes) -> set[bytes]:
    """Raw, hex, the base64s, base58, Python's ``repr``, a list of numbers."""
    texts = {
        secret.hex(),
        secret.hex().upper(),
        base64.b64encode(secret).decode().rstrip("="),
        base64.urlsafe_b64encode(secret).decode().rstrip("="),
        base64.b32encode(secret).decode().rstrip("="),
        base58.b58encode(secret).decode(),
        repr(secret)[2:-1],
        str(list(secret))[1:-1],
    }
    return {secret} | {text.encode() for text in texts}


def of_keys() -> set[bytes]:
    """Every secret key of this installation, opened."""
    from django.conf import settings

    from openedx_verifiable_credentials.api.means import get_key_encryption_keys
    from openedx_verifiable_credentials.api.means import get_means
    from openedx_verifiable_credentials.flows.steps import keys
    from openedx_verifiable_credentials.models import IssuerKey
    from openedx_verifiable_credentials.models import Learner

    keks = get_key_encryption_keys()
    secrets = [keys.open_signer(key, keks).seed.reveal() for key in IssuerKey.objects.select_related("issuer")]
    secrets += [keys.open_learner_key(learner, keks).reveal() for learner in Learner.objects.all()]
    secrets += [base64.b64decode(value) for value in settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS.values()]
    secrets.append(get_means().offer_key.reveal())
    return set().union(*map(of_bytes, secrets))


def of_person(wallet: Any) -> set[bytes]:
    """The learner, and their wallet."""
    words = {FIRST, LAST, USERNAME, EMAIL, wallet.did, wallet.did.removeprefix("did:key:")}
    return {word.encode() for word in words} | of_bytes(wallet.key.public_key().public_bytes_raw())


def found(canaries: set[bytes], haystack: bytes | str) -> list[bytes]:
    """Those that are in ``haystack``."""
    text = haystack.encode() if isinstance(haystack, str) else haystack
    return sorted(canary for canary in canaries if canary in text)
