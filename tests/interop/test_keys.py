"""Keys of a module, P-256, keys that follow each other, a key that others have: as verifiers of others see them."""

from __future__ import annotations

import copy
import json
import time
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from openedx_verifiable_credentials.adapters import keystores
from openedx_verifiable_credentials.adapters.didkit import DidkitSecurer
from openedx_verifiable_credentials.adapters.keystores import StoredKey
from openedx_verifiable_credentials.api.means import get_means
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import key_history
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.key_history import KeyState
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.core.profiles import PROFILES
from openedx_verifiable_credentials.core.profiles import CredentialProfile
from openedx_verifiable_credentials.flows.steps import keys
from openedx_verifiable_credentials.flows.steps.sign_and_check import sign_and_check
from openedx_verifiable_credentials.models import Issuer
from openedx_verifiable_credentials.ports import Signer
from tests import awards
from tests import signed
from tests import softhsm
from tests import trees
from tests.adapters.test_keystores import make_token  # noqa: F401
from tests.commands.run import run
from tests.interop import judges

pytestmark = [pytest.mark.node, pytest.mark.slow]
WEB = "did:web:credentials.example.edu"


def release(profile: CredentialProfile, signer: Signer, title: str = "Computing") -> dict[str, Any]:
    """A credential as it leaves, self-check and DIDKit's look included."""
    unsigned = signed.unsigned(awards.full_award(title=title), profile, signer.method.controller)
    raw = sign_and_check(unsigned, profile=profile, signer=signer, created=timezone.now(), means=get_means())
    credential: dict[str, Any] = json.loads(raw)
    return credential


def tampered(credential: dict[str, Any]) -> dict[str, Any]:
    return trees.changed(copy.deepcopy(credential), ("credentialSubject", "achievement", "name"), "Another")


def wrong(reports: dict[str, Any], among: tuple[str, ...] = judges.JUDGES) -> list[Any]:
    """The verdicts that are not what the case's name says."""
    return [
        (case, judge, report[judge]["detail"])
        for case, report in reports.items()
        for judge in among
        if report[judge]["verified"] != case.endswith("good")
    ]


def from_token(algorithm: str, did: str = "") -> Signer:
    """The token's signer; without ``did``, of the did:key of its key."""
    reference = softhsm.ED25519 if algorithm == v.ED25519 else softhsm.P256
    if not did:
        multibase = keystores.open_key(StoredKey("", "pkcs11", reference, algorithm, "")).method.public_key_multibase
        did = f"did:key:{multibase}"
    return keystores.open_key(StoredKey(did, "pkcs11", reference, algorithm, ""))


@pytest.mark.softhsm
def test_what_a_security_module_signs_verifies_elsewhere_in_both_profiles(token, tmp_path):
    cases = {}
    for did in ("", WEB):
        signer = from_token(v.ED25519, did)
        for profile in PROFILES.values():
            name = f"{signer.method.controller} {profile.id}"
            cases[f"{name} good"] = credential = release(profile, signer)
            cases[f"{name} tampered"] = tampered(credential)
    reports = judges.verdicts(cases, {WEB: dids.did_document(WEB, [signer.method])}, tmp_path)
    assert wrong(reports) == []
    assert len(cases) == 8


@pytest.mark.softhsm
def test_didkit_verifies_what_it_cannot_sign(token):
    """Before it leaves: a credential that DIDKit does not believe is not released."""
    from openedx_verifiable_credentials.adapters import didkit

    credential = release(OBV3_VC1, from_token(v.ED25519))
    assert didkit.verify(credential) == []
    assert didkit.verify(tampered(credential))


