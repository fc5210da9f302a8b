"""The anchored form is what verifiers read: whole, and not with anything changed."""

import copy
import json

import pytest

from openedx_verifiable_credentials.api import issued_files
from openedx_verifiable_credentials.api import verifying
from openedx_verifiable_credentials.core.checks.report import Verdict
from openedx_verifiable_credentials.flows import anchored as flow
from openedx_verifiable_credentials.models import Credential
from tests import anchored_rows
from tests import asking
from tests import merkle
from tests.wallet import make_wallet

NOT_LOOKED_UP = "anchor_not_checked"


@pytest.fixture(name="of_version_1")
def make_of_version_1(course_certificate, web_issuer, make_offer):
    """A credential in a wallet, of a did:web."""
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    return Credential.objects.get()


@pytest.fixture(name="of_version_2")
def make_of_version_2(course_certificate, web_issuer, ada_client):
    """A credential that was downloaded, of a did:web."""
    offer = asking.init(ada_client, course_certificate, wallet="download").json()["offer"]
    assert ada_client.post(f"{asking.API}offers/{offer}/download/").status_code == 201
    return Credential.objects.get()


def anchored_form(credential):
    """As its learner gets it."""
    return json.loads(issued_files.get_own_anchored(credential.uuid, user_id=credential.learner.user_id).raw)


def proofs_of(document):
    """What the verifier says of each proof, without a network."""
    report = verifying.verify(json.dumps(document).encode(), offline=True)
    [check] = [one for one in report.checks if str(one.name) == "signature"]
    return report, [one["code"] for one in check.detail["proofs"]] if "proofs" in check.detail else [check.code]


def test_version_2_counts_by_its_signature_and_its_anchor_is_sound(of_version_2):
    anchored_rows.anchored(of_version_2)
    report, codes = proofs_of(anchored_form(of_version_2))
    assert report.verdict == Verdict.VALID
    assert codes == ["signature_valid", NOT_LOOKED_UP]


def test_version_1_has_nothing_but_its_anchor_to_count_by(of_version_1):
    anchored_rows.anchored(of_version_1)
    report, codes = proofs_of(anchored_form(of_version_1))
    assert report.verdict == Verdict.COULD_NOT_BE_CHECKED
    assert codes == [NOT_LOOKED_UP]


@pytest.mark.parametrize("which", ["of_version_1", "of_version_2"])
@pytest.mark.parametrize("change", ["name", "issuer", "proof", "path"])
def test_nothing_of_it_can_be_changed(request, which, change):
    credential = request.getfixturevalue(which)
    anchored_rows.anchored(credential)
    document = anchored_form(credential)
    changed = copy.deepcopy(document)
    proofs = changed["proof"] if isinstance(changed["proof"], list) else [changed["proof"]]
    if change == "name":
        changed["name"] = "Another"
    elif change == "issuer":
        changed["issuer"]["name"] = "Another"
    elif change == "proof" and len(proofs) == 1:
        value = proofs[0]["proofValue"]
        proofs[0]["proofValue"] = value[:30] + ("2" if value[30] != "2" else "3") + value[31:]
    elif change == "proof":
        proofs[0]["created"] = "2020-01-01T00:00:00Z"
    else:
        included = flow.inclusion(Credential.objects.select_related("issuer", *flow.WHOLE).get())
        proofs[-1]["proofValue"] = merkle.value(
            included.root, included.leaf, [(0, included.root)], transaction=included.transaction.hex()
        )
    report, codes = proofs_of(changed)
    assert report.verdict == Verdict.INVALID
    assert codes[-1] != NOT_LOOKED_UP


def test_what_was_issued_stays_as_it_was(of_version_2):
    before = issued_files.get_own_file(of_version_2.uuid, user_id=of_version_2.learner.user_id).raw
    row = bytes(Credential.objects.get().sealed_document)
    anchored_rows.anchored(of_version_2)
    anchored_form(of_version_2)
    assert bytes(Credential.objects.get().sealed_document) == row
    assert issued_files.get_own_file(of_version_2.uuid, user_id=of_version_2.learner.user_id).raw == before
