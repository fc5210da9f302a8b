"""The page that checks files: whatever is chosen, dropped or pasted stays in the browser, and is told plainly."""

import json
import re

import pytest

from tests import merkle
from tests import papers
from tests.browser import files
from tests.browser.visits import changed

ADA = "Ada Lovelace"
NAME = "credential.json"


def as_json(raw, name=NAME):
    """A file of the kind that is sent around."""
    return (name, "application/json", raw if isinstance(raw, bytes) else raw.encode("utf-8"))


def requests_since(visit, before):
    """What was asked for since."""
    return [(each.method, each.url) for each in visit.requests[before:]]


@pytest.mark.parametrize(
    ("name", "state", "headline"),
    [
        ("valid", "valid", "This credential is valid"),
        ("web", "valid", "This credential is valid"),
        ("warned", "valid_with_warnings", "This credential is valid, with warnings"),
        ("revoked", "revoked", "This credential has been revoked"),
        ("suspended", "suspended", "This credential is suspended"),
        ("expired", "expired", "This credential has expired"),
    ],
)
def test_a_file_is_judged(verify_page, world, name, state, headline):
    verify_page.choose(as_json(world[name]["raw"]))
    assert (verify_page.state, verify_page.headline) == (state, headline)
    assert verify_page.page.title() == f"{headline} · Check a credential"
    assert verify_page.spoken.startswith(headline)
    assert ADA in verify_page.text
    assert verify_page.outcomes["Disclosure"] == "Not checked"
    verify_page.require_usable(f"verify-{name}")


def test_a_certificate_in_pdf_is_judged_by_what_is_attached(verify_page, world):
    sheet = papers.made(credential=world["valid"]["raw"].encode(), name="Somebody Else")
    verify_page.choose(("certificate.pdf", "application/pdf", sheet))
    assert (verify_page.state, verify_page.headline) == ("valid", "This credential is valid")
    assert ADA in verify_page.text
    assert "Somebody Else" not in verify_page.text
    verify_page.choose(("certificate.pdf", "application/pdf", sheet.replace(b"Ada", b"Eve", 1)))
    assert verify_page.headline == "This credential is not valid"
    verify_page.choose(("certificate.pdf", "application/pdf", sheet + sheet[sheet.rindex(b"xref") :]))
    assert verify_page.headline == "No credential was found"


def test_it_begins_with_a_question(verify_page):
    assert verify_page.headline == "Check a credential"
    verify_page.require_usable("verify-ready")


def test_the_file_never_leaves_the_browser(verify_page, service, world):
    before = len(verify_page.requests)
    verify_page.choose(as_json(world["valid"]["raw"]))
    assert verify_page.state == "valid"
    asked = requests_since(verify_page, before)
    assert asked
    assert {method for method, _ in asked} == {"GET"}
    lists = f"{service['base_url']}/verifiable_credentials/status/"
    assert [url for _, url in asked if not url.startswith(lists)] == []
    assert [request.post_data for request in verify_page.requests if request.post_data] == []


@pytest.mark.parametrize(
    ("old", "new"), [(ADA, "Eve Lovelace"), ("Data Science", "Data Sciense"), ('"validFrom":"20', '"validFrom":"19')]
)
def test_one_letter_that_was_changed_is_found(verify_page, world, old, new):
    raw = world["valid"]["raw"]
    verify_page.choose(
        as_json(changed(raw, old if old in raw else '"issuanceDate":"20', new if old in raw else '"issuanceDate":"19'))
    )
    assert (verify_page.state, verify_page.headline) == ("invalid", "This credential is not valid")
    assert "Signature: The signature is not valid" in verify_page.spoken
    assert "What it claims, unconfirmed" in verify_page.text
    verify_page.require_usable("verify-changed")


def test_a_forged_and_revoked_one_is_forged(verify_page, world):
    verify_page.choose(as_json(changed(world["revoked"]["raw"], ADA, "Eve Lovelace")))
    assert verify_page.headline == "This credential is not valid"


