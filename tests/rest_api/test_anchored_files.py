"""What a holder gets of an anchor: its state, and the anchored form, beside a credential that never changes."""

import datetime
import json
import uuid

import pytest
from django.test import Client

from openedx_verifiable_credentials.api import erasing
from openedx_verifiable_credentials.api import revoking
from openedx_verifiable_credentials.core.suites import merkle_proof
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import InclusionProof
from tests import anchored_rows
from tests import asking
from tests import merkle
from tests import rows
from tests import sharing
from tests.wallet import make_wallet

STATES = ("mined", "safe", "finalized")
NOT_YET = ("prepared", "signed", "broadcast")


@pytest.fixture(name="handed_over")
def make_handed_over(make_offer, course_certificate):
    """What Ada's wallet got."""
    response = make_offer(course_certificate).claim(make_wallet())
    assert response.status_code == 201
    return response.content


@pytest.fixture(name="credential")
def make_credential(handed_over):
    """Its row."""
    return Credential.objects.get()


@pytest.fixture(name="page")
def make_page(ada_client, credential):
    """The path of its public page."""
    return sharing.share(ada_client, credential)


def path(credential, name="anchored.json"):
    """Where its learner has it."""
    return f"{sharing.ISSUED}{getattr(credential, 'uuid', credential)}/{name}"


def listed(client):
    """The only credential of the list."""
    [one] = client.get(sharing.ISSUED).json()["credentials"]
    return one


def proof_of(response):
    """The Merkle proof of an anchored form, read."""
    assert response.status_code == 200, response.content
    proof = json.loads(response.content)["proof"]
    last = proof[-1] if isinstance(proof, list) else proof
    return last, merkle_proof.read(last["proofValue"])


def download(client, certificate):
    """The row of what a learner keeps as a file: version 2.0."""
    offer = asking.init(client, certificate, wallet="download").json()["offer"]
    made = client.post(f"{asking.API}offers/{offer}/download/").json()["credentials"]
    return Credential.objects.get(uuid=made[0])


# Nothing is anchored


def test_without_an_anchor_everything_is_as_it_was(ada_client, credential, page):
    assert set(listed(ada_client)["files"]) == {"json", "png", "svg", "pdf"}
    assert "anchor" not in listed(ada_client)
    assert sharing.get(page, **sharing.JSON).json()["anchor"] is None
    assert "anchored" not in sharing.get(page)["Link"]
    for answer in (ada_client.get(path(credential)), sharing.get(f"{page}anchored.json")):
        assert asking.refusal(answer) == (404, "not_anchored")
        assert "Retry-After" not in answer
    assert ada_client.get(path(credential, "anchor/")).json() == {"anchor": None}


# Not yet


def test_one_that_waits_says_so(ada_client, credential, page):
    anchored_rows.leaf(credential)
    nothing = {"network": None, "is_test": False, "transaction": None, "explorer": None, "at": None}
    assert listed(ada_client)["anchor"] == {"state": "waiting", **nothing}
    assert "anchored" not in listed(ada_client)["files"]
    for answer in (ada_client.get(path(credential)), sharing.get(f"{page}anchored.json")):
        assert asking.refusal(answer) == (409, "anchor_pending")
        assert answer["Retry-After"] == "60"


@pytest.mark.parametrize("state", NOT_YET)
def test_one_whose_transaction_is_in_no_block_is_on_its_way(ada_client, credential, page, state):
    anchored_rows.anchored(credential, state)
    found = listed(ada_client)["anchor"]
    assert (found["state"], found["network"], found["is_test"]) == ("pending", "Base Sepolia", True)
    assert (found["transaction"], found["explorer"], found["at"]) == (None, None, None)
    for answer in (ada_client.get(path(credential)), sharing.get(f"{page}anchored.json")):
        assert asking.refusal(answer) == (409, "anchor_pending")
    said = sharing.get(page, **sharing.JSON).json()
    assert (said["anchor"]["state"], said["anchor"]["credential"]) == ("pending", None)


