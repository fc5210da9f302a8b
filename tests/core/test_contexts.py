"""Contexts are pinned by hash, complete, and never fetched."""

import hashlib
import json
import socket
from importlib import resources

import pytest

from openedx_verifiable_credentials.core import contexts
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.exceptions import CompositionError
from tests import standards
from tests.network import NetworkUsed

PACKAGE = resources.files("openedx_verifiable_credentials.core.contexts")
PROVENANCE = json.loads(PACKAGE.joinpath("provenance.json").read_text(encoding="utf-8"))
BY_URL = {entry["url"]: entry for entry in PROVENANCE}
# Not ed25519-2020/v1: its npm package says more about key documents than the text its address leads to.
PUBLISHED = {
    v.CREDENTIALS_V1: "credentials-v1.jsonld",
    v.CREDENTIALS_V2: "credentials-v2.jsonld",
    v.OPEN_BADGES_V3: "ob-v3p0-context-3.0.3.json",
    v.DATA_INTEGRITY_V2: "data-integrity-v2.jsonld",
    v.DID_V1: "did-v1.jsonld",
    v.MULTIKEY_V1: "multikey-v1.jsonld",
    "https://www.w3.org/ns/credentials/status/v1": "bitstring-status-v1.jsonld",
    "https://purl.imsglobal.org/spec/ob/v3p0/context.json": "ob-v3p0-context.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json": "ob-v3p0-context-3.0.1.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json": "ob-v3p0-context-3.0.2.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json": "ob-v3p0-extensions.json",
    "https://w3id.org/security/suites/merkle-2019/v1": "merkle-proof-2019-v1.json",
    "https://w3id.org/security/suites/chained-2021/v1": "chained-proof-2021-v1.json",
    "https://w3id.org/blockcerts/v3": "blockcerts-v3.0.json",
    "https://w3id.org/blockcerts/v3.1": "blockcerts-v3.1.json",
    "https://w3id.org/blockcerts/v3.2": "blockcerts-v3.2.json",
}


def read(entry):
    return PACKAGE.joinpath(entry["file"]).read_bytes()


@pytest.mark.parametrize("entry", PROVENANCE, ids=lambda entry: entry["file"])
def test_every_pinned_file_has_its_recorded_hash_and_origin(entry):
    assert hashlib.sha256(read(entry)).hexdigest() == entry["sha256"]
    assert contexts.get_context(entry["url"]) == json.loads(read(entry))
    assert all(entry[name] for name in ("package", "version", "source", "licence"))


def test_a_single_changed_byte_would_have_another_hash():
    for entry in PROVENANCE:
        assert hashlib.sha256(read(entry) + b" ").hexdigest() != entry["sha256"]


def test_no_context_forgets_what_stands_behind_it():
    # The verifier puts a fallback behind every list: a context or term that is null would take it away. The data model
    # 2.0 has one such place, where the verifier demands contexts of the credential's own.
    def nulls(node, path):
        if node is None:
            yield path
        elif isinstance(node, dict):
            for key, value in node.items():
                yield from nulls(value, f"{path}/{key}")
        elif isinstance(node, list):
            for item in node:
                yield from nulls(item, path)

    found = [path for url in BY_URL for path in nulls(contexts.get_context(url), url)]
    inside = "/@context/VerifiablePresentation/@context/verifiableCredential/@context"
    assert found == [v.CREDENTIALS_V2 + inside]


def test_the_terms_whose_text_is_an_iri_are_known_for_each_list():
    assert "verificationMethod" in contexts.identifier_terms(frozenset({v.CREDENTIALS_V2}))
    assert "criteria" not in contexts.identifier_terms(frozenset({v.CREDENTIALS_V1, "https://w3id.org/blockcerts/v3"}))
    assert {"issuer", "criteria"} <= contexts.identifier_terms(frozenset({v.CREDENTIALS_V1, v.OPEN_BADGES_V3}))
    with pytest.raises(CompositionError) as refusal:
        contexts.identifier_terms(frozenset({"https://evil.example/"}))
    assert refusal.value.code == "unknown_context"


def test_a_context_that_differs_from_its_hash_is_refused(monkeypatch):
    contexts._read.cache_clear()
    monkeypatch.setitem(contexts._provenance()[v.DID_V1], "sha256", "0" * 64)
    with pytest.raises(CompositionError) as refusal:
        contexts.get_context(v.DID_V1)
    assert refusal.value.code == "context_changed"


def test_files_and_provenance_name_each_other():
    files = {file.name for file in PACKAGE.joinpath("data").iterdir()}
    assert {entry["file"].removeprefix("data/") for entry in PROVENANCE} == files
    assert contexts.known_contexts() == set(BY_URL)
    assert len(BY_URL) == len(PROVENANCE)


def test_every_context_that_a_pinned_one_names_is_pinned():
    # A context that imports another by URL would need the loader at the least expected moment.
    def urls(node):
        if isinstance(node, dict):
            for key, value in node.items():
                if key in ("@context", "@import"):
                    named = value if isinstance(value, list) else [value]
                    yield from (item for item in named if isinstance(item, str))
                yield from urls(value)
        elif isinstance(node, list):
            for item in node:
                yield from urls(item)

    for url in BY_URL:
        assert set(urls(contexts.get_context(url))) <= set(BY_URL)


@pytest.mark.parametrize("url", sorted(PUBLISHED))
def test_a_pinned_context_means_what_its_publisher_serves(url):
    assert contexts.get_context(url) == standards.read_json(f"contexts/{PUBLISHED[url]}")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://evil.example/context.jsonld",
        v.CREDENTIALS_V1 + "/",
        v.CREDENTIALS_V1.replace("https", "http"),
        v.OPEN_BADGES_V3.upper(),
        v.CREDENTIALS_V2 + "#",
        v.CREDENTIALS_V2 + "?",
        "file:///etc/passwd",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.4.json",
        "https://w3id.org/blockcerts/v3.0-beta",
        "data/credentials-v1.json",
        "../provenance.json",
    ],
)
def test_any_other_address_is_refused(url):
    with pytest.raises(CompositionError) as refusal:
        contexts.get_context(url)
    assert refusal.value.code == "unknown_context"
    assert url not in refusal.value.message or not url


def test_these_tests_would_notice_a_connection():
    with pytest.raises(NetworkUsed):
        socket.create_connection(("192.0.2.1", 443), timeout=1)
    with socket.socket() as plain, pytest.raises(NetworkUsed):
        plain.connect(("192.0.2.1", 443))
