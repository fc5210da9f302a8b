"""
The claim element in the profile MFE: React, frontend-plugin-framework, frontend-platform's client and Paragon's theme
as there, on one origin; our service on another, which lets that one call and takes the JWT cookies of the LMS.
"""

from __future__ import annotations

import json
import urllib.parse
from pathlib import Path

import pytest

from tests.browser import profile_mfe
from tests.browser.visits import STANDARD
from tests.servers import running
from tests.wallet import make_wallet

# The secret that the sandbox shares with its LMS is short.
pytestmark = pytest.mark.filterwarnings("ignore:The HMAC key is")
CLAIM = "openedx-vc-claim"
SCRIPT = "/static/openedx_verifiable_credentials/claim.js"
API = "/verifiable_credentials/api/v1/"
COURSE = "Data Science 🎓 for Beginners"
LOOKS = ("backgroundColor", "color", "borderRadius", "fontFamily", "fontSize", "fontWeight")
# Timers that the element's script has set, until they ran or were cleared.
_COUNT_TIMERS = """
globalThis.__timers = new Map();
for (const [set, clear] of [['setTimeout', 'clearTimeout'], ['setInterval', 'clearInterval']]) {
  const [original, ending] = [globalThis[set], globalThis[clear]];
  globalThis[set] = (run, ...rest) => {
    const id = original((...given) => {
      if (set === 'setTimeout') globalThis.__timers.delete(id);
      run(...given);
    }, ...rest);
    if (new Error().stack.includes('/claim.js')) globalThis.__timers.set(id, rest[0]);
    return id;
  };
  globalThis[clear] = (id) => (globalThis.__timers.delete(id), ending(id));
}
"""


@pytest.fixture(scope="module")
def site():
    """The MFE's server."""
    with profile_mfe.serving() as made:
        yield made


