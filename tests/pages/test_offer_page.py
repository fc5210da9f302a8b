"""Our claim page: for the offer's owner, without JavaScript, and safe whatever a title holds."""

import datetime
import html
import io
import json
import re
import urllib.parse
import uuid
from html.parser import HTMLParser

import pytest
import segno
import zxingcpp
from django.test import Client
from django.utils import timezone
from PIL import Image

from openedx_verifiable_credentials.core.formats import qr
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Offer
from tests import asking
from tests import rows
from tests import seed
from tests.conftest import MadeOffer

HOSTILE = (
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    "</title><img src=x onerror=alert(1)>",
    "{{ settings.SECRET_KEY }}{% debug %}",
    "javascript:alert(1)",
)


def page_of(offer=None):
    """The address of the newest offer's page."""
    return f"{asking.ROOT}offers/{(offer or Offer.objects.latest('pk')).uuid}/"


@pytest.fixture(name="page")
def make_page(ada_client, course_certificate):
    """The address of the page of a fresh offer."""
    assert asking.init(ada_client, course_certificate, wallet="download").status_code == 200
    return page_of()


class _Reader(HTMLParser):
    """Tags with their attributes, in order."""

    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def all(self, name):
        return [attributes for tag, attributes in self.tags if tag == name]


def read(response):
    """The page, taken apart."""
    return _Reader(response.content.decode())


def deep_link(response):
    """What the page's link opens."""
    [link] = [a["href"] for a in read(response).all("a") if a["href"].startswith("dccrequest:")]
    return link


def test_an_open_offer_shows_link_code_and_download(ada_client, page):
    response = ada_client.get(page)
    assert response.status_code == 200
    query = urllib.parse.parse_qs(deep_link(response).partition("?")[2])
    assert query["vc_request_url"][0].endswith(f"/credentials/issue/{Offer.objects.get().uuid}/")
    found = read(response)
    [form] = found.all("form")
    assert (form["method"], form["action"]) == ("post", f"{page}download/")
    assert [field["name"] for field in found.all("input")] == ["csrfmiddlewaretoken"]
    [picture] = found.all("svg")
    assert picture["class"] == "ovc-qr"
    assert len([tag for tag, _ in found.tags if tag == "h1"]) == 1
    assert found.all("script") == []


def test_the_code_reads_as_the_link(ada_client, page):
    """As a phone's camera sees it: the page's SVG paths are those of a code that reads as the link."""
    response = ada_client.get(page)
    link = deep_link(response)
    assert qr.svg(link, "QR code that opens this offer in a wallet") in response.content.decode()
    [path] = [attributes["d"] for attributes in read(response).all("path")]
    assert zxingcpp.read_barcode(_drawn(path)).text == link


def _drawn(path, scale=4):
    """The picture of a path of horizontal strokes, as segno writes it."""
    strokes, x, y = [], 0.0, 0.0
    for command, numbers in re.findall(r"([MmHhVvz])([^MmHhVvz]*)", path):
        values = [float(value) for value in re.findall(r"-?\d+(?:\.\d+)?", numbers)]
        if command in "Mm":
            x, y = (values[0], values[1]) if command == "M" else (x + values[0], y + values[1])
        elif command == "h":
            strokes.append((x, y, values[0]))
            x += values[0]
    size = int(max(x + width for x, _, width in strokes)) + 4
    image = Image.new("L", (size, size), 255)
    for left, top, width in strokes:
        for column in range(int(left), int(left + width)):
            image.putpixel((column, int(top)), 0)
    return image.resize((size * scale, size * scale), Image.Resampling.NEAREST)


def test_the_link_of_the_page_can_be_claimed(ada_client, page, wallet):
    offer = MadeOffer({"deeplink": deep_link(ada_client.get(page))})
    assert offer.claim(wallet).status_code == 201


@pytest.mark.parametrize("path", ["", "download/", "renew/"])
def test_whoever_is_not_logged_in_is_led_to_the_log_in(page, path):
    before = rows.snapshot()
    method = "post" if path else "get"
    response = getattr(Client(), method)(page + path)
    assert response.status_code == 302
    assert response["Location"] == f"/login/?next={urllib.parse.quote(page)}", (
        "a form's address takes no GET afterwards"
    )
    assert rows.changed(before) == []


@pytest.mark.parametrize("over", [False, True])
@pytest.mark.parametrize("path", ["", "download/", "renew/"])
def test_to_another_learner_it_does_not_exist(page, bob, path, over):
    if over:
        Offer.objects.update(expires_at=timezone.now())
    browser = Client()
    browser.force_login(bob)
    method = browser.post if path else browser.get
    before = rows.snapshot()
    others = method(page + path)
    nobodys = method(f"{asking.ROOT}offers/{uuid.uuid4()}/{path}")
    assert (others.status_code, nobodys.status_code) == (404, 404)
    assert without_token(others) == without_token(nobodys)
    assert rows.changed(before) == []


def without_token(response):
    """The page without what differs each time."""
    return re.sub(r'value="\w+"', "", response.content.decode())


def test_a_claimed_offer_says_so_and_offers_another(ada_client, page, wallet):
    MadeOffer({"deeplink": deep_link(ada_client.get(page))}).claim(wallet)
    response = ada_client.get(page)
    assert response.status_code == 200
    text = response.content.decode()
    assert "has been claimed" in text
    assert wallet.did not in text
    assert "dccrequest" not in text
    assert [form["action"] for form in read(response).all("form")] == [f"{page}renew/"]


