"""
Anchors count where their chain has the root, sent by the issuer's account while it was the issuer's. Each thing that is
wrong has a code of its own, and none of them is valid.
"""

import datetime

import pytest

from openedx_verifiable_credentials.core.checks.report import CheckName
from openedx_verifiable_credentials.core.checks.report import Verdict
from openedx_verifiable_credentials.data import AnchoredRoot
from openedx_verifiable_credentials.data import BlockTag
from openedx_verifiable_credentials.exceptions import AnchoringError
from openedx_verifiable_credentials.exceptions import FetchError
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.flows.verify import Expectations
from openedx_verifiable_credentials.flows.verify import Verifier
from openedx_verifiable_credentials.flows.verify import VerifyMeans
from tests import anchored
from tests import foreign
from tests import merkle
from tests.fetchers import FakeFetcher

NOW = foreign.NOW
MINED_AT = NOW - datetime.timedelta(days=10)
SINGLE, SIGNED = anchored.unsigned(), anchored.signed()
FORMS = {"single": SINGLE, "chained": SIGNED}
every_form = pytest.mark.parametrize("form", FORMS)


class Chain:
    """Implements ports.ChainReader with one answer for whatever is asked."""

    def __init__(self, found):
        self.found = found
        self.asked = []

    def find_anchor(self, chain, network, transaction):
        self.asked.append((chain, network, transaction))
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


def carried(document, *, sender=anchored.ACCOUNT, is_test=False, at=MINED_AT, root=None):
    """What a transaction with the root of this document's batch is."""
    root = anchored.root_of(document) if root is None else root
    return AnchoredRoot(root, sender, at, BlockTag.SAFE, "Base Sepolia" if is_test else "Base", is_test)


def judge(document, found, *, served=None, at=None, offline=False, expected=None):
    chain = found if isinstance(found, Chain) else Chain(found)
    fetcher = FakeFetcher(anchored.published() if served is None else served)
    means = VerifyMeans(
        find_own=lambda _: None,
        find_own_keys=lambda _: None,
        fetcher=None if offline else fetcher,
        chain=chain,
        now=lambda: NOW,
    )
    return Verifier(means).verify(foreign.raw(document), at=at, expected=expected)


def codes(report):
    return [report.get(name).code for name in (CheckName.SIGNATURE, CheckName.ISSUER)]


def anchors_of(report):
    return [proof["anchor"] for proof in report.get(CheckName.SIGNATURE).detail["proofs"] if "anchor" in proof]


@every_form
def test_an_anchor_counts_where_the_chain_has_the_root_from_the_issuers_account(form):
    document = anchored.anchored(FORMS[form], network=merkle.BASE)
    chain = Chain(carried(FORMS[form]))
    report = judge(document, chain)
    assert report.verdict is Verdict.VALID
    assert codes(report) == ["signature_valid", "issuer_confirmed"]
    assert chain.asked == [("base", "mainnet", merkle.TRANSACTION)]
    assert anchors_of(report) == [
        {
            "network": "Base",
            "testNetwork": False,
            "sender": anchored.ACCOUNT,
            "time": "2026-03-22T12:00:00Z",
            "state": "safe",
        }
    ]
    for changed in ({**document, "name": "Another"}, {**document, "issuer": "did:web:other.example"}):
        assert judge(changed, chain).verdict is Verdict.INVALID


@every_form
def test_on_a_test_network_it_is_marked_and_never_simply_valid(form):
    report = judge(anchored.anchored(FORMS[form]), carried(FORMS[form], is_test=True))
    assert codes(report) == ["test_network_anchor", "issuer_confirmed"]
    assert report.verdict is Verdict.VALID_WITH_WARNINGS
    assert [each["testNetwork"] for each in anchors_of(report)] == [True]
    # What the chain that was asked is counts, not what the proof calls it.
    lent = anchored.anchored(FORMS[form], network=merkle.ETHEREUM)
    assert judge(lent, carried(FORMS[form], is_test=True)).verdict is Verdict.VALID_WITH_WARNINGS


WRONG = {
    "another root": (carried(SINGLE, root=bytes(32)), "invalid_anchor"),
    "more than the root": (carried(SINGLE, root=anchored.root_of(SINGLE) + b"\0"), "invalid_anchor"),
    "a call of a contract": (carried(SINGLE, root=b"\1\2\3\4" + anchored.root_of(SINGLE)), "invalid_anchor"),
    "another sender": (carried(SINGLE, sender=anchored.STRANGER), "anchor_wrong_sender"),
    "reverted": (AnchoringError("reverted", "a"), "anchor_reverted"),
    "reorganised": (AnchoringError("reorganised", "a"), "anchor_reorganised"),
}
IN_CHAINED = {
    "another root": carried(SIGNED, root=bytes(32)),
    "more than the root": carried(SIGNED, root=anchored.root_of(SIGNED) + b"\0"),
    "a call of a contract": carried(SIGNED, root=b"\1\2\3\4" + anchored.root_of(SIGNED)),
    "another sender": carried(SIGNED, sender=anchored.STRANGER),
}


