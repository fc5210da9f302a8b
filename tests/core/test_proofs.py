"""Proof sets and chains: every proof that is known decides, and none that is not."""

import copy
import datetime
import json
from pathlib import Path

import base58
import pytest

from openedx_verifiable_credentials.core import did_documents
from openedx_verifiable_credentials.core import public_keys
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.canonical import canonicalize
from openedx_verifiable_credentials.core.canonical import canonicalize_independently
from openedx_verifiable_credentials.core.checks import proof_sets
from openedx_verifiable_credentials.core.checks import proofs
from openedx_verifiable_credentials.core.checks.anchors import AnchorVerdict
from openedx_verifiable_credentials.core.checks.proofs import Expected
from openedx_verifiable_credentials.exceptions import DocumentError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from tests import foreign
from tests import trees

VECTORS = Path(__file__).parents[1] / "vectors"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
EXAMPLES_TEXT = {"@vocab": "https://www.w3.org/ns/credentials/examples#"}
EXPECTED = Expected(v.ASSERTION_METHOD, foreign.NOW)
ED, P = foreign.signer(), foreign.signer(22, algorithm=v.P256)
V1_ED = (v.CREDENTIALS_V1, v.ED25519_2020_V1)
FORMS = [
    (v.EDDSA_RDFC_2022, ED, (v.CREDENTIALS_V2,)),
    (v.EDDSA_JCS_2022, ED, (v.CREDENTIALS_V2,)),
    (v.ECDSA_RDFC_2019, P, (v.CREDENTIALS_V2,)),
    (v.ED25519_SIGNATURE_2020, ED, (v.CREDENTIALS_V2, v.ED25519_2020_V1)),
]
every_form = pytest.mark.parametrize(("suite", "by", "contexts"), FORMS, ids=[form[0] for form in FORMS])


def read(name):
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


def inlining(document):
    """The vectors name a context that is not ours to pin; its whole text stands in the place of its URL."""
    named = document["@context"]
    return canonicalize_independently(
        {**document, "@context": [EXAMPLES_TEXT if url == EXAMPLES else url for url in named]}
    )


def find_key(proof):
    did = proof.method.partition("#")[0]
    try:
        method = did_documents.of_key(did).find(proof.method)
    except VerifiableCredentialsError:
        return None
    return method.public_key if method else None


def judge(document, *, expected=EXPECTED, canonicalizer=inlining, keys=find_key):
    found = proof_sets.read_proofs(document)
    anchors = lambda *_: AnchorVerdict("anchor_not_checked")  # noqa: E731
    return proofs.Judge(keys, anchors, expected, canonicalizer).judge(document, found)


def codes(document, **options):
    return [result.code for result in judge(document, **options)]


def conclusion(document, **options):
    return proofs.conclude(judge(document, **options)).code


def published():
    """Every signed document that the W3C publishes for a suite of ours."""
    eddsa, ecdsa, sets = read("vc-di-eddsa.json"), read("vc-di-ecdsa.json"), read("vc-di-proof-sets.json")
    cases = {name: values["signed"] for name, values in {**eddsa["suites"], **ecdsa["suites"]}.items()}
    cases[v.EDDSA_JCS_2022] = read("vc-di-eddsa-jcs.json")["signed"]
    return {**cases, **{name: sets[name] for name in ("set", "chain", "first_of_chain")}}


every_vector = pytest.mark.parametrize("name", sorted(published()))


@every_vector
def test_what_the_w3c_publishes_is_valid(name):
    document = published()[name]
    assert set(codes(document)) == {"signature_valid"}
    check = proofs.conclude(judge(document))
    assert check.code == "signature_valid"
    assert len(check.detail["proofs"]) == len(proof_sets.read_proofs(document))