def test_an_expired_offer_can_be_renewed(ada_client, page, wallet):
    Offer.objects.update(expires_at=timezone.now(), created=timezone.now() - datetime.timedelta(minutes=10))
    response = ada_client.get(page)
    assert "has expired" in response.content.decode()
    assert "dccrequest" not in response.content.decode()
    renewed = ada_client.post(f"{page}renew/")
    assert renewed.status_code == 302
    assert renewed["Location"] == page_of() != page
    fresh = ada_client.get(renewed["Location"])
    assert MadeOffer({"deeplink": deep_link(fresh)}).claim(wallet).status_code == 201


def test_a_claimed_offer_can_be_renewed(ada_client, page, wallet):
    MadeOffer({"deeplink": deep_link(ada_client.get(page))}).claim(wallet)
    renewed = ada_client.post(f"{page}renew/")
    assert "dccrequest" in ada_client.get(renewed["Location"]).content.decode()
    assert ada_client.post(f"{renewed['Location']}download/").status_code == 200
    assert Credential.objects.count() == 2


def test_the_file_is_an_attachment(ada_client, page):
    response = ada_client.post(f"{page}download/")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response["Content-Disposition"] == f'attachment; filename="credential-{Offer.objects.get().uuid}.json"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]
    assert "OpenBadgeCredential" in json.loads(response.content)["type"]
    assert not re.search(rb"[&<>]", response.content)


@pytest.mark.parametrize("path", ["download/", "renew/"])
def test_a_link_alone_does_nothing(ada_client, page, path):
    before = rows.snapshot()
    assert ada_client.get(page + path).status_code == 405
    assert rows.changed(before) == []


@pytest.mark.parametrize("path", ["download/", "renew/"])
def test_the_buttons_work_in_a_browser(ada, page, path):
    """
    With the token of the form, and the Origin header that the page's own Referrer-Policy makes a browser send
    (Fetch §3.1: "null" under no-referrer).
    """
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ada)
    shown = browser.get(page)
    if path == "renew/":
        Offer.objects.update(expires_at=timezone.now())
        shown = browser.get(page)
    [token] = [field["value"] for field in read(shown).all("input") if field["name"] == "csrfmiddlewaretoken"]
    origin = "null" if shown["Referrer-Policy"] == "no-referrer" else "http://testserver"
    refused = browser.post(page + path, HTTP_ORIGIN=origin)
    response = browser.post(page + path, {"csrfmiddlewaretoken": token}, HTTP_ORIGIN=origin)
    assert (refused.status_code, response.status_code) == (403, 200 if path == "download/" else 302)


@pytest.mark.parametrize("state", ["open", "claimed", "expired", "missing"])
def test_no_page_may_run_scripts_be_framed_or_be_kept(ada_client, page, state, wallet):
    if state == "claimed":
        MadeOffer({"deeplink": deep_link(ada_client.get(page))}).claim(wallet)
    elif state == "expired":
        Offer.objects.update(expires_at=timezone.now())
    elif state == "missing":
        Offer.objects.all().delete()
    response = ada_client.get(page)
    policy = dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert "script-src" not in policy
    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] in ("no-referrer", "same-origin"), "the address is not told to others"
    assert {"no-store", "private"} <= set(response["Cache-Control"].split(", "))
    found = read(response)
    assert not found.all("script")
    assert not [name for _, attributes in found.tags for name in attributes if name.startswith("on") or name == "style"]


@pytest.mark.parametrize("title", HOSTILE)
def test_titles_and_names_stay_text(ready, ada, ada_client, title):
    type(ada).objects.filter(pk=ada.pk).update(full_name=title)
    course = seed.make_course(ready, seed.CourseOptions(title=title, run_title=title, signatory=title))
    course.course_run.course.owners.set([seed.make_organization(ready, "X", title)])
    asking.init(ada_client, seed.award(ada, course), wallet="download")
    response = ada_client.get(page_of())
    assert response.status_code == 200
    assert title not in response.content.decode()
    assert not read(response).all("img")


def test_a_code_with_a_hostile_description_stays_text():
    shown = qr.svg("https://example.org/?a=1&b=2", '</title><script>alert("1")</script>')
    assert "<script" not in shown
    assert html.unescape(re.search("<title>(.*)</title>", shown)[1]) == '</title><script>alert("1")</script>'


def test_a_refusal_is_a_page_with_a_sentence_and_a_code(ada_client, page, course_certificate):
    course_certificate.revoke()
    response = ada_client.post(f"{page}download/")
    assert response.status_code == 409
    text = response.content.decode()
    assert "This certificate has been revoked." in text
    assert "<code>certificate_revoked</code>" in text
    assert read(response).all("p")[0] == {"role": "alert"}


def test_drawing_is_what_the_phone_sees():
    """What :func:`_drawn` is worth: another link's path reads as that link."""
    buffer = io.BytesIO()
    segno.make("another", error="l", micro=False).save(buffer, kind="svg", border=4)
    path = re.search(r' d="([^"]+)"', buffer.getvalue().decode())[1]
    assert zxingcpp.read_barcode(_drawn(path)).text == "another"
