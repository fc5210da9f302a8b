"""Credentials as JWT: what PyJWT signs we verify and the other way round; claims and credential never disagree."""

import json

import jwt
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from openedx_verifiable_credentials.core.suites import jwk
from openedx_verifiable_credentials.core.suites import vc_jwt
from openedx_verifiable_credentials.exceptions import DocumentError
from tests import properties
from tests import standards
from tests import tokens
from tests.tokens import CLAIMS
from tests.tokens import JWKS
from tests.tokens import KEYS
from tests.tokens import VC1
from tests.tokens import VC2

ALGORITHMS = pytest.mark.parametrize("algorithm", sorted(KEYS))


def code_for(token):
    with pytest.raises(DocumentError) as refusal:
        vc_jwt.read(token)
    return refusal.value.code


def sign_by_hand(algorithm, message):
    """The raw signature of a JWS, by cryptography."""
    key = KEYS[algorithm]
    if algorithm == "RS256":
        return key.sign(message, padding.PKCS1v15(), hashes.SHA256())
    if algorithm == "EdDSA":
        return key.sign(message)
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


# --- Signatures


@ALGORITHMS
def test_what_pyjwt_signs_verifies_here(algorithm):
    parsed = vc_jwt.read(tokens.signed(VC2, algorithm, typ="vc+jwt", kid=f"{tokens.ISSUER}#1"))
    assert vc_jwt.verify(parsed, JWKS[algorithm])
    assert (parsed.credential, parsed.algorithm, parsed.key_id) == (VC2, algorithm, f"{tokens.ISSUER}#1")


@ALGORITHMS
def test_pyjwt_agrees_about_what_was_signed_by_hand(algorithm):
    """The format as this module understands it is the one that PyJWT understands."""
    token = tokens.put_together({"alg": algorithm}, VC2, lambda message: sign_by_hand(algorithm, message))
    assert vc_jwt.verify(vc_jwt.read(token), JWKS[algorithm])
    assert jwt.decode(token, KEYS[algorithm].public_key(), [algorithm]) == VC2


@ALGORITHMS
@given(st.dictionaries(st.text(max_size=8), properties.json_values, max_size=4))
def test_any_content_verifies_and_nothing_else_does(algorithm, subject):
    credential = {**VC2, "credentialSubject": {**subject, "id": tokens.SUBJECT}}
    token = tokens.signed(credential, algorithm)
    parsed = vc_jwt.read(token)
    assert vc_jwt.verify(parsed, JWKS[algorithm])
    changed = {**credential, "name": "another"}
    header, _, signature = token.split(".")
    assert not vc_jwt.verify(vc_jwt.read(f"{header}.{tokens.part(changed)}.{signature}"), JWKS[algorithm])


@ALGORITHMS
def test_each_changed_character_is_noticed(algorithm):
    token = tokens.signed(VC2, algorithm)
    for position in range(len(token)):
        other = "A" if token[position] != "A" else "B"
        changed = f"{token[:position]}{other}{token[position + 1 :]}"
        try:
            assert not vc_jwt.verify(vc_jwt.read(changed), JWKS[algorithm]), position
        except DocumentError:
            continue


@ALGORITHMS
def test_another_key_of_the_same_kind_does_not_verify(algorithm):
    other = {
        "RS256": lambda: rsa.generate_private_key(65_537, 2_048),
        "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
        "EdDSA": ed25519.Ed25519PrivateKey.generate,
    }[algorithm]()
    assert not vc_jwt.verify(vc_jwt.read(tokens.signed(VC2, algorithm)), tokens.public_jwk(other, algorithm))


@pytest.mark.parametrize("algorithm", sorted(KEYS))
@pytest.mark.parametrize("key", sorted(KEYS))
def test_the_key_fixes_the_algorithm(algorithm, key):
    parsed = vc_jwt.read(tokens.signed(VC2, algorithm))
    if algorithm == key:
        assert vc_jwt.verify(parsed, JWKS[key])
        return
    with pytest.raises(DocumentError, match="unsupported_algorithm"):
        vc_jwt.verify(parsed, JWKS[key])


