"""Both verifiers, in Python and in JavaScript, read the same account from a verification method, or none."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import PublicFormat

from openedx_verifiable_credentials.core import accounts
from openedx_verifiable_credentials.core import did_documents
from openedx_verifiable_credentials.core import dids
from tests.frontend import building

pytestmark = [pytest.mark.node, pytest.mark.slow]
DID = "did:web:issuer.example"
TYPES = (
    "Multikey", "JsonWebKey2020", "JsonWebKey", "EcdsaSecp256k1VerificationKey2019", "EcdsaSecp256k1RecoveryMethod2020",
    "Ed25519VerificationKey2020", "unknown",
)  # fmt: skip
PROGRAM = """
import {readFileSync} from 'node:fs';
import {readDidDocument} from './build/verifier.mjs';
for (const line of readFileSync(0, 'utf8').split('\\n').filter(Boolean)) {
  const document = readDidDocument(line, 'did:web:issuer.example');
  console.log(JSON.stringify(document.find('did:web:issuer.example#1').address));
}
"""


def methods() -> Iterator[dict[str, Any]]:
    """Keys in each form, of each type; in two forms at once; and each with a character changed."""
    choose = random.Random(20260301)
    for number in range(60):
        keys = [_point(choose), _point(choose)]
        forms: list[dict[str, Any]] = []
        for key in keys:
            forms += [
                {"publicKeyMultibase": accounts.multikey(key)},
                {"publicKeyJwk": accounts.public_jwk(key)},
                {"blockchainAccountId": accounts.account_id(8453, accounts.address_of(key))},
            ]
        forms += [{"publicKeyMultibase": dids.multikey(bytes([number]) * 32)}, {"publicKeyJwk": {"kty": "EC"}}, {}]
        for kind in TYPES:
            first, second = choose.choice(forms), choose.choice(forms)
            yield {"type": kind, **forms[TYPES.index(kind) % 6]}
            yield {"type": kind, **first, **second}
            yield {"type": kind, **_changed(first, choose)}
    point = accounts.public_jwk(_point(choose))
    yield {"type": "JsonWebKey", "publicKeyJwk": {**point, "y": base64.urlsafe_b64encode(bytes(32)).decode()[:43]}}
    for odd in (None, 7, [], "", "z"):
        yield {"type": "Multikey", "publicKeyMultibase": odd}
        yield {"type": "JsonWebKey", "publicKeyJwk": odd}
        yield {"type": "EcdsaSecp256k1RecoveryMethod2020", "blockchainAccountId": odd}


def _point(choose: random.Random) -> bytes:
    public = ec.derive_private_key(choose.getrandbits(255) + 1, ec.SECP256K1()).public_key()
    return public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


def _changed(form: dict[str, Any], choose: random.Random) -> dict[str, Any]:
    text = json.dumps(form)
    at = choose.randrange(text.find(": ") + 3, len(text) - 2) if form else 0
    changed = text[:at] + choose.choice("aAzZ019_-:x") + text[at + 1 :]
    try:
        found: dict[str, Any] = json.loads(changed)
    except ValueError:
        return form
    return found


def test_both_read_the_same_account_or_none() -> None:
    documents = [
        {"id": DID, "verificationMethod": [{"id": f"{DID}#1", "controller": DID, **method}]} for method in methods()
    ]
    lines = [json.dumps(document) for document in documents]
    in_python = [did_documents.read(line.encode(), DID).methods[f"{DID}#1"].address for line in lines]
    building.build()
    said = building.node("--input-type=module", "-e", PROGRAM, stdin="\n".join(lines))
    in_javascript = [json.loads(line) for line in said.splitlines()]
    assert [pair for pair in zip(lines, in_python, in_javascript, strict=True) if pair[1] != pair[2]] == []
    assert in_python.count(None) > 200
    assert len(set(in_python)) > 60
