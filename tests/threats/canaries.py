"""What must not be found where it does not belong, in every spelling it could have."""

from __future__ import annotations

import base64
import html
import json
import urllib.parse
from typing import Any

import base58

NAME, FIRST, LAST = "Zephyrine Quixote-Canary", "Zephyrine", "Quixote-Canary"
USERNAME = "canary-1937"
EMAIL = f"{USERNAME}@learners.example.edu"
NUMBER = 1_937_193_719


# What stands before a secret key in its multibase form (CID 1.0 §2.2.2): Ed25519, P-256.
_SECRET_PREFIXES = (b"\x80\x26", b"\x86\x26")


def of_bytes(secret: bytes) -> set[bytes]:
    """Raw, hex, the base64s (inside PEM, too), base58, multibase, Python's ``repr``, numbers."""
    texts = {
        secret.hex(),
        secret.hex().upper(),
        base64.b64encode(secret).decode().rstrip("="),
        base64.urlsafe_b64encode(secret).decode().rstrip("="),
        base64.b32encode(secret).decode().rstrip("="),
        base58.b58encode(secret).decode(),
        *(base58.b58encode(prefix + secret).decode() for prefix in _SECRET_PREFIXES),
        *(_inside_base64(secret, offset) for offset in (1, 2)),
        repr(secret)[2:-1],
        str(int.from_bytes(secret, "big")),
        str(list(secret))[1:-1],
    }
    return {secret} | {text.encode() for text in texts}


def _inside_base64(secret: bytes, offset: int) -> str:
    """What is always there where the secret stands in the middle of something that is written in base64."""
    text = base64.b64encode(bytes(offset) + secret).decode().rstrip("=")
    return text[offset + 1 : -2]


def of_text(word: str) -> set[bytes]:
    """As it is, as URLs, JSON and HTML have it, in UTF-16, and in the middle of something that was encoded whole."""
    raw = word.encode()
    texts = {word, word.upper(), urllib.parse.quote(word, safe=""), urllib.parse.quote_plus(word)}
    texts |= {json.dumps(word)[1:-1], html.escape(word), raw.hex(), raw.hex().upper()}
    for before in range(3):  # base64 has three ways to write it, by what comes before; its ends depend on neighbours
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            encoded = encode(b"\0" * before + raw).decode().rstrip("=")
            whole = (before + len(raw)) % 3 == 0
            texts.add(encoded[(before * 8 + 5) // 6 : None if whole else -1])
    return {text.encode() for text in texts} | {word.encode("utf-16-le"), word.encode("utf-16-be")}


def of_learner(wallet: Any) -> set[bytes]:
    """All that is known of the learner, in every spelling: what must be nowhere once they are erased."""
    words = {NAME, FIRST, LAST, USERNAME, EMAIL, wallet.did, wallet.did.removeprefix("did:key:")}
    return {str(NUMBER).encode()} | of_person(wallet) | set().union(*map(of_text, words))


def of_keys() -> set[bytes]:
    """Every secret key of this installation, opened."""
    from django.conf import settings

    from openedx_verifiable_credentials.api.means import get_key_encryption_keys
    from openedx_verifiable_credentials.api.means import get_means
    from openedx_verifiable_credentials.flows.steps import keys
    from openedx_verifiable_credentials.models import IssuerKey
    from openedx_verifiable_credentials.models import Learner

    keks = get_key_encryption_keys()
    signers: list[Any] = [keys.open_signer(key, keks) for key in IssuerKey.objects.select_related("issuer")]
    # Of a module or a service there is nothing to look for.
    secrets = [signer.seed.reveal() for signer in signers if hasattr(signer, "seed")]
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