@every_vector
def test_what_the_w3c_publishes_is_invalid_wherever_it_is_changed(name):
    document = published()[name]
    at = next(iter(trees.paths(document["proof"])))
    for path, value in {
        ("name",): "Alumni credential",
        ("credentialSubject", "alumniOf"): "The School of Example",
        ("credentialSubject", "degree"): "added",
        ("validFrom",): "2023-01-01T00:00:01Z",
        ("type",): ["VerifiableCredential"],
    }.items():
        assert set(codes(trees.changed(document, path, value))) == {"invalid_signature"}, path
    for number, proof in enumerate(proof_sets.read_proofs(document)):
        for member, value in {
            "created": "2024-02-24T23:36:38Z",
            "challenge": "added",
            "domain": "added.example",
        }.items():
            changed = copy.deepcopy(document)
            here = changed["proof"][number] if isinstance(changed["proof"], list) else changed["proof"]
            here[member] = value
            assert codes(changed)[number] == "invalid_signature", (at, proof.name, member)
            assert conclusion(changed) == "invalid_signature"


def test_every_proof_of_a_chain_covers_those_before_it():
    chain = read("vc-di-proof-sets.json")["chain"]
    proofs_of_chain = chain["proof"]
    follower = next(number for number, proof in enumerate(proofs_of_chain) if "previousProof" in proof)
    previous = proofs_of_chain[follower]["previousProof"]
    ids = [previous] if isinstance(previous, str) else previous
    for number, proof in enumerate(proofs_of_chain):
        if proof.get("id") in ids:
            changed = trees.changed(chain, ("proof", number, "created"), "2024-02-26T22:06:38Z")
            assert codes(changed)[number] == "invalid_signature"
            assert codes(changed)[follower] == "invalid_signature"


def test_a_proof_after_one_that_is_not_there_is_malformed():
    chain = read("vc-di-proof-sets.json")["chain"]
    previous = {name for proof in chain["proof"] for name in [proof.get("previousProof", [])] if isinstance(name, str)}
    kept = [proof for proof in chain["proof"] if proof.get("id") not in previous]
    assert len(kept) < len(chain["proof"])
    assert "malformed_proof" in codes({**chain, "proof": kept})


def test_a_proof_after_itself_is_malformed():
    document = foreign.secure(foreign.credential(ED), ED, id="urn:uuid:1")
    document["proof"]["previousProof"] = "urn:uuid:1"
    assert codes(document) == ["malformed_proof"]


@pytest.mark.parametrize(("suite", "by", "contexts"), FORMS[:3], ids=[form[0] for form in FORMS[:3]])
def test_a_chain_of_two_suites_is_valid_and_covers_what_came_before(suite, by, contexts):
    bare = foreign.credential(by, contexts=contexts)
    first = foreign.secure(bare, ED, v.EDDSA_RDFC_2022, as_array=True, id="urn:uuid:first")
    chained = foreign.secure(first, by, suite, after=["urn:uuid:first"])
    assert codes(chained, canonicalizer=canonicalize) == ["signature_valid", "signature_valid"]
    assert codes({**chained, "proof": chained["proof"][::-1]}, canonicalizer=canonicalize) == ["signature_valid"] * 2
    alone = {**chained, "proof": [{**chained["proof"][1]}]}
    alone["proof"][0].pop("previousProof")
    assert codes(alone, canonicalizer=canonicalize) == ["invalid_signature"]


@every_form
def test_a_good_proof_of_each_suite_is_valid(suite, by, contexts):
    document = foreign.secure(foreign.credential(by, contexts=contexts), by, suite)
    assert codes(document) == ["signature_valid"]
    assert codes({**document, "issuer": "did:example:other"}) == ["invalid_signature"]


@every_form
def test_one_bad_proof_spoils_a_set(suite, by, contexts):
    document = foreign.secure(foreign.credential(by, contexts=contexts), by, suite, as_array=True)
    both = foreign.secure(document, ED, v.EDDSA_JCS_2022)
    assert conclusion(both) == "signature_valid"
    for number in (0, 1):
        spoilt = trees.changed(both, ("proof", number, "created"), "2026-03-02T08:00:01Z")
        assert sorted(codes(spoilt)) == ["invalid_signature", "signature_valid"]
        assert conclusion(spoilt) == "invalid_signature"


