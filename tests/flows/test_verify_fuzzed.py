"""Whatever is done to a document there is a report, and no document that was changed is valid."""

import json

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.checks.report import Verdict
from openedx_verifiable_credentials.flows.verify import Verifier
from openedx_verifiable_credentials.flows.verify import VerifyMeans
from tests import foreign
from tests import merkle
from tests import properties
from tests import trees
from tests.fetchers import FakeFetcher

WEB = foreign.signer(host=foreign.HOST)


def with_account():
    """The issuer's DID document, with the account that anchors."""
    document = foreign.did_document(WEB)
    method = f"{WEB.method.controller}#base-1"
    entry = {"id": method, "type": "EcdsaSecp256k1RecoveryMethod2020", "controller": WEB.method.controller}
    document["verificationMethod"].append(entry)
    document["assertionMethod"].append(method)
    return document


HOLDER = foreign.signer(41)
PLAIN = foreign.secure(foreign.credential(WEB, status=foreign.entry()), WEB)
BY_JCS = foreign.secure(foreign.credential(WEB, status=foreign.entry()), WEB, v.EDDSA_JCS_2022)
FIRST = foreign.secure(foreign.credential(WEB), WEB, as_array=True, id="urn:uuid:1")
CHAIN = foreign.secure(FIRST, WEB, v.EDDSA_JCS_2022, after=["urn:uuid:1"])
BARE = foreign.credential(WEB)
ANCHORED = {**BARE, "proof": merkle.proof(merkle.leaf(BARE), merkle.leaf(BARE), [], kind="merkle-proof-2019")}
PRESENTATION = foreign.presentation([PLAIN], HOLDER, challenge="abc")
DOCUMENTS = {
    "rdfc": (PLAIN, Verdict.VALID),
    "jcs": (BY_JCS, Verdict.VALID),
    "chain": (CHAIN, Verdict.VALID),
    "anchored": (ANCHORED, Verdict.COULD_NOT_BE_CHECKED),
    "presentation": (PRESENTATION, Verdict.VALID),
}
SERVED = {
    foreign.did_url(): with_account(),
    foreign.LIST_URL: foreign.secure(foreign.list_credential(WEB), WEB),
}
PLACES = {name: list(trees.paths(document)) for name, (document, _) in DOCUMENTS.items()}


def verify(raw):
    means = VerifyMeans(lambda _: None, lambda _: None, FakeFetcher(SERVED), None, lambda: foreign.NOW)
    return Verifier(means).verify(raw)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_as_it_was_signed_a_document_has_its_verdict(name):
    document, verdict = DOCUMENTS[name]
    assert verify(foreign.raw(document)).verdict is verdict


@pytest.mark.parametrize("name", DOCUMENTS)
@settings(max_examples=120)
@given(st.data(), properties.json_values)
def test_a_document_that_was_changed_anywhere_is_not_valid(name, data, value):
    document, _ = DOCUMENTS[name]
    changed = trees.changed(document, data.draw(st.sampled_from(PLACES[name])), value)
    report = verify(json.dumps(changed).encode())
    assert report.as_json()["checks"]
    if report.verdict in (Verdict.VALID, Verdict.VALID_WITH_WARNINGS):
        assert is_same(changed, document), changed


@pytest.mark.parametrize("name", DOCUMENTS)
@settings(max_examples=60)
@given(st.data(), st.text(max_size=8), properties.json_values)
def test_a_document_with_one_more_member_is_not_valid(name, data, member, value):
    document, _ = DOCUMENTS[name]
    place = data.draw(st.sampled_from([path for path in PLACES[name] if isinstance(trees.at(document, path), dict)]))
    if member in trees.at(document, place):
        return
    report = verify(json.dumps(trees.changed(document, (*place, member), value)).encode())
    assert report.verdict not in (Verdict.VALID, Verdict.VALID_WITH_WARNINGS)


@settings(max_examples=200)
@given(st.binary(max_size=200) | properties.json_values.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_have_a_report(raw):
    assert verify(raw).verdict in (Verdict.INVALID, Verdict.COULD_NOT_BE_CHECKED)


def is_same(changed, document):
    """
    Whether they say the same: a single value may stand in an array of one, where JSON itself is not what is signed; and
    a proof that became one of an unknown kind says nothing, as if it were not there.
    """
    return alike(changed) in (alike(document), alike(document | {"proof": known(document, changed)}))


def known(document, changed):
    """The first proof alone, and whatever stands in the place of the second."""
    proofs = document["proof"]
    return [proofs[0], *changed["proof"][1:]] if isinstance(proofs, list) and len(changed["proof"]) > 1 else proofs


def alike(node):
    if isinstance(node, dict):
        return {name: alike(value) for name, value in node.items()}
    if isinstance(node, list):
        return alike(node[0]) if len(node) == 1 else [alike(value) for value in node]
    return node
