"""The public page of a shared credential: what its issuer says of it, the same for everyone, before any script runs."""

import base64
import datetime
import html
import json
import re
import secrets
import uuid

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from waffle.models import Switch

from openedx_verifiable_credentials.api import bundle
from openedx_verifiable_credentials.api import erasing
from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.flows.steps import keys
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Issuer
from openedx_verifiable_credentials.models import IssuerKey
from openedx_verifiable_credentials.models import Share
from tests import anchored_rows
from tests import asking
from tests import rows
from tests import seed
from tests import sharing
from tests.pages.test_offer_page import HOSTILE
from tests.pages.test_offer_page import read

ENDED = datetime.datetime(2026, 3, 4, 23, 30, tzinfo=datetime.UTC)
WITHHELD = "withheld at the holder's request"


def text_of(page, **headers):
    """What anyone reads."""
    response = sharing.get(page, **headers)
    assert response.status_code == 200
    return html.unescape(" ".join(response.content.decode().split()))


def facts_on(page):
    """Terms and what is said of them, as text."""
    pairs = re.findall(r"<dt>(.*?)</dt>\s*<dd[^>]*>(.*?)</dd>", text_of(page))
    return {_plain(term): _plain(said) for term, said in pairs}


def _plain(markup):
    return " ".join(re.sub(r"<[^>]+>", "", markup).split())


def headline(page):
    """The H1, in words."""
    [found] = re.findall(r"<h1[^>]*>(.*?)</h1>", text_of(page))
    return re.sub(r"<span[^>]*>.*?</span>", "", found).strip()


def embedded(response, name="ovc-credential"):
    """The JSON in the script element with this id, as a browser reads it."""
    pattern = rf'<script type="application/json" id="{name}">(.*?)</script>'
    [found] = re.findall(pattern, response.content.decode(), re.DOTALL)
    return found


def tags(response):
    """Tags and attributes, but for the time."""
    return [(tag, {**attributes, "datetime": ""}) for tag, attributes in read(response).tags]


def reseal(change):
    """As if the document had said otherwise when it was signed; what shows it does not check it."""
    row = Credential.objects.select_related("learner").get()
    from openedx_verifiable_credentials.api.means import get_key_encryption_keys

    key = keys.open_learner_key(row.learner, get_key_encryption_keys())
    document = json.loads(keys.open_document(row, key))
    change(document)
    row.sealed_document = keys.seal_document(json_text.write(document), key, row.uuid)
    row.save(update_fields=["sealed_document"])


def test_it_says_what_the_credential_says_and_that_it_is_valid(page, issuer, course_certificate):
    assert headline(page) == "This credential is valid"
    said = facts_on(page)
    assert said["Awarded to"] == "Ada Lovelace"
    assert said["Achievement"] == "Introduction to Everything"
    assert said["Earned by"] == "Earn a passing grade in the course Introduction to Everything."
    assert issuer.did in said["Issuer"]
    assert f"Calls itself “{issuer.name}”" in said["Issuer"]
    assert said["Valid until"] == "no end"
    assert said["Digest of the file (SHA-256)"] == Share.objects.get().sha256
    assert said["Anchor"] == "not anchored"


def test_a_domain_that_is_proved_comes_before_a_name_that_nobody_checks(page, web_issuer):
    Credential.objects.update(issuer=web_issuer)
    said = facts_on(page)["Issuer"]
    assert said.startswith("credentials.example.edu")
    assert said.index(web_issuer.did) < said.index("Calls itself")


def test_the_credential_on_the_page_is_the_one_that_was_handed_out(page):
    response = sharing.get(page)
    served = sharing.get(f"{page}credential.json")
    assert embedded(response).encode() == served.content
    [pretty] = re.findall(r'<pre id="ovc-json"[^>]*>(.*?)</pre>', response.content.decode(), re.DOTALL)
    assert json.loads(html.unescape(pretty)) == served.json()


