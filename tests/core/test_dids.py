"""did:key, did:web and Multikey: one spelling of each key, one place of each document, nothing hostile between."""

import json
from pathlib import Path
from urllib.parse import unquote

import base58
import pytest
from hypothesis import assume
from hypothesis import given
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.canonical import canonicalize
from openedx_verifiable_credentials.core.canonical import canonicalize_independently
from openedx_verifiable_credentials.exceptions import PresentationError

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "did-key.json").read_text(encoding="utf-8"))
ED25519 = [vector["did"] for vector in VECTORS if vector["key"] == "Ed25519"]
OTHERS = [vector["did"] for vector in VECTORS if vector["key"] != "Ed25519"]
KEYS = st.binary(min_size=32, max_size=32)
GOOD = ED25519[0].removeprefix("did:key:")


def code_for(call, *arguments):
    with pytest.raises(PresentationError) as refusal:
        call(*arguments)
    return refusal.value.code


def spelled(raw):
    return "z" + base58.b58encode(raw).decode("ascii")


@pytest.mark.parametrize("did", ED25519)
def test_published_ed25519_dids_are_read_and_written_back(did):
    value = did.removeprefix("did:key:")
    public_key = dids.read_multikey(value)
    assert len(public_key) == 32
    assert dids.key_did(public_key) == did
    assert dids.public_key_of(f"{did}#{value}") == (did, public_key)


@pytest.mark.parametrize("did", OTHERS)
def test_published_dids_of_other_keys_are_refused(did):
    value = did.removeprefix("did:key:")
    assert code_for(dids.read_multikey, value) == "unsupported_key"
    assert code_for(dids.public_key_of, f"{did}#{value}") == "unsupported_key"


@given(public_key=KEYS)
def test_every_key_has_one_spelling_and_it_is_read_back(public_key):
    value = dids.multikey(public_key)
    assert value.startswith("z6Mk")
    assert dids.read_multikey(value) == public_key
    method = dids.key_method(dids.key_did(public_key), public_key)
    assert method.id == f"{method.controller}#{value}"
    assert dids.public_key_of(method.id) == (method.controller, public_key)


@given(public_key=KEYS, where=st.integers(0, 200), character=st.characters(max_codepoint=0x2FF))
def test_a_changed_character_is_another_key_or_none(public_key, where, character):
    value = dids.multikey(public_key)
    where %= len(value)
    assume(value[where] != character)
    try:
        found = dids.read_multikey(value[:where] + character + value[where + 1 :])
    except PresentationError as refusal:
        assert refusal.code == "unsupported_key"
    else:
        assert found != public_key


@pytest.mark.parametrize(
    "value",
    [
        "",
        "z",
        GOOD[1:],
        "Z" + GOOD[1:],
        "f" + GOOD[1:],
        GOOD + " ",
        GOOD + "\n",
        GOOD + "\u00a0",
        " " + GOOD,
        "z1" + GOOD[1:],
        "z11" + GOOD[1:],
        GOOD + "1",
        GOOD[:-1],
        GOOD.replace("o", "0"),
        GOOD.replace("1", "l"),
        GOOD.replace("M", "М"),
        GOOD * 2,
        "z" * 64,
        "z" * 100_000,
        spelled(b"\xed\x01" + bytes(31)),
        spelled(b"\xed\x01" + bytes(33)),
        spelled(b"\xed" + bytes(32)),
        spelled(b"\xed\x81\x00" + bytes(32)),
        spelled(b"\xec\x01" + bytes(32)),
        spelled(b"\x80\x24" + b"\x02" + bytes(32)),
        spelled(b"\x80\x26" + bytes(32)),
        spelled(bytes(34)),
        spelled(bytes(32)),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_other_keys_and_other_spellings_are_refused(value):
    assert code_for(dids.read_multikey, value) == "unsupported_key"
    assert code_for(dids.public_key_of, f"did:key:{value}#{value}") == "unsupported_key"


@pytest.mark.parametrize(
    ("method", "code"),
    [
        ("", "unsupported_did_method"),
        (f"did:web:example.org#{GOOD}", "unsupported_did_method"),
        (f"did:jwk:abc#{GOOD}", "unsupported_did_method"),
        (f"DID:KEY:{GOOD}#{GOOD}", "unsupported_did_method"),
        (f" did:key:{GOOD}#{GOOD}", "unsupported_did_method"),
        (f"https://example.org/#{GOOD}", "unsupported_did_method"),
        (f"#{GOOD}", "unsupported_did_method"),
        (f"did:key:{GOOD}", "unsupported_key"),
        (f"did:key:{GOOD}#", "unsupported_key"),
        (f"did:key:{GOOD}#key-1", "unsupported_key"),
        (f"did:key:{GOOD}#{ED25519[1].removeprefix('did:key:')}", "unsupported_key"),
        (f"did:key:{GOOD}#{GOOD}#{GOOD}", "unsupported_key"),
        (f"did:key:{GOOD}?versionId=1#{GOOD}", "unsupported_key"),
        (f"did:key:{GOOD}/path#{GOOD}", "unsupported_key"),
        (f"did:key:1.1:{GOOD}#{GOOD}", "unsupported_key"),
        ("did:key:#", "unsupported_key"),
    ],
)
def test_only_the_key_of_a_did_key_itself_is_a_holders_method(method, code):
    assert code_for(dids.public_key_of, method) == code


@pytest.mark.parametrize(
    ("host", "path", "did", "location"),
    [
        ("example.org", (), "did:web:example.org", ("example.org", "/.well-known/did.json")),
        ("example.org:8000", (), "did:web:example.org%3A8000", ("example.org:8000", "/.well-known/did.json")),
        ("localhost:65535", (), "did:web:localhost%3A65535", ("localhost:65535", "/.well-known/did.json")),
        ("a-b.example.org", ("i", "x_1"), "did:web:a-b.example.org:i:x_1", ("a-b.example.org", "/i/x_1/did.json")),
        ("example.org:80", ("a", "b", "c"), "did:web:example.org%3A80:a:b:c", ("example.org:80", "/a/b/c/did.json")),
    ],
)
def test_a_did_web_and_the_place_of_its_document_name_each_other(host, path, did, location):
    assert dids.web_did(host, path) == did
    assert dids.web_did_location(did) == location


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("", ()),
        ("example.org/path", ()),
        ("user@example.org", ()),
        ("example.org:80:90", ()),
        ("example.org:", ()),
        ("example.org:port", ()),
        ("example.org:123456", ()),
        ("exa mple.org", ()),
        ("example.org\n", ()),
        ("exámple.org", ()),
        ("..", ()),
        ("-", ()),
        ("example..org", ()),
        ("example.org", ("",)),
        ("example.org", ("a/b",)),
        ("example.org", ("a", "")),
        ("example.org", ("..",)),
        ("example.org", (".", "a")),
        ("example.org", ("a b",)),
        ("example.org", ("a?b",)),
        ("example.org", ("a#b",)),
        ("example.org", ("a\n",)),
        ("example.org", ("%",)),
        ("example.org", ("é",)),
    ],
)
def test_what_cannot_be_a_did_web_is_not_made_one(host, path):
    with pytest.raises(ValueError):
        dids.web_did(host, path)


