"""Whatever JSON a stranger sends: the true signer comes out, or a PresentationError, and nothing else ever."""

import json

import pytest
from hypothesis import example
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import presentations
from openedx_verifiable_credentials.exceptions import PresentationError
from tests import properties
from tests import trees
from tests import wallet as wallets
from tests.wallet import make_wallet

CHALLENGE = "n0tL5QpZ0x8fHk2dV7sYw1RgTb3EjUaM4cKiOlXeF9o"
DOMAINS = frozenset(("credentials.example.org",))
ALICE = make_wallet(b"\x01" * 32)
MALLORY = make_wallet(b"\x02" * 32)
GOOD = [ALICE.present(CHALLENGE, context=context, suite=suite) for context, suite in sorted(wallets.CONTEXTS)]
MEMBERS = ("@context", "id", "type", "holder", "proof", "verifiableCredential")
PROOF_MEMBERS = tuple(GOOD[1]["proof"])
MORE_PLACES = (("proof", "domain"), ("proof", "@context"))
WORDS = (
    *(wallets.V1, wallets.V2, wallets.ED25519_2020, wallets.DATA_INTEGRITY, "https://evil.example/"),
    *("VerifiablePresentation", "DataIntegrityProof", "Ed25519Signature2020", "eddsa-rdfc-2022", "authentication"),
    *(CHALLENGE, "credentials.example.org", "2026-01-01T00:00:00Z", "_:b0", "urn:x:1", "did:web:127.0.0.1"),
    *(ALICE.did, ALICE.method, MALLORY.did, MALLORY.method, GOOD[0]["proof"]["proofValue"], "@id", ""),
)
values = st.one_of(
    st.sampled_from(WORDS),
    properties.json_values,
    st.lists(st.sampled_from(WORDS), max_size=3),
    st.dictionaries(
        st.sampled_from((*MEMBERS, *PROOF_MEMBERS, "@id", "@type", "@graph")), st.sampled_from(WORDS), max_size=3
    ),
)


def outcome(presentation):
    """The DID that came out, or None where it was refused; anything else fails the test."""
    try:
        return presentations.verify_presentation(presentation, challenge=CHALLENGE, domains=DOMAINS).did
    except PresentationError as refusal:
        assert refusal.code
        assert refusal.message
        return None


@settings(max_examples=400)
@given(
    presentation=st.one_of(
        st.dictionaries(st.one_of(st.sampled_from(MEMBERS), st.text(max_size=5)), values, max_size=6),
        st.fixed_dictionaries({name: values for name in MEMBERS[:-1] if name != "id"}),
    )
)
def test_arbitrary_objects_prove_nothing(presentation):
    assert outcome(presentation) is None


@settings(max_examples=400)
@given(
    good=st.sampled_from(GOOD),
    changes=st.lists(st.tuples(st.integers(0, 30), st.one_of(st.just(...), values)), min_size=1, max_size=3),
)
@example(good=GOOD[0], changes=[(0, {})])
def test_a_changed_presentation_proves_its_true_signer_or_nothing(good, changes):
    changed = good
    for where, value in changes:
        if not isinstance(changed, dict) or not changed:
            break
        places = [*list(trees.paths(changed))[1:], *((name,) for name in MEMBERS), *MORE_PLACES]
        path = places[where % len(places)]
        try:
            changed = trees.without(changed, path) if value is ... else trees.changed(changed, path, value)
        except (KeyError, IndexError, TypeError):
            continue
    assert outcome(changed) in (None, ALICE.did)


@settings(max_examples=200)
@given(good=st.sampled_from(GOOD), where=st.integers(0, 5000), character=st.characters(codec="ascii"))
def test_a_changed_character_of_the_body_proves_the_true_signer_or_nothing(good, where, character):
    body = json_text.write(good).decode("utf-8")
    where %= len(body)
    try:
        read = json_text.read_object((body[:where] + character + body[where + 1 :]).encode())
    except PresentationError:
        return
    did = outcome(read)
    assert did in (None, ALICE.did)
    assert did is None or read == good


def _places():
    for good in GOOD:
        for path in [*list(trees.paths(good))[1:], ("id",), *MORE_PLACES]:
            yield good, path


@pytest.mark.parametrize("odd", ["\ud800", "x\udfff", "\x00", "\u202e", "x" * 60_000], ids=lambda odd: ascii(odd)[:12])
def test_odd_strings_in_any_place_are_refused(odd):
    for good, path in _places():
        assert outcome(trees.changed(good, path, odd)) is None, trees.name(path)


def test_the_contexts_in_any_place_of_the_proof_are_refused():
    for good in GOOD:
        for name in (*PROOF_MEMBERS, "domain"):
            assert outcome(trees.changed(good, ("proof", name), good["@context"])) is None, name


def clique(size):
    """A graph in which every blank node points at every other one: canonicalising it takes exponential time."""
    names = [f"_:b{number}" for number in range(size)]
    every = "https://example.org/p"
    return [{"@id": name, every: [{"@id": other} for other in names if other != name]} for name in names]


@pytest.mark.parametrize("member", [*MEMBERS, "@graph", "@included", "proof.x", "proof.domain", "proof.@context"])
def test_a_poisonous_graph_is_refused_before_json_ld_sees_it(member, monkeypatch):
    def reached(_document):
        raise AssertionError("the graph reached the canonicaliser")

    monkeypatch.setattr(presentations, "canonicalize", reached)
    for poison in (clique(8), {"@graph": clique(8)}, clique(8)[0]):
        for good in GOOD:
            assert outcome(trees.changed(good, tuple(member.split(".")), poison)) is None


def test_what_came_in_is_left_as_it_was():
    for good in GOOD:
        before = json.dumps(good)
        outcome(good)
        outcome(trees.changed(good, ("proof", "@context"), good["@context"]))
        assert json.dumps(good) == before
