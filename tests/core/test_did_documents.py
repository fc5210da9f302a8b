"""DID documents of others: which keys they have, what for, and what makes one unusable."""

import datetime
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import accounts
from openedx_verifiable_credentials.core import did_documents
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import public_keys
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.exceptions import DocumentError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from tests import foreign
from tests import properties

DID = "did:web:issuer.example"
ED, P = foreign.signer(host="issuer.example"), foreign.signer(host="issuer.example", algorithm=v.P256)
ED_KEY, P_KEY = ED.method.public_key_multibase, P.method.public_key_multibase
RSA_JWK = {
    "kty": "RSA",
    "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6t",
    "e": "AQAB",
}


def method(number=1, *, kind="Multikey", **members):
    return {"id": f"{DID}#{number}", "type": kind, "controller": DID, "publicKeyMultibase": ED_KEY, **members}


def without_key(entry, **members):
    return {**{name: value for name, value in entry.items() if name != "publicKeyMultibase"}, **members}


def read(document):
    return did_documents.read(foreign.raw(document), DID)


def document(*methods, **members):
    return {
        "id": DID,
        "verificationMethod": list(methods),
        "assertionMethod": [one["id"] for one in methods],
        **members,
    }


def test_a_document_as_ours_is_read():
    found = read(foreign.did_document(ED, P))
    assert len(found.methods) == 5
    for one in found.methods.values():
        assert one.public_key.multibase in (ED_KEY, P_KEY)
        assert one.controller == DID
        assert found.lists(one.id, "assertionMethod")
        assert not found.lists(one.id, "authentication")
        assert (one.revoked, one.expires) == (None, None)


def test_a_revoked_key_of_ours_is_read_as_revoked():
    since = "2026-01-01T00:00:00Z"
    found = read(dids.did_document(DID, [ED.method], {ED_KEY: since}))
    assert {one.revoked for one in found.methods.values()} == {datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)}
    assert not any(found.lists(name, "assertionMethod") for name in found.methods)


@pytest.mark.parametrize(
    ("entry", "algorithm"),
    [
        (method(), "Ed25519"),
        (method(publicKeyMultibase=P_KEY), "P-256"),
        (method(kind="Ed25519VerificationKey2020"), "Ed25519"),
        (without_key(method(kind="JsonWebKey2020"), publicKeyJwk=dids.public_jwk(ED_KEY)), "Ed25519"),
        (without_key(method(kind="JsonWebKey"), publicKeyJwk=dids.public_jwk(P_KEY)), "P-256"),
        (without_key(method(kind="JsonWebKey"), publicKeyJwk=RSA_JWK), "RSA"),
        (method(publicKeyJwk=dids.public_jwk(ED_KEY)), "Ed25519"),
        (method(publicKeyJwk={**dids.public_jwk(ED_KEY), "kid": "a", "alg": "EdDSA", "use": "sig"}), "Ed25519"),
    ],
)
def test_a_key_is_read_in_every_form(entry, algorithm):
    key = read(document(entry)).find(entry["id"]).public_key
    assert key.algorithm == algorithm
    if algorithm != "RSA":
        assert key.jwk.items() >= dids.public_jwk(key.multibase).items()


@pytest.mark.parametrize(
    "entry",
    [
        method(kind="EcdsaSecp256k1VerificationKey2019"),
        method(kind=["Multikey"]),
        method(publicKeyMultibase=ED_KEY[1:]),
        method(publicKeyMultibase=None),
        method(publicKeyMultibase="zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme"),
        method(publicKeyJwk=dids.public_jwk(P_KEY)),
        method(publicKeyJwk=None),
        without_key(method(kind="JsonWebKey")),
        without_key(
            method(kind="JsonWebKey"), publicKeyJwk={**dids.public_jwk(P_KEY), "y": dids.public_jwk(P_KEY)["x"]}
        ),
        without_key(method(kind="JsonWebKey"), publicKeyJwk={**dids.public_jwk(ED_KEY), "x": ED_KEY[:42]}),
        without_key(
            method(kind="JsonWebKey"), publicKeyJwk={**dids.public_jwk(ED_KEY), "x": dids.public_jwk(ED_KEY)["x"] + "="}
        ),
        without_key(method(kind="JsonWebKey"), publicKeyJwk={"kty": "EC", "crv": "secp256k1", "x": "a", "y": "b"}),
        without_key(method(kind="JsonWebKey"), publicKeyJwk={"kty": "oct", "k": "c2VjcmV0"}),
    ],
    ids=lambda entry: json.dumps(entry)[40:120],
)
def test_a_key_that_is_not_known_or_leaves_doubt_is_none(entry):
    found = read(document(entry)).find(f"{DID}#1")
    assert found.public_key is None


POINT = bytes.fromhex("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")
ADDRESS = "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf"
KOBLITZ, KOBLITZ_JWK = accounts.multikey(POINT), accounts.public_jwk(POINT)
OTHER_KOBLITZ = "zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme"
ACCOUNT = f"eip155:8453:{accounts.checksummed(ADDRESS)}"
RECOVERY = "EcdsaSecp256k1RecoveryMethod2020"