UNKNOWN = [
    {"type": "DataIntegrityProof", "cryptosuite": "ecdsa-sd-2023", "proofValue": "u2V0A"},
    {"type": "BbsBlsSignature2020", "proofValue": 5},
    {"type": "EcdsaSecp256k1Signature2019", "jws": "e30..AA"},
    {"type": "DataIntegrityProof", "cryptosuite": "Ed25519Signature2020"},
    {"type": "eddsa-rdfc-2022"},
    {"type": "ChainedProof2021", "previousProof": {"type": "Ed25519Signature2020"}},
]


COMMON = {"verificationMethod": "did:example:a#key-1", "proofPurpose": "assertionMethod"}


@pytest.mark.parametrize("unknown", UNKNOWN, ids=lambda proof: f"{proof['type']} {proof.get('cryptosuite', '')}")
def test_a_proof_of_another_suite_says_nothing(unknown):
    good = foreign.secure(foreign.credential(ED), ED, as_array=True)
    beside = {**good, "proof": [*good["proof"], {**unknown, **COMMON}]}
    assert codes(beside) == ["signature_valid", "unsupported_proof"]
    assert conclusion(beside) == "signature_valid"
    assert conclusion({**good, "proof": {**unknown, **COMMON}}) == "unsupported_proof"


@pytest.mark.parametrize(
    "junk",
    [
        {"type": "neverDefined"},
        {"type": "DataIntegrityProof", "proofPurpose": "assertionMethod"},
        {"type": "DataIntegrityProof", "verificationMethod": "did:example:a#key-1"},
        {"type": "BbsBlsSignature2020", **COMMON, "verificationMethod": "#key-1"},
        {"type": "BbsBlsSignature2020", **COMMON, "proofPurpose": ["assertionMethod"]},
        {"type": "Ed25519Signature2020", "cryptosuite": "eddsa-rdfc-2022", **COMMON},
        {"type": "DataIntegrityProof", **COMMON},
        {"type": "DataIntegrityProof", "cryptosuite": 5, **COMMON},
        {"type": "MerkleProof2019", "cryptosuite": "merkle-proof-2019", **COMMON},
    ],
)
def test_what_is_no_proof_at_all_is_not_passed_over(junk):
    good = foreign.secure(foreign.credential(ED), ED, as_array=True)
    for proofs_ in ([*good["proof"], junk], [junk, *good["proof"]], [junk]):
        with pytest.raises(VerifiableCredentialsError) as caught:
            codes({**good, "proof": proofs_})
        assert caught.value.code == "malformed_proof"


@pytest.mark.parametrize(
    "members",
    [
        {"verificationMethod": None},
        {"verificationMethod": "z6MkrvfzkMnvCroEUP2DVc9SHPE48CRsvHiVSusHioxTYu1x"},
        {"verificationMethod": "#key-1"},
        {"verificationMethod": 5},
        {"proofPurpose": None},
        {"proofPurpose": ["assertionMethod"]},
        {"created": "2026-03-02"},
        {"created": 1},
        {"expires": "tomorrow"},
        {"challenge": 5},
        {"domain": {"a": 1}},
        {"previousProof": {"type": "DataIntegrityProof"}},
        {"id": 5},
    ],
    ids=str,
)
def test_a_malformed_proof_of_a_suite_that_is_known_fails(members):
    document = foreign.secure(foreign.credential(ED), ED)
    for name, value in members.items():
        if value is None:
            del document["proof"][name]
        else:
            document["proof"][name] = value
    with pytest.raises(DocumentError) as caught:
        proof_sets.read_proofs(document)
    assert caught.value.code == "malformed_proof"


def test_a_date_without_a_zone_is_in_utc_where_it_is_a_proofs():
    document = foreign.secure(foreign.credential(ED), ED, v.EDDSA_JCS_2022, created="2026-03-02T08:00:00.123456")
    [proof] = proof_sets.read_proofs(document)
    assert proof.created == datetime.datetime(2026, 3, 2, 8, 0, 0, 123_456, tzinfo=datetime.UTC)
    assert codes(document) == ["signature_valid"]


