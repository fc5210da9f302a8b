"""Leaves and anchored forms: what our verifier, which canonicalises another way, makes of them."""

import copy
import datetime
import hashlib

import pytest

from openedx_verifiable_credentials.core import anchoring
from openedx_verifiable_credentials.core import merkle
from openedx_verifiable_credentials.core import networks
from openedx_verifiable_credentials.core import public_keys
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.anchoring import Cover
from openedx_verifiable_credentials.core.canonical import canonicalize
from openedx_verifiable_credentials.core.canonical import canonicalize_independently
from openedx_verifiable_credentials.core.checks import proof_sets
from openedx_verifiable_credentials.core.checks import proofs
from openedx_verifiable_credentials.core.checks.anchors import AnchorVerdict
from openedx_verifiable_credentials.core.checks.schema import check_schema
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.core.suites import merkle_proof
from openedx_verifiable_credentials.exceptions import AnchoringError
from openedx_verifiable_credentials.models.anchor import LeafCover
from tests import awards
from tests import merkle as reference
from tests import signed
from tests import trees

SIGNER = signed.signer(host="issuer.example")
NOW = datetime.datetime(2026, 4, 1, 12, 0, 0, tzinfo=datetime.UTC)
EXPECTED = proofs.Expected(v.ASSERTION_METHOD, NOW)
TRANSACTION = bytes.fromhex(reference.TRANSACTION)
ANCHORING_METHOD = "did:web:issuer.example#zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme"
OTHERS = [hashlib.sha256(bytes([number])).digest() for number in range(6)]
GOOD = "signature_valid"
# Profile, what the leaf covers, and whether the proof is bare: every form that a credential is anchored in.
FORMS = {
    "chained": (OBV3_VC2, Cover.PROOF, False),
    "chained-bare": (OBV3_VC2, Cover.PROOF, True),
    "single": (OBV3_VC2, Cover.DOCUMENT, False),
    "single-bare": (OBV3_VC2, Cover.DOCUMENT, True),
    "vc1": (OBV3_VC1, Cover.DOCUMENT, True),
}
every_form = pytest.mark.parametrize("form", FORMS)


def issued(profile):
    return signed.sign(signed.unsigned(awards.full_award(), profile, SIGNER.method.controller), profile, SIGNER)


def anchored(form):
    """The document as it was issued, its anchored form, and the root that the chain has."""
    profile, covers, bare = FORMS[form]
    document = issued(profile)
    leaf = anchoring.leaf_of(document, covers)
    tree = merkle.tree([*OTHERS, leaf])
    path = tree.path(tree.leaves.index(leaf))
    value = merkle_proof.write(tree.root, leaf, path, TRANSACTION, networks.NETWORKS["base"].codes)
    proof = merkle_proof.compose_proof(value=value, created=NOW, verification_method=ANCHORING_METHOD, bare=bare)
    return document, anchoring.anchored(document, covers, proof, profile), tree.root


def judged(document, root):
    """The code of each proof, with a chain that has ``root`` and nothing else."""

    def find_anchor(_proof, found, _anchor):
        return AnchorVerdict(GOOD if found.root == root else "invalid_anchor")

    def find_key(_proof):
        return public_keys.from_multibase(SIGNER.method.public_key_multibase)

    judge = proofs.Judge(find_key, find_anchor, EXPECTED, canonicalize_independently)
    return [result.code for result in judge.judge(document, proof_sets.read_proofs(document))]


def with_value(document, place, **members):
    """``document`` with a Merkle proof at ``place`` that says the same but for ``members``."""
    found = merkle_proof.read(trees.at(document, place)["proofValue"])
    steps = members.pop("path", [(0 if is_left else 1, sibling) for is_left, sibling in found.path])
    value = {"root": found.root, "target": found.target, **members}
    return trees.changed(document, (*place, "proofValue"), reference.value(path=steps, network=reference.BASE, **value))


def place_of_anchor(document):
    proof = document["proof"]
    return ("proof", len(proof) - 1) if isinstance(proof, list) else ("proof",)


