"""Securers that fail: what stands in the place of DIDKit and of our own suites when a signature goes wrong."""

from __future__ import annotations

import datetime

from openedx_verifiable_credentials.adapters.local_keys import LocalSigner
from openedx_verifiable_credentials.adapters.own_suites import OwnSuites
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.exceptions import SigningError
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.ports import Signer


class Refusing:
    """An adapter that says what went wrong."""

    def secure(self, document: JsonObject, *, suite: str, signer: Signer, created: datetime.datetime) -> JsonObject:
        raise SigningError("didkit_failed", "DIDKit refused the document or the key.")


class Busy:
    """An adapter that may do better later."""

    def secure(self, document: JsonObject, *, suite: str, signer: Signer, created: datetime.datetime) -> JsonObject:
        raise TransientError("didkit_timeout", "DIDKit did not answer in 20 seconds.")


class Crashing:
    """An adapter whose library fails in a way nobody foresaw, with all it was given in the message."""

    def secure(self, document: JsonObject, *, suite: str, signer: Signer, created: datetime.datetime) -> JsonObject:
        raise RuntimeError(f"called `Option::unwrap()` on a `None` value: {suite}")


class WithAnotherKey:
    """A good proof, by a key that is not the issuer's."""

    def secure(self, document: JsonObject, *, suite: str, signer: Signer, created: datetime.datetime) -> JsonObject:
        other = LocalSigner(dids.key_did(_OTHER_PUBLIC), _OTHER_SEED)
        return OwnSuites().secure(document, suite=suite, signer=other, created=created)


class InAnotherKeysName:
    """The proof of another key under the name of the issuer's."""

    def secure(self, document: JsonObject, *, suite: str, signer: Signer, created: datetime.datetime) -> JsonObject:
        proof = WithAnotherKey().secure(document, suite=suite, signer=signer, created=created)
        return {**proof, "verificationMethod": dids.method_for_suite(signer.method, suite)}


class OfAnotherDocument:
    """The issuer's proof of something else."""

    def secure(self, document: JsonObject, *, suite: str, signer: Signer, created: datetime.datetime) -> JsonObject:
        return OwnSuites().secure({**document, "name": "Another"}, suite=suite, signer=signer, created=created)


class WithAnotherPurpose:
    """The issuer's proof, made to log in with."""

    def secure(self, document: JsonObject, *, suite: str, signer: Signer, created: datetime.datetime) -> JsonObject:
        proof = OwnSuites().secure(document, suite=suite, signer=signer, created=created)
        return {**proof, "proofPurpose": "authentication"}


_OTHER_SEED = Secret(b"\x42" * 32)
_OTHER_PUBLIC = LocalSigner("did:key:unused", _OTHER_SEED)._key.public_key().public_bytes_raw()
PATH = f"{__name__}."
