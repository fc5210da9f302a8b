"""A shared credential for programs: JSON at the page's own address, the file, and links to everything else."""

import json
import re
import secrets

import pytest
from django.test import Client

from openedx_verifiable_credentials.adapters import didkit
from openedx_verifiable_credentials.api import erasing
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Issuer
from openedx_verifiable_credentials.models import Share
from tests import asking
from tests import rows
from tests import sharing

LINK = re.compile(r'<([^<>]+)>; rel="([^"]+)"; type="([^"]+)"')


@pytest.fixture(name="signed")
def make_signed(ada_client, make_offer, course_certificate, wallet):
    """The response that gave the wallet its credential."""
    response = make_offer(course_certificate).claim(wallet)
    assert response.status_code == 201
    return response


@pytest.fixture(name="page")
def make_page(ada_client, signed):
    """The path of its public page."""
    return sharing.share(ada_client)


def described(page):
    """The page as JSON."""
    response = sharing.get(page, **sharing.JSON)
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    return response.json()


def links(response):
    """Address, relation, type of each."""
    found = LINK.findall(response["Link"])
    assert ", ".join(f'<{a}>; rel="{b}"; type="{c}"' for a, b, c in found) == response["Link"], "nothing else"
    return found


def path_of(address):
    """Without our own origin."""
    assert address.startswith("https://credentials.example.edu/")
    return address.removeprefix("https://credentials.example.edu")


def test_the_page_as_json(page, signed, issuer):
    said = described(page)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", said.pop("asOf"))
    whole = f"{issuer.base_url}{page}"
    assert said == {
        "id": page.split("/")[-2],
        "page": whole,
        "result": "valid",
        "status": {"state": "valid", "since": None},
        "disclosure": "shared",
        "issuer": {"id": issuer.did, "domain": None, "selfDeclaredName": issuer.name},
        "digest": {"algorithm": "sha-256", "value": Share.objects.get().sha256},
        "anchor": None,
        "links": {
            "credential": f"{whole}credential.json",
            "evidence": said["links"]["evidence"],
            "didDocument": None,
            "issuerKeys": f"{issuer.base_url}/verifiable_credentials/issuers/default/keys.json",
            "statusLists": [signed.json()["credentialStatus"]["statusListCredential"]],
        },
        "credential": signed.json(),
    }
    assert said["links"]["evidence"] in (None, f"{whole}evidence.html")


def test_a_did_web_has_its_domain_and_its_document(page, web_issuer):
    Credential.objects.update(issuer=web_issuer)
    said = described(page)
    assert said["issuer"]["domain"] == "credentials.example.edu"
    assert said["links"]["didDocument"] == "https://credentials.example.edu/.well-known/did.json"
    Issuer.objects.filter(pk=web_issuer.pk).update(base_url="http://localhost:8000", did="did:web:localhost%3A8000:a")
    assert described(page)["links"]["didDocument"] == "http://localhost:8000/a/did.json"


def test_what_is_linked_is_there(page, web_issuer):
    Credential.objects.update(issuer=web_issuer)
    for response in (sharing.get(page), sharing.get(page, **sharing.JSON)):
        found = links(response)
        relations = [relation for _, relation, _ in found]
        assert relations.count("alternate") == relations.count("describedby") == 2
        assert relations.count("https://www.w3.org/2018/credentials#credentialStatus") == 1
        for address, _, media in found:
            served = Client().get(path_of(address), headers={"Accept": media}, HTTP_HOST="credentials.example.edu")
            assert served.status_code == 200, address
            assert served["Content-Type"] == media, address


