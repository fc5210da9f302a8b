"""Anchors in Chromium: a learner waits for one, leaves, comes back and keeps the file; others see and get it, too."""

from __future__ import annotations

import json
import urllib.parse

from openedx_verifiable_credentials.core.suites import merkle_proof
from tests import merkle
from tests.browser import anchoring
from tests.browser.claiming import card
from tests.browser.claiming import choose
from tests.browser.claiming import go_on
from tests.browser.claiming import key
from tests.browser.claiming import look_again
from tests.browser.claiming import open_card
from tests.browser.claiming import spoken
from tests.browser.expecting import expect
from tests.browser.learners import TITLES

ANCHORED = "Anchored on Base Sepolia (test network)"
NOTHING = "Anybody can write to a test network: it proves nothing."


def test_a_learner_waits_leaves_comes_back_and_keeps_it(at_page, campus, visit, visitor, tmp_path):
    page = at_page("holder")
    choose(page, TITLES[0])
    go_on(page)
    page.locator("input[type=radio][value=download]").check()
    expect(key(page, "make")).not_to_have_attribute("aria-disabled", "true")
    key(page, "make").click()
    page.locator("[data-ovc-file-of]").wait_for()
    expect(card(page, TITLES[0]).locator("[data-ovc-anchor]")).to_have_count(0)
    anchoring.bring(campus.database, "holder", "waiting")
    page.reload()
    mark = card(page, TITLES[0]).locator("[data-ovc-anchor]")
    expect(mark).to_have_text("Waits to be anchored on a public chain")
    anchoring.bring(campus.database, "holder", "broadcast")
    look_again(page)
    expect(mark).to_contain_text("Being anchored on Base Sepolia (test network)")
    anchoring.bring(campus.database, "holder", "mined")
    page.goto("about:blank")
    page.goto(campus.page)
    expect(mark).to_contain_text(ANCHORED)
    anchoring.bring(campus.database, "holder", "broadcast")
    page.reload()
    expect(mark).to_contain_text("Being anchored on Base Sepolia (test network)")
    anchoring.bring(campus.database, "holder", "finalized")
    look_again(page)
    spoken(page, "A credential has been anchored.")
    expect(mark).to_contain_text(ANCHORED)
    expect(mark).to_contain_text("final")
    expect(mark).to_contain_text(NOTHING)
    link = mark.get_by_role("link", name="See the transaction")
    assert link.get_attribute("href").startswith("https://sepolia.basescan.org/tx/0x")
    visit.require_usable("learner-anchored")
    plain, anchored = saved(page, tmp_path)
    proof = anchored["proof"][-1]
    assert anchored == {**plain, "proof": [*plain["proof"], proof]}
    read = merkle_proof.read(proof["proofValue"])
    assert read.is_sound
    assert read.target == merkle.leaf(plain) != merkle.leaf({**plain, "name": "Another"})
    assert str(read.anchors[0]) in f"blink:base:sepolia:{link.get_attribute('href')[-64:]}"
    public_page(page, campus, visitor, tmp_path, anchored)


def saved(page, folder):
    """The credential, and its anchored form."""
    opened = open_card(page, TITLES[0])
    found = {}
    for form, ending in (("json", ".json"), ("anchored", "-anchored.json")):
        with page.expect_download() as download:
            opened.locator(f"[data-ovc-form={form}]").click()
        assert download.value.suggested_filename.endswith(ending)
        download.value.save_as(folder / form)
        found[form] = json.loads((folder / form).read_bytes())
    return found["json"], found["anchored"]


def public_page(page, campus, visitor, folder, anchored):
    """A stranger sees where it is anchored and has the same; so has the evidence file, without a network."""
    card(page, TITLES[0]).get_by_role("switch").click()
    public = card(page, TITLES[0]).locator("[data-ovc-key$='-open']").get_attribute("href")
    stranger = visitor()
    stranger.open(public)
    assert ANCHORED in stranger.text
    assert "Test network: anybody can write there, it proves nothing." in stranger.text
    stranger.require_usable("credential-anchored")
    assert downloaded(stranger.page, "Download the anchored credential (JSON)", folder) == anchored
    with stranger.page.expect_download() as download:
        stranger.page.get_by_role("link", name="Download the evidence file").click()
    evidence = folder / "evidence.html"
    download.value.save_as(evidence)
    later = visitor()
    later.page.context.set_offline(True)
    later.open(evidence.as_uri())
    assert urllib.parse.urlsplit(public).path in later.text
    assert ANCHORED in later.text
    later.page.wait_for_selector("#ovc-anchored-checks [data-ovc-check=signature]")
    assert "blink:base:sepolia:" in later.page.inner_text("#ovc-anchored-checks")
    assert downloaded(later.page, "Save the anchored credential (JSON)", folder) == anchored


def downloaded(page, name, folder):
    """What a link saves."""
    with page.expect_download() as download:
        page.get_by_role("link", name=name).click()
    assert download.value.suggested_filename.endswith("anchored.json")
    download.value.save_as(folder / "downloaded")
    return json.loads((folder / "downloaded").read_bytes())


def test_without_scripts_it_is_there_too(campus, visitor, tmp_path):
    plain = campus.sign_in(visitor(scripts=False), "keeper")
    page = plain.page
    page.goto(campus.page)
    page.get_by_label(TITLES[1]).check()
    page.get_by_role("button", name="Continue").click()
    with page.expect_download():
        page.get_by_role("button", name="Download JSON").click()
    anchoring.bring(campus.database, "keeper", "broadcast")
    page.goto(campus.page)
    assert "Being anchored on Base Sepolia (test network)" in plain.text
    assert page.get_by_role("link", name="Anchored credential (JSON)").count() == 0
    anchoring.bring(campus.database, "keeper", "safe")
    page.reload()
    assert ANCHORED in plain.text
    assert "in a safe block, not final yet" in plain.text
    plain.require_usable("learner-plain-anchored")
    document = downloaded(page, "Anchored credential (JSON)", tmp_path)
    assert document["credentialSubject"]["achievement"]["name"] == TITLES[1]
    assert merkle_proof.read(document["proof"][-1]["proofValue"]).is_sound