@pytest.mark.parametrize("what", WRONG)
@every_form
def test_a_wrong_anchor_has_a_code_of_its_own_and_is_invalid_even_beside_a_good_signature(form, what):
    found, code = WRONG[what]
    found = IN_CHAINED.get(what, found) if form == "chained" else found
    for network in (merkle.BASE, merkle.BASE_SEPOLIA):
        report = judge(anchored.anchored(FORMS[form], network=network), found)
        assert codes(report)[0] == code
        assert report.verdict is Verdict.INVALID


OPEN = {
    "not found": (AnchoringError("no_such_transaction", "a"), "anchor_not_found"),
    "the chain is not configured": (None, "anchor_not_checked"),
    "the chain does not answer": (FetchError("fetch_failed", "a"), "anchor_not_checked"),
    "another chain answers": (AnchoringError("wrong_chain", "a"), "anchor_not_checked"),
    "nonsense is answered": (AnchoringError("bad_answer", "a"), "anchor_not_checked"),
    "nobody answers": (TransientError("chain_unavailable", "a"), "anchor_not_checked"),
}


@pytest.mark.parametrize("what", OPEN)
def test_without_a_signature_a_document_whose_anchor_is_not_confirmed_could_not_be_checked(what):
    found, code = OPEN[what]
    for network in (merkle.BASE, merkle.BASE_SEPOLIA):
        report = judge(anchored.anchored(SINGLE, network=network), found)
        assert codes(report)[0] == code
        assert report.verdict is Verdict.COULD_NOT_BE_CHECKED


@pytest.mark.parametrize("what", OPEN)
def test_beside_a_good_signature_what_was_looked_for_in_vain_is_a_warning(what):
    found, code = OPEN[what]
    report = judge(anchored.anchored(SIGNED, network=merkle.BASE), found)
    details = report.get(CheckName.SIGNATURE).detail["proofs"]
    assert [proof["code"] for proof in details] == ["signature_valid", code]
    in_vain = code == "anchor_not_found"
    assert codes(report)[0] == ("anchor_unconfirmed" if in_vain else "signature_valid")
    assert report.verdict is (Verdict.VALID_WITH_WARNINGS if in_vain else Verdict.VALID)
    # The signature is no better for it.
    spoilt = anchored.anchored({**SIGNED, "proof": [{**SIGNED["proof"][0], "created": "2026-03-02T08:00:01Z"}]})
    assert judge(spoilt, found).verdict is Verdict.INVALID


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (Expectations(), "signature_valid"),
        (Expectations(challenge="abc"), "wrong_challenge"),
        (Expectations(domain="verifier.example"), "wrong_challenge"),
        (Expectations("abc", "verifier.example"), "wrong_challenge"),
    ],
)
@pytest.mark.parametrize("is_test", [False, True])
def test_an_anchor_answers_no_challenge_whatever_is_written_beside_it(is_test, asked, code):
    # Nothing covers these members: whoever has the presentation could have added them.
    bare = foreign.presentation([], anchored.BY, signed=False)
    answer = {"proofPurpose": "authentication", "challenge": "abc", "domain": "verifier.example"}
    served = {foreign.did_url(): {**anchored.did_document(), "authentication": [anchored.METHOD]}}
    report = judge(anchored.anchored(bare, **answer), carried(bare, is_test=is_test), served=served, expected=asked)
    assert codes(report)[0] == ("test_network_anchor" if is_test and code == "signature_valid" else code)
    assert (report.verdict is Verdict.INVALID) == (code == "wrong_challenge")


def test_offline_no_chain_is_there_and_nothing_is_said_against_it():
    means = VerifyMeans(lambda _: None, lambda _: None, None, None, lambda: NOW)
    given = {foreign.did_url(): foreign.raw(anchored.did_document())}
    for document, verdict in ((SINGLE, Verdict.COULD_NOT_BE_CHECKED), (SIGNED, Verdict.VALID)):
        report = Verifier(means, given).verify(foreign.raw(anchored.anchored(document, network=merkle.BASE)))
        assert report.verdict is verdict


# --- Whose account