@pytest.mark.parametrize("proof", [None, [], "none", [None], 5, ["proof"], {"type": 5}, [{}] * 2])
def test_a_document_without_a_proof_that_can_be_read_is_told_so(proof):
    document = {**foreign.credential(ED), "proof": proof}
    with pytest.raises(DocumentError) as caught:
        proof_sets.read_proofs(document)
    assert caught.value.code == ("no_proof" if proof in (None, [], [None]) else "malformed_proof")


def test_two_proofs_of_one_id_leave_doubt():
    document = foreign.secure(foreign.credential(ED), ED, as_array=True, id="urn:uuid:1")
    with pytest.raises(DocumentError):
        proof_sets.read_proofs({**document, "proof": document["proof"] * 2})


def test_more_proofs_than_anybody_makes_are_refused():
    document = foreign.secure(foreign.credential(ED), ED, as_array=True)
    assert len(proof_sets.read_proofs({**document, "proof": document["proof"] * 8})) == 8
    with pytest.raises(DocumentError):
        proof_sets.read_proofs({**document, "proof": document["proof"] * 9})


@every_form
def test_a_signature_counts_in_its_one_spelling_only(suite, by, contexts):
    document = foreign.secure(foreign.credential(by, contexts=contexts), by, suite)
    value = document["proof"]["proofValue"]
    raw = base58.b58decode(value[1:])
    others = [
        value[1:],
        "Z" + value[1:],
        value + " ",
        "z1" + value[1:],
        "u" + base58.b58encode(raw).decode(),
        "z" + base58.b58encode(raw + b"\0").decode(),
        "z" + base58.b58encode(raw[:-1]).decode(),
        "",
        None,
        5,
    ]
    for other in others:
        assert codes({**document, "proof": {**document["proof"], "proofValue": other}}) == ["malformed_proof"], other


def test_the_key_of_one_suite_is_no_key_of_another():
    by_p256 = foreign.secure(foreign.credential(P), P, v.ECDSA_RDFC_2019)
    as_eddsa = {**by_p256, "proof": {**by_p256["proof"], "cryptosuite": v.EDDSA_RDFC_2022}}
    assert codes(as_eddsa) == ["invalid_signature"]
    by_ed = foreign.secure(foreign.credential(ED), ED)
    as_ecdsa = {**by_ed, "proof": {**by_ed["proof"], "cryptosuite": v.ECDSA_RDFC_2019}}
    assert codes(as_ecdsa) == ["unsupported_proof"]


def test_without_its_key_a_signature_is_not_checked():
    document = foreign.secure(foreign.credential(ED), ED)
    assert codes(document, keys=lambda _: None) == ["key_unavailable"]
    assert conclusion(document, keys=lambda _: None) == "key_unavailable"


def test_a_proof_whose_key_cannot_be_had_leaves_the_others_open():
    good = foreign.secure(foreign.credential(ED), ED, as_array=True)
    elsewhere = {**good["proof"][0], "verificationMethod": "did:web:elsewhere.example.org#key-1"}
    document = {**good, "proof": [*good["proof"], elsewhere]}
    keys = lambda proof: None if proof.number == 1 else find_key(proof)  # noqa: E731
    assert codes(document, keys=keys) == ["signature_valid", "key_unavailable"]
    assert conclusion(document, keys=keys) == "key_unavailable"


def test_another_key_did_not_sign():
    other = public_keys.from_multibase(foreign.signer(99).method.public_key_multibase)
    assert codes(foreign.secure(foreign.credential(ED), ED), keys=lambda _: other) == ["invalid_signature"]


def test_a_proof_for_another_purpose_does_not_assert():
    document = foreign.secure(foreign.credential(ED), ED, proofPurpose="authentication", as_array=True)
    assert codes(document) == ["wrong_purpose"]
    assert conclusion(document) == "wrong_purpose"
    both = foreign.secure(document, ED)
    assert codes(both) == ["wrong_purpose", "signature_valid"]
    assert conclusion(both) == "signature_valid"