@pytest.mark.parametrize(
    ("change", "title", "said"),
    [
        ({"state": "revoked", "ended_at": ENDED}, "has been revoked", "Revoked since March 4, 2026."),
        ({"state": "superseded", "ended_at": ENDED}, "has been replaced", "Replaced by a newer credential on March 4"),
        ({"suspended": True}, "is suspended", "Do not rely on it until"),
        ({"suspended": True, "state": "revoked", "ended_at": ENDED}, "has been revoked", "Revoked since March 4, 2026"),
        ({"state": "revoked"}, "has been revoked", "Revoked."),
        ({"state": "superseded"}, "has been replaced", "Replaced by a newer credential;"),
        ({}, "is valid", "Its issuer has not revoked it."),
    ],
)
@pytest.mark.parametrize("erased", [False, True])
def test_it_says_what_became_of_it(page, change, title, said, erased):
    Credential.objects.update(**change)
    if erased:
        erasing.erase_by_username("ada")
    text = text_of(page)
    assert said in text
    assert headline(page) == ("This credential is withheld" if erased else f"This credential {title}")
    assert (WITHHELD in text) is erased
    assert ("This credential is valid" in text) is (not change and not erased)


@pytest.mark.parametrize(("since", "said"), [(-1, "cannot be relied on"), (1, "is valid")])
def test_a_key_that_was_compromised_when_it_signed(page, since, said):
    leaked = Credential.objects.get().created + datetime.timedelta(seconds=since)
    IssuerKey.objects.update(compromised_since=leaked)
    assert headline(page) == f"This credential {said}"


@pytest.mark.parametrize(
    ("member", "days", "said"),
    [
        ("expirationDate", -1, "has expired"),
        ("expirationDate", 1, "is valid"),
        ("issuanceDate", 1, "is not valid yet"),
        ("issuanceDate", -1, "is valid"),
    ],
)
def test_dates_count(page, member, days, said):
    moment = timezone.now() + datetime.timedelta(days=days)
    reseal(lambda document: document.update({member: moment.strftime("%Y-%m-%dT%H:%M:%SZ")}))
    assert headline(page) == f"This credential {said}"
    Credential.objects.update(state="revoked", ended_at=ENDED)
    assert headline(page) == "This credential has been revoked"


def test_erased_it_is_withheld_and_keeps_status_digest_and_anchor(page, issuer, ada, wallet, course_certificate):
    digest = Share.objects.get().sha256
    erasing.erase_by_username("ada")
    response = sharing.get(page)
    text = text_of(page)
    assert WITHHELD in text
    for shown in ("Its issuer has not revoked it.", digest, "not anchored", issuer.did, issuer.name):
        assert shown in text
    assert not read(response).all("script")
    assert "credential.json" not in text
    row = Credential.objects.get()
    secret = ("Ada", "Lovelace", ada.email, wallet.did, str(row.certificate_uuid), row.achievement_key, str(row.uuid))
    for one in (*secret, course_certificate.credential.course_run.title):
        assert one not in text + str(response.headers)


def unknown_addresses(page):
    """Whatever is no page: never was, ended, an id of something else, no id at all."""
    row = Credential.objects.get()
    names = [secrets.token_urlsafe(16), row.uuid, row.certificate_uuid, uuid.uuid4(), "x", "%00", "é", "0" * 32]
    swapped = page.split("/")[-2].swapcase()
    return [f"{asking.ROOT}c/{name}/" for name in (*names, swapped)]


def test_what_is_not_shared_is_one_and_the_same_page(page, ada_client):
    addresses = unknown_addresses(page)
    sharing.delete(ada_client, Credential.objects.get())
    answers = [sharing.get(address) for address in (page, *addresses)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({str(sorted(answer.headers.items())) for answer in answers}) == 1
    assert "No such credential" in answers[0].content.decode()
    for below in ("credential.json", "evidence.html"):
        assert sharing.get(f"{page}{below}").status_code == 404


def test_unknown_and_ended_cost_the_same(page, ada_client):
    sharing.delete(ada_client, Credential.objects.get())
    counts = []
    for address in (page, f"{asking.ROOT}c/{secrets.token_urlsafe(16)}/"):
        sharing.get(address)
        with asking.capture() as captured:
            sharing.get(address)
        counts.append([query["sql"].replace(address.split("/")[-2], "id") for query in captured])
    assert counts[0] == counts[1]
    assert len(counts[0]) == 1


@pytest.mark.parametrize("address", ["credentials/{0}/", "credentials/{1}/", "c/{0}/", "c/{1}/"])
def test_neither_its_id_nor_the_certificates_opens_anything(page, address):
    row = Credential.objects.get()
    assert sharing.get(asking.ROOT + address.format(row.uuid, row.certificate_uuid)).status_code == 404


def test_it_is_the_same_for_everyone_and_needs_no_cookie(page, ada_client, bob):
    other = Client()
    other.force_login(bob)
    pages = [client.get(page) for client in (Client(), ada_client, other)]
    now = re.compile(rb'<time datetime="[^"]*">[^<]*</time>')
    assert len({now.sub(b"", response.content) for response in pages}) == 1
    assert not any(response.cookies for response in pages)
    assert not [response["Vary"] for response in pages if "cookie" in response.get("Vary", "").lower()]
    head = Client().head(page)
    assert (head.status_code, head.content) == (200, b"")


def test_it_shows_no_more_of_the_holder_than_the_credential_does(page, ada):
    text = text_of(page) + str(sharing.get(page).headers)
    for secret in (ada.email, ada.username + '"', str(Credential.objects.get().certificate_uuid)):
        assert secret not in text


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_it_can_only_be_read(page, method, accept):
    before = rows.snapshot()
    assert getattr(Client(), method)(page, headers={"Accept": accept}).status_code == 405
    assert rows.changed(before) == []


def test_it_is_there_while_the_switch_is_off(page):
    Switch.objects.update(active=False)
    cache.clear()
    assert headline(page) == "This credential is valid"


def policy_of(response):
    """Directive to sources."""
    parts = [part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";")]
    return {name: sources.split() for name, sources in parts}