@every_form
def test_our_verifier_finds_the_leaf_and_the_issued_credential_stays_as_it_is(form):
    document, with_anchor, root = anchored(form)
    covers = FORMS[form][1]
    assert document == issued(FORMS[form][0])
    assert judged(document, root) == [GOOD]
    assert judged(with_anchor, root) == ([GOOD, GOOD] if covers == Cover.PROOF else [GOOD])
    assert judged(with_anchor, bytes(32))[-1] == "invalid_anchor"


@every_form
def test_an_anchored_form_is_as_well_formed_as_what_was_issued(form):
    document, with_anchor, _ = anchored(form)
    assert check_schema(document).code == "well_formed"
    assert check_schema(with_anchor).code == "well_formed"
    assert check_schema({**with_anchor, "unmapped": "text"}).code == "undefined_term"


@every_form
def test_the_proof_stands_where_the_form_says(form):
    document, with_anchor, _ = anchored(form)
    profile, covers, bare = FORMS[form]
    proof = trees.at(with_anchor, place_of_anchor(with_anchor))
    assert proof["type"] == ("MerkleProof2019" if bare else "DataIntegrityProof")
    assert proof.get("cryptosuite") == (None if bare else "merkle-proof-2019")
    if covers == Cover.PROOF:
        assert with_anchor["proof"] == [*document["proof"], proof]
    else:
        assert with_anchor["proof"] == ([proof] if profile.proof_in_array else proof)
    assert {**with_anchor, "proof": None} == {**document, "proof": None}
    assert list(with_anchor) == list(document)


@every_form
def test_whatever_is_changed_in_the_credential_breaks_the_anchor(form):
    _, with_anchor, root = anchored(form)
    texts = [path for path in trees.paths(with_anchor) if isinstance(trees.at(with_anchor, path), str)]
    covered = [path for path in texts if path[0] not in ("proof", "type") and path[-1] not in ("id", "type")]
    assert len(covered) > 10
    for path in covered[:: len(covered) // 8]:
        assert GOOD not in judged(trees.changed(with_anchor, path, "2026-03-04T00:00:00Z"), root), path
    for name in ("credentialSubject", "name", "issuer"):
        assert GOOD not in judged(trees.without(with_anchor, (name,)), root)


@pytest.mark.parametrize("form", ["chained", "chained-bare"])
def test_a_chained_anchor_covers_the_proof_of_issue(form):
    _, with_anchor, root = anchored(form)
    first, anchor = with_anchor["proof"]
    assert judged(trees.changed(with_anchor, ("proof", 0, "created"), "2026-03-02T08:00:01Z"), root)[1] != GOOD
    other = signed.sign(
        {name: value for name, value in with_anchor.items() if name != "proof"}, OBV3_VC2, signed.signer(9)
    )
    assert judged({**with_anchor, "proof": [*other["proof"], anchor]}, root)[1] != GOOD
    assert judged({**with_anchor, "proof": [anchor, first]}, root) == ["invalid_signature", GOOD]
    assert judged({**with_anchor, "proof": [anchor]}, root) == ["invalid_signature"]
    assert judged({**with_anchor, "proof": [first, first, anchor]}, root)[2] == "invalid_signature"


@pytest.mark.parametrize("form", ["single", "single-bare", "vc1"])
def test_a_single_anchor_takes_the_place_of_the_proof_of_issue(form):
    document, with_anchor, root = anchored(form)
    anchor = trees.at(with_anchor, place_of_anchor(with_anchor))
    [first] = document["proof"] if isinstance(document["proof"], list) else [document["proof"]]
    # Behind a proof that it does not cover it still is what it is: it covers the document.
    assert judged({**document, "proof": [anchor, first]}, root) == [GOOD, GOOD]


@every_form
def test_a_proof_that_was_changed_leads_nowhere(form):
    _, with_anchor, root = anchored(form)
    place = place_of_anchor(with_anchor)
    found = merkle_proof.read(trees.at(with_anchor, place)["proofValue"])
    steps = [(0 if is_left else 1, sibling) for is_left, sibling in found.path]
    assert judged(with_value(with_anchor, place), root)[-1] == GOOD
    for path in (steps[1:], steps[:-1], [*steps, steps[0]], steps[::-1], [(1 - side, node) for side, node in steps]):
        assert judged(with_value(with_anchor, place, path=path), root)[-1] == "invalid_signature"
    assert judged(with_value(with_anchor, place, root=OTHERS[0]), root)[-1] == "invalid_signature"
    assert judged(with_value(with_anchor, place, target=OTHERS[0]), root)[-1] == "invalid_signature"
    assert judged(with_value(with_anchor, place, target=root, path=[]), root)[-1] == "invalid_signature"
    assert judged(with_value(with_anchor, place, root=found.target, path=[]), root)[-1] == "invalid_anchor"


@every_form
def test_a_leaf_is_the_hash_of_what_others_canonicalise(form):
    profile, covers, _ = FORMS[form]
    document = issued(profile)
    leaf = anchoring.leaf_of(document, covers)
    covered = document if covers == Cover.PROOF else trees.without(document, ("proof",))
    assert leaf == hashlib.sha256(canonicalize_independently(covered).encode()).digest() == reference.leaf(covered)
    # Blockcerts' verifiers fill in a vocabulary for what no context defines: there is nothing of the kind.
    filled = {**covered, "@context": [*covered["@context"], {"@vocab": "http://fallback.org/"}]}
    assert leaf == hashlib.sha256(canonicalize(filled).encode()).digest()


def test_what_a_leaf_covers_is_part_of_it():
    document = issued(OBV3_VC2)
    assert anchoring.leaf_of(document, "proof") != anchoring.leaf_of(document, "document")
    assert anchoring.leaf_of(trees.without(document, ("proof",)), "document") == anchoring.leaf_of(document, "document")
    as_object = {**document, "proof": document["proof"][0]}
    assert anchoring.leaf_of(as_object, "proof") == anchoring.leaf_of(document, "proof")
    assert {cover.value for cover in Cover} == set(LeafCover.values)
    with pytest.raises(ValueError, match="else"):
        anchoring.leaf_of(document, "else")


@pytest.mark.parametrize("covers", list(Cover))
@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda document: {**document, "proof": [*document["proof"], *document["proof"]]}, "proof_shape"),
        (lambda document: {**document, "proof": "zProof"}, "proof_shape"),
        (lambda document: {**document, "proof": None}, "proof_shape"),
        (lambda document: {**document, "unmapped": "text"}, "not_canonical"),
        (lambda document: trees.changed(document, ("credentialSubject", "unmapped"), "text"), "not_canonical"),
        (lambda document: {**document, "type": [*document["type"], "Unmapped"]}, "not_canonical"),
        (lambda document: {**document, "id": "relative"}, "not_canonical"),
        (lambda document: {**document, "@context": [*document["@context"], "https://a.example/"]}, "not_canonical"),
    ],
    ids=["two proofs", "text", "null", "member", "inner member", "type", "relative", "context"],
)
def test_what_cannot_be_anchored_is_refused(covers, change, code):
    document = issued(OBV3_VC2)
    before = copy.deepcopy(document)
    with pytest.raises(AnchoringError) as caught:
        anchoring.leaf_of(change(document), covers)
    assert caught.value.code == code
    assert document == before
    assert len(anchoring.leaf_of(document, covers)) == 32


