"""Claims in parallel under pre-forking servers, for both kinds of issuer."""

from __future__ import annotations

import concurrent.futures
import http.client
import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from openedx_verifiable_credentials.adapters import didkit
from openedx_verifiable_credentials.core.profiles import PROFILES
from openedx_verifiable_credentials.core.suites import rdf_proof
from tests.servers.running import SERVERS
from tests.servers.running import Browser
from tests.servers.running import claim
from tests.servers.running import running
from tests.servers.running import workers_of
from tests.wallet import make_wallet

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("did_method", ["key", "web-path"])
@pytest.mark.parametrize("server", SERVERS)
def test_eight_claims_at_once_succeed(server: str, did_method: str, tmp_path: Path):
    with running(server, tmp_path, did_method) as service:
        offers = _eight_offers(service)
        wallets = [make_wallet() for _ in offers]
        with concurrent.futures.ThreadPoolExecutor(len(offers)) as pool:
            replies = list(pool.map(claim, [offer["deeplink"] for offer in offers], wallets))
        documents = _documents(service)
    assert [status for status, _ in replies] == [201] * 8
    for (_, body), wallet in zip(replies, wallets, strict=True):
        credential = json.loads(body)
        assert credential["credentialSubject"]["id"] == wallet.did
        issuers = [issuer["did"] for issuer in service["issuers"]]
        own = credential["credentialSubject"]["achievement"]["name"] == "Signed by the Academy"
        assert credential["issuer"]["id"] == issuers[1 if own else 0]
        if credential["issuer"]["id"].startswith("did:key:"):
            assert didkit.verify(credential) == []
            assert didkit.verify({**credential, "name": "another"}) != []
        else:
            assert _method_is_listed(credential, documents)


def test_a_worker_killed_under_load_loses_no_claim(tmp_path: Path):
    """A wallet that tries again gets its credential, whatever happened to the process that had it in hand."""
    with running("gunicorn", tmp_path) as service:
        offers = _eight_offers(service)
        wallets = [make_wallet() for _ in offers]
        with concurrent.futures.ThreadPoolExecutor(len(offers)) as pool:
            futures = [
                pool.submit(_claim_with_retries, offer["deeplink"], wallet)
                for offer, wallet in zip(offers, wallets, strict=True)
            ]
            for _ in range(3):
                time.sleep(0.15)
                os.kill(workers_of(service["pid"])[0], signal.SIGKILL)
            bodies = [future.result(120) for future in futures]
        again = [claim(offer["deeplink"], wallet)[1] for offer, wallet in zip(offers, wallets, strict=True)]
    assert bodies == again
    ids = {json.loads(body)["id"] for body in bodies}
    assert len(ids) == 8


def _eight_offers(service: dict[str, Any]) -> list[dict[str, Any]]:
    offers = []
    for learner in service["learners"]:
        browser = Browser(service, learner)
        offers += [browser.offer(certificate) for certificate in browser.certificates()]
    assert len(offers) >= 8
    return offers[:8]


def _claim_with_retries(deep_link: str, wallet: Any) -> bytes:
    for _ in range(40):
        try:
            status, body = claim(deep_link, wallet)
        except (OSError, http.client.HTTPException):  # refused, reset, or ended in the middle of the reply
            status, body = 0, b""
        if status == 201:
            return body
        assert status in (0, 502, 503), body
        time.sleep(0.25)
    raise AssertionError("A claim was lost.")


def _documents(service: dict[str, Any]) -> dict[str, Any]:
    """The DID documents of the did:web issuers, as served."""
    import urllib.request

    documents = {}
    for issuer in service["issuers"]:
        did = issuer["did"]
        if did.startswith("did:web:"):
            path = "/".join(did.split(":")[3:])
            with urllib.request.urlopen(f"{service['base_url']}/{path}/did.json", timeout=30) as response:
                documents[did] = json.loads(response.read())
    return documents


def _method_is_listed(credential: dict[str, Any], documents: dict[str, Any]) -> bool:
    """The proof's key is listed in the DID document under assertionMethod, and verifies there."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from openedx_verifiable_credentials.core import dids
    from openedx_verifiable_credentials.core.canonical import canonicalize_independently

    document = documents[credential["issuer"]["id"]]
    unsigned, proof = PROFILES["obv3-vc1"].detach(credential)
    method = next(m for m in document["verificationMethod"] if m["id"] == proof["verificationMethod"])
    assert method["id"] in document["assertionMethod"]
    configuration, signature = rdf_proof.split(proof)
    message = rdf_proof.signing_input(unsigned, configuration, canonicalize_independently)
    Ed25519PublicKey.from_public_bytes(dids.read_multikey(method["publicKeyMultibase"])).verify(signature, message)
    return True
