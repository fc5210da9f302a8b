"""Anchors on the pages that run no scripts: what they say, and where the anchored form is had."""

import base64
import json
import re

import pytest

from openedx_verifiable_credentials.api import erasing
from openedx_verifiable_credentials.models import Credential
from tests import anchored_rows
from tests import asking
from tests import sharing
from tests.pages.test_credential_page import embedded
from tests.pages.test_credential_page import facts_on
from tests.pages.test_learner_page import text_of
from tests.pages.test_offer_page import read

TEST_NETWORK = "Test network: anybody can write there, it proves nothing."
PENDING = "Being anchored on Base Sepolia (test network)"
ANCHORED = "Anchored on Base Sepolia (test network)"
FIRMNESS = {
    "mined": "in a block, not final yet",
    "safe": "in a safe block, not final yet",
    "finalized": "in a final block",
}


@pytest.fixture(name="credential")
def make_credential(page):
    """The row of the credential on the page."""
    return Credential.objects.get()


def on_learners_page(client):
    """What stands there of the anchor, and the links to files."""
    response = client.get(asking.ROOT)
    found = re.search(r"<dt>Anchor</dt><dd[^>]*>(.*?)</dd>", response.content.decode(), re.DOTALL)
    files = [one["href"] for one in read(response).all("a") if "/issued/" in one["href"] and "download" in one]
    return None if found is None else " ".join(re.sub("<[^>]+>", "", found[1]).split()), files


def test_without_one_the_pages_are_as_they_were(ada_client, credential, page):
    said, files = on_learners_page(ada_client)
    assert said is None
    assert [one.rpartition(".")[2] for one in files] == ["json", "png", "svg", "pdf"]
    assert facts_on(page)["Anchor"] == "not anchored"
    assert "anchored.json" not in sharing.get(page).content.decode()
    assert "nchored" not in text_of(ada_client.get(asking.ROOT))


def test_one_that_is_not_there_yet_is_told_about_and_has_no_file(ada_client, credential, page):
    leaf = anchored_rows.leaf(credential)
    assert on_learners_page(ada_client)[0] == facts_on(page)["Anchor"] == "waits to be anchored"
    anchored_rows.batch(leaf, state="broadcast", others=3)
    for said in (on_learners_page(ada_client)[0], facts_on(page)["Anchor"]):
        assert said == f"{PENDING} {TEST_NETWORK}"
    assert len(on_learners_page(ada_client)[1]) == 4
    assert "anchored.json" not in sharing.get(page).content.decode()


@pytest.mark.parametrize("state", FIRMNESS)
def test_both_pages_say_where_and_how_firmly_and_have_the_file(ada_client, credential, page, state):
    made = anchored_rows.anchored(credential, state)
    said, files = on_learners_page(ada_client)
    assert said == facts_on(page)["Anchor"]
    assert said == (
        f"{ANCHORED} Nov. 22, 2026, 12:34 (UTC), {FIRMNESS[state]} 0x{made.transaction.hash} {TEST_NETWORK}"
    )
    assert files[-1] == f"{sharing.ISSUED}{credential.uuid}/anchored.json"
    assert ada_client.get(files[-1]).status_code == 200
    links = [one for one in read(sharing.get(page)).all("a") if "basescan" in one["href"]]
    assert [one["href"] for one in links] == [f"https://sepolia.basescan.org/tx/0x{made.transaction.hash}"]
    assert {one["rel"] for one in links} == {"nofollow noopener noreferrer"}
    assert "anchored.json" in [one["href"] for one in read(sharing.get(page)).all("a")]


def test_a_network_that_counts_is_not_marked(ada_client, credential, page):
    anchored_rows.anchored(credential, network="base", chain_id=8453)
    said, _ = on_learners_page(ada_client)
    assert said.startswith("Anchored on Base Nov. 22")
    assert "est network" not in said + facts_on(page)["Anchor"]


def test_what_a_network_is_called_stays_text(settings, ada_client, credential, page):
    settings.OPENEDX_VC_ANCHOR_NETWORKS = {
        "ours": {
            "chain": "ours",
            "network": "main",
            "codes": (9, 9),
            "chain_id": 31_337,
            "is_test": True,
            "title": "<b>Ours</b>",
            "explorer": 'https://explorer.example.org/{}"><b>',
        }
    }
    anchored_rows.anchored(credential, network="ours", chain_id=31_337)
    for response in (ada_client.get(asking.ROOT), sharing.get(page)):
        assert "Anchored on &lt;b&gt;Ours&lt;/b&gt; (test network)" in response.content.decode()
        assert "&quot;&gt;&lt;b&gt;" in response.content.decode()
        assert "<b>" not in response.content.decode()
    assert ada_client.get(sharing.ISSUED).json()["credentials"][0]["anchor"]["network"] == "<b>Ours</b>"


def test_erased_the_anchor_is_told_and_the_file_is_gone(credential, page):
    anchored_rows.anchored(credential)
    erasing.erase_by_username("ada")
    assert facts_on(page)["Anchor"].startswith(ANCHORED)
    assert "anchored.json" not in sharing.get(page).content.decode()


@pytest.mark.usefixtures("built")
def test_the_evidence_file_has_the_anchored_form_for_its_script_and_to_be_saved(credential, page):
    assert "ovc-anchored" not in sharing.get(f"{page}evidence.html").content.decode()
    made = anchored_rows.anchored(credential)
    response = sharing.get(f"{page}evidence.html")
    served = sharing.get(f"{page}anchored.json").content
    assert json.loads(embedded(response, "ovc-anchored")) == json.loads(served)
    [saved] = [one for one in read(response).all("a") if "download" in one]
    assert saved["download"] == f"credential-{page.split('/')[-2]}-anchored.json"
    kind, _, packed = saved["href"].partition(";base64,")
    assert (kind, base64.b64decode(packed)) == ("data:application/json", served)
    # What it is checked by first is what was handed out.
    assert embedded(response).encode() == sharing.get(f"{page}credential.json").content
    anchored_rows.come_to(made, "broadcast")
    assert "ovc-anchored" not in sharing.get(f"{page}evidence.html").content.decode()


@pytest.mark.usefixtures("built")
def test_an_anchor_that_cannot_be_written_does_not_keep_the_evidence_back(settings, credential, page, caplog):
    anchored_rows.anchored(credential)
    settings.OPENEDX_VC_ANCHOR_FORM = "another"
    response = sharing.get(f"{page}evidence.html")
    assert response.status_code == 200
    assert "ovc-anchored" not in response.content.decode()
    assert embedded(response).encode() == sharing.get(f"{page}credential.json").content
    assert "cannot be composed" in caplog.text


def test_the_pages_cost_as_many_queries_as_before(ada_client, credential, page):
    def cost(client, address):
        client.get(address)
        with asking.capture() as captured:
            assert client.get(address).status_code == 200
        return len(asking.data_statements(captured))

    before = [cost(ada_client, asking.ROOT), cost(ada_client, page)]
    anchored_rows.anchored(credential)
    assert [cost(ada_client, asking.ROOT), cost(ada_client, page)] == before