@pytest.mark.parametrize("kind", ["png", "svg", "json", "mixed"])
def test_pictures_carry_credentials(verify_page, kind):
    raw = files.credential()
    made = {
        "png": ("badge.png", "image/png", files.png(raw)),
        "svg": ("badge.svg", "image/svg+xml", files.svg(raw)),
        "json": as_json(raw),
        # Names say nothing.
        "mixed": ("badge.json", "application/json", files.png(raw)),
    }
    verify_page.choose(made[kind])
    assert verify_page.state == "valid"
    assert ADA in verify_page.text
    assert verify_page.page.query_selector("img, svg, object, iframe, embed") is None


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_a_picture_with_a_changed_credential_is_refused(verify_page, kind):
    raw = changed(files.credential().decode(), ADA, "Eve Lovelace")
    verify_page.choose(("badge", "", {"png": files.png, "svg": files.svg}[kind](raw)))
    assert verify_page.state == "invalid"


def test_text_is_pasted(verify_page, world):
    verify_page.page.fill("#ovc-text", f"\n {world['valid']['raw']}\n")
    verify_page.page.click("#ovc-paste button")
    verify_page.wait()
    assert verify_page.state == "valid"
    assert "the pasted text" in verify_page.text


def test_a_file_is_dropped_anywhere(verify_page):
    script = """
    (text) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([text], 'dropped.json', {type: 'application/json'}));
      for (const type of ['dragover', 'drop']) {
        document.body.dispatchEvent(new DragEvent(type, {dataTransfer, bubbles: true, cancelable: true}));
      }
    }"""
    verify_page.page.evaluate(script, files.credential().decode())
    verify_page.page.wait_for_selector("main[data-ovc-state=valid]")
    assert "dropped.json" in verify_page.text