@pytest.mark.parametrize(
    "entry",
    [
        method(publicKeyMultibase=KOBLITZ),
        method(publicKeyMultibase=KOBLITZ, publicKeyJwk=KOBLITZ_JWK),
        method(publicKeyMultibase=KOBLITZ, blockchainAccountId=ACCOUNT),
        without_key(method(kind="JsonWebKey2020"), publicKeyJwk=KOBLITZ_JWK),
        without_key(method(kind="JsonWebKey"), publicKeyJwk={**KOBLITZ_JWK, "alg": "ES256K"}),
        without_key(method(kind="EcdsaSecp256k1VerificationKey2019"), publicKeyJwk=KOBLITZ_JWK),
        without_key(method(kind=RECOVERY), blockchainAccountId=ACCOUNT),
        without_key(method(kind=RECOVERY), blockchainAccountId=ACCOUNT.lower()),
    ],
    ids=lambda entry: json.dumps(entry)[40:120],
)
def test_an_account_is_known_by_its_address_in_every_form(entry):
    found = read(document(entry)).find(entry["id"])
    assert (found.address, found.public_key) == (ADDRESS, None)


@pytest.mark.parametrize(
    "entry",
    [
        method(),
        method(publicKeyMultibase=P_KEY),
        method(publicKeyMultibase=KOBLITZ, publicKeyJwk=accounts.public_jwk(accounts.read_multikey(OTHER_KOBLITZ))),
        method(publicKeyMultibase=OTHER_KOBLITZ, blockchainAccountId=ACCOUNT),
        method(publicKeyMultibase=KOBLITZ, blockchainAccountId=None),
        method(blockchainAccountId=ACCOUNT),
        method(kind="Ed25519VerificationKey2020", publicKeyMultibase=KOBLITZ),
        method(kind=["Multikey"], publicKeyMultibase=KOBLITZ),
        without_key(method(kind=RECOVERY)),
        without_key(method(kind=RECOVERY), blockchainAccountId=ADDRESS),
        without_key(method(kind=RECOVERY), blockchainAccountId=f"{ADDRESS}@eip155:8453"),
        without_key(method(kind=RECOVERY), blockchainAccountId=f"solana:8453:{ADDRESS}"),
        without_key(method(kind=RECOVERY), blockchainAccountId=ACCOUNT + "0"),
    ],
    ids=lambda entry: json.dumps(entry)[40:120],
)
def test_what_names_no_account_or_two_has_no_address(entry):
    assert read(document(entry)).find(entry["id"]).address is None


def test_private_members_of_a_key_are_not_kept():
    entry = without_key(method(kind="JsonWebKey"), publicKeyJwk={**dids.public_jwk(ED_KEY), "d": "c2VjcmV0"})
    assert "d" not in read(document(entry)).find(entry["id"]).public_key.jwk


def test_methods_stand_in_the_document_or_inside_a_purpose():
    inside = method(2)
    found = read(
        {"id": DID, "verificationMethod": [method(1)], "assertionMethod": [f"{DID}#1"], "authentication": [inside]}
    )
    assert found.lists(f"{DID}#1", "assertionMethod")
    assert not found.lists(f"{DID}#1", "authentication")
    assert found.lists(f"{DID}#2", "authentication")
    assert not found.lists(f"{DID}#2", "assertionMethod")
    assert found.find(f"{DID}#2").public_key.multibase == ED_KEY


def test_relative_ids_are_those_of_the_document():
    found = read({"id": DID, "verificationMethod": [method(id="#1")], "assertionMethod": ["#1"]})
    assert found.find(f"{DID}#1") is not None
    assert found.lists(f"{DID}#1", "assertionMethod")


def test_a_method_of_another_did_keeps_its_controller():
    found = read(document(method(controller="did:web:other.example")))
    assert found.find(f"{DID}#1").controller == "did:web:other.example"


@pytest.mark.parametrize("value", ["yesterday", 5, True, "2026-01-01", ""])
@pytest.mark.parametrize("member", ["revoked", "expires"])
def test_a_date_that_cannot_be_read_is_the_earliest_one(member, value):
    found = getattr(read(document(method(**{member: value}))).find(f"{DID}#1"), member)
    assert found == datetime.datetime.min.replace(tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "did:web:issuer.example.evil"},
        {"id": None},
        {"verificationMethod": {}},
        {"verificationMethod": ["#1"]},
        {"verificationMethod": [{"type": "Multikey", "controller": DID}]},
        {"verificationMethod": [method(controller=None)]},
        {"verificationMethod": [method(), method(publicKeyMultibase=P_KEY)]},
        {"verificationMethod": [method()], "assertionMethod": [method(publicKeyMultibase=P_KEY)]},
        {"assertionMethod": [5]},
        {"assertionMethod": None},
        {"verificationMethod": [method(number) for number in range(201)]},
    ],
    ids=lambda changed: json.dumps(changed)[:60],
)
def test_a_document_that_is_malformed_or_ambiguous_is_refused(changed):
    with pytest.raises(DocumentError) as caught:
        read({**document(method()), **changed})
    assert caught.value.code == "invalid_did_document"