def test_the_file_is_the_credential_byte_for_byte(page, signed):
    response = sharing.get(f"{page}credential.json")
    assert response.content == signed.content
    assert response["Content-Type"] == "application/vc+ld+json"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"] == f'attachment; filename="credential-{page.split("/")[-2]}.json"'
    assert response["ETag"] == f'"{Share.objects.get().sha256}"'
    again = sharing.get(f"{page}credential.json", **{"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_credential_of_version_2_is_application_vc(ada_client, page):
    Credential.objects.update(profile_id="obv3-vc2")
    assert sharing.get(f"{page}credential.json")["Content-Type"] == "application/vc"


def test_the_file_verifies_and_one_that_was_changed_does_not(page):
    raw = sharing.get(f"{page}credential.json").content
    assert didkit.verify(json.loads(raw)) == []
    changed = raw.replace(b"Ada", b"Eda", 1)
    assert changed != raw
    assert didkit.verify(json.loads(changed)) != []


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("application/json", "application/json"),
        ("application/json, text/html;q=0.9", "application/json"),
        ("application/json, text/plain, */*", "application/json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8"),
        ("text/html;q=0.1, application/json;q=0.5", "application/json"),
        ("*/*", "text/html; charset=utf-8"),
        ("", "text/html; charset=utf-8"),
        ("image/png", "text/html; charset=utf-8"),
        ("\u0000;;=,", "text/html; charset=utf-8"),
    ],
)
def test_who_prefers_json_gets_it(page, accept, media):
    response = sharing.get(page, Accept=accept)
    assert (response.status_code, response["Content-Type"]) == (200, media)
    assert "Accept" in [name.strip() for name in response["Vary"].split(",")]


def test_any_origin_may_read_the_json_and_no_cookie_counts(page, ada_client):
    for path in (page, f"{page}credential.json"):
        response = ada_client.get(path, headers={**sharing.JSON, "Origin": "https://agent.example"})
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in response
        assert not response.cookies
        assert "cookie" not in response.get("Vary", "").lower()
        assert response["Cache-Control"] == "no-cache"
        preflight = Client().options(
            path, headers={"Origin": "https://agent.example", "Access-Control-Request-Method": "GET"}
        )
        assert preflight.status_code == 204
        assert preflight["Access-Control-Allow-Origin"] == "*"


def test_erased_it_says_that_it_is_withheld(page, signed, ada, wallet):
    digest = described(page)["digest"]
    Credential.objects.update(state="revoked", ended_at=Credential.objects.get().created)
    erasing.erase_by_username("ada")
    said = described(page)
    assert (said["result"], said["disclosure"], said["status"]["state"]) == ("withheld", "withheld", "revoked")
    assert said["status"]["since"] is not None
    assert said["digest"] == digest
    assert "credential" not in said
    assert said["links"]["credential"] is said["links"]["evidence"] is None
    assert asking.refusal(sharing.get(f"{page}credential.json")) == (410, "withheld")
    text = json.dumps(said) + str(sharing.get(page, **sharing.JSON).headers)
    for secret in ("Ada", ada.email, wallet.did, signed.json()["id"], signed.json()["name"]):
        assert secret not in text


def test_what_is_not_shared_is_one_and_the_same_404(page, ada_client):
    row = Credential.objects.get()
    sharing.delete(ada_client, row)
    paths = [
        page,
        *(f"{asking.ROOT}c/{one}/" for one in (secrets.token_urlsafe(16), row.uuid, row.certificate_uuid, "x")),
    ]
    for suffix in ("", "credential.json"):
        answers = [sharing.get(f"{path}{suffix}", **sharing.JSON) for path in paths]
        assert {asking.refusal(answer) for answer in answers} == {(404, "unknown_credential")}
        assert len({answer.content for answer in answers}) == 1


def test_it_takes_one_query_and_writes_nothing(page):
    before = rows.snapshot()
    for path in (page, f"{page}credential.json"):
        sharing.get(path, **sharing.JSON)
        with asking.capture() as captured:
            assert sharing.get(path, **sharing.JSON).status_code == 200
        assert len(captured) == 1
    assert rows.changed(before) == []


@pytest.mark.parametrize("host", ["evil.example", "evil.example:443", "a b", ""])
def test_no_header_gets_into_an_address(page, host):
    hostile = {
        "Host": host,
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "gopher",
        "Forwarded": "host=evil",
    }
    for accept in ("application/json", "text/html"):
        response = sharing.get(page, **hostile, Accept=accept)
        assert "evil" not in response.content.decode() + str(response.headers)
        assert "gopher" not in response.content.decode() + str(response.headers)


def test_an_address_has_a_limit(page, settings):
    settings.OPENEDX_VC_THROTTLE_ADDRESS = "2/min"
    answers = [Client().get(page, headers=sharing.JSON, REMOTE_ADDR="192.0.2.1") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert asking.refusal(answers[2]) == (429, "too_many_requests")


def test_a_document_that_does_not_open_is_a_503(page, settings):
    settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS = {"other": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}
    for path in (page, f"{page}credential.json"):
        assert asking.refusal(sharing.get(path, **sharing.JSON)) == (503, "unreadable_credential")