@pytest.mark.softhsm
@pytest.mark.parametrize("where", ["module", "memory"])
def test_p256_verifies_elsewhere(token, tmp_path, where):
    cases = {}
    for did in ("", WEB):
        if where == "module":
            signer = from_token(v.P256, did)
        else:
            from tests.adapters.test_keystores import SEED
            from tests.adapters.test_keystores import multibase

            public_key = multibase(v.P256)
            signer = keystores.open_key(
                StoredKey(did or f"did:key:{public_key}", "database", "", v.P256, public_key, SEED)
            )
        cases[f"{did} good"] = credential = release(OBV3_VC2, signer)
        assert credential["proof"][0]["cryptosuite"] == "ecdsa-rdfc-2019"
        cases[f"{did} tampered"] = tampered(credential)
        flipped = copy.deepcopy(credential)
        value = flipped["proof"][0]["proofValue"]
        flipped["proof"][0]["proofValue"] = value[:20] + ("x" if value[20] != "x" else "y") + value[21:]
        cases[f"{did} flipped"] = flipped
    reports = judges.verdicts(cases, {WEB: dids.did_document(WEB, [signer.method])}, tmp_path)
    assert wrong(reports, ("digitalbazaar",)) == []


def issue(issuer: Issuer, profile: CredentialProfile, algorithm: str = v.ED25519) -> dict[str, Any]:
    """With the key that signs now."""
    means = get_means()
    key = issuer.keys.select_related("issuer").get(signs=True, algorithm=algorithm)
    return release(profile, keys.open_signer(key, means.keks), title=f"With key {key.pk}")


def served() -> dict[str, Any]:
    """The DID document, over HTTP."""
    document = Client().get("/.well-known/did.json", HTTP_HOST="credentials.example.edu").json()
    return {document["id"]: document}


@pytest.mark.django_db
def test_credentials_of_before_and_after_a_rotation_verify(web_issuer: Issuer, tmp_path: Path):
    cases = {}
    for number in range(3):
        for profile in PROFILES.values():
            cases[f"{number} {profile.id} good"] = credential = issue(web_issuer, profile)
            cases[f"{number} {profile.id} tampered"] = tampered(credential)
        run("vc_rotate_key", "--issuer", "academy")
    assert web_issuer.keys.count() == 4
    assert wrong(judges.verdicts(cases, served(), tmp_path)) == []
    run("vc_rotate_key", "--issuer", "academy", "--algorithm", "P-256")
    p256 = {"P-256 good": issue(web_issuer, OBV3_VC2, v.P256)}
    assert wrong(judges.verdicts(cases, served(), tmp_path)) == [], "another algorithm beside them is in nobody's way"
    assert wrong(judges.verdicts(p256, served(), tmp_path), ("digitalbazaar",)) == []


@pytest.mark.django_db
def test_of_a_compromised_key_nothing_verifies_any_more_and_ours_says_since_when(web_issuer, tmp_path):
    before = timezone.now()
    stolen = web_issuer.keys.get()
    cases = {f"stolen {profile.id} good": issue(web_issuer, profile) for profile in PROFILES.values()}
    run("vc_rotate_key", "--issuer", "academy")
    cases |= {f"new {profile.id} good": issue(web_issuer, profile) for profile in PROFILES.values()}
    assert wrong(judges.verdicts(cases, served(), tmp_path)) == []
    while (since := timezone.now()).replace(microsecond=0) <= before:  # dates of proofs have whole seconds
        time.sleep(0.05)
    run("vc_retire_key", "--issuer", "academy", "--key", str(stolen.uuid), "--compromised-since", since.isoformat())
    renamed = {case.replace("good", "refused") if case.startswith("stolen") else case: c for case, c in cases.items()}
    assert wrong(judges.verdicts(renamed, served(), tmp_path)) == []
    document = Client().get("/verifiable_credentials/issuers/academy/keys.json").json()
    history = key_history.read(document, web_issuer.did)
    assert key_history.state_at(history, stolen.public_key_multibase, before) == KeyState.GOOD
    assert key_history.state_at(history, stolen.public_key_multibase, since) == KeyState.COMPROMISED


def test_didkit_signs_still_where_it_can():
    """The local key of a did:key issuer: nothing above has changed who signs."""
    assert isinstance(get_means().didkit_securer, DidkitSecurer)
