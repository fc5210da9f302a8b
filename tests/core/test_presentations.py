"""A wallet gets a credential only for a presentation that is right in every single respect."""

import dataclasses

import pytest

from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import presentations
from openedx_verifiable_credentials.exceptions import PresentationError
from tests import trees
from tests import wallet as wallets
from tests.wallet import make_wallet

CHALLENGE = "n0tL5QpZ0x8fHk2dV7sYw1RgTb3EjUaM4cKiOlXeF9o"
DOMAINS = frozenset(("https://credentials.example.org", "credentials.example.org"))
ALICE = make_wallet(b"\x01" * 32)
MALLORY = make_wallet(b"\x02" * 32)
SHAPES = sorted(wallets.CONTEXTS)
every_shape = pytest.mark.parametrize(("context", "suite"), SHAPES)


def verify(presentation, challenge=CHALLENGE, domains=DOMAINS):
    return presentations.verify_presentation(presentation, challenge=challenge, domains=domains)


def code_for(presentation):
    with pytest.raises(PresentationError) as refusal:
        verify(presentation)
    return refusal.value.code


def good(context="v2", suite="Ed25519Signature2020", **more):
    return ALICE.present(CHALLENGE, context=context, suite=suite, **more)


@every_shape
def test_a_good_presentation_proves_its_holder(context, suite):
    presentation = good(context, suite)
    assert verify(presentation).did == ALICE.did
    assert verify(json_text.read_object(json_text.write(presentation))).did == ALICE.did


@every_shape
@pytest.mark.parametrize(
    "more",
    [
        {"id": "urn:uuid:6f2c1e0a-3c3d-4a51-9d5e-0b6ad2a7f1c4"},
        {"id": "https://wallet.example/presentations/1"},
        {"type": "VerifiablePresentation"},
        {"verifiableCredential": []},
        {"domain": "https://credentials.example.org"},
        {"domain": "credentials.example.org"},
        {"proof": {"created": "2026-01-01T00:00:00.123Z"}},
        {"proof": {"created": "2026-01-01T05:45:00+05:45"}},
    ],
    ids=repr,
)
def test_what_wallets_also_write_is_accepted(context, suite, more):
    assert verify(good(context, suite, **more)).did == ALICE.did


@every_shape
def test_a_proof_may_stand_in_a_list_of_one_and_repeat_the_contexts(context, suite):
    presentation = good(context, suite)
    assert verify({**presentation, "proof": [presentation["proof"]]}).did == ALICE.did
    repeated = trees.changed(presentation, ("proof", "@context"), presentation["@context"])
    assert verify(repeated).did == ALICE.did


def test_a_single_context_may_stand_without_a_list():
    presentation = good("v2", "eddsa-rdfc-2022", **{"@context": wallets.V2})
    assert verify(presentation).did == ALICE.did
    assert verify(trees.changed(presentation, ("proof", "@context"), wallets.V2)).did == ALICE.did


@every_shape
def test_a_presentation_counts_only_for_its_own_challenge_and_domain(context, suite):
    presentation = good(context, suite, domain="credentials.example.org")
    assert verify(presentation).did == ALICE.did
    for challenge, domains, code in (
        (CHALLENGE[:-1], DOMAINS, "wrong_challenge"),
        (CHALLENGE.swapcase(), DOMAINS, "wrong_challenge"),
        ("", DOMAINS, "wrong_challenge"),
        (CHALLENGE, frozenset(), "wrong_domain"),
        (CHALLENGE, frozenset(("other.example",)), "wrong_domain"),
    ):
        with pytest.raises(PresentationError) as refusal:
            verify(presentation, challenge, domains)
        assert refusal.value.code == code


def test_the_holder_does_not_show_in_logs():
    assert ALICE.did not in repr(verify(good()))