def test_the_state_says_when_to_ask_again_and_that_only_while_it_helps(ada_client, credential):
    made = anchored_rows.anchored(credential, "broadcast")
    answer = ada_client.get(path(credential, "anchor/"))
    assert (answer.json()["anchor"]["state"], answer["Retry-After"]) == ("pending", "60")
    assert answer["Cache-Control"] == "no-store"
    anchored_rows.come_to(made, "mined")
    answer = ada_client.get(path(credential, "anchor/"))
    assert answer.json()["anchor"]["state"] == "mined"
    assert "Retry-After" not in answer


# Anchored


@pytest.mark.parametrize("state", STATES)
def test_in_a_block_it_is_had_with_its_state(ada_client, credential, page, state):
    made = anchored_rows.anchored(credential, state)
    hash_ = made.transaction.hash
    found = listed(ada_client)
    assert found["anchor"] == {
        "state": state,
        "network": "Base Sepolia",
        "is_test": True,
        "transaction": f"0x{hash_}",
        "explorer": f"https://sepolia.basescan.org/tx/0x{hash_}",
        "at": "2026-11-22T12:34:56+00:00",
    }
    assert found["files"]["anchored"] == path(credential)
    proof, read = proof_of(ada_client.get(path(credential)))
    assert read.is_sound
    assert (read.root.hex(), str(read.anchors[0])) == (made.root, f"blink:base:sepolia:{hash_}")
    said = sharing.get(page, **sharing.JSON).json()["anchor"]
    assert (said["state"], said["network"], said["isTest"]) == (state, "Base Sepolia", True)
    assert said["credential"].endswith(f"{page}anchored.json")


def test_the_anchored_form_is_a_file_of_its_own_and_the_signed_one_stays(ada_client, handed_over, credential):
    anchored_rows.anchored(credential)
    before = rows.snapshot()
    answer = ada_client.get(path(credential))
    assert answer["Content-Type"] == "application/vc+ld+json"
    assert answer["Content-Disposition"] == f'attachment; filename="credential-{credential.uuid}-anchored.json"'
    assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("no-store", "nosniff")
    assert ada_client.get(path(credential, "credential.json")).content == handed_over
    assert answer.content != handed_over
    assert ada_client.get(path(credential)).content == answer.content
    assert rows.changed(before) == []


def test_version_1_has_the_bare_proof_alone(ada_client, handed_over, credential):
    anchored_rows.anchored(credential)
    answer = ada_client.get(path(credential))
    proof, read = proof_of(answer)
    assert proof == {
        "type": "MerkleProof2019",
        "created": "2026-11-22T12:34:56Z",
        "verificationMethod": f"{credential.issuer.did}#{anchored_rows.PUBLIC_KEY}",
        "proofPurpose": "assertionMethod",
        "proofValue": proof["proofValue"],
    }
    bare = {name: value for name, value in json.loads(handed_over).items() if name != "proof"}
    assert json.loads(answer.content) == {**bare, "proof": proof}
    assert read.target == merkle.leaf(bare)
    assert read.target != merkle.leaf({**bare, "name": "Another"})


@pytest.mark.parametrize(("form", "kind"), [("chained", "DataIntegrityProof"), ("chained-bare", "MerkleProof2019")])
def test_version_2_has_it_behind_the_proof_it_was_issued_with(settings, ada_client, course_certificate, form, kind):
    settings.OPENEDX_VC_ANCHOR_FORM = form
    credential = download(ada_client, course_certificate)
    anchored_rows.anchored(credential)
    document = json.loads(ada_client.get(path(credential, "credential.json")).content)
    answer = ada_client.get(path(credential))
    proof, read = proof_of(answer)
    assert (proof["type"], proof.get("cryptosuite")) == (kind, "merkle-proof-2019" if form == "chained" else None)
    assert json.loads(answer.content) == {**document, "proof": [*document["proof"], proof]}
    assert answer["Content-Type"] == "application/vc"
    assert read.target == merkle.leaf(document)
    changed = {**document, "proof": [{**document["proof"][0], "created": "2020-01-01T00:00:00Z"}]}
    assert read.target != merkle.leaf(changed)