@pytest.mark.parametrize(
    ("minutes", "code"),
    [(-60, "proof_expired"), (-5, "proof_expired"), (-4, "signature_valid"), (0, "signature_valid")],
)
def test_a_proof_is_over_when_it_says_so_give_or_take_five_minutes(minutes, code):
    expires = (foreign.NOW + datetime.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")
    document = foreign.secure(foreign.credential(ED), ED, expires=expires)
    assert codes(document) == [code]


@pytest.mark.parametrize(
    ("challenge", "domain", "code"),
    [
        ("abc", "verifier.example", "signature_valid"),
        ("abc", None, "signature_valid"),
        (None, None, "signature_valid"),
        ("abd", "verifier.example", "wrong_challenge"),
        ("", None, "wrong_challenge"),
        ("abc", "other.example", "wrong_challenge"),
    ],
)
@pytest.mark.parametrize("written", ["verifier.example", ["other.org", "verifier.example"]])
def test_a_proof_answers_the_challenge_and_domain_that_were_asked(written, challenge, domain, code):
    document = foreign.secure(foreign.credential(ED), ED, challenge="abc", domain=written)
    expected = Expected(v.ASSERTION_METHOD, foreign.NOW, challenge, domain)
    assert codes(document, expected=expected) == [code]


def test_a_proof_without_a_challenge_answers_none():
    document = foreign.secure(foreign.credential(ED), ED)
    assert codes(document, expected=Expected(v.ASSERTION_METHOD, foreign.NOW, "abc")) == ["wrong_challenge"]
    assert codes(document, expected=Expected(v.ASSERTION_METHOD, foreign.NOW, None, "a")) == ["wrong_challenge"]


@every_form
def test_a_proof_may_repeat_the_documents_contexts_and_have_no_others(suite, by, contexts):
    plain = foreign.credential(by, contexts=contexts)
    document = foreign.secure(plain, by, suite, **({"@context": list(contexts)} if suite == v.EDDSA_JCS_2022 else {}))
    document["proof"]["@context"] = list(contexts)
    assert codes(document) == ["signature_valid"]
    for other in ([*contexts, v.DATA_INTEGRITY_V2], list(contexts)[:-1], v.CREDENTIALS_V1, {"@vocab": "urn:a:"}):
        assert codes({**document, "proof": {**document["proof"], "@context": other}}) == ["unsupported_proof"]


def test_a_context_more_in_the_document_is_not_covered_by_jcs_proofs_with_contexts_of_their_own():
    contexts = [v.CREDENTIALS_V2]
    document = foreign.secure(foreign.credential(ED), ED, v.EDDSA_JCS_2022, **{"@context": contexts})
    assert codes(document) == ["signature_valid"]
    assert codes({**document, "@context": [*contexts, v.DATA_INTEGRITY_V2]}) == ["unsupported_proof"]


def test_an_undefined_member_of_a_proof_is_not_signed():
    document = foreign.secure(foreign.credential(ED), ED)
    added = {**document, "proof": {**document["proof"], "remark": "added"}}
    assert codes(added, canonicalizer=canonicalize) == ["malformed_proof"]
    by_jcs = foreign.secure(foreign.credential(ED), ED, v.EDDSA_JCS_2022)
    assert codes({**by_jcs, "proof": {**by_jcs["proof"], "remark": "added"}}) == ["invalid_signature"]


def test_the_detail_names_every_proof():
    document = foreign.secure(foreign.credential(ED), ED, as_array=True)
    check = proofs.conclude(judge({**document, "proof": [*document["proof"], {**UNKNOWN[0], **COMMON}]}))
    assert check.detail["proofs"] == [
        {
            "suite": "eddsa-rdfc-2022",
            "verificationMethod": ED.method.id,
            "code": "signature_valid",
            "created": foreign.CREATED,
        },
        {"suite": "ecdsa-sd-2023", "verificationMethod": "did:example:a#key-1", "code": "unsupported_proof"},
    ]