def test_the_newer_name_of_eddsa_is_known():
    token = tokens.put_together({"alg": "Ed25519"}, VC2)
    assert vc_jwt.verify(vc_jwt.read(token), JWKS["EdDSA"])
    assert vc_jwt.verify(vc_jwt.read(token), {**JWKS["EdDSA"], "alg": "EdDSA"})
    with pytest.raises(DocumentError, match="unsupported_algorithm"):
        vc_jwt.verify(vc_jwt.read(token), JWKS["ES256"])


@pytest.mark.parametrize(
    "signature", [bytes(64), b"\xff" * 64, bytes(31) + b"\1" + bytes(31) + b"\1", bytes(63), bytes(65)]
)
def test_signatures_of_numbers_that_are_none_are_not_valid(signature):
    token = tokens.put_together({"alg": "ES256"}, VC2, lambda _: signature)
    assert not vc_jwt.verify(vc_jwt.read(token), JWKS["ES256"])


def test_an_ecdsa_signature_in_der_is_not_valid():
    token = tokens.put_together(
        {"alg": "ES256"}, VC2, lambda message: KEYS["ES256"].sign(message, ec.ECDSA(hashes.SHA256()))
    )
    assert not vc_jwt.verify(vc_jwt.read(token), JWKS["ES256"])


def test_an_rsa_signature_of_another_padding_is_not_valid():
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    token = tokens.put_together(
        {"alg": "RS256"}, VC2, lambda message: KEYS["RS256"].sign(message, pss, hashes.SHA256())
    )
    assert not vc_jwt.verify(vc_jwt.read(token), JWKS["RS256"])


# --- Keys


RS, ES, ED = JWKS["RS256"], JWKS["ES256"], JWKS["EdDSA"]
ZERO, FIELD = tokens.base64url(bytes(32)), tokens.base64url((2**256 - 2**224 + 2**192 + 2**96 - 1).to_bytes(32, "big"))


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("EdDSA", {**ED, "use": "enc"}),
        ("EdDSA", {**ED, "alg": "ES256"}),
        ("EdDSA", {**ED, "alg": ["EdDSA"]}),
        ("EdDSA", {**ED, "key_ops": ["sign"]}),
        ("EdDSA", {**ED, "key_ops": "verify"}),
        ("EdDSA", {**ED, "crv": "X25519"}),
        ("EdDSA", {**ED, "crv": "Ed448"}),
        ("EdDSA", {**ED, "kty": "EC"}),
        ("EdDSA", {**ED, "kty": "oct", "k": ED["x"]}),
        ("ES256", {**ES, "crv": "P-384"}),
        ("ES256", {**ES, "crv": "secp256k1"}),
        ("ES256", {"kty": "EC", "x": ES["x"], "y": ES["y"]}),
        ("RS256", {**RS, "crv": "P-256"}),
        ("RS256", {**RS, "alg": "PS256"}),
        ("RS256", tokens.public_jwk(rsa.generate_private_key(65_537, 1_024), "RS256")),
        ("RS256", {**RS, "n": tokens.base64url((2**2_047 - 1).to_bytes(256, "big"))}),
    ],
)
def test_a_key_that_is_for_something_else_is_refused(algorithm, key):
    with pytest.raises(DocumentError, match="unsupported_algorithm"):
        vc_jwt.verify(vc_jwt.read(tokens.signed(VC2, algorithm)), key)


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("EdDSA", {}),
        ("EdDSA", {"kty": None}),
        ("EdDSA", {"kty": ["OKP"], "crv": "Ed25519"}),
        ("EdDSA", {"kty": "OKP", "crv": ["Ed25519"]}),
        ("EdDSA", {"kty": "OKP", "crv": "Ed25519"}),
        ("EdDSA", {**ED, "x": 5}),
        ("EdDSA", {**ED, "x": ""}),
        ("EdDSA", {**ED, "x": ED["x"] + "="}),
        ("EdDSA", {**ED, "x": ED["x"][:-1]}),
        ("EdDSA", {**ED, "x": tokens.base64url(bytes(33))}),
        ("EdDSA", {**ED, "x": "é" * 43}),
        ("EdDSA", {**ED, "x": "A" * 1_000_000}),
        ("ES256", {**ES, "y": ES["x"]}),
        ("ES256", {**ES, "x": ZERO, "y": ZERO}),
        ("ES256", {**ES, "x": FIELD}),
        ("ES256", {"kty": "EC", "crv": "P-256", "x": ES["x"]}),
        ("ES256", {**ES, "x": tokens.base64url(b"\0" + bytes(32))}),
        ("RS256", {**RS, "n": ""}),
        ("RS256", {**RS, "n": tokens.base64url(b"\0" + bytes(range(1, 256)) * 2)}),
        ("RS256", {**RS, "n": tokens.base64url(b"\xff" * 1_025)}),
        ("RS256", {**RS, "n": tokens.base64url(b"\xff" * 100_000)}),
        ("RS256", {**RS, "e": "AQ"}),
        ("RS256", {**RS, "e": "Ag"}),
        ("RS256", {**RS, "e": ""}),
        ("RS256", {**RS, "e": tokens.base64url(b"\0\1\0\1")}),
        ("RS256", {**RS, "e": tokens.base64url(b"\xff" * 200)}),
        ("RS256", {"kty": "RSA", "n": RS["n"]}),
    ],
)
def test_a_key_that_is_none_is_not_used(algorithm, key):
    with pytest.raises(DocumentError, match="key_unavailable"):
        vc_jwt.verify(vc_jwt.read(tokens.signed(VC2, algorithm)), key)


