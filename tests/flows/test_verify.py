"""Our own credentials are judged: with our DID documents and status lists from the database, and no network."""

import copy
import datetime
import json

import pytest

from openedx_verifiable_credentials.api import issuer_keys
from openedx_verifiable_credentials.api import revoking
from openedx_verifiable_credentials.api import verifying
from openedx_verifiable_credentials.core.checks.report import CheckName
from openedx_verifiable_credentials.core.checks.report import Verdict
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import IssuerKey
from tests import signed
from tests.wallet import make_wallet

WALLETS = {"obv3-vc1": "lc_wallet", "obv3-vc2": "verifierplus"}


def codes(report):
    """By check."""
    return {str(one.name): one.code for one in report.checks}


GOOD = {
    "schema": "well_formed",
    "signature": "signature_valid",
    "issuer": "issuer_confirmed",
    "status": "not_revoked",
    "dates": "in_force",
    "disclosure": "disclosure_unknown",
}


@pytest.fixture(name="claimed")
def make_claimed(make_offer, course_certificate):
    """A credential as a wallet has it."""
    return make_offer(course_certificate).claim(make_wallet()).json()


@pytest.fixture(name="claimed_from_web")
def make_claimed_from_web(course_certificate, web_issuer, make_offer):
    """The same, by an issuer that is a did:web."""
    document = make_offer(course_certificate).claim(make_wallet()).json()
    assert document["issuer"]["id"] == web_issuer.did == "did:web:credentials.example.edu"
    return document


def raw(document):
    return json.dumps(document).encode()


def judge(document, **options):
    return verifying.verify(raw(document), offline=True, **options)


def test_a_credential_of_ours_is_valid(claimed):
    report = judge(claimed)
    assert codes(report) == GOOD
    assert report.verdict is Verdict.VALID


def test_a_credential_of_a_did_web_issuer_of_ours_is_valid_without_the_network(claimed_from_web):
    report = judge(claimed_from_web)
    assert codes(report) == GOOD
    assert report.verdict is Verdict.VALID


def test_a_revoked_credential_is_invalid(claimed):
    *_, done = revoking.revoke_credentials([Credential.objects.get().uuid], reason="staff")
    assert revoking.publish_at_once(done.lists) == 0
    report = judge(claimed)
    assert codes(report) == {**GOOD, "status": "revoked"}
    assert report.verdict is Verdict.INVALID


def test_a_suspended_credential_is_invalid_and_valid_again_afterwards(settings, make_offer, course_certificate):
    settings.OPENEDX_VC_SUSPENSION = True
    document = make_offer(course_certificate).claim(make_wallet()).json()
    uuid = Credential.objects.get().uuid
    for lift, code in ((False, "suspended"), (True, "not_revoked")):
        assert revoking.publish_at_once(revoking.suspend_credential(uuid, lift=lift)) == 0
        report = judge(document)
        assert codes(report) == {**GOOD, "status": code}
        assert [entry["code"] for entry in report.get(CheckName.STATUS).detail["entries"]] == ["not_revoked", code]


@pytest.mark.parametrize(
    "path",
    [("name",), ("credentialSubject", "achievement", "name"), ("issuer", "name"), ("issuanceDate",), ("id",)],
)
def test_a_changed_claim_is_an_invalid_signature(claimed, path):
    changed = copy.deepcopy(claimed)
    node = changed
    for name in path[:-1]:
        node = node[name]
    assert node[path[-1]]
    node[path[-1]] = {"issuanceDate": "2020-01-01T00:00:00Z", "id": "urn:uuid:0"}.get(path[-1], "Another")
    report = judge(changed)
    assert codes(report)["signature"] == "invalid_signature"
    assert codes(report)["status"] == "status_not_reached"
    assert report.verdict is Verdict.INVALID


def test_another_did_in_the_place_of_the_issuer_is_not_the_issuer(claimed):
    thief = signed.signer(9)
    stolen = copy.deepcopy(claimed)
    stolen.pop("proof")
    forged = signed.sign(stolen, OBV3_VC1, thief)
    report = judge(forged)
    assert codes(report) == {**GOOD, "issuer": "not_the_issuers_key"}
    assert report.verdict is Verdict.INVALID


@pytest.mark.parametrize("which", ["claimed", "claimed_from_web"])
def test_a_compromised_key_is_believed_in_nothing(request, which):
    document = request.getfixturevalue(which)
    key = IssuerKey.objects.get(issuer__did=document["issuer"]["id"])
    IssuerKey.objects.filter(pk=key.pk).update(compromised_since=key.created, signs=None)
    report = judge(document)
    assert codes(report)["issuer"] == "key_revoked"
    assert report.verdict is Verdict.INVALID


def test_a_key_of_another_issuer_of_ours_is_not_this_ones(claimed_from_web):
    IssuerKey.objects.filter(issuer__did="did:web:credentials.example.edu").update(
        public_key_multibase="z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
    )
    report = judge(claimed_from_web)
    assert codes(report)["issuer"] == "method_not_listed"
    assert codes(report)["signature"] == "key_unavailable"
    assert report.verdict is Verdict.INVALID


def test_a_credential_that_was_signed_after_its_key_was_retired_is_invalid(claimed_from_web):
    slug = "academy"
    issuer_keys.rotate_key(slug, issuer_keys.NewKey())
    assert codes(judge(claimed_from_web)) == GOOD
    IssuerKey.objects.filter(issuer__slug=slug, signs=None).update(
        created=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC),
        retired_at=datetime.datetime(2020, 2, 1, tzinfo=datetime.UTC),
    )
    assert codes(judge(claimed_from_web))["issuer"] == "signed_after_retirement"


def test_a_status_list_is_out_of_date_for_a_moment_after_its_end(claimed):
    report = judge(claimed, at=datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=30))
    assert codes(report) == {**GOOD, "status": "status_list_stale"}
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED


def test_for_a_moment_before_it_was_awarded_a_credential_is_not_valid_yet(claimed):
    report = judge(claimed, at=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC))
    assert codes(report) == {**GOOD, "dates": "not_yet_valid"}
    assert report.verdict is Verdict.INVALID


def test_a_thousand_credentials_cost_as_many_queries_as_one(claimed, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        reports = list(verifying.verify_many([raw(claimed)] * 50, offline=True))
    assert {report.verdict for report in reports} == {Verdict.VALID}
