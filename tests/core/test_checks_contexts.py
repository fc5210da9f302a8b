"""Only exact, ordered lists of pinned contexts are accepted, and none that a document does not need."""

import itertools

import pytest

from openedx_verifiable_credentials.core import contexts as pinned
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.checks import contexts
from openedx_verifiable_credentials.core.checks.contexts import require_accepted
from openedx_verifiable_credentials.core.checks.report import Outcome
from openedx_verifiable_credentials.core.checks.report import codes
from openedx_verifiable_credentials.core.checks.schema import check_schema
from openedx_verifiable_credentials.exceptions import DocumentError
from tests import documents
from tests import standards

OURS = documents.ours()
FOREIGN = [
    f"{documents.OB30}/simple.json",
    f"{documents.OB30}/simple_v1.json",
    f"{documents.OB30}/credential-status-revoked.json",
    f"{documents.OB30}/bit-string-list/testlist",
    f"{documents.BLOCKCERTS}/proof-chain-example-ed25519.json",
    f"{documents.BLOCKCERTS}/cert-rl-status-list-2021.json",
    "vectors/blockcerts-cert-schema-examples/example.3.1.multisigned.json",
]
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/"
PROOF_CONTEXTS = {
    "https://w3id.org/security/suites/chained-2021/v1": "ChainedProof2021",
    "https://w3id.org/security/data-integrity/v1": v.DATA_INTEGRITY_PROOF,
    v.DATA_INTEGRITY_V2: v.DATA_INTEGRITY_PROOF,
    # With which it was signed before it was anchored.
    "https://w3id.org/security/suites/ed25519-2020/v1": v.MERKLE_PROOF_2019,
}


@pytest.fixture(params=[*OURS, *FOREIGN])
def document(request):
    return OURS[request.param] if request.param in OURS else standards.read_json(request.param)


def code_for(document):
    with pytest.raises(DocumentError) as refusal:
        require_accepted(document)
    return refusal.value.code


def with_contexts(document, urls):
    return {**document, "@context": urls}


def test_the_lists_that_issuers_use_are_accepted(document):
    require_accepted(document)


def test_one_context_more_is_refused_wherever_it_is_put(document):
    own = document["@context"]
    passed = set()
    for url in sorted(pinned.known_contexts()):
        for at in range(len(own) + 1):
            if check_schema(with_contexts(document, [*own[:at], url, *own[at:]])).outcome is Outcome.PASSED:
                passed.add(url)
    assert passed <= may_be_added(document)


def may_be_added(document):
    """Contexts that a document of this kind may list, though this one does not."""
    types = str(document.get("proof"))
    found = {v.STATUS_V1} if own_profile(document) else set()
    # Beside Open Badges stands the context of their extensions in most examples, used or not: it has three types only.
    found |= {v.OPEN_BADGES_EXTENSIONS} if v.OPEN_BADGE_CREDENTIAL in document["type"] else set()
    # That of a kind of proof which the document has: the data model says the same of it, or nothing.
    return found | {url for url in PROOF_CONTEXTS if PROOF_CONTEXTS[url] in types}


def own_profile(document):
    """Lists of ``obv3-vc1`` have the context of status lists whether or not there is a status."""
    return document["@context"][0] == v.CREDENTIALS_V1 and "OpenBadgeCredential" in document["type"]


def test_another_order_is_refused(document):
    own = document["@context"]
    for order in itertools.permutations(own):
        if list(order) != own:
            assert code_for(with_contexts(document, list(order))) in ("context_not_accepted", "malformed"), order


def test_no_context_may_stand_twice(document):
    own = document["@context"]
    for at in range(len(own)):
        assert code_for(with_contexts(document, [*own[: at + 1], *own[at:]])) == "context_not_accepted"


