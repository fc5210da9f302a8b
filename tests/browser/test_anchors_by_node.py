"""Whoever has an evidence file, or an anchored credential, has its anchor looked up at a node of their own."""

import urllib.request

import pytest

from openedx_verifiable_credentials.core.checks import report
from tests.browser import anchored_on_chain

pytestmark = pytest.mark.anvil
SIGNATURE = "#ovc-anchored-checks [data-ovc-check=signature]"


def code(page):
    """What the list says of the signature of the anchored credential."""
    return page.get_attribute(SIGNATURE, "data-ovc-code")


def look_up(visit, url):
    """The reader names a node."""
    visit.page.fill("#ovc-node", url)
    visit.page.get_by_role("button", name="Look the anchor up").click()
    visit.page.wait_for_function("() => !/Checking/.test(document.querySelector('#ovc-node-said').textContent)")
    return visit.page.inner_text("#ovc-node-said")


def test_the_evidence_file_verifies_the_anchor_where_its_reader_says(campus, node, visit, tmp_path):
    shared = anchored_on_chain.share(campus.database, node)
    file = tmp_path / "evidence.html"
    with urllib.request.urlopen(f"{shared}evidence.html") as response:
        file.write_bytes(response.read())
    visit.open(file.as_uri())
    page = visit.page
    page.wait_for_selector("#ovc-node")
    assert code(page) == "signature_valid"
    assert page.get_attribute("#ovc-anchored-checks .ovc-anchor", "data-ovc-anchor") == "anchor_not_checked"
    assert [each for each in visit.requests if not each.url.startswith("file:")] == []
    assert look_up(visit, node.url) == "This credential is valid, with warnings"
    assert code(page) == "test_network_anchor"
    anchor = page.inner_text("#ovc-anchored-checks .ovc-anchor")
    assert "is in a block of Base Sepolia" in anchor
    assert "Test network: anybody can write there" in anchor
    assert {each.url.rstrip("/") for each in visit.requests if not each.url.startswith("file:")} == {node.url}
    visit.require_usable("evidence-anchored")
    # Taken out of the chain it is not there any more, and the file says so.
    node.reorg(node.height())
    look_up(visit, node.url)
    assert code(page) == "anchor_unconfirmed"
    assert report.codes()["anchor_unconfirmed"]["message"] in page.inner_text(SIGNATURE)


def test_a_file_that_was_changed_is_invalid_whatever_the_chain_has(campus, node, visit, tmp_path):
    shared = anchored_on_chain.share(campus.database, node)
    with urllib.request.urlopen(f"{shared}evidence.html") as response:
        before, mark, after = response.read().decode().partition('id="ovc-anchored">')
    assert mark
    file = tmp_path / "evidence.html"
    file.write_text(before + mark + after.replace(anchored_on_chain.TITLE, "Signed by Nobody", 1), encoding="utf-8")
    visit.open(file.as_uri())
    visit.page.wait_for_selector("#ovc-node")
    assert code(visit.page) == "invalid_signature"
    assert look_up(visit, node.url) == "This credential is not valid"