@pytest.mark.parametrize("kind", ["known", "unknown", "withheld", "verify"])
def test_no_page_is_framed_indexed_or_runs_what_is_not_ours(page, built, kind):
    if kind == "withheld":
        erasing.erase_by_username("ada")
    paths = {"unknown": f"{asking.ROOT}c/{secrets.token_urlsafe(16)}/", "verify": f"{asking.ROOT}verify/"}
    response = sharing.get(paths.get(kind, page))
    policy = policy_of(response)
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
    assert policy["style-src"] == ["'self'"]
    assert policy.get("script-src") == (None if kind == "unknown" else ["'self'"])
    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Cache-Control"] == "no-cache"
    assert response["Referrer-Policy"] == "no-referrer"
    found = read(response)
    assert {"name": "robots", "content": "noindex"} in found.all("meta")
    assert not [form for form in found.all("form") if "action" in form or "method" in form]
    assert not [name for _, attributes in found.tags for name in attributes if name.startswith("on") or name == "style"]
    scripts = [one for one in found.all("script") if one.get("type") != "application/json"]
    wanted = [] if kind in ("unknown", "withheld") else ["/static/openedx_verifiable_credentials/verifier.js"]
    assert [one["src"] for one in scripts] == wanted


def test_its_script_asks_no_chain_since_what_it_checks_names_no_anchor(page, settings):
    before = policy_of(sharing.get(page))["connect-src"]
    settings.OPENEDX_VC_ANCHOR_PUBLIC_RPC_URLS = {"base": ["https://node.example/v1", "http://127.0.0.1:8545"]}
    anchored_rows.anchored(Credential.objects.get(), network="base", chain_id=8453)
    response = sharing.get(page)
    assert policy_of(response)["connect-src"] == before
    assert b"node.example" not in response.content
    assert "merkle" not in embedded(response)


def test_its_script_may_ask_the_issuer_and_nobody_else(page, web_issuer):
    origin = "https://credentials.example.edu"
    assert policy_of(sharing.get(page))["connect-src"] == ["'self'", origin]
    Issuer.objects.filter(pk=web_issuer.pk).update(did="did:web:issuer.example.org:our:place")
    Credential.objects.update(issuer=web_issuer)
    assert policy_of(sharing.get(page))["connect-src"] == ["'self'", "https://issuer.example.org", origin]


def test_static_files_from_elsewhere_are_allowed_by_their_origin(page, built, settings):
    from django.contrib.staticfiles.storage import staticfiles_storage

    settings.STATIC_URL = "https://static.example.org/files/"
    staticfiles_storage.base_url = settings.STATIC_URL
    try:
        policy = policy_of(sharing.get(page))
        assert policy["script-src"] == policy["style-src"] == ["'self'", "https://static.example.org"]
    finally:
        staticfiles_storage.base_url = "/static/"


def test_without_the_verifier_the_page_says_so_and_all_else_stands(page, static_folder):
    assert "is not installed here" in text_of(page)
    assert headline(page) == "This credential is valid"
    assert "evidence.html" not in text_of(page)