@pytest.mark.parametrize(
    ("served", "code"),
    [
        (anchored.published(), "signature_valid"),
        (anchored.published(account=anchored.STRANGER), "anchor_wrong_sender"),
        (anchored.published(blockchainAccountId="eip155:8453:0x12"), "anchor_wrong_sender"),
        ({foreign.did_url(): foreign.did_document(anchored.BY)}, "anchor_wrong_sender"),
        ({}, "key_unavailable"),
    ],
    ids=["theirs", "a stranger's", "not one", "none", "unreachable"],
)
def test_the_account_is_the_one_that_the_did_document_has(served, code):
    document = anchored.anchored(SINGLE, network=merkle.BASE)
    report = judge(document, carried(SINGLE), served=served)
    assert codes(report)[0] == code
    assert (report.verdict is Verdict.VALID) == (code == "signature_valid")


def test_where_the_dates_of_keys_cannot_be_had_nothing_is_confirmed():
    document = anchored.anchored(SINGLE, network=merkle.BASE)
    for endpoint, code in ((anchored.PROFILE_URL, "signature_valid"), ([anchored.PROFILE_URL], "anchor_not_checked")):
        published = anchored.did_document(profile=endpoint)
        served = {foreign.did_url(): published, anchored.PROFILE_URL: anchored.profile({})}
        assert codes(judge(document, carried(SINGLE), served=served))[0] == code


def test_an_account_that_is_listed_for_nothing_is_not_the_issuers():
    served = {foreign.did_url(): {**anchored.did_document(), "assertionMethod": []}}
    report = judge(anchored.anchored(SINGLE, network=merkle.BASE), carried(SINGLE), served=served)
    assert codes(report) == ["signature_valid", "method_not_listed"]
    assert report.verdict is Verdict.INVALID


THIEF = foreign.signer(66, host="thief.example")


def thief_with_account():
    document = foreign.did_document(THIEF)
    entry = {
        "id": f"{THIEF.method.controller}#base-1",
        "type": "EcdsaSecp256k1RecoveryMethod2020",
        "controller": THIEF.method.controller,
        "blockchainAccountId": f"eip155:8453:{anchored.STRANGER}",
    }
    document["verificationMethod"].append(entry)
    document["assertionMethod"].append(entry["id"])
    return document


@pytest.mark.parametrize("network", [merkle.BASE, merkle.BASE_SEPOLIA], ids=["main network", "test network"])
def test_the_anchor_of_another_does_not_speak_for_the_issuer(network):
    """A forger anchors by their own account, and puts a proof beside that names the issuer's and cannot be decided."""
    forged = anchored.unsigned("Forged")
    own = anchored.anchored(forged, network=network, verificationMethod=f"{THIEF.method.controller}#base-1")
    claimed = anchored.anchored(forged, network=(77, 5))
    document = {**forged, "proof": [own["proof"], claimed["proof"]]}
    served = {**anchored.published(), foreign.did_url("thief.example"): thief_with_account()}

    class TwoChains(Chain):
        def find_anchor(self, chain, name, transaction):
            return super().find_anchor(chain, name, transaction) if chain == "base" else None

    found = carried(forged, sender=anchored.STRANGER, is_test=network == merkle.BASE_SEPOLIA)
    report = judge(document, TwoChains(found), served=served)
    assert [proof["code"] for proof in report.get(CheckName.SIGNATURE).detail["proofs"]][1] == "anchor_not_checked"
    assert codes(report)[1] == "not_the_issuers_key"
    assert report.verdict is Verdict.INVALID


# --- When it was the issuer's

DAY = datetime.timedelta(days=1)


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([{}], "signature_valid"),
        ([{"created": stamp(MINED_AT)}], "signature_valid"),
        ([{"created": stamp(MINED_AT + DAY)}], "anchor_wrong_sender"),
        ([{"created": None}], "anchor_wrong_sender"),
        ([{"created": "long ago"}], "anchor_wrong_sender"),
        ([{"revoked": stamp(MINED_AT + DAY)}], "signature_valid"),
        ([{"revoked": stamp(MINED_AT)}], "anchor_wrong_sender"),
        ([{"revoked": stamp(MINED_AT - DAY)}], "anchor_wrong_sender"),
        ([{"revoked": "long ago"}], "anchor_wrong_sender"),
        ([{"expires": stamp(MINED_AT + DAY)}], "signature_valid"),
        ([{"expires": stamp(MINED_AT - DAY)}], "anchor_wrong_sender"),
        ([{"expires": stamp(MINED_AT + DAY), "revoked": stamp(MINED_AT - DAY)}], "anchor_wrong_sender"),
        ([{"expires": stamp(MINED_AT - DAY)}, {"created": stamp(MINED_AT - DAY)}], "signature_valid"),
        ([{"id": f"ecdsa-koblitz-pubkey:{anchored.STRANGER}"}], "anchor_wrong_sender"),
        ([{"id": anchored.ACCOUNT.upper().replace("X", "x")}], "signature_valid"),
        ([{"id": 5}], "anchor_wrong_sender"),
        ([], "anchor_wrong_sender"),
    ],
    ids=str,
)
def test_a_key_counts_from_its_beginning_to_its_end_by_the_time_of_the_block(entries, code):
    served = {
        **anchored.published(profile=anchored.PROFILE_URL),
        anchored.PROFILE_URL: anchored.profile(*entries),
    }
    for form in FORMS.values():
        report = judge(anchored.anchored(form, network=merkle.BASE), carried(form), served=served)
        assert codes(report)[0] == code
        assert report.verdict is (Verdict.VALID if code == "signature_valid" else Verdict.INVALID)