def test_without_the_proof_that_it_covers_there_is_no_leaf_and_no_form():
    document = issued(OBV3_VC2)
    anchor = {"type": "MerkleProof2019"}
    for bare in (trees.without(document, ("proof",)), {**document, "proof": []}):
        for function in (
            lambda bare: anchoring.leaf_of(bare, Cover.PROOF),
            lambda bare: anchoring.anchored(bare, Cover.PROOF, anchor, OBV3_VC2),
        ):
            with pytest.raises(AnchoringError) as caught:
                function(bare)
            assert caught.value.code == "proof_shape"


def test_what_is_anchored_is_not_anchored_again():
    document, with_anchor, _ = anchored("chained")
    with pytest.raises(AnchoringError) as caught:
        anchoring.anchored(with_anchor, Cover.PROOF, with_anchor["proof"][1], OBV3_VC2)
    assert caught.value.code == "proof_shape"
    assert anchoring.anchored(document, Cover.PROOF, with_anchor["proof"][1], OBV3_VC2) == with_anchor


def test_a_refusal_names_no_value_of_the_document():
    document = {**issued(OBV3_VC2), "unmapped": "Ana Flores"}
    with pytest.raises(AnchoringError) as caught:
        anchoring.leaf_of(document, Cover.PROOF)
    assert "Ana" not in str(caught.value)