# One thing wrong, and the signature is good: (what the wallet is told to sign, the code).
SIGNED_FAULTS = [
    *(
        ({"purpose": purpose}, "wrong_purpose")
        for purpose in ("assertionMethod", "capabilityInvocation", "keyAgreement")
    ),
    ({"purpose": None}, "wrong_purpose"),
    *(
        ({"proof": {"challenge": challenge}}, "wrong_challenge")
        for challenge in (
            None,
            "",
            "other",
            CHALLENGE[:-1],
            CHALLENGE + "x",
            CHALLENGE + " ",
            CHALLENGE.lower(),
            "é" * 43,
        )
    ),
    *(
        ({"domain": domain}, "wrong_domain")
        for domain in ("", "other.example", "https://credentials.example.org/", "CREDENTIALS.EXAMPLE.ORG", "*")
    ),
    ({"holder": MALLORY.did}, "holder_mismatch"),
    ({"holder": ALICE.method}, "holder_mismatch"),
    ({"holder": ALICE.did + "x"}, "holder_mismatch"),
    ({"holder": "did:key:"}, "holder_mismatch"),
    ({"holder": None}, "missing_holder"),
    ({"holder": "did:web:example.org"}, "unsupported_did_method"),
    ({"holder": "did:web:127.0.0.1%3A8000"}, "unsupported_did_method"),
    ({"holder": "did:jwk:eyJrdHkiOiJPS1AifQ"}, "unsupported_did_method"),
    ({"holder": "https://example.org/me"}, "unsupported_did_method"),
    ({"proof": {"verificationMethod": MALLORY.method}}, "holder_mismatch"),
    ({"proof": {"verificationMethod": ALICE.did}}, "unsupported_key"),
    ({"proof": {"verificationMethod": ALICE.did + "#key-1"}}, "unsupported_key"),
    ({"proof": {"verificationMethod": "did:web:example.org#key-1"}}, "unsupported_did_method"),
    ({"proof": {"verificationMethod": "https://example.org/keys/1"}}, "unsupported_did_method"),
    ({"proof": {"verificationMethod": None}}, "missing_holder"),
    ({"holder": MALLORY.did, "proof": {"verificationMethod": MALLORY.method}}, "invalid_signature"),
    ({"proof": {"created": None}}, "malformed_proof"),
    ({"proof": {"created": "2026-01-01"}}, "malformed_proof"),
    ({"proof": {"created": "yesterday"}}, "malformed_proof"),
    ({"proof": {"created": "2026-01-01T00:00:00"}}, "malformed_proof"),
    ({"proof": {"nonce": "x"}}, "malformed_proof"),
    ({"proof": {"expires": "2000-01-01T00:00:00Z"}}, "malformed_proof"),
    ({"id": "relative"}, "unexpected_member"),
    ({"type": "VerifiableCredential"}, "not_a_presentation"),
    ({"type": ["VerifiablePresentation", "VerifiableCredential"]}, "not_a_presentation"),
    ({"type": ["VerifiablePresentation", "VerifiablePresentation"]}, "not_a_presentation"),
    ({"type": []}, "not_a_presentation"),
    ({"type": None}, "not_a_presentation"),
    ({"verifiableCredential": [{"id": "urn:x:1"}]}, "unexpected_member"),
    ({"verifiableCredential": {"id": "urn:x:1"}}, "unexpected_member"),
]


@every_shape
@pytest.mark.parametrize(("told", "code"), SIGNED_FAULTS, ids=[repr(told)[:90] for told, _ in SIGNED_FAULTS])
def test_one_thing_wrong_in_what_was_signed_is_refused(context, suite, told, code):
    assert verify(good(context, suite)).did == ALICE.did
    assert code_for(good(context, suite, **told)) == code