@pytest.mark.parametrize("body", [None, b"", b"[]", b"<html>", b'{"publicKey":' + b"[1]," * 40_000], ids=str)
def test_without_a_profile_that_can_be_read_an_anchor_is_not_checked(body):
    served = {**anchored.published(profile=anchored.PROFILE_URL), anchored.PROFILE_URL: body}
    for form, verdict in ((SINGLE, Verdict.COULD_NOT_BE_CHECKED), (SIGNED, Verdict.VALID)):
        report = judge(anchored.anchored(form, network=merkle.BASE), carried(form), served=served)
        assert report.get(CheckName.SIGNATURE).detail["proofs"][-1]["code"] == "anchor_not_checked"
        assert report.verdict is verdict


@pytest.mark.parametrize(
    ("member", "at", "code"),
    [
        ("revoked", MINED_AT + DAY, "issuer_confirmed"),
        ("revoked", MINED_AT - DAY, "key_revoked"),
        ("expires", MINED_AT + DAY, "issuer_confirmed"),
        ("expires", MINED_AT - DAY, "key_expired"),
    ],
)
def test_what_the_did_document_says_of_its_end_is_held_to_the_block_too(member, at, code):
    served = anchored.published(**{member: stamp(at)})
    report = judge(anchored.anchored(SINGLE, network=merkle.BASE), carried(SINGLE), served=served)
    assert codes(report) == ["signature_valid", code]


# --- What is asked


def test_a_transaction_and_a_profile_are_asked_for_once():
    served = {**anchored.published(profile=anchored.PROFILE_URL), anchored.PROFILE_URL: anchored.profile({})}
    chain, fetcher = Chain(carried(SINGLE)), FakeFetcher(served)
    means = VerifyMeans(lambda _: None, lambda _: None, fetcher, chain, lambda: NOW)
    verifier = Verifier(means)
    for _ in range(3):
        report = verifier.verify(foreign.raw(anchored.anchored(SINGLE, network=merkle.BASE)))
        assert report.verdict is Verdict.VALID
    assert len(chain.asked) == 1
    assert fetcher.asked == [foreign.did_url(), anchored.PROFILE_URL]


def test_for_a_document_that_is_not_the_leaf_no_chain_is_asked():
    chain = Chain(carried(SINGLE))
    report = judge({**anchored.anchored(SINGLE, network=merkle.BASE), "name": "Another"}, chain)
    assert codes(report)[0] == "invalid_signature"
    assert chain.asked == []


def test_a_proof_for_another_purpose_anchors_nothing():
    document = anchored.anchored(SINGLE, network=merkle.BASE, proofPurpose="authentication")
    report = judge(document, carried(SINGLE))
    assert codes(report)[0] == "wrong_purpose"
    assert report.verdict is Verdict.INVALID


@pytest.mark.parametrize(
    ("service", "code"),
    [
        ([{"type": "IssuerProfile", "serviceEndpoint": anchored.PROFILE_URL}], "anchor_wrong_sender"),
        ([{"type": ["IssuerProfile"], "serviceEndpoint": anchored.PROFILE_URL}], "anchor_wrong_sender"),
        (
            [{"type": "LinkedDomains"}, 5, {"type": "IssuerProfile", "serviceEndpoint": anchored.PROFILE_URL}],
            "anchor_wrong_sender",
        ),
        ([{"type": "LinkedDomains", "serviceEndpoint": anchored.PROFILE_URL}], "signature_valid"),
        ([{"type": "IssuerProfile", "serviceEndpoint": {"a": anchored.PROFILE_URL}}], "anchor_not_checked"),
        ({"type": "IssuerProfile", "serviceEndpoint": anchored.PROFILE_URL}, "anchor_wrong_sender"),
        ("IssuerProfile", "signature_valid"),
        (None, "signature_valid"),
    ],
    ids=str,
)
def test_the_profile_is_the_service_of_that_type(service, code):
    served = {
        foreign.did_url(): {**anchored.did_document(), "service": service},
        anchored.PROFILE_URL: anchored.profile({"revoked": stamp(MINED_AT - DAY)}),
    }
    report = judge(anchored.anchored(SINGLE, network=merkle.BASE), carried(SINGLE), served=served)
    assert codes(report)[0] == code