@pytest.mark.parametrize("more", [{"use": "sig"}, {"alg": "EdDSA"}, {"key_ops": ["verify"]}, {"kid": "x", "ext": True}])
def test_what_a_key_may_say_of_itself(more):
    assert vc_jwt.verify(vc_jwt.read(tokens.signed(VC2)), {**ED, **more})


# --- Claims and credential


OPEN_BADGES = {**VC2, **CLAIMS}
FINER = {"issuanceDate": "2026-01-01T00:00:00.999Z"}
ELSEWHERE = {"issuanceDate": "2026-01-01T01:00:00+01:00"}
IN_A_LIST = {"credentialSubject": [VC1["credentialSubject"]]}


@pytest.mark.parametrize(
    ("payload", "credential"),
    [
        ({"vc": VC1, **CLAIMS}, VC1),
        ({"vc": VC1}, VC1),
        ({"vc": VC1, "iat": tokens.FROM, "aud": "anybody", "other": 1}, VC1),
        ({"vc": {**VC1, **FINER}, **CLAIMS}, {**VC1, **FINER}),
        ({"vc": {**VC1, **ELSEWHERE}, **CLAIMS}, {**VC1, **ELSEWHERE}),
        ({"vc": {**VC1, **IN_A_LIST}, **CLAIMS}, {**VC1, **IN_A_LIST}),
        ({"vc": VC1, **CLAIMS, "nbf": tokens.FROM + 0.5}, VC1),
        ({"vc": VC2, **CLAIMS}, VC2),
        (OPEN_BADGES, VC2),
        ({**VC2, "iat": tokens.FROM}, VC2),
        ({**VC1, **CLAIMS}, VC1),
    ],
)
def test_the_credential_of_a_token(payload, credential):
    parsed = vc_jwt.read(tokens.signed(payload))
    assert (parsed.credential, parsed.claims) == (credential, payload)


@pytest.mark.parametrize("name", ["id", "issuer", "issuanceDate", "expirationDate"])
def test_what_only_a_claim_says_is_put_into_the_credential(name):
    credential = {key: value for key, value in VC1.items() if key != name}
    expected = {**VC1, "issuer": tokens.ISSUER} if name == "issuer" else VC1
    assert vc_jwt.read(tokens.signed({"vc": credential, **CLAIMS})).credential == expected