WRONG = {
    "a document": ("certificate.pdf", "application/pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"),
    "a screenshot": ("screenshot.png", "image/png", files.png()),
    "prose": ("letter.txt", "text/plain", b"To whom it may concern"),
    "other JSON": ("package.json", "application/json", b'{"name": "x", "version": "1"}'),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_file_chosen_by_mistake_is_no_invalid_credential(verify_page, kind):
    verify_page.choose(WRONG[kind])
    assert (verify_page.state, verify_page.headline) == ("refused", "No credential was found")
    assert f"{WRONG[kind][0]} holds no credential that can be read." in verify_page.spoken
    verify_page.require_usable("verify-refused")


def test_too_much_is_not_read(verify_page):
    verify_page.choose(("huge.png", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(4 * 1024 * 1024)))
    assert "huge.png is too large: at most 4 MB are read." in verify_page.spoken
    verify_page.choose(("empty.json", "application/json", b""))
    assert "empty.json is empty." in verify_page.spoken
    verify_page.choose(*[as_json(b"{}", f"{number}.json") for number in range(21)])
    assert "At most 20 files are checked at a time." in verify_page.spoken
    verify_page.page.click("#ovc-paste button")
    assert "Paste a credential first." in verify_page.spoken


def test_several_files_are_told_apart(verify_page, world):
    good, bad = files.credential(), changed(files.credential().decode(), ADA, "Eve")
    verify_page.choose(
        as_json(good, "good.json"),
        as_json(bad, "bad.json"),
        as_json(world["revoked"]["raw"], "old.json"),
        WRONG["prose"],
    )
    assert verify_page.headline == "Credentials checked: 4. Valid: 1."
    articles = [" ".join(each.inner_text().split()) for each in verify_page.page.query_selector_all("article")]
    starts = ["good.json This credential is valid", "bad.json This credential is not valid"]
    starts += ["old.json This credential has been revoked", "letter.txt letter.txt holds no credential"]
    assert [text[: len(start)] for text, start in zip(articles, starts, strict=True)] == starts
    verify_page.require_usable("verify-several")


def test_a_presentation_shows_each_credential(verify_page, world):
    credentials = [json.loads(world[name]["raw"]) for name in ("valid", "revoked")]
    presentation = {
        "@context": [credentials[0]["@context"][0]],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": credentials,
    }
    verify_page.choose(as_json(json.dumps(presentation)))
    assert verify_page.headline == "This presentation is not valid"
    assert "Credential 2: This credential has been revoked" in verify_page.spoken
    assert "Credential 1: This credential is valid" in verify_page.text
    verify_page.require_usable("verify-presentation")


def test_one_after_the_other(verify_page, world):
    verify_page.choose(as_json(world["valid"]["raw"]))
    verify_page.choose(as_json(world["revoked"]["raw"]))
    assert verify_page.state == "revoked"
    assert len(verify_page.page.query_selector_all("article")) == 1
    verify_page.page.click("#ovc-clear")
    assert (verify_page.headline, verify_page.state) == ("Check a credential", "ready")
    assert verify_page.page.query_selector("article") is None
    assert verify_page.page.evaluate("document.activeElement.id") == "ovc-file"
    verify_page.choose(as_json(world["valid"]["raw"]))
    assert verify_page.state == "valid"


def test_an_issuer_that_is_away_is_no_fault(verify_page, world):
    verify_page.page.route(re.compile("^https:"), lambda route: route.abort())
    host = "issuer.example"
    raw = world["web"]["raw"]
    did = json.loads(raw)["issuer"]["id"]
    verify_page.choose(as_json(raw.replace(did, f"did:web:{host}")))
    assert verify_page.state == "could_not_be_checked"
    assert verify_page.codes["issuer"] == "issuer_unreachable"
    away = [request.url for request in verify_page.requests if request.url.startswith("https:")]
    assert away == [f"https://{host}/.well-known/did.json"]
    assert "not confirmed" in verify_page.text
    verify_page.require_usable("verify-unreachable")


def test_the_web_address_of_the_issuer_comes_first(verify_page, service, world):
    verify_page.choose(as_json(world["web"]["raw"]))
    issuer = verify_page.page.inner_text(".ovc-issuer")
    domain = service["base_url"].removeprefix("http://")
    assert issuer.startswith(domain)
    assert issuer.index(domain) < issuer.index("did:web:") < issuer.index("Calls itself “Example Academy”")


@pytest.mark.parametrize(("network", "marked"), [(merkle.BASE_SEPOLIA, True), (merkle.BASE, False)])
def test_anchors_on_test_networks_are_marked(verify_page, network, marked):
    document = json.loads(files.credential())
    leaf = merkle.leaf(document)
    proof = merkle.proof(leaf, leaf, [], kind="merkle-proof-2019", network=network)
    verify_page.choose(as_json(json.dumps({**document, "proof": [*document["proof"], proof]})))
    anchor = verify_page.page.inner_text(".ovc-anchor")
    assert merkle.TRANSACTION in anchor
    assert ("Test network: anybody can write there" in anchor) is marked
    verify_page.require_usable("verify-anchored")


def test_with_keys_alone_a_file_is_chosen(verify_page, tmp_path):
    file = tmp_path / NAME
    file.write_bytes(files.credential())

    def choose(chooser):
        chooser.set_files(str(file))

    verify_page.page.on("filechooser", choose)
    verify_page.page.keyboard.press("Tab")
    assert verify_page.page.evaluate("document.activeElement.id") == "ovc-file"
    verify_page.page.keyboard.press("Enter")
    verify_page.page.wait_for_selector("main[data-ovc-state=valid]")


def test_with_keys_alone_text_is_pasted(verify_page):
    verify_page.page.keyboard.press("Tab")
    verify_page.page.keyboard.press("Tab")
    assert verify_page.page.evaluate("document.activeElement.id") == "ovc-text"
    verify_page.page.keyboard.insert_text(files.credential().decode())
    verify_page.page.keyboard.press("Tab")
    verify_page.page.keyboard.press("Enter")
    verify_page.page.wait_for_selector("main[data-ovc-state=valid]")


def test_without_scripts_it_says_that_it_needs_them(visitor, service):
    visit = visitor(scripts=False)
    visit.open(f"{service['base_url']}/verifiable_credentials/verify/")
    assert "Your browser runs no scripts here" in visit.text
    assert not visit.page.is_visible("#ovc-file")
    visit.require_usable("verify-without-scripts")