@pytest.mark.parametrize(
    "body", [b"", b"<html></html>", b"[]", b"{}", b'{"id": "%s", "id": "a"}' % DID.encode(), b"\xff"]
)
def test_what_is_no_document_is_refused(body):
    with pytest.raises(DocumentError) as caught:
        did_documents.read(body, DID)
    assert caught.value.code == "invalid_did_document"


def test_a_document_that_is_too_large_is_refused():
    good = foreign.raw(document(method()))
    assert did_documents.read(good + b" " * (did_documents.MAX_BYTES - len(good)), DID)
    with pytest.raises(DocumentError):
        did_documents.read(good + b" " * did_documents.MAX_BYTES, DID)


@given(
    st.dictionaries(
        st.sampled_from(["id", "verificationMethod", "assertionMethod", "authentication"]), properties.json_values
    )
)
def test_any_json_is_a_document_or_refused(members):
    try:
        read({**document(method()), **members})
    except DocumentError as error:
        assert error.code == "invalid_did_document"


@given(
    st.dictionaries(
        st.sampled_from(["type", "controller", "publicKeyMultibase", "publicKeyJwk", "revoked"]), properties.json_values
    )
)
def test_any_method_is_read_or_refused(members):
    try:
        read(document(method(**members)))
    except DocumentError as error:
        assert error.code == "invalid_did_document"


@pytest.mark.parametrize(
    ("did", "url"),
    [
        ("did:web:issuer.example", "https://issuer.example/.well-known/did.json"),
        ("did:web:issuer.example:issuers:a", "https://issuer.example/issuers/a/did.json"),
        ("did:web:localhost%3A8000:a", "https://localhost:8000/a/did.json"),
    ],
)
def test_a_did_web_has_one_address(did, url):
    assert did_documents.address_of(did) == url


@pytest.mark.parametrize(
    "did", ["did:web:a/b", "did:web:a:..", "did:web:user@a", "did:web:a?b", "did:key:z6Mk", "did:web:", "https://a"]
)
def test_what_is_no_did_web_has_none(did):
    with pytest.raises(ValueError, match="did:web"):
        did_documents.address_of(did)


@pytest.mark.parametrize("by", [foreign.signer(), foreign.signer(algorithm=v.P256)])
def test_a_did_key_is_its_own_document(by):
    found = did_documents.of_key(by.method.controller)
    assert list(found.methods) == [by.method.id]
    assert found.find(by.method.id).public_key.multibase == by.method.public_key_multibase
    assert found.lists(by.method.id, "assertionMethod")
    assert found.lists(by.method.id, "authentication")
    assert not found.lists(by.method.id, "keyAgreement")


@pytest.mark.parametrize(
    "did",
    [
        "did:key:",
        "did:key:z6Mk",
        "did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme",
        "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK#a",
    ],
)
def test_other_did_keys_are_not_known(did):
    with pytest.raises(VerifiableCredentialsError) as caught:
        did_documents.of_key(did)
    assert caught.value.code == "unsupported_key"


@given(st.binary(min_size=64, max_size=64), st.binary(max_size=40))
def test_a_signature_of_other_bytes_is_none(signature, message):
    for by in (ED, P):
        key = public_keys.from_multibase(by.method.public_key_multibase)
        assert public_keys.is_signed(message, by.sign(message), key)
        assert not public_keys.is_signed(message, signature, key)
        assert not public_keys.is_signed(message + b"\0", by.sign(message), key)
    assert not public_keys.is_signed(message, signature, public_keys.from_jwk(RSA_JWK))


def test_a_key_that_is_for_something_else_signs_nothing():
    for members in ({"use": "enc"}, {"alg": "ES256"}, {"key_ops": ["encrypt"]}):
        key = public_keys.from_jwk({**dids.public_jwk(ED_KEY), **members})
        assert not public_keys.is_signed(b"a", ED.sign(b"a"), key)


@pytest.mark.parametrize(
    ("service", "profile"),
    [
        (None, ""),
        ([], ""),
        ([{"type": "LinkedDomains", "serviceEndpoint": "https://a.example"}], ""),
        ([{"type": "IssuerProfile", "serviceEndpoint": "https://a.example"}], "https://a.example"),
        ([{"type": ["IssuerProfile"], "serviceEndpoint": "https://a.example"}], "https://a.example"),
        ([{"type": ["Other", "IssuerProfile"], "serviceEndpoint": "https://a.example"}], "https://a.example"),
        ({"type": "IssuerProfile", "serviceEndpoint": "https://a.example"}, "https://a.example"),
        ([{"type": "IssuerProfile", "serviceEndpoint": {"at": "https://a.example"}}], "invalid:"),
        ([{"type": "IssuerProfile", "serviceEndpoint": ["https://a.example"]}], "invalid:"),
        ([{"type": "IssuerProfile"}], "invalid:"),
    ],
)
def test_a_profile_that_is_named_is_never_passed_over(service, profile):
    document = {"id": "did:web:issuer.example", **({} if service is None else {"service": service})}
    assert did_documents.read(json.dumps(document).encode(), "did:web:issuer.example").profile == profile
