"""did:key, did:web and Multikey: one spelling of each key, one place of each document, nothing hostile between."""

import base64
import dataclasses
import datetime
import json
from pathlib import Path
from urllib.parse import unquote

import base58
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import PublicFormat
from hypothesis import assume
from hypothesis import given
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import accounts
from openedx_verifiable_credentials.core import anchoring_keys
from openedx_verifiable_credentials.core import did_documents
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.anchoring_keys import AnchoringKey
from openedx_verifiable_credentials.core.canonical import canonicalize
from openedx_verifiable_credentials.core.canonical import canonicalize_independently
from openedx_verifiable_credentials.exceptions import CompositionError
from openedx_verifiable_credentials.exceptions import PresentationError

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "did-key.json").read_text(encoding="utf-8"))
ED25519 = [vector["did"] for vector in VECTORS if vector["key"] == "Ed25519"]
OTHERS = [vector["did"] for vector in VECTORS if vector["key"] != "Ed25519"]
OTHERS_AS_KEYS = [did.removeprefix("did:key:") for did in OTHERS if "zDn" not in did]
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


def test_a_did_document_lists_every_key_in_each_form_and_names_them_as_plain_strings():
    ids = [entry["id"] for entry in DOCUMENT["verificationMethod"]]
    assert DOCUMENT["assertionMethod"] == ids
    assert all(isinstance(entry, str) for entry in DOCUMENT["assertionMethod"])
    assert len(set(ids)) == 6
    assert all(entry["controller"] == DOCUMENT["id"] for entry in DOCUMENT["verificationMethod"])
    assert "authentication" not in DOCUMENT
    for method in METHODS:
        for suite, kind in KINDS.items():
            wanted = dids.method_for_suite(method, suite)
            (entry,) = [entry for entry in DOCUMENT["verificationMethod"] if entry["id"] == wanted]
            assert entry["type"] == kind
            assert entry["publicKeyMultibase"] == method.public_key_multibase
        (entry,) = [entry for entry in DOCUMENT["verificationMethod"] if entry["id"] == f"{method.id}-jwk"]
        assert entry["type"] == v.JSON_WEB_KEY_2020
        assert entry["publicKeyJwk"] == dids.public_jwk(method.public_key_multibase)


def test_a_did_key_has_one_method_for_both_suites():
    method = dids.key_method(dids.key_did(b"\x05" * 32), b"\x05" * 32)
    assert [dids.method_for_suite(method, suite) for suite in KINDS] == [method.id] * 2


@pytest.mark.parametrize("keys", [0, 1, 2])
def test_a_did_document_survives_safe_mode_in_both_canonicalisers(keys):
    document = dids.did_document(METHODS[0].controller, METHODS[:keys])
    quads = canonicalize(document)
    assert quads == canonicalize_independently(document)
    assert quads.count("<https://w3id.org/security#assertionMethod>") == 3 * keys
    for method in METHODS[:keys]:
        assert quads.count(f'"{method.public_key_multibase}"') == 2


MARCH = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)
POINT = bytes.fromhex("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")
OTHER_POINT = bytes.fromhex("02c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5")
PROFILE_URL = "https://example.org/verifiable_credentials/issuers/a/"


def anchoring_key(point=POINT, **members):
    address, value = accounts.address_of(point), accounts.multikey(point)
    return AnchoringKey(address, value, MARCH, chain_ids={84_532, 8453}, **members)


def anchored_document(*keys):
    return dids.did_document(METHODS[0].controller, METHODS, anchoring=keys, profile_url=PROFILE_URL)


def entries_of(document, key):
    prefix = anchoring_keys.method_id(document["id"], key.public_key_multibase)
    return {one["id"].removeprefix(prefix): one for one in document["verificationMethod"] if prefix in one["id"]}


