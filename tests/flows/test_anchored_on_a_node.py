"""From a claim to a file that counts by the chain: with a real node, and what its learner gets on the way."""

import json

import pytest

from openedx_verifiable_credentials.api import anchoring
from openedx_verifiable_credentials.api import verifying
from openedx_verifiable_credentials.core.checks.report import CheckName
from openedx_verifiable_credentials.core.checks.report import Verdict
from openedx_verifiable_credentials.models import AnchorLeaf
from openedx_verifiable_credentials.models import Credential
from tests import anchored_rows
from tests import asking
from tests import merkle
from tests import sharing
from tests.chain import node as chain
from tests.wallet import make_wallet

pytestmark = pytest.mark.anvil

# Of the account that such nodes are known for.
KEY = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
# The node's chain, as if its anchors proved something.
BASE = {"chain": "base", "network": "mainnet", "codes": (8453, 8453), "chain_id": chain.CHAIN_ID, "is_test": False}


@pytest.fixture(name="node")
def run_node(settings, monkeypatch):
    """A node, and settings with which credentials are anchored there."""
    with chain.running() as node:
        node.set_balance(anchored_rows.ADDRESS, chain.ETHER)
        monkeypatch.setenv("OPENEDX_VC_ANCHOR_PRIVATE_KEY", KEY)
        settings.OPENEDX_VC_ANCHORING = True
        settings.OPENEDX_VC_ANCHOR_NETWORKS = {"base": {**BASE, "title": "Base", "explorer": ""}}
        settings.OPENEDX_VC_ANCHOR_NETWORK = "base"
        # Coins are worth nothing there, and a unit of gas costs more.
        settings.OPENEDX_VC_ANCHOR_MAX_FEE_PER_BATCH_WEI = chain.ETHER
        settings.OPENEDX_VC_ANCHOR_MAX_FEE_PER_DAY_WEI = chain.ETHER
        settings.OPENEDX_VC_ANCHOR_RPC_URLS = {"base": [node.url]}
        yield node


@pytest.fixture(name="certificate")
def make_certificate(course_certificate, web_issuer):
    """Of a did:web: what is issued for it is anchored."""
    return course_certificate


def rounds(node, count=3):
    """As a clock does it."""
    for _ in range(count):
        problems = anchoring.anchor(flush=True).run.problems
        assert not problems, problems
        node.mine()


def file(client, credential, name):
    """What its learner is answered."""
    return client.get(f"{sharing.ISSUED}{credential.uuid}/{name}")


def judged(document):
    """By our verifier, which asks the node."""
    report = verifying.verify(json.dumps(document).encode())
    return report.verdict, report.get(CheckName.SIGNATURE).code


def claimed(client, make_offer, certificate, profile):
    """The row of what a wallet got (version 1.1), or of a file (2.0)."""
    if profile == "obv3-vc1":
        assert make_offer(certificate).claim(make_wallet()).status_code == 201
        return Credential.objects.get()
    offer = asking.init(client, certificate, wallet="download").json()["offer"]
    answer = client.post(f"{asking.API}offers/{offer}/download/?wait_for_anchor=true")
    assert (answer.status_code, answer.json()["anchors"][0]["state"]) == (202, "waiting")
    return Credential.objects.get()


@pytest.mark.parametrize("profile", ["obv3-vc1", "obv3-vc2"])
def test_what_is_claimed_is_anchored_and_counts_by_the_chain(node, ada_client, make_offer, certificate, profile):
    credential = claimed(ada_client, make_offer, certificate, profile)
    signed = json.loads(file(ada_client, credential, "credential.json").content)
    assert asking.refusal(file(ada_client, credential, "anchored.json")) == (409, "anchor_pending")
    anchoring.publish_key()
    rounds(node)
    anchored = json.loads(file(ada_client, credential, "anchored.json").content)
    assert (
        AnchorLeaf.objects.get().leaf
        == merkle.leaf(
            signed if profile == "obv3-vc2" else {name: value for name, value in signed.items() if name != "proof"}
        ).hex()
    )
    [sent] = node.transactions()
    assert sent["input"] == f"0x{AnchorLeaf.objects.get().batch.root}"
    assert file(ada_client, credential, "anchor/").json()["anchor"]["transaction"] == sent["hash"]
    assert judged(anchored) == (Verdict.VALID, "signature_valid")
    assert judged({**anchored, "name": "Another"})[0] == Verdict.INVALID
    assert json.loads(file(ada_client, credential, "credential.json").content) == signed


def test_its_state_goes_up_with_the_chain_and_back_with_it(node, ada_client, make_offer, certificate):
    credential = claimed(ada_client, make_offer, certificate, "obv3-vc1")
    anchoring.publish_key()
    seen = []
    for _ in range(8):
        rounds(node, 1)
        seen.append(file(ada_client, credential, "anchor/").json()["anchor"]["state"])
    assert list(dict.fromkeys(seen)) == ["pending", "mined", "safe", "finalized"]
    assert file(ada_client, credential, "anchored.json").status_code == 200


def test_taken_out_of_the_chain_it_is_not_had_until_it_is_back(node, ada_client, make_offer, certificate):
    credential = claimed(ada_client, make_offer, certificate, "obv3-vc1")
    anchoring.publish_key()
    rounds(node, 2)
    before = file(ada_client, credential, "anchored.json")
    assert before.status_code == 200
    node.automine(False)
    node.reorg(3)
    anchoring.anchor()
    assert file(ada_client, credential, "anchor/").json()["anchor"]["state"] == "pending"
    assert asking.refusal(file(ada_client, credential, "anchored.json")) == (409, "anchor_pending")
    node.automine(True)
    rounds(node, 3)
    after = file(ada_client, credential, "anchored.json")
    assert after.status_code == 200
    assert judged(json.loads(after.content))[0] == Verdict.VALID
    assert len(node.transactions()) == 1