@pytest.mark.parametrize(
    "did",
    [
        "",
        "did:web:",
        "did:key:" + GOOD,
        "DID:WEB:example.org",
        "did:web:example.org:",
        "did:web:example.org::a",
        "did:web::a",
        "did:web:example.org#key",
        "did:web:example.org?a=b",
        "did:web:example.org/path",
        "did:web:example.org\n",
        " did:web:example.org",
        "did:web:user@example.org",
        "did:web:[::1]",
        "did:web:example.org%3a80",
        "did:web:example.org%3A",
        "did:web:example.org%3Aport",
        "did:web:example.org%3A123456",
        "did:web:example.org%3A80%3A90",
        "did:web:example.org%2F..%2F",
        "did:web:example.org%00",
        "did:web:%2e%2e",
        "did:web:exa%6Dple.org",
        "did:web:..",
        "did:web:-",
        "did:web:example..org",
        "did:web:example.org:..",
        "did:web:example.org:.",
        "did:web:example.org:a:..:b",
        "did:web:example.org:%2e%2e",
        "did:web:example.org:.%2E:b",
        "did:web:example.org:a%2Fb",
        "did:web:example.org:a%5Cb",
        "did:web:example.org:a%3Fb",
        "did:web:example.org:a%23b",
        "did:web:example.org:a%0D%0AHost:b",
        "did:web:example.org:a%00",
        "did:web:example.org:%",
        "did:web:example.org:%zz",
        "did:web:example.org:%C0%AF",
    ],
)
def test_a_hostile_did_web_has_no_place(did):
    with pytest.raises(ValueError):
        dids.web_did_location(did)


@given(text=st.one_of(st.text(max_size=30), st.text(alphabet=":%.A/2eF30@#?\\-a \n", max_size=30)))
def test_whatever_follows_did_web_never_leads_out_of_its_path(text):
    try:
        host, path = dids.web_did_location(f"did:web:{text}")
    except ValueError:
        return
    assert path.startswith("/")
    assert path.endswith("/did.json")
    segments = unquote(path).split("/")
    assert segments.count("") == 1
    assert not {".", ".."} & set(segments)
    assert not set(host + path) & set("\\?#@\n\r\t \x00")


METHODS = [dids.key_method("did:web:example.org%3A8000:issuers:a", bytes([n]) * 32) for n in (1, 2)]
KINDS = {v.EDDSA_RDFC_2022: v.MULTIKEY, v.ED25519_SIGNATURE_2020: v.ED25519_VERIFICATION_KEY_2020}
DOCUMENT = dids.did_document(METHODS[0].controller, METHODS)


def test_a_did_document_lists_every_key_twice_and_names_them_as_plain_strings():
    ids = [entry["id"] for entry in DOCUMENT["verificationMethod"]]
    assert DOCUMENT["assertionMethod"] == ids
    assert all(isinstance(entry, str) for entry in DOCUMENT["assertionMethod"])
    assert len(set(ids)) == 4
    assert all(entry["controller"] == DOCUMENT["id"] for entry in DOCUMENT["verificationMethod"])
    assert "authentication" not in DOCUMENT
    for method in METHODS:
        for suite, kind in KINDS.items():
            wanted = dids.method_for_suite(method, suite)
            (entry,) = [entry for entry in DOCUMENT["verificationMethod"] if entry["id"] == wanted]
            assert entry["type"] == kind
            assert entry["publicKeyMultibase"] == method.public_key_multibase


def test_a_did_key_has_one_method_for_both_suites():
    method = dids.key_method(dids.key_did(b"\x05" * 32), b"\x05" * 32)
    assert [dids.method_for_suite(method, suite) for suite in KINDS] == [method.id] * 2


@pytest.mark.parametrize("keys", [0, 1, 2])
def test_a_did_document_survives_safe_mode_in_both_canonicalisers(keys):
    document = dids.did_document(METHODS[0].controller, METHODS[:keys])
    quads = canonicalize(document)
    assert quads == canonicalize_independently(document)
    assert quads.count("<https://w3id.org/security#assertionMethod>") == 2 * keys
    for method in METHODS[:keys]:
        assert quads.count(f'"{method.public_key_multibase}"') == 2
