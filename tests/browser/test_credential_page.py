"""The page of a shared credential: in every state, with scripts and without, for eyes, ears and keys alone."""

import statistics

import pytest

from tests import parts
from tests.browser.conftest import SPEED

STATES = {
    "valid": ("This credential is valid", "valid"),
    "web": ("This credential is valid", "valid"),
    "warned": ("This credential is valid, with warnings", "valid_with_warnings"),
    "revoked": ("This credential has been revoked", "revoked"),
    "suspended": ("This credential is suspended", "suspended"),
    "expired": ("This credential has expired", "expired"),
}
EVERY_CHECK = ["Form", "Signature", "Issuer", "Status", "Dates", "Disclosure"]
SINCE_LOAD = """
performance.getEntriesByName('ovc-verdict')[0].startTime - performance.getEntriesByType('navigation')[0].loadEventStart
"""
LIST = "**/verifiable_credentials/status/**"


@pytest.mark.parametrize("name", STATES)
def test_the_browser_says_what_became_of_it(visit, world, name):
    visit.open(world[name]["page"])
    headline, state = STATES[name]
    assert (visit.headline, visit.state) == (headline, state)
    assert visit.page.title().startswith(f"{headline} · ")
    assert visit.spoken.startswith(headline)
    assert list(visit.outcomes) == EVERY_CHECK
    assert visit.outcomes["Signature"] == "Passed"
    assert (set(visit.outcomes.values()) == {"Passed"}) is (state == "valid")
    assert "Checked in your browser on" in visit.text
    visit.require_usable(f"credential-{name}")


@pytest.mark.parametrize("name", STATES)
def test_without_scripts_the_server_says_it(visitor, world, name):
    visit = visitor(scripts=False)
    visit.open(world[name]["page"])
    # What only a check can find, the server does not know.
    assert visit.headline == STATES["valid" if name == "warned" else name][0]
    assert "So says the service that issued it" in visit.text
    assert "Ada Lovelace" in visit.text
    assert "Checked in your browser" not in visit.text
    visit.require_usable(f"credential-{name}-without-scripts")


@pytest.mark.parametrize("scripts", [True, False])
def test_withheld_it_keeps_its_status(visitor, world, scripts):
    visit = visitor(scripts=scripts)
    visit.open(world["withheld"]["page"])
    assert visit.headline == "This credential is withheld"
    assert "Its issuer has not revoked it." in visit.text
    assert "Khayy" not in visit.page.content()
    visit.require_usable("credential-withheld")
    visit.settle()


@pytest.mark.parametrize("scripts", [True, False])
def test_what_is_not_shared_is_not_found(visitor, service, world, scripts):
    visit = visitor(scripts=scripts)
    for unknown in ("A" * 22, world["valid"]["uuid"]):
        visit.open(f"{service['base_url']}/verifiable_credentials/c/{unknown}/")
        assert visit.headline == "No such credential"
    visit.require_usable("credential-not-found")
    visit.settle()


@pytest.mark.parametrize("name", ["valid", "web", "revoked"])
def test_nobody_is_asked_but_the_issuer(visit, service, world, name):
    visit.open(world[name]["page"])
    assert visit.origins == {service["base_url"]}
    assert {request.method for request in visit.requests} == {"GET"}
    assert [request.post_data for request in visit.requests if request.post_data] == []
    (first, script, *documents) = visit.paths
    assert world[name]["page"].endswith(first)
    assert script.endswith("/verifier.js")
    lists = [path for path in documents if "/status/" in path]
    dids = [path for path in documents if path.endswith("/did.json")]
    assert sorted(lists + dids) == sorted(documents)
    assert lists
    assert bool(dids) is (name == "web")


def test_a_list_that_cannot_be_had_is_no_fault_of_the_credential(visit, world):
    visit.page.route(LIST, lambda route: route.abort())
    visit.open(world["valid"]["page"])
    assert (visit.headline, visit.state) == ("This credential could not be checked", "could_not_be_checked")
    assert "That says nothing against it" in visit.spoken
    assert visit.codes["status"] == "status_unreachable"
    assert (visit.outcomes["Signature"], visit.outcomes["Status"]) == ("Passed", "Not checked")
    visit.require_usable("credential-unreachable")