def test_an_anchoring_key_is_listed_in_each_form_and_on_each_chain():
    key = anchoring_key()
    document = anchored_document(key)
    found = entries_of(document, key)
    account = accounts.checksummed(key.address)
    assert {end: one["type"] for end, one in found.items()} == {
        "": "Multikey",
        "-jwk": "JsonWebKey2020",
        "-eip155-8453": "EcdsaSecp256k1RecoveryMethod2020",
        "-eip155-84532": "EcdsaSecp256k1RecoveryMethod2020",
    }
    assert found[""]["publicKeyMultibase"] == key.public_key_multibase
    assert found["-jwk"]["publicKeyJwk"] == accounts.public_jwk(POINT)
    assert found["-eip155-8453"]["blockchainAccountId"] == f"eip155:8453:{account}"
    ids = [one["id"] for one in document["verificationMethod"]]
    assert document["assertionMethod"] == ids
    assert len(set(ids)) == len(ids) == 10
    (service,) = document["service"]
    assert (service["type"], service["serviceEndpoint"]) == ("IssuerProfile", PROFILE_URL)
    read = did_documents.read(json.dumps(document).encode(), document["id"])
    assert {read.find(one["id"]).address for one in found.values()} == {key.address}
    assert {read.find(method.id).public_key.multibase for method in METHODS} == {
        method.public_key_multibase for method in METHODS
    }


def test_ed25519_keys_have_their_jwk_beside_where_there_are_anchors():
    found = {one["id"]: one for one in anchored_document(anchoring_key())["verificationMethod"]}
    for method in METHODS:
        assert found[method.id]["publicKeyJwk"] == dids.public_jwk(method.public_key_multibase)
    assert not any(len({"publicKeyJwk", "publicKeyMultibase"} & set(one)) > 1 for one in DOCUMENT["verificationMethod"])


def test_a_rotated_anchoring_key_has_no_date_in_the_document_and_a_revoked_one_signs_nothing_else():
    current, retired = anchoring_key(), anchoring_key(OTHER_POINT, expires=MARCH)
    revoked = dataclasses.replace(retired, revoked=MARCH)
    with_retired, with_revoked = anchored_document(current, retired), anchored_document(current, revoked)
    for document in (with_retired, with_revoked):
        for one in (*entries_of(document, current).values(), *entries_of(document, retired).values()):
            assert not {"expires", "revoked"} & set(one)
    assert with_retired["verificationMethod"] == with_revoked["verificationMethod"]
    assert len(with_retired["assertionMethod"]) == len(with_retired["verificationMethod"])
    theirs = {one["id"] for one in entries_of(with_revoked, revoked).values()}
    assert set(with_retired["assertionMethod"]) - set(with_revoked["assertionMethod"]) == theirs


@pytest.mark.parametrize("keys", [1, 2])
def test_a_did_document_with_anchoring_keys_survives_safe_mode_in_both_canonicalisers(keys):
    document = anchored_document(*[anchoring_key(), anchoring_key(OTHER_POINT, revoked=MARCH)][:keys])
    quads = canonicalize(document)
    assert quads == canonicalize_independently(document)
    assert quads.count("<https://w3id.org/security#blockchainAccountId>") == 2 * keys
    assert quads.count("<https://w3id.org/security#publicKeyJwk>") == 4 + keys
    assert quads.count("<https://w3id.org/blockcerts#IssuerProfile>") == 1
    assert f"<{PROFILE_URL}>" in quads
    with pytest.raises(CompositionError, match="relative_iri"):
        canonicalize({**document, "@context": document["@context"][:-1]})


def test_a_profile_says_since_when_and_until_when_an_account_is_the_issuers():
    june = MARCH.replace(month=6)
    keys = [anchoring_key(), anchoring_key(OTHER_POINT, expires=june, revoked=june)]
    entries = anchoring_keys.profile_entries(keys)
    assert entries == [
        {"id": "ecdsa-koblitz-pubkey:0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf", "created": "2026-03-01T00:00:00Z"},
        {
            "id": "ecdsa-koblitz-pubkey:0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF",
            "created": "2026-03-01T00:00:00Z",
            "expires": "2026-06-01T00:00:00Z",
            "revoked": "2026-06-01T00:00:00Z",
        },
    ]
    profile = {
        "@context": [v.CREDENTIALS_V2, v.OPEN_BADGES_V3, anchoring_keys.PROFILE_TERMS],
        "id": "did:web:example.org",
        "type": ["Profile"],
        "name": "Academy",
        "url": "https://example.org/",
        "publicKey": entries,
    }
    quads = canonicalize(profile)
    assert quads == canonicalize_independently(profile)
    assert quads.count("<https://w3id.org/security#publicKey>") == 2
    with pytest.raises(CompositionError, match="undefined_term"):
        canonicalize({**profile, "@context": profile["@context"][:-1]})


