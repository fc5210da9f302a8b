"""
A wallet in a few lines: it holds an Ed25519 key and presents its did:key the way the Learner Credential Wallet does.

It canonicalises with the other implementation than the code under test, and lays out the signed bytes itself.
"""

import dataclasses
import datetime
import hashlib
import html
import json

import base58
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from openedx_verifiable_credentials.core.canonical import canonicalize_independently

V1 = "https://www.w3.org/2018/credentials/v1"
V2 = "https://www.w3.org/ns/credentials/v2"
ED25519_2020 = "https://w3id.org/security/suites/ed25519-2020/v1"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
CONTEXTS = {
    ("v1", "Ed25519Signature2020"): [V1, ED25519_2020],
    ("v2", "Ed25519Signature2020"): [V2, ED25519_2020],
    ("v1", "eddsa-rdfc-2022"): [V1, DATA_INTEGRITY],
    ("v2", "eddsa-rdfc-2022"): [V2],
}
TYPES = {
    "Ed25519Signature2020": {"type": "Ed25519Signature2020"},
    "eddsa-rdfc-2022": {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022"},
}


@dataclasses.dataclass(frozen=True)
class Wallet:
    """One wallet, one key."""

    key: Ed25519PrivateKey = dataclasses.field(repr=False)

    @property
    def did(self) -> str:
        """Its did:key."""
        raw = b"\xed\x01" + self.key.public_key().public_bytes_raw()
        return "did:key:z" + base58.b58encode(raw).decode("ascii")

    @property
    def method(self) -> str:
        """The id of its key."""
        return f"{self.did}#{self.did.removeprefix('did:key:')}"

    def present(
        self,
        challenge,
        *,
        context="v2",
        suite="Ed25519Signature2020",
        domain=None,
        purpose="authentication",
        proof=None,
        **overrides,
    ):
        """
        A signed presentation for ``challenge``.

        ``overrides`` are members of the presentation, ``proof`` members of its proof; both are set before it is signed,
        None leaves one out. What a forger changes afterwards, a test changes afterwards. The defaults (VC 2.0 context,
        Ed25519Signature2020, no domain) are what the released wallet sends.
        """
        document = {
            "@context": list(CONTEXTS[context, suite]),
            "type": ["VerifiablePresentation"],
            "holder": self.did,
            **overrides,
        }
        configuration = {
            **TYPES[suite],
            "created": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "verificationMethod": self.method,
            "proofPurpose": purpose,
            "challenge": challenge,
            "domain": domain,
            **(proof or {}),
        }
        document = {name: value for name, value in document.items() if value is not None}
        configuration = {name: value for name, value in configuration.items() if value is not None}
        return {**document, "proof": {**configuration, "proofValue": self.sign(document, configuration)}}

    def sign(self, document, configuration) -> str:
        """The proofValue over a document and a proof configuration (vc-di-eddsa §3.2.4)."""
        parts = ({"@context": document["@context"], **configuration}, document)
        message = b"".join(hashlib.sha256(canonicalize_independently(part).encode()).digest() for part in parts)
        return "z" + base58.b58encode(self.key.sign(message)).decode("ascii")


def make_wallet(seed: bytes | None = None) -> Wallet:
    """A wallet with the key of ``seed`` (32 bytes), or with a fresh one."""
    key = Ed25519PrivateKey.generate() if seed is None else Ed25519PrivateKey.from_private_bytes(seed)
    return Wallet(key)


def read_reply(body: bytes):
    """A reply as the Learner Credential Wallet reads it: HTML entities of the whole text decoded, then JSON."""
    return json.loads(html.unescape(body.decode("utf-8")))


def query_of(link: str) -> str:
    """What the Learner Credential Wallet takes for the query of a deep link: JavaScript's ``link.split('?')[1]``."""
    return link.split("?")[1]