def test_the_id_of_a_subject_or_issuer_may_be_a_claim_alone():
    credential = {**VC1, "issuer": {"type": "Profile"}, "credentialSubject": {"name": "x"}}
    parsed = vc_jwt.read(tokens.signed({"vc": credential, **CLAIMS}))
    assert parsed.credential["issuer"] == {"type": "Profile", "id": tokens.ISSUER}
    assert parsed.credential["credentialSubject"] == {"name": "x", "id": tokens.SUBJECT}
    assert parsed.claims["vc"] == credential, "what was signed stays as it is"


@pytest.mark.parametrize("typ", [None, "JWT"])
@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "did:web:other.example"},
        {"iss": 5},
        {"iss": None},
        {"iss": [tokens.ISSUER]},
        {"iss": {"id": tokens.ISSUER}},
        {"sub": "did:key:z6MkOther"},
        {"sub": None},
        {"jti": "urn:uuid:other"},
        {"jti": ""},
        {"nbf": tokens.FROM + 1},
        {"nbf": tokens.FROM - 1},
        {"nbf": tokens.FROM * 1000},
        {"nbf": str(tokens.FROM)},
        {"nbf": True},
        {"nbf": None},
        {"nbf": -1},
        {"nbf": 1e300},
        {"exp": tokens.UNTIL + 1},
        {"exp": 0},
        {"exp": "2027-01-01T00:00:00Z"},
        {"exp": 253_402_300_800},
        {"iat": "now"},
        {"iat": []},
    ],
)
def test_a_claim_that_contradicts_the_credential_is_refused(typ, claims):
    assert code_for(tokens.signed({"vc": VC1, **CLAIMS, **claims}, typ=typ)) == "malformed_proof"
    if typ == "JWT":
        assert code_for(tokens.signed({**OPEN_BADGES, **claims}, typ=typ)) == "malformed_proof"


@pytest.mark.parametrize(
    "credential",
    [
        {**VC1, "issuer": "did:web:other.example"},
        {**VC1, "issuer": [tokens.ISSUER, tokens.ISSUER]},
        {**VC1, "issuer": 5},
        {**VC1, "credentialSubject": [{"id": tokens.SUBJECT}, {"id": tokens.SUBJECT}]},
        {**VC1, "credentialSubject": []},
        {**VC1, "credentialSubject": None},
        {**VC1, "credentialSubject": {"id": None}},
        {**VC1, "id": None},
        {**VC1, "id": [tokens.ID]},
        {**VC1, "issuanceDate": None},
        {**VC1, "issuanceDate": "2026-01-01"},
        {**VC1, "issuanceDate": "2026-01-01T00:00:00"},
        {**VC1, "issuanceDate": "soon"},
        {**VC1, "issuanceDate": "20260101T000000Z"},
        {**VC1, "issuanceDate": "0001-01-01T00:00:00+23:59"},
        {**VC1, "expirationDate": 5},
        {name: value for name, value in VC1.items() if name != "credentialSubject"},
    ],
)
def test_a_credential_that_contradicts_the_claims_is_refused(credential):
    assert code_for(tokens.signed({"vc": credential, **CLAIMS})) == "malformed_proof"


@pytest.mark.parametrize("typ", ["vc+jwt", "vc+ld+jwt", "vc-ld+jwt", "vc+ld+json+jwt"])
def test_dates_of_a_token_may_be_its_own(typ):
    parsed = vc_jwt.read(tokens.signed({**OPEN_BADGES, "nbf": 5, "exp": 7.5}, typ=typ))
    assert (parsed.credential, parsed.not_before, parsed.expires) == (VC2, 5, 7.5)
    for claims in ({"iss": "did:web:other.example"}, {"jti": "x"}, {"sub": "x"}):
        assert code_for(tokens.signed({**VC2, **claims}, typ=typ)) == "malformed_proof"
    assert code_for(tokens.signed({"vc": VC1}, typ=typ)) == "malformed_proof"


