"""Nothing leaves that is not exactly what was to be signed, with one good proof by the issuer's key."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import settings

from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import suites
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.canonical import canonicalize_independently
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.core.self_check import require_good_release
from openedx_verifiable_credentials.core.suites import rdf_proof
from openedx_verifiable_credentials.exceptions import SigningError
from tests import awards
from tests import signed
from tests import trees

SIGNERS = {"did:key": signed.signer(), "did:web": signed.signer(host="credentials.example.org:8000")}
CASES = {
    f"{profile.id} {name}": (profile, signer) for profile in (OBV3_VC1, OBV3_VC2) for name, signer in SIGNERS.items()
}
every_case = pytest.mark.parametrize(("profile", "signer"), CASES.values(), ids=CASES.keys())


def release(profile, signer):
    """(the unsigned document, the signed one)."""
    document = signed.unsigned(awards.full_award(), profile, signer.method.controller)
    return document, signed.sign(document, profile, signer)


def refused(raw, unsigned, profile, signer):
    """Whether ``raw`` is refused with the one code; any other error fails the test."""
    raw = raw if isinstance(raw, bytes) else json_text.write(raw)
    try:
        require_good_release(raw, unsigned=unsigned, profile=profile, method=signer.method)
    except SigningError as error:
        assert error.code == "self_check_failed"
        return True
    return False


def with_proof(document, profile, change):
    """``document`` with its proof replaced by what ``change`` makes of it."""
    plain, proof = profile.detach(document)
    return profile.attach(plain, change(proof))


@every_case
def test_a_good_release_passes(profile, signer):
    unsigned, document = release(profile, signer)
    assert not refused(document, unsigned, profile, signer)
    assert not refused(json.dumps(document, indent=2).encode(), unsigned, profile, signer)


@settings(max_examples=30)
@given(award=awards.awards, terms=awards.terms, profile=awards.profiles)
def test_whatever_is_composed_passes_once_it_is_signed(award, terms, profile):
    signer = SIGNERS["did:key"]
    unsigned = signed.unsigned(award, profile, signer.method.controller, terms)
    assert not refused(signed.sign(unsigned, profile, signer), unsigned, profile, signer)


@every_case
def test_a_flipped_character_anywhere_is_noticed(profile, signer):
    unsigned, document = release(profile, signer)
    raw = json_text.write(document)
    for where in random.Random(7).sample(range(len(raw)), 40):
        for flipped in (raw[where] ^ 1, ord("x") if raw[where] != ord("x") else ord("y"), ord(" "), ord('"'), 0xFF):
            tampered = raw[:where] + bytes([flipped]) + raw[where + 1 :]
            if tampered != raw and not same_json(tampered, document):
                assert refused(tampered, unsigned, profile, signer), (where, tampered[where - 20 : where + 20])


def same_json(raw, document):
    try:
        return json.loads(raw) == document
    except ValueError:
        return False


@every_case
def test_a_removed_member_is_noticed_wherever_it_was(profile, signer):
    unsigned, document = release(profile, signer)
    for path in list(trees.paths(document))[1:]:
        assert refused(trees.without(document, path), unsigned, profile, signer), trees.name(path)
    assert refused(trees.without(document, ("@context",)), unsigned, profile, signer)


@every_case
@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("undefinedTerm", "x"),
        ("description", "x"),
        ("nonce", "x"),
        ("expires", None),
        ("@context", {"x": "https://x.example/"}),
    ],
    ids=str,
)
def test_an_added_member_is_noticed_wherever_it_is(profile, signer, member, value):
    unsigned, document = release(profile, signer)
    for path in trees.objects(document):
        if trees.at(document, path).get(member, ...) is ...:
            tampered = trees.changed(document, (*path, member), value)
            assert refused(tampered, unsigned, profile, signer), trees.name(path)


@every_case
def test_a_key_that_stands_twice_is_noticed(profile, signer):
    unsigned, document = release(profile, signer)
    raw = json_text.write(document)
    assert refused(raw.replace(b'{"@context"', b'{"name":"Other","@context"', 1), unsigned, profile, signer)
    assert refused(raw.replace(b'"proof":', b'"proof":{"type":"Other"},"proof":', 1), unsigned, profile, signer)


@every_case
def test_a_proof_by_another_key_is_noticed(profile, signer):
    unsigned, document = release(profile, signer)
    other = signed.signer(seed_byte=9)
    assert refused(signed.sign(unsigned, profile, other), unsigned, profile, signer)
    forged = signed.sign(unsigned, profile, other)
    _, good_proof = profile.detach(document)
    swapped = with_proof(forged, profile, lambda proof: {**good_proof, "proofValue": proof["proofValue"]})
    assert refused(swapped, unsigned, profile, signer)
    assert not refused(with_proof(forged, profile, lambda _: good_proof), unsigned, profile, signer)


@every_case
def test_a_good_signature_over_other_options_is_noticed(profile, signer):
    unsigned, document = release(profile, signer)
    _, proof = profile.detach(document)
    configuration, _ = rdf_proof.split(proof)

    def resigned(**changes):
        changed = {**configuration, **changes}
        signature = signer.sign(rdf_proof.signing_input(unsigned, changed, canonicalize_independently))
        return profile.attach(unsigned, rdf_proof.with_value(changed, signature))

    assert not refused(resigned(), unsigned, profile, signer)
    assert refused(resigned(proofPurpose="authentication"), unsigned, profile, signer)
    assert refused(resigned(verificationMethod=signer.method.controller + "#other"), unsigned, profile, signer)
    assert refused(resigned(challenge="x"), unsigned, profile, signer)
    assert refused(resigned(domain="x"), unsigned, profile, signer)


@every_case
def test_the_method_must_be_the_issuers(profile, signer):
    unsigned, document = release(profile, signer)
    other = signed.signer(seed_byte=9)
    assert refused(document, unsigned, profile, other)
    # The issuer is swapped before signing: the signature is good, but the key is not the issuer's.
    swapped = trees.changed(unsigned, ("issuer", "id"), other.method.controller)
    assert refused(signed.sign(swapped, profile, signer), swapped, profile, signer)
    assert refused(signed.sign(swapped, profile, signer), unsigned, profile, signer)


@every_case
def test_the_shape_of_the_proof_is_the_profiles(profile, signer):
    unsigned, document = release(profile, signer)
    _, proof = profile.detach(document)
    shapes = [[], [proof, proof], [[proof]], None, "proof", 7, {}, [{}], [None]]
    shapes.append(proof if profile.proof_in_array else [proof])
    for shape in shapes:
        assert refused({**unsigned, "proof": shape}, unsigned, profile, signer), shape
    assert refused(unsigned, unsigned, profile, signer)


@every_case
def test_the_suite_is_the_profiles(profile, signer):
    unsigned, _ = release(profile, signer)
    other = OBV3_VC2 if profile is OBV3_VC1 else OBV3_VC1
    method = dids.method_for_suite(signer.method, profile.suite_for(v.ED25519))
    proof = suites.configure(other.suite_for(v.ED25519), rdf_proof.ProofOptions(method, "2026-03-02T08:00:00Z"))
    signature = signer.sign(rdf_proof.signing_input(unsigned, proof, canonicalize_independently))
    assert refused(profile.attach(unsigned, rdf_proof.with_value(proof, signature)), unsigned, profile, signer)


@every_case
@pytest.mark.parametrize("value", [None, "", "z", 7, ["z"], "z" + "1" * 64], ids=repr)
def test_a_value_that_is_no_signature_is_noticed(profile, signer, value):
    unsigned, document = release(profile, signer)
    _, proof = profile.detach(document)
    for changed in (value, proof["proofValue"] + " ", proof["proofValue"] + "\n"):
        tampered = profile.attach(unsigned, {**proof, "proofValue": changed})
        assert refused(tampered, unsigned, profile, signer), changed


@every_case
def test_bytes_that_are_no_credential_are_noticed(profile, signer):
    unsigned, _ = release(profile, signer)
    for raw in (b"", b"null", b"[]", b"7", b'"x"', b"{", b"\xff", b"{}", b"[" * 40_000, b"[" * 100_000):
        assert refused(raw, unsigned, profile, signer), raw[:12]


def test_a_release_of_one_issuer_is_not_anothers():
    key, web = SIGNERS["did:key"], SIGNERS["did:web"]
    assert key.method.public_key_multibase == web.method.public_key_multibase
    for profile in (OBV3_VC1, OBV3_VC2):
        unsigned, document = release(profile, web)
        assert dids.method_for_suite(web.method, profile.suite_for(v.ED25519)) in json.dumps(document)
        assert refused(document, unsigned, profile, key)
