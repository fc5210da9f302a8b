"""Signed credentials for tests: a fixed issuer key, our own suites, the writer of releases."""

import datetime

from openedx_verifiable_credentials.adapters.local_keys import LocalSigner
from openedx_verifiable_credentials.adapters.local_keys import public_key
from openedx_verifiable_credentials.adapters.own_suites import OwnSuites
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import open_badges
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.data import Terms
from tests import awards

CREATED = datetime.datetime(2026, 3, 2, 8, 0, 0, tzinfo=datetime.UTC)


def signer(seed_byte: int = 7, host: str | None = None) -> LocalSigner:
    """A local key; of a did:key issuer, or with ``host`` of a did:web one."""
    seed = Secret(bytes([seed_byte]) * 32)
    return LocalSigner(dids.web_did(host) if host else dids.key_did(public_key(seed)), seed)


def unsigned(award, profile, did, terms=Terms(grade=True), status=()):
    """The credential of ``award``, issued by ``did``."""
    return open_badges.compose(
        award,
        terms,
        profile=profile,
        issuer=awards.issuer_profile(did),
        credential_id=awards.CREDENTIAL_ID,
        subject_id=awards.SUBJECT,
        status=status,
        salt=awards.SALT,
    )


def sign(document, profile, with_signer):
    """``document`` with the proof of ``profile``."""
    proof = OwnSuites().secure(document, suite=profile.suite_for(v.ED25519), signer=with_signer, created=CREATED)
    return profile.attach(document, proof)


def released(award, profile, with_signer) -> bytes:
    """The bytes that would leave for ``award``."""
    return json_text.write(sign(unsigned(award, profile, with_signer.method.controller), profile, with_signer))