def test_another_credentials_list_does_not_help(visit, world):
    visit.page.route(LIST, lambda route: route.fulfill(body=world["valid"]["raw"], content_type="application/json"))
    visit.open(world["valid"]["page"])
    assert visit.state == "could_not_be_checked"
    assert visit.outcomes["Status"] == "Not checked"


def test_a_warning_says_of_what(visit, world):
    visit.open(world["warned"]["page"])
    assert visit.codes["dates"] == "proof_in_the_future"
    assert visit.outcomes["Dates"] == "Warning"
    assert "Dates: A proof bears a date in the future." in visit.spoken


def test_what_the_service_knows_before_its_list_stays(visit, world):
    visit.open(world["unpublished"]["page"])
    assert (visit.headline, visit.state) == ("This credential has been revoked", "revoked")
    assert "Your browser found: This credential is valid" in visit.spoken
    assert "not taken it back" not in visit.spoken
    assert set(visit.outcomes.values()) == {"Passed"}
    visit.require_usable("credential-unpublished")


def test_while_it_checks_it_says_so(visit, world):
    held, waiting = [], [True]

    def hold(route):
        if waiting:
            held.append(route)
        else:
            route.continue_()

    visit.page.route(LIST, hold)
    visit.page.goto(world["valid"]["page"])
    visit.page.wait_for_selector("main[data-ovc-state=checking]")
    assert visit.spoken == "Checking this credential…"
    assert visit.page.get_attribute("main", "aria-busy") == "true"
    visit.require_usable("credential-checking")
    assert held
    waiting.clear()
    for route in held:
        route.continue_()
    visit.wait()
    assert visit.state == "valid"


def test_with_keys_alone_it_is_checked_again(visit, world):
    visit.page.route(LIST, lambda route: route.abort())
    visit.open(world["valid"]["page"])
    visit.page.unroute(LIST)
    reach(visit, "#ovc-again")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_selector("main[data-ovc-state=valid]")
    assert visit.page.evaluate("document.activeElement.id") == "ovc-again"
    assert visit.spoken.startswith("This credential is valid.")
    reach(visit, ".ovc-technical summary")
    visit.page.keyboard.press("Enter")
    assert '"verdict": "valid"' in visit.page.inner_text(".ovc-technical pre")
    assert visit.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


def test_it_prints(visit, world):
    visit.open(world["valid"]["page"])
    visit.page.emulate_media(media="print")
    visit.picture("credential-valid-print")
    shown = visit.page.evaluate("document.body.innerText")
    assert "Ada Lovelace" in shown
    assert "The signature is valid" in shown
    assert "Check again" not in shown
    assert visit.page.pdf(format="A4").startswith(b"%PDF")


def test_motion_can_be_turned_off(visitor, world):
    visit = visitor(reduced_motion="reduce")
    visit.page.route(LIST, lambda route: None)
    visit.page.goto(world["valid"]["page"])
    visit.page.wait_for_selector("main[data-ovc-state=checking]")
    assert visit.page.evaluate("document.getAnimations().length") == 0


def test_how_long_it_takes_is_told(visitor, world, record_property):
    """Not asserted: the run says it at its end."""
    after = []
    for _ in range(5):
        visit = visitor()
        visit.open(world["web"]["page"])
        assert visit.state == "valid"
        after.append(visit.page.evaluate(SINCE_LOAD))
    sizes = f"the bundle has {parts.BUNDLE.stat().st_size} bytes"
    record_property(SPEED, f"{statistics.median(after):.0f} ms after load, the median of {len(after)}; {sizes}")


def reach(visit, selector):
    """Press Tab until it has the focus."""
    visit.page.evaluate("document.activeElement?.blur()")
    for _ in range(60):
        visit.page.keyboard.press("Tab")
        if visit.page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached with the Tab key.")
