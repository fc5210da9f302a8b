"""The evidence file: opened from a disk, without a network, years later."""

import datetime
import json
import re
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from tests.browser.visits import script_data


@pytest.fixture
def evidence(world, tmp_path):
    """Fetches an evidence file, with some of its text changed, and says where it lies."""

    def fetch(name, *changes):
        with urllib.request.urlopen(f"{world[name]['page']}evidence.html") as response:
            assert response.headers["Content-Disposition"].startswith("attachment")
            text = response.read().decode("utf-8")
        for element, old, new in changes:
            text = with_change(text, element, old, new)
        file = tmp_path / f"evidence-{name}.html"
        file.write_text(text, encoding="utf-8")
        return file.as_uri()

    return fetch


def with_change(text, element, old, new):
    """``old`` is ``new`` in the data of one script element, and nowhere else."""
    whole = re.search(rf'<script type="application/json" id="{element}">(.*?)</script>', text, re.DOTALL)
    assert whole is not None and old in whole[1]
    return text[: whole.start(1)] + whole[1].replace(old, new, 1) + text[whole.end(1) :]


@pytest.fixture
def offline(visit):
    """A visit without a network."""
    visit.page.context.set_offline(True)
    return visit


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
def test_it_is_checked_without_a_network(offline, evidence, name, state, headline):
    offline.open(evidence(name))
    assert offline.state == state
    today = datetime.datetime.now(datetime.UTC).strftime("%Y")
    assert re.fullmatch(rf"{headline} \(as of .*{today}.*UTC\)", offline.headline), offline.headline
    assert offline.outcomes["Signature"] == offline.outcomes["Issuer"] == "Passed"
    assert offline.origins == set()
    assert len(offline.requests) == 1
    offline.require_usable(f"evidence-{name}")


def test_years_later_it_is_still_as_of_then(offline, evidence):
    offline.page.clock.install(time=datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1500))
    offline.open(evidence("web"))
    assert offline.state == "valid"
    assert "as of" in offline.headline


@pytest.mark.parametrize(
    ("old", "new"),
    [("Ada Lovelace", "Ada Lovelacd"), ("Data Science", "Data Sciencf"), ("Example University", "Example Universitx")],
)
def test_one_byte_of_a_claim_turns_it_red(offline, evidence, old, new):
    offline.open(evidence("valid", ("ovc-credential", old, new)))
    assert offline.state == "invalid"
    assert offline.headline.startswith("This credential is not valid (as of ")
    assert "Signature: The signature is not valid" in offline.spoken
    red = offline.page.evaluate("getComputedStyle(document.querySelector('#ovc-headline')).color")
    assert red == "rgb(163, 21, 21)"
    offline.require_usable("evidence-changed")


def test_what_it_shows_is_what_was_checked(offline, evidence):
    """Words in the HTML around the credential prove nothing, and do not stay."""
    file = Path(urllib.parse.unquote(urllib.parse.urlsplit(evidence("valid")).path))
    text = file.read_text(encoding="utf-8")
    assert "<bdi>Ada Lovelace</bdi>" in text
    file.write_text(text.replace("<bdi>Ada Lovelace</bdi>", "<bdi>Eve Lovelace</bdi>"), encoding="utf-8")
    offline.open(file.as_uri())
    assert offline.state == "valid"
    assert "Ada Lovelace" in offline.text
    assert "Eve" not in offline.text


def test_every_member_of_the_credential_is_covered(offline, evidence, world):
    """A digit or a letter at the end of each text that the issuer wrote."""
    document = json.loads(world["valid"]["raw"])
    texts = [document["name"], document["description"], document["credentialSubject"]["achievement"]["name"]]
    texts += [document["credentialSubject"]["id"], document["issuer"]["url"]]
    for text in texts:
        written = json.dumps(text, ensure_ascii=False)[1:-1]
        for each in (written, written.replace("&", "\\u0026")):
            try:
                address = evidence("valid", ("ovc-credential", f'"{each}"', f'"{each}x"'))
            except AssertionError:
                continue
            offline.open(address)
            assert offline.state == "invalid", text
            break
        else:
            raise AssertionError(f"{text} is not in the file.")


def test_a_changed_list_is_not_believed(offline, evidence):
    offline.open(evidence("valid", ("ovc-documents", '"encodedList":"u', '"encodedList":"uu')))
    assert offline.state == "could_not_be_checked"
    assert offline.codes["status"] == "status_list_invalid"


def test_it_holds_what_the_service_serves(evidence, service, world):
    with urllib.request.urlopen(f"{world['web']['page']}evidence.html") as response:
        documents = script_data(response.read().decode("utf-8"), "ovc-documents")
    for address, document in documents.items():
        # A did:web stands for https; the stand-in has no TLS.
        served = address.replace("https:", "http:")
        assert served.startswith(service["base_url"])
        with urllib.request.urlopen(served) as response:
            assert json.load(response) == document
    assert [address for address in documents if address.endswith("did.json")]


def test_without_scripts_it_says_that_nothing_was_checked(visitor, evidence):
    visit = visitor(scripts=False)
    visit.page.context.set_offline(True)
    visit.open(evidence("valid"))
    assert "nothing was checked" in visit.text
    assert "Ada Lovelace" in visit.text
    visit.require_usable("evidence-without-scripts")


def test_its_policy_lets_nothing_out(offline, evidence):
    offline.open(evidence("valid"))
    tried = offline.page.evaluate("""
    () => Promise.allSettled([fetch('https://example.org/'), import('data:text/javascript,1')])
      .then((results) => results.map(({status}) => status))""")
    assert tried == ["rejected", "rejected"]
    offline.page.evaluate("globalThis.__violations.length = 0")
    offline.faults.clear()


def test_it_prints(offline, evidence):
    offline.open(evidence("valid"))
    offline.page.emulate_media(media="print")
    offline.picture("evidence-valid-print")
    assert "as of" in offline.page.evaluate("document.querySelector('h1').innerText")