@pytest.fixture(scope="module")
def credentials(site, tmp_path_factory):
    """Our service, which lets the MFE call."""
    settings = {
        "CORS_ORIGIN_WHITELIST": [site.origin],
        "CSRF_TRUSTED_ORIGINS": [site.origin],
        "OPENEDX_VC_THROTTLE_ADDRESS": "100000/min",
    }
    with running.running("gunicorn", tmp_path_factory.mktemp("service"), settings=settings) as description:
        yield description


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The page as the how-to has it built."""
    return profile_mfe.build_as_documented(tmp_path_factory.mktemp("profile"))


@pytest.fixture
def mfe(site, credentials, built):
    """The site, set up as the how-to says."""
    site.script = built
    site.credentials = site.allowed = credentials["base_url"]
    return site


@pytest.fixture
def ada(mfe, visitor):
    """A visit of Ada, who is logged in to the LMS; at its end nothing has gone wrong."""
    visit = visitor()
    log_in(visit, mfe, "ada")
    visit.page.add_init_script(_COUNT_TIMERS)
    yield visit
    visit.settle()


def log_in(visit, mfe, username):
    visit.page.context.add_cookies([{"name": profile_mfe.USER_COOKIE, "value": username, "url": mfe.origin}])


def open_profile(visit, mfe, username="ada"):
    visit.page.goto(mfe.profile(username))
    visit.page.wait_for_selector("h1 >> text=Profile of")


def open_list(visit, mfe):
    open_profile(visit, mfe)
    visit.page.wait_for_selector(f"{CLAIM} [data-ovc-certificate]")


def asked(visit, path=API):
    """The requests to addresses below ``path``, preflights left out."""
    return [each for each in visit.requests if urllib.parse.urlsplit(each.url).path.startswith(path)]


def nothing_in_the_slot(visit):
    """And the rest of the page as ever."""
    return visit.page.inner_html("#slot") == "" and "The rest of the profile" in visit.text


def press(visit, key):
    visit.page.click(f"{CLAIM} [data-ovc-key='{key}']:not([aria-disabled='true'])")


def choose(visit, title):
    visit.page.check(f"{CLAIM} [data-ovc-certificate]:has-text('{title}') input[type=checkbox]")
    press(visit, "continue")


def test_the_learners_certificates_are_listed_in_the_theme_of_the_page(ada, mfe):
    heard = []
    ada.page.on("console", lambda message: heard.append(message.text))
    open_list(ada, mfe)
    assert COURSE in ada.text
    # With the client that was handed in, from one origin to another.
    [first] = [each for each in asked(ada) if "certificates/" in each.url]
    assert first.headers["use-jwt-cookie"] == "true"
    assert first.response().headers["access-control-allow-origin"] == mfe.origin
    for width in (1000, 320):
        ada.page.set_viewport_size({"width": width, "height": 900})
        ada.picture(f"profile-{width}")
        assert ada.axe(within=CLAIM, tags=STANDARD) == [], width
        assert ada.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
    looks = "(element, names) => names.map((name) => getComputedStyle(element)[name])"
    ours, theirs = (ada.page.eval_on_selector(f"{place} .btn-primary", looks, LOOKS) for place in (CLAIM, "nav"))
    assert ours == theirs
    assert heard == []


def test_a_certificate_is_claimed_into_a_wallet(ada, mfe):
    open_list(ada, mfe)
    choose(ada, COURSE)
    ada.page.check(f"{CLAIM} [data-ovc-key='wallet-lc_wallet']")
    press(ada, "make")
    link = ada.page.get_attribute(f"{CLAIM} [data-ovc-key='open-wallet']", "href")
    assert ada.axe(within=CLAIM, tags=STANDARD) == []
    wallet = make_wallet()
    status, body = running.claim(link, wallet)
    assert (status, json.loads(body)["credentialSubject"]["id"]) == (201, wallet.did)
    # Seen by asking, from the other origin.
    ada.page.wait_for_selector(f"{CLAIM} >> text=Your wallet has the credential")
    written = next(each for each in asked(ada) if each.method == "POST" and "init/" in each.url)
    assert written.headers["x-csrftoken"]


def test_a_credential_is_saved_as_a_file(ada, mfe):
    open_list(ada, mfe)
    choose(ada, "مقدمة في البرمجة")
    ada.page.check(f"{CLAIM} [data-ovc-key='wallet-download']")
    press(ada, "make")
    with ada.page.expect_download() as saving:
        ada.page.click(f"{CLAIM} [data-ovc-file-of] [data-ovc-form=json]")
    assert saving.value.url.startswith("blob:")
    assert saving.value.suggested_filename.endswith(".json")
    raw = Path(saving.value.path()).read_bytes()
    [answer] = [each for each in asked(ada) if each.url.endswith("credential.json")]
    assert raw == answer.response().body()
    assert json.loads(raw)["credentialSubject"]["achievement"]["name"] == "مقدمة في البرمجة"


def test_on_the_profile_of_another_there_is_nothing(ada, mfe):
    open_profile(ada, mfe, "omar")
    ada.page.wait_for_load_state("networkidle")
    assert nothing_in_the_slot(ada)
    assert mfe.credentials not in ada.origins
    # From one profile to another without a new page.
    ada.page.click("nav >> text=ada")
    ada.page.wait_for_selector(f"{CLAIM} [data-ovc-certificate]")
    ada.page.click("nav >> text=omar")
    ada.page.wait_for_selector("h1 >> text=omar")
    assert nothing_in_the_slot(ada)


def test_a_learner_sees_their_own_certificates_only(mfe, visitor):
    visit = visitor()
    log_in(visit, mfe, "omar")
    open_profile(visit, mfe, "omar")
    visit.page.wait_for_selector(f"{CLAIM} [data-ovc-certificate]")
    answer = visit.page.request.get(f"{mfe.credentials}{API}credentials/", headers={"USE-JWT-COOKIE": "true"}).json()
    assert {each["username"] for lists in answer.values() for each in lists} == {"omar"}
    visit.settle()


def test_without_the_script_the_page_is_as_if_there_was_no_widget(ada, mfe):
    mfe.credentials += "/nowhere"  # answers with 404, as a page
    with ada.page.expect_event("requestfailed", lambda request: SCRIPT in request.url):
        open_profile(ada, mfe)
    ada.page.wait_for_load_state("networkidle")
    assert nothing_in_the_slot(ada)
    assert ada.page.query_selector(f"script[src*='{SCRIPT}']") is None


def test_what_is_not_the_script_does_no_harm(mfe, visitor):
    visit = visitor()
    log_in(visit, mfe, "ada")
    mfe.credentials = mfe.origin  # answers whatever it is asked for with its page
    with visit.page.expect_response(lambda answer: SCRIPT in answer.url) as answering:
        open_profile(visit, mfe)
    assert answering.value.status == 200
    visit.page.wait_for_load_state("networkidle")
    assert nothing_in_the_slot(visit)


def test_without_the_address_of_the_service_there_is_nothing(ada, mfe):
    mfe.credentials = ""
    open_profile(ada, mfe)
    ada.page.wait_for_load_state("networkidle")
    assert nothing_in_the_slot(ada)
    assert ada.origins == {mfe.origin}


def test_while_the_service_is_down_the_element_says_so_and_tries_again(ada, mfe):
    ada.page.route(f"**{API}**", lambda route: route.abort())
    open_profile(ada, mfe)
    ada.page.wait_for_selector(f"{CLAIM} >> text=could not be reached")
    assert "The rest of the profile" in ada.text
    assert ada.axe(within=CLAIM, tags=STANDARD) == []
    ada.page.unroute(f"**{API}**")
    ada.page.click(f"{CLAIM} button:has-text('Try again') >> nth=0")
    ada.page.wait_for_selector(f"{CLAIM} [data-ovc-certificate]")


def test_an_origin_that_may_not_call_is_told_that_nothing_was_reached(mfe, visitor):
    visit = visitor()
    log_in(visit, mfe, "ada")
    with profile_mfe.serving() as stranger:
        stranger.script, stranger.credentials, stranger.allowed = mfe.script, mfe.credentials, mfe.allowed
        open_profile(visit, stranger)
        visit.page.wait_for_selector(f"{CLAIM} >> text=could not be reached")
    assert "blocked by CORS policy" in " ".join(visit.faults)


def test_what_is_taken_away_and_put_back_is_there_once_and_leaves_nothing_running(ada, mfe):
    open_list(ada, mfe)
    choose(ada, 'Reading "Alice"')
    press(ada, "make")
    ada.page.wait_for_selector(f"{CLAIM} [data-ovc-key='open-wallet']")
    assert ada.page.evaluate("globalThis.__timers.size") > 0
    for _ in range(3):
        ada.page.click("text=Toggle the slot")
        assert ada.page.locator(CLAIM).count() == 0
        assert ada.page.evaluate("[...globalThis.__timers.values()].filter((wait) => wait > 100)") == []
        ada.page.click("text=Toggle the slot")
        ada.page.wait_for_selector(f"{CLAIM} [data-ovc-certificate]")
        assert ada.page.locator(CLAIM).count() == 1
    assert len(asked(ada, SCRIPT)) == 1
    # The style sheet is no older than the script.
    [sheet] = [each.get_attribute("href") for each in ada.page.query_selector_all("link[href*='claim.css']")]
    assert asked(ada, SCRIPT)[0].url.replace("claim.js", "claim.css") == sheet


def test_a_login_that_has_ended_is_told_and_the_way_back_is_to_this_page(ada, mfe):
    open_list(ada, mfe)
    ada.page.context.clear_cookies()
    choose(ada, COURSE)
    link = ada.page.wait_for_selector(f"{CLAIM} a >> text=Log in again").get_attribute("href")
    assert link == f"{profile_mfe.LOGIN_URL}?{urllib.parse.urlencode({'next': mfe.profile('ada')})}"


def test_the_element_speaks_the_language_that_the_learner_chose(ada, mfe):
    ada.page.context.add_cookies([{"name": profile_mfe.LANGUAGE_COOKIE, "value": "ar", "url": mfe.origin}])
    open_list(ada, mfe)
    assert [ada.page.get_attribute(CLAIM, name) for name in ("lang", "dir")] == ["ar", "rtl"]
    assert "متابعة" in ada.page.inner_text(CLAIM)
    # Beside it the page is in the language that the MFE was built with.
    assert ada.page.get_attribute("html", "dir") == "ltr"
    ada.picture("profile-ar")
    assert ada.axe(within=CLAIM, tags=STANDARD) == []


def test_the_lines_for_tutor_do_the_same(ada, mfe, tmp_path):
    mfe.script = profile_mfe.build_as_with_tutor(tmp_path)
    open_list(ada, mfe)
    assert COURSE in ada.text


def test_the_widget_takes_addresses_and_a_language_from_its_content(ada, mfe, tmp_path):
    script = f"{mfe.credentials}{SCRIPT}?of=ours"
    content = {"baseUrl": f"{mfe.credentials}/", "script": script, "lang": "es-419"}
    mfe.script, mfe.credentials = profile_mfe.build_as_with_tutor(tmp_path, content), ""
    open_list(ada, mfe)
    assert ada.page.get_attribute(CLAIM, "lang") == "es-419"
    assert [each.url for each in asked(ada, SCRIPT)] == [script]