@pytest.mark.parametrize("name", HOSTILE)
def test_names_and_titles_stay_text(page, name):
    harmless = tags(sharing.get(page))
    Issuer.objects.update(name=name)

    def change(document):
        document["name"] = document["issuer"]["name"] = name
        achievement = document["credentialSubject"]["achievement"]
        achievement["name"] = achievement["description"] = achievement["criteria"]["narrative"] = name
        document["credentialSubject"]["identifier"][0]["identityHash"] = name

    reseal(change)
    response = sharing.get(page)
    assert response.content.decode().count(html.escape(name)) >= 6
    assert tags(response) == harmless
    assert json.loads(embedded(response))["name"] == name


def test_criteria_are_text_without_what_was_escaped(ready, ada, ada_client, make_offer, wallet):
    title = "C++ & *Pointers* [1] <b>"
    certificate = seed.backdate(seed.award(ada, seed.make_course(ready, seed.CourseOptions(run_title=title))), days=3)
    assert make_offer(certificate).claim(wallet).status_code == 201
    text = sharing.get(sharing.share(ada_client)).content.decode()
    assert f"Earn a passing grade in the course {html.escape(title)}." in text


def test_an_address_has_a_limit(page, settings):
    settings.OPENEDX_VC_THROTTLE_ADDRESS = "2/min"
    answers = [Client().get(page, REMOTE_ADDR="192.0.2.1") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[2]["Retry-After"]) <= 60
    assert "too_many_requests" in answers[2].content.decode()
    assert answers[2]["X-Robots-Tag"] == "noindex"
    assert Client().get(page, REMOTE_ADDR="192.0.2.2").status_code == 200


@pytest.mark.parametrize(("name", "value"), [("THROTTLE_ADDRESS", "often"), ("NUM_PROXIES", "one")])
def test_a_limit_that_cannot_be_read_does_not_stop_it(page, settings, caplog, name, value):
    setattr(settings, f"OPENEDX_VC_{name}", value)
    assert headline(page) == "This credential is valid"
    assert [record.message for record in caplog.records if name in record.message]


def test_it_takes_one_query_and_reads_no_bits(page):
    sharing.get(page)
    with asking.capture() as captured:
        sharing.get(page)
    [query] = [query["sql"] for query in captured if rows.OURS in query["sql"]]
    assert len(captured) == 1
    for column in ("bits", "sealed_seed", "sealed_order_key", "terms"):
        assert f'"{column}"' not in query.replace("`", '"')


@pytest.mark.parametrize("below", ["", "evidence.html"])
def test_a_document_that_does_not_open_is_a_503(page, settings, below):
    settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS = {"another": base64.b64encode(Secret(bytes(32)).reveal()).decode()}
    response = sharing.get(page + below)
    assert response.status_code == 503
    assert "unreadable_credential" in response.content.decode()


@pytest.mark.parametrize("below", ["", "evidence.html"])
def test_while_the_database_is_gone_it_is_a_503(page, monkeypatch, caplog, below):
    def fail(*_, **__):
        raise OperationalError(f"secret of the server at {page}")

    monkeypatch.setattr(Share.objects, "filter", fail)
    response = sharing.get(page + below)
    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert "database_unavailable" in response.content.decode()
    assert (response["Referrer-Policy"], response["X-Robots-Tag"]) == ("no-referrer", "noindex")
    assert "secret" not in response.content.decode() + caplog.text


def test_the_date_is_that_of_the_service(page, settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    timezone.deactivate()
    Credential.objects.update(state="revoked", ended_at=ENDED)
    assert "Revoked since March 5, 2026." in text_of(page)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles"])
def test_the_days_in_the_credential_are_the_same_wherever_the_service_is(page, settings, zone):
    before = {term: said for term, said in facts_on(page).items() if term.startswith(("Valid", "Activity"))}
    assert before
    settings.TIME_ZONE = zone
    timezone.deactivate()
    for hour in (0, 23):
        reseal(lambda document, hour=hour: document.update(validFrom=f"2026-03-01T{hour:02}:30:00Z"))
        assert facts_on(page)["Valid from"] == "March 1, 2026"


def test_the_verifier_that_is_built_here_goes_into_the_evidence_file(page):
    if not bundle.has_script():
        pytest.skip("the verifier is not built here (make frontend)")
    response = sharing.get(f"{page}evidence.html")
    assert response.status_code == 200
    assert bundle.find_script() in response.content.decode()