def test_a_token_that_does_not_say_its_type_may_have_dates_of_its_own_too():
    """VC-JOSE-COSE leaves the type to the issuer; the caller gets both dates, and the stricter one decides."""
    parsed = vc_jwt.read(tokens.signed({**OPEN_BADGES, "exp": tokens.UNTIL + 1}, typ=None))
    assert (parsed.credential, parsed.expires) == (VC2, tokens.UNTIL + 1)


def test_without_dates_a_token_has_none():
    parsed = vc_jwt.read(tokens.signed(VC2))
    assert (parsed.not_before, parsed.expires, parsed.key_id, parsed.header_jwk) == (None, None, None, None)


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({}, "not_a_credential"),
        ({"iss": tokens.ISSUER, "name": "somebody"}, "not_a_credential"),
        ({"vc": {}}, "not_a_credential"),
        ({"vc": {"type": ["VerifiableCredential"]}}, "not_a_credential"),
        ({"vc": "text"}, "malformed_proof"),
        ({"vc": [VC1]}, "malformed_proof"),
        ({"vc": VC1, "@context": VC1["@context"]}, "malformed_proof"),
        ({"vp": {"type": ["VerifiablePresentation"]}}, "unsupported_format"),
        ({"vp": {}, "vc": VC1}, "unsupported_format"),
    ],
)
def test_a_token_that_secures_something_else(payload, code):
    assert code_for(tokens.signed(payload)) == code


# --- Shape


@pytest.mark.parametrize("raw", [b"a.b.c", b" a.b.c\n", b"a..", b"eyJ.eyJ.eyJ"])
def test_what_looks_like_a_token(raw):
    assert vc_jwt.find_token(raw) == raw.strip().decode()


@pytest.mark.parametrize("raw", [b"", b"{}", b"a.b", b"a.b.c.d", b"..", b"a.b.c=", b"a b.c.d", b"\xff.b.c", b"<a.b.c"])
def test_what_does_not(raw):
    assert vc_jwt.find_token(raw) is None


def test_a_key_in_the_header_is_handed_on():
    parsed = vc_jwt.read(tokens.signed(VC2, jwk=ED))
    assert parsed.header_jwk == ED
    assert vc_jwt.verify(parsed, parsed.header_jwk)


# --- Of 1EdTech


@pytest.mark.parametrize(
    ("name", "model"),
    [("simple", "https://www.w3.org/2018/credentials/v1"), ("velocity", "https://www.w3.org/2018/credentials/v1")],
)
def test_the_tokens_of_the_open_badges_validator_are_read(name, model):
    """Their keys are not published with them, so it cannot be shown that they verify; with other keys they do not."""
    raw = standards.path(f"vectors/ob30-1edtech-validator/{name}.jwt").read_bytes()
    parsed = vc_jwt.read(vc_jwt.find_token(raw))
    assert (parsed.algorithm, len(parsed.signature)) == ("RS256", 256)
    assert parsed.credential["@context"][0] == model
    assert parsed.credential["id"] == parsed.claims["jti"]
    assert not vc_jwt.verify(parsed, RS)
    with pytest.raises(DocumentError, match="unsupported_algorithm"):
        vc_jwt.verify(parsed, ED)


def test_the_example_of_the_jwk_standard():
    """RFC 8037 appendix A.4: key, message and signature."""
    key = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    signing_input = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
    signature = vc_jwt._decode("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg")
    assert jwk.verify(key, "EdDSA", signature, signing_input)
    assert not jwk.verify(key, "EdDSA", signature, signing_input + b"x")


def test_payloads_keep_their_members_as_signed():
    payload = json.dumps({**VC2, "name": "R&D <Ω>", "n": 1.50}, ensure_ascii=True).encode()
    parsed = vc_jwt.read(tokens.put_together({"alg": "EdDSA"}, payload))
    assert parsed.credential["name"] == "R&D <Ω>"
    assert vc_jwt.verify(parsed, ED)