def _changes():
    """(path, value or Ellipsis to leave it out, code): what a forger changes in a good presentation."""
    contexts = [
        *([], None, 7, True, {}, "", "https://evil.example/", [wallets.V1, "https://evil.example/"], [[wallets.V1]]),
        *([{"@vocab": "https://evil.example/"}], [wallets.V2, {"holder": "@id"}], [wallets.V2, None], [wallets.V2, 7]),
        *([wallets.ED25519_2020, wallets.V2], [wallets.ED25519_2020], wallets.DATA_INTEGRITY, [wallets.V2] * 2),
        [wallets.V2, wallets.ED25519_2020, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
        [wallets.V2, wallets.ED25519_2020, wallets.DATA_INTEGRITY, wallets.V1, wallets.V2],
        [wallets.V2, "https://www.w3.org/ns/did/v1"],
    ]
    yield from ((("@context",), value, "unsupported_context") for value in [..., *contexts])
    types = (..., None, 7, {}, [], "", "Presentation", [None], ["verifiablepresentation"], [["VerifiablePresentation"]])
    yield from ((("type",), value, "not_a_presentation") for value in types)
    members = {
        "foo": "bar",
        "@id": "urn:x:1",
        "@graph": [{"id": "_:b0"}],
        "@type": "VerifiablePresentation",
        "@included": [],
        "proofs": [],
        "termsOfUse": {"type": "X"},
        "credentialSubject": {},
        "": 1,
    }
    yield from (((name,), value, "unexpected_member") for name, value in members.items())
    yield from ((("id",), value, "unexpected_member") for value in (7, "", "_:b0", "a b:c", {}, [], True, ["urn:x:1"]))
    credentials = (None, {}, "", 7, False, [[]], [{}], [None], "urn:x:1", [{"@graph": []}])
    yield from ((("verifiableCredential",), value, "unexpected_member") for value in credentials)
    holders = (..., None, 7, True, [], {}, {"id": ALICE.did}, [ALICE.did])
    yield from ((("holder",), value, "missing_holder") for value in holders)
    yield from ((("proof",), value, "missing_proof") for value in (..., None, [], [None], [[]]))
    yield from ((("proof",), value, "malformed_proof") for value in ("", "x", 7, True, ["x"], [7], [{}, {}]))
    yield ("proof",), {}, "malformed_proof"
    proof_members = ("type", "created", "verificationMethod", "proofPurpose", "challenge", "domain", "proofValue")
    for name in proof_members:
        odd = (7, 1.5, True, None, [], {}, ["x"], {"@value": "x"}, [None])
        yield from ((("proof", name), value, "malformed_proof") for value in odd)
    for name in ("jws", "nonce", "expires", "previousProof", "id", "@id", "@type", "capability", "x", ""):
        yield ("proof", name), "x", "malformed_proof"
    foreign = ("https://evil.example/", {"@vocab": "https://evil.example/"}, [], [wallets.V1, wallets.V1], None, 7)
    yield from ((("proof", "@context"), value, "unsupported_context") for value in foreign)
    yield ("proof", "created"), ..., "malformed_proof"
    yield ("proof", "challenge"), ..., "wrong_challenge"
    yield ("proof", "proofPurpose"), ..., "wrong_purpose"
    yield ("proof", "verificationMethod"), ..., "missing_holder"
    kinds = (..., "", "Ed25519Signature2018", "JsonWebSignature2020", "RsaSignature2018", "MerkleProof2019", "none")
    yield from ((("proof", "type"), value, "unsupported_proof_type") for value in kinds)
    suites = ("eddsa-jcs-2022", "ecdsa-rdfc-2019", "", "bbs-2023")
    yield from ((("proof", "cryptosuite"), value, "unsupported_proof_type") for value in suites)
    values = (
        ...,
        "",
        "z",
        "x",
        "zz",
        "z0OIl",
        "u" + "A" * 86,
        "z" + "1" * 63,
        "z" + "1" * 65,
        "z" + "é" * 80,
        "z" * 5000,
    )
    yield from ((("proof", "proofValue"), value, "invalid_proof_value") for value in values)
    yield ("proof", "proofValue"), "z" + "1" * 64, "invalid_signature"
    yield ("proof", "created"), "2026-01-01T00:00:00Z", "invalid_signature"
    yield ("proof", "domain"), "credentials.example.org", "invalid_signature"
    yield ("id",), "urn:uuid:6f2c1e0a-3c3d-4a51-9d5e-0b6ad2a7f1c4", "invalid_signature"


CHANGES = list(_changes())


@every_shape
@pytest.mark.parametrize(
    ("path", "value", "code"), CHANGES, ids=[f"{trees.name(path)}={value!r}"[:90] for path, value, _ in CHANGES]
)
def test_one_thing_changed_after_signing_is_refused(context, suite, path, value, code):
    presentation = good(context, suite)
    changed = trees.changed(presentation, path, value)
    if value is ...:
        changed = trees.without(presentation, path)
    assert code_for(changed) == code


@every_shape
def test_a_signature_of_another_key_is_refused(context, suite):
    presentation = good(context, suite)
    document = {name: value for name, value in presentation.items() if name != "proof"}
    configuration = {name: value for name, value in presentation["proof"].items() if name != "proofValue"}
    forged = MALLORY.sign(document, configuration)
    assert ALICE.sign(document, configuration) == presentation["proof"]["proofValue"]
    assert code_for(trees.changed(presentation, ("proof", "proofValue"), forged)) == "invalid_signature"


@every_shape
def test_a_proof_value_has_one_spelling(context, suite):
    presentation = good(context, suite)
    value = presentation["proof"]["proofValue"]
    for other in (
        value + " ",
        value + "\n",
        value[0] + "1" + value[1:],
        value[1:],
        value[:-2],
        value[:40],
        value + value,
    ):
        assert code_for(trees.changed(presentation, ("proof", "proofValue"), other)) == "invalid_proof_value"


@every_shape
def test_a_challenge_of_an_earlier_offer_cannot_be_replayed(context, suite):
    earlier = ALICE.present("another-challenge", context=context, suite=suite)
    assert verify(earlier, "another-challenge").did == ALICE.did
    assert code_for(earlier) == "wrong_challenge"
    assert code_for(trees.changed(earlier, ("proof", "challenge"), CHALLENGE)) == "invalid_signature"


@every_shape
def test_two_good_proofs_are_not_one(context, suite):
    presentation = good(context, suite)
    assert code_for({**presentation, "proof": [presentation["proof"]] * 2}) == "malformed_proof"


def test_a_wallet_shows_no_key():
    assert "key" not in repr(ALICE).lower()
    assert [field.name for field in dataclasses.fields(ALICE)] == ["key"]