def test_a_leaf_over_the_document_alone_makes_a_proof_that_stands_alone(ada_client, course_certificate):
    credential = download(ada_client, course_certificate)
    anchored_rows.batch(anchored_rows.leaf(credential, covers="document"))
    answer = ada_client.get(path(credential))
    proof, read = proof_of(answer)
    assert json.loads(answer.content)["proof"] == [proof]
    assert (read.path, read.root) == ((), read.target)


def test_the_public_file_is_the_learners_and_has_an_etag(ada_client, credential, page):
    anchored_rows.anchored(credential)
    answer = sharing.get(f"{page}anchored.json")
    assert answer.content == ada_client.get(path(credential)).content
    assert answer["Content-Disposition"] == f'attachment; filename="credential-{page.split("/")[-2]}-anchored.json"'
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cache-Control"] == "no-cache"
    again = sharing.get(f"{page}anchored.json", **{"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert f'<https://credentials.example.edu{page}anchored.json>; rel="alternate"' in sharing.get(page)["Link"]


def test_taken_out_of_its_block_it_is_on_its_way_again_and_then_names_the_new_transaction(ada_client, credential):
    made = anchored_rows.anchored(credential)
    first = ada_client.get(path(credential)).content
    anchored_rows.come_to(made, "broadcast")
    assert asking.refusal(ada_client.get(path(credential))) == (409, "anchor_pending")
    assert listed(ada_client)["anchor"]["state"] == "pending"
    other = made.transactions.get()
    other.pk, other.hash = None, "cd" * 32
    other.save(force_insert=True)
    made.transactions.exclude(pk=other.pk).delete()
    anchored_rows.come_to(made, "mined")
    answer = ada_client.get(path(credential))
    assert answer.content != first
    assert proof_of(answer)[1].anchors[0].transaction == "cd" * 32


# Keys in other hands


@pytest.mark.parametrize(("seconds", "counts"), [(-1, False), (0, False), (1, True)])
def test_what_a_key_anchored_when_others_had_it_is_not_called_anchored(
    ada_client, credential, page, seconds, counts
):  # fmt: skip
    made = anchored_rows.anchored(credential)
    assert ada_client.get(path(credential)).status_code == 200
    key = made.account.key
    key.revoked_at = made.block_time + datetime.timedelta(seconds=seconds, microseconds=500_000)
    key.save()
    assert ("anchor" in listed(ada_client)) is counts
    for found in (ada_client.get(path(credential)), sharing.get(f"{page}anchored.json")):
        if counts:
            assert found.status_code == 200
        else:
            assert asking.refusal(found) == (404, "not_anchored")
    assert (b"Anchored on" in sharing.get(page).content) is counts


# Names of networks


def test_another_networks_name_is_lent_where_a_setting_says_so_and_never_to_earlier_batches(
    settings, ada_client, credential
):
    anchored_rows.anchored(credential)
    settings.OPENEDX_VC_ANCHOR_NETWORK = "base-sepolia"
    settings.OPENEDX_VC_ANCHOR_LABEL = "ethereum-sepolia"
    assert str(proof_of(ada_client.get(path(credential)))[1].anchors[0]).startswith("blink:eth:sepolia:")
    assert listed(ada_client)["anchor"]["network"] == "Base Sepolia", "people are told where it is"
    settings.OPENEDX_VC_ANCHOR_NETWORK, settings.OPENEDX_VC_ANCHOR_LABEL = "base", "ethereum"
    assert str(proof_of(ada_client.get(path(credential)))[1].anchors[0]).startswith("blink:base:sepolia:")


def test_a_network_that_the_settings_do_not_have_any_more_is_known_by_its_chain(ada_client, credential):
    made = anchored_rows.anchored(credential, network="ours", chain_id=8453)
    assert (listed(ada_client)["anchor"]["network"], listed(ada_client)["anchor"]["is_test"]) == ("Base", False)
    assert str(proof_of(ada_client.get(path(credential)))[1].anchors[0]).startswith("blink:base:mainnet:")
    made.chain_id = 31_337
    made.save()
    assert listed(ada_client)["anchor"]["network"] == "eip155:31337"
    assert listed(ada_client)["anchor"]["explorer"] is None
    assert asking.refusal(ada_client.get(path(credential))) == (503, "unreadable_credential")


def test_a_name_that_was_given_to_another_chain_passes_no_test_network_off_as_that(settings, ada_client, credential):
    ours = {"chain": "ours", "network": "main", "codes": (9, 9), "title": "Ours", "explorer": "https://o.example/{}"}
    settings.OPENEDX_VC_ANCHOR_NETWORK = "ours"
    settings.OPENEDX_VC_ANCHOR_NETWORKS = {"ours": {**ours, "chain_id": 84_532, "is_test": True}}
    anchored_rows.anchored(credential, network="ours", chain_id=84_532)
    assert (listed(ada_client)["anchor"]["network"], listed(ada_client)["anchor"]["is_test"]) == ("Ours", True)
    assert str(proof_of(ada_client.get(path(credential)))[1].anchors[0]).startswith("blink:9:9:")
    settings.OPENEDX_VC_ANCHOR_NETWORKS = {"ours": {**ours, "chain_id": 8453, "is_test": False}}
    assert (listed(ada_client)["anchor"]["network"], listed(ada_client)["anchor"]["is_test"]) == ("Base Sepolia", True)
    assert "o.example" not in listed(ada_client)["anchor"]["explorer"]
    assert str(proof_of(ada_client.get(path(credential)))[1].anchors[0]).startswith("blink:base:sepolia:")


def test_settings_that_are_wrong_close_no_page(settings, ada_client, credential, page, caplog):
    anchored_rows.anchored(credential)
    settings.OPENEDX_VC_ANCHOR_NETWORKS = {"ours": {}}
    assert listed(ada_client)["anchor"]["network"] == "Base Sepolia"
    assert sharing.get(page).status_code == 200
    assert asking.refusal(ada_client.get(path(credential))) == (503, "unreadable_credential")
    assert "cannot be composed" in caplog.text


# Who gets it


def test_it_is_served_while_the_switch_and_anchoring_are_off_and_for_what_is_over(
    settings, ada_client, credential, page, switched_on
):
    anchored_rows.anchored(credential)
    settings.OPENEDX_VC_ANCHORING = False
    switched_on.active = False
    switched_on.save()
    switched_on.flush()
    list(revoking.revoke_credentials([credential.uuid], reason="staff"))
    assert proof_of(ada_client.get(path(credential)))[1].is_sound
    assert proof_of(sharing.get(f"{page}anchored.json"))[1].is_sound
    assert ada_client.get(path(credential, "anchor/")).json()["anchor"]["state"] == "mined"


def test_anothers_and_an_unknown_one_are_not_told_apart(ada_client, bob, credential):
    anchored_rows.anchored(credential)
    other = Client()
    other.force_login(bob)
    for name in ("anchored.json", "anchor/"):
        answers = [other.get(path(credential, name)), ada_client.get(path(uuid.uuid4(), name))]
        assert {asking.refusal(answer) for answer in answers} == {(404, "unknown_credential")}
        assert len({answer.content for answer in answers}) == 1
        assert Client().get(path(credential, name)).status_code == 401
    assert asking.refusal(sharing.get(f"{asking.ROOT}c/none/anchored.json")) == (404, "unknown_credential")


def test_what_is_not_shared_any_more_is_not_had(ada_client, credential, page):
    anchored_rows.anchored(credential)
    sharing.delete(ada_client, credential)
    assert asking.refusal(sharing.get(f"{page}anchored.json")) == (404, "unknown_credential")


def test_erased_it_is_withheld_and_its_leaf_stays(ada_client, credential, page):
    made = anchored_rows.anchored(credential)
    erasing.erase_by_username("ada")
    assert asking.refusal(ada_client.get(path(credential))) == (404, "unknown_credential")
    assert asking.refusal(sharing.get(f"{page}anchored.json")) == (410, "withheld")
    said = sharing.get(page, **sharing.JSON).json()
    assert (said["disclosure"], said["anchor"]["credential"]) == ("withheld", None)
    assert made.leaves.count() == 1


def test_a_document_that_is_gone_is_withheld(ada_client, credential):
    anchored_rows.anchored(credential)
    Credential.objects.update(sealed_document=None)
    assert asking.refusal(ada_client.get(path(credential))) == (410, "withheld")
    assert listed(ada_client)["files"] == {}


@pytest.mark.parametrize("damage", ["leaf", "path", "root", "size"])
def test_an_anchor_of_another_document_is_not_handed_out(ada_client, credential, caplog, damage):
    made = anchored_rows.anchored(credential)
    leaf = made.leaves.get()
    if damage == "leaf":
        made.leaves.update(leaf="00" * 32)
    elif damage == "path":
        InclusionProof.objects.filter(leaf=leaf).update(path=bytes(leaf.inclusion.path)[:33])
    elif damage == "size":
        made.leaf_count = 100 * made.leaf_count
        made.save()
    else:
        made.root = "11" * 32
        made.save()
    assert asking.refusal(ada_client.get(path(credential))) == (503, "unreadable_credential")
    assert "anchor_mismatch" in caplog.text
    assert ada_client.get(path(credential, "credential.json")).status_code == 200


# What it costs


def test_it_takes_as_many_queries_as_the_plain_file(ada_client, credential, page):
    anchored_rows.anchored(credential)

    def cost(client, address):
        client.get(address)
        with asking.capture() as captured:
            assert client.get(address).status_code == 200
        return len(asking.data_statements(captured))

    assert cost(Client(), f"{page}anchored.json") == cost(Client(), f"{page}credential.json") == 1
    assert cost(ada_client, path(credential)) == cost(ada_client, path(credential, "credential.json"))


def test_a_list_of_anchored_ones_costs_what_any_list_does(ada_client, course_certificate, program_certificate):
    for certificate in (course_certificate, program_certificate, course_certificate):
        download(ada_client, certificate)

    def cost():
        ada_client.get(sharing.ISSUED)
        with asking.capture() as captured:
            assert ada_client.get(sharing.ISSUED).status_code == 200
        return len(asking.data_statements(captured))

    before = cost()
    leaves = [anchored_rows.leaf(one) for one in Credential.objects.all()]
    anchored_rows.batch(*leaves, others=3)
    assert {one["anchor"]["state"] for one in ada_client.get(sharing.ISSUED).json()["credentials"]} == {"mined"}
    assert cost() == before


# A claim that waits


def test_a_claim_can_wait_for_its_anchor(ada_client, course_certificate, monkeypatch):
    offer = asking.init(ada_client, course_certificate, wallet="download").json()["offer"]
    address = f"{asking.API}offers/{offer}/download/"
    first = ada_client.post(address)
    assert (first.status_code, set(first.json())) == (201, {"credentials"})
    credential = Credential.objects.get()
    made = anchored_rows.anchored(credential, "broadcast")
    waits = ada_client.post(f"{address}?wait_for_anchor=true")
    assert (waits.status_code, waits["Retry-After"]) == (202, "60")
    assert waits.json()["credentials"] == [str(credential.uuid)]
    assert [one["state"] for one in waits.json()["anchors"]] == ["pending"]
    assert ada_client.get(path(credential, "credential.json")).status_code == 200, "it was issued at once"
    anchored_rows.come_to(made, "mined")
    over = ada_client.post(f"{address}?wait_for_anchor=true")
    assert over.status_code == 201
    assert [one["state"] for one in over.json()["anchors"]] == ["mined"]
    assert "Retry-After" not in over
    assert Credential.objects.count() == 1


def test_a_claim_does_not_wait_for_what_is_not_anchored(ada_client, course_certificate):
    offer = asking.init(ada_client, course_certificate, wallet="download").json()["offer"]
    answer = ada_client.post(f"{asking.API}offers/{offer}/download/?wait_for_anchor=true")
    assert (answer.status_code, answer.json()["anchors"]) == (201, [None])


def test_a_claim_that_asks_oddly_issues_nothing(ada_client, course_certificate):
    offer = asking.init(ada_client, course_certificate, wallet="download").json()["offer"]
    answer = ada_client.post(f"{asking.API}offers/{offer}/download/?wait_for_anchor=1")
    assert asking.refusal(answer) == (400, "invalid_request")
    assert not Credential.objects.exists()