@pytest.mark.parametrize(
    ("urls", "code"),
    [
        (["https://evil.example/"], "malformed"),
        ([v.OPEN_BADGES_V3, v.CREDENTIALS_V2], "malformed"),
        ([], "malformed"),
        (None, "malformed"),
        (5, "malformed"),
        ({}, "malformed"),
        ([{"@vocab": "https://evil.example/"}], "malformed"),
        ([[v.CREDENTIALS_V2]], "malformed"),
        ([v.CREDENTIALS_V2 + "#"], "malformed"),
        ("https://evil.example/", "malformed"),
        (v.CREDENTIALS_V2, "context_not_accepted"),
        ([v.CREDENTIALS_V2, {"@vocab": "https://evil.example/"}], "context_not_accepted"),
        ([v.CREDENTIALS_V2, None], "context_not_accepted"),
        ([v.CREDENTIALS_V2, [v.OPEN_BADGES_V3]], "context_not_accepted"),
        ([v.CREDENTIALS_V2, v.DID_V1], "context_not_accepted"),
        ([v.CREDENTIALS_V2] * 11, "context_not_accepted"),
        ([v.CREDENTIALS_V2, "https://evil.example/"], "unknown_context"),
        ([v.CREDENTIALS_V2, v.OPEN_BADGES_V3.upper()], "unknown_context"),
        ([v.CREDENTIALS_V2, v.DID_V1, "https://evil.example/"], "unknown_context"),
    ],
    ids=repr,
)
def test_only_a_list_without_a_data_model_fails_others_are_not_checked(urls, code):
    document = {**OURS["obv3-vc2-course"], "@context": urls}
    assert code_for(document) == code
    assert codes()[code]["outcome"] == ("failed" if code == "malformed" else "not_checked")
    assert check_schema(document).code == code
    assert check_schema(document).detail == {"at": "/@context"}


@pytest.mark.parametrize("where", ["issuer", "credentialSubject", "credentialStatus"])
def test_contexts_stand_nowhere_but_on_documents(where):
    document = OURS["obv3-vc2-course"]
    inner = {**document[where], "@context": document["@context"]}
    assert code_for({**document, where: inner}) == "context_not_accepted"
    assert check_schema({**document, where: inner}).detail == {"at": f"/{where}/@context"}


def test_a_proof_may_repeat_the_contexts_of_what_it_secures_and_no_others():
    document = OURS["obv3-vc2-course"]
    proof = document["proof"][0]
    require_accepted({**document, "proof": [{**proof, "@context": document["@context"]}]})
    assert code_for({**document, "proof": [{**proof, "@context": document["@context"][:1]}]}) == "context_not_accepted"
    assert code_for({**document, "proof": {**proof, "@context": {}}}) == "context_not_accepted"


def test_each_credential_inside_another_document_has_a_list_that_is_accepted():
    one, other = OURS["obv3-vc1-course"], OURS["obv3-vc2-course"]
    require_accepted(documents.presentation(one, other))
    shuffled = {**other, "@context": other["@context"][::-1]}
    assert code_for(documents.presentation(one, shuffled)) == "malformed"
    more = {**other, "@context": [*other["@context"], v.STATUS_V1]}
    assert check_schema(documents.presentation(one, more)).detail == {"at": "/verifiableCredential/1/@context"}
    # What a credential inside needs is not what the presentation needs.
    assert (
        code_for(documents.presentation(other, contexts=[v.CREDENTIALS_V2, v.OPEN_BADGES_V3])) == "context_not_accepted"
    )


def test_an_endorsement_inside_a_credential_has_a_list_that_is_accepted():
    whole = standards.read_json(f"{documents.OB30}/complete.json")
    require_accepted(whole)
    endorsement = {**whole["endorsement"][0], "@context": [*whole["endorsement"][0]["@context"], v.ED25519_2020_V1]}
    assert code_for({**whole, "endorsement": [endorsement]}) == "context_not_accepted"


def test_a_context_of_proofs_may_stand_ready_where_nothing_is_signed():
    document = documents.without_proof(OURS["obv3-vc1-course"])
    require_accepted(document)
    assert code_for({**document, "proof": {"type": "DataIntegrityProof"}}) == "context_not_accepted"


def test_what_was_signed_and_is_anchored_instead_keeps_its_contexts():
    document = documents.without_proof(OURS["obv3-vc1-course"])
    require_accepted({**document, "proof": {"type": "MerkleProof2019"}})
    assert code_for({**document, "proof": {"type": "ChainedProof2021"}}) == "context_not_accepted"


def test_the_table_names_pinned_contexts_each_in_one_place():
    named = [url for row in contexts._rows() for url in row["contexts"]]
    assert len(named) == len(set(named))
    assert set(named) <= pinned.known_contexts()
    assert {url for url in pinned.known_contexts() if url.startswith(OPEN_BADGES)} <= set(named)
    for row in contexts._rows():
        assert set(row) <= {"contexts", "types", "proofs", "only_with"}
        assert row.get("only_with", v.CREDENTIALS_V1) in contexts._rows()[0]["contexts"]