P256_DID = next(vector["did"] for vector in VECTORS if vector["key"] == "P-256")
P256 = P256_DID.removeprefix("did:key:")
P256_METHOD = dids.key_method("did:web:example.org", dids.read_public_key(P256)[1])


def test_the_published_p256_did_is_read_and_written_back():
    algorithm, point = dids.read_public_key(P256)
    assert (algorithm, len(point), dids.key_did(point)) == (v.P256, 33, P256_DID)
    assert dids.algorithm_of(P256) == v.P256
    assert dids.algorithm_of(GOOD) == v.ED25519


@given(number=st.integers(1, 2**255))
def test_every_p256_key_has_one_spelling_and_one_jwk(number):
    public = ec.derive_private_key(number, ec.SECP256R1()).public_key()
    point = public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    value = dids.multikey(point)
    assert value.startswith("zDn")
    assert dids.read_public_key(value) == (v.P256, point)
    numbers = public.public_numbers()
    jwk = dids.public_jwk(value)
    read = [int.from_bytes(base64.urlsafe_b64decode(jwk[name] + "="), "big") for name in "xy"]
    assert (jwk["kty"], jwk["crv"], read) == ("EC", "P-256", [numbers.x, numbers.y])


def test_an_ed25519_key_has_the_jwk_of_the_rfc():
    """RFC 8037 appendix A.2."""
    public_key = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    assert dids.public_jwk(dids.multikey(public_key)) == jwk


@pytest.mark.parametrize(
    "value",
    [
        spelled(b"\x80\x24" + b"\x02" + bytes(31) + b"\x01"),  # no point of the curve has that x
        spelled(b"\x80\x24" + b"\x02" + b"\xff" * 32),
        spelled(b"\x80\x24" + b"\x04" + dids.read_public_key(P256)[1][1:]),
        spelled(b"\x80\x24" + b"\x05" + dids.read_public_key(P256)[1][1:]),
        spelled(b"\x80\x24" + bytes(33)),
        spelled(b"\x80\x24" + dids.read_public_key(P256)[1] + b"\x00"),
        spelled(b"\x81\x24" + dids.read_public_key(P256)[1]),
        P256 + " ",
        "z1" + P256[1:],
        *OTHERS_AS_KEYS,
    ],
    ids=lambda value: value[:20],
)
def test_what_is_no_public_key_of_ours_is_refused(value):
    assert code_for(dids.read_public_key, value) == "unsupported_key"
    assert code_for(dids.public_jwk, value) == "unsupported_key"


def test_a_p256_key_is_listed_as_multikey_and_as_jwk():
    document = dids.did_document("did:web:example.org", [P256_METHOD])
    kinds = {entry["id"]: entry["type"] for entry in document["verificationMethod"]}
    assert kinds == {P256_METHOD.id: v.MULTIKEY, f"{P256_METHOD.id}-jwk": v.JSON_WEB_KEY_2020}
    assert document["assertionMethod"] == list(kinds)
    assert dids.method_for_suite(P256_METHOD, v.ECDSA_RDFC_2019) == P256_METHOD.id


@pytest.mark.parametrize("method", [METHODS[0], P256_METHOD], ids=["Ed25519", "P-256"])
def test_a_compromised_key_is_marked_and_not_trusted(method):
    good = METHODS[1]
    revoked = {method.public_key_multibase: "2026-03-01T12:00:00Z"}
    document = dids.did_document(good.controller, [good, method], revoked)
    entries = [entry for entry in document["verificationMethod"] if entry["id"].startswith(method.id)]
    assert entries
    for entry in entries:
        assert entry["revoked"] == "2026-03-01T12:00:00Z"
        assert entry["type"] != v.JSON_WEB_KEY_2020, "its context has no term for it"
    assert [name for name in document["assertionMethod"] if name.startswith(method.id)] == []
    assert len(document["assertionMethod"]) == 3
    quads = canonicalize(document)
    assert quads == canonicalize_independently(document)
    moment = '"2026-03-01T12:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>'
    assert quads.count(f"<https://w3id.org/security#revoked> {moment}") == len(entries)
