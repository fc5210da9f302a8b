"""Status lists over HTTP: stored bytes, the same for everybody, or a clear refusal; never a list without its proof."""

from __future__ import annotations

import gzip
import hashlib
import json
import logging
from datetime import timedelta

import pytest
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from waffle.models import Switch

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials.api import publishing
from openedx_verifiable_credentials.api import status
from openedx_verifiable_credentials.core import self_check
from openedx_verifiable_credentials.core import status_list as core
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.profiles import PROFILES
from openedx_verifiable_credentials.core.status_list import ListForm
from openedx_verifiable_credentials.models import PublishedList
from tests import asking
from tests import faults
from tests import lists
from tests import rows
from tests import signed
from tests.rest_api.test_wallet_endpoint import HOSTILE_HEADERS

pytestmark = pytest.mark.django_db
FORMS = list(ListForm)
OURS = '"openedx_verifiable_credentials_publishedlist"'


@pytest.fixture(autouse=True)
def cached(settings):
    """As where processes share a cache."""
    settings.OPENEDX_VC_STATUS_CACHE_SECONDS = 5


@pytest.fixture(name="some_list")
def make_some_list(ready, issuer):
    """A list with one of two credentials revoked, published."""
    credentials = lists.add_credentials(issuer, 2)
    lists.revoke(credentials[0])
    lists.publish(credentials[0].status_list)
    return credentials[0].status_list


class TestTheDocument:
    @pytest.mark.parametrize("form", FORMS)
    @pytest.mark.parametrize("profile_id", PROFILES)
    @pytest.mark.parametrize("kind", ["issuer", "web_issuer"])
    def test_each_form_verifies_and_has_its_bits(self, request, settings, ready, kind, profile_id, form):
        settings.OPENEDX_VC_SUSPENSION = True
        of = request.getfixturevalue(kind)
        credentials = lists.add_credentials(of, 3, profile_id)
        lists.revoke(credentials[0])
        lists.suspend(credentials[1])
        row = credentials[0].status_list
        lists.publish(row)
        response = lists.get(row, form)
        assert (response.status_code, response["Content-Type"]) == (200, "application/json")
        document = response.json()
        marked = credentials[1] if form.purpose == "suspension" else credentials[0]
        assert lists.indices(document, form) == {marked.status_index}
        assert document["id"] == f"https://credentials.example.edu{lists.path(row, form)}"
        assert document["issuer"] == of.did
        assert document["credentialSubject"]["id"] == f"{document['id']}#list"
        assert document["credentialSubject"].get("ttl") == (None if form.is_2021 else 300_000)
        profile = core.list_profile(PROFILES[profile_id], form, v.ED25519)
        method = signed.signer().method
        public = of.keys.get().public_key_multibase
        method = type(method)(f"{of.did}#{public}", of.did, public)
        unsigned = profile.detach(document)[0]
        self_check.require_good_release(response.content, unsigned=unsigned, profile=profile, method=method)
        with pytest.raises(Exception, match="self_check_failed"):
            tampered = response.content.replace(b'"encodedList":"', b'"encodedList":"H')
            self_check.require_good_release(
                tampered, unsigned=profile.detach(json.loads(tampered))[0], profile=profile, method=method
            )

    def test_the_entry_of_a_claimed_credential_leads_to_its_bit(self, make_offer, course_certificate, wallet):
        entry = make_offer(course_certificate).claim(wallet).json()["credentialStatus"]
        entry = entry[0] if isinstance(entry, list) else entry
        address = entry["statusListCredential"].removeprefix("https://credentials.example.edu")
        document = Client().get(address).json()
        assert document["id"] == entry["statusListCredential"]
        assert lists.indices(document, ListForm.REVOCATION) == set()

    def test_what_was_stored_is_served_and_nothing_of_html_is_in_it(self, some_list):
        for form in (ListForm.REVOCATION, ListForm.REVOCATION_2021):
            stored = bytes(PublishedList.objects.get(form=form).document)
            assert lists.get(some_list, form).content == stored
            assert not set(b"&<>") & set(stored)

    def test_a_list_without_suspension_has_no_such_document(self, some_list):
        for form in (ListForm.SUSPENSION, ListForm.SUSPENSION_2021):
            assert asking.refusal(lists.get(some_list, form)) == (404, "unknown_list")


class TestWhatItCosts:
    @pytest.mark.parametrize("logged_in", [False, True])
    def test_one_query_and_from_the_cache_none(self, some_list, django_user_model, client, logged_in):
        own_middleware = 2 if logged_in else 0  # the service's own reads session and account of whoever has a cookie
        if logged_in:
            client.force_login(django_user_model.objects.create_user("eve", password="x"))
        client.get(lists.path(some_list))  # the service's own switches and site are in its cache now
        publishing.status.forget([some_list.uuid])
        before = rows.snapshot()
        noted = []
        for _ in range(2):
            with asking.capture() as captured:
                assert client.get(lists.path(some_list)).status_code == 200
            noted.append(asking.data_statements(captured)[own_middleware:])
        assert [len(statements) for statements in noted] == [1, 0], noted
        assert "publishedlist" in noted[0][0]
        assert noted[0][0].startswith("SELECT")
        assert rows.changed(before) == []

    @pytest.mark.parametrize(
        ("backend", "seconds"),
        [
            ("django.core.cache.backends.locmem.LocMemCache", 0),
            ("django.core.cache.backends.dummy.DummyCache", 0),
            ("django.core.cache.backends.redis.RedisCache", 5),
            ("django.core.cache.backends.memcached.PyMemcacheCache", 5),
        ],
    )
    def test_by_default_only_a_cache_that_processes_share_is_used(self, settings, backend, seconds):
        del settings.OPENEDX_VC_STATUS_CACHE_SECONDS
        settings.CACHES = {"default": {"BACKEND": backend}}
        assert app_settings.status_cache_seconds() == seconds

    def test_without_a_cache_one_query_each_time(self, some_list, settings):
        settings.OPENEDX_VC_STATUS_CACHE_SECONDS = 0
        lists.get(some_list)
        for _ in range(2):
            with asking.capture() as captured:
                lists.get(some_list)
            assert len(asking.data_statements(captured)) == 1

    def test_an_unknown_list_costs_one_query(self, some_list):
        lists.get(some_list)
        some_list.uuid = "00000000-0000-4000-8000-000000000000"
        with asking.capture() as captured:
            assert lists.get(some_list).status_code == 404
        assert len(asking.data_statements(captured)) == 1


class TestTheSameForEverybody:
    @pytest.mark.parametrize("save", [False, True])
    def test_nobody_is_asked_who_they_are(self, some_list, django_user_model, settings, client, save):
        settings.SESSION_SAVE_EVERY_REQUEST = save
        stranger = lists.get(some_list)
        client.force_login(django_user_model.objects.create_user("eve", password="x"))
        known = client.get(lists.path(some_list), HTTP_ACCEPT_LANGUAGE="ar")
        forged = lists.get(some_list, HTTP_COOKIE="credentials_sessionid=x; credentials_language=he")
        for response in (stranger, known, forged):
            assert response.content == stranger.content
            assert not response.cookies
            assert "cookie" not in response["Vary"].lower()
            assert "Accept-Encoding" in response["Vary"]

    @pytest.mark.parametrize("header", [*HOSTILE_HEADERS, "HTTP_ACCEPT", "HTTP_RANGE", "HTTP_IF_MODIFIED_SINCE"])
    def test_no_header_changes_it(self, some_list, settings, header):
        settings.USE_X_FORWARDED_HOST = settings.USE_X_FORWARDED_PORT = True
        values = {"HTTP_ACCEPT": "text/html", "HTTP_RANGE": "bytes=0-9", "HTTP_IF_MODIFIED_SINCE": "junk"}
        hostile = lists.get(some_list, **{header: values.get(header) or HOSTILE_HEADERS[header]})
        assert (hostile.status_code, hostile.content) == (200, lists.get(some_list).content)
        assert "evil" not in str(hostile.headers)

    def test_what_is_published_behind_a_hostile_header_names_the_issuers_address(
        self, ready, settings, make_offer, course_certificate, wallet
    ):
        settings.USE_X_FORWARDED_HOST = settings.USE_X_FORWARDED_PORT = True
        offer = make_offer(course_certificate)
        assert offer.post(wallet.present(offer.challenge), **HOSTILE_HEADERS).status_code == 201
        for row in PublishedList.objects.all():
            assert b"evil" not in bytes(row.document)
            assert json.loads(bytes(row.document))["id"].startswith("https://credentials.example.edu/")

    @pytest.mark.parametrize("switch", [True, False, None])
    def test_the_switch_does_not_matter(self, some_list, switch):
        Switch.objects.all().delete()
        if switch is not None:
            Switch.objects.create(name="openedx_verifiable_credentials.enabled", active=switch)
        assert lists.get(some_list).status_code == 200


class TestHttp:
    def test_headers(self, some_list):
        response = lists.get(some_list)
        assert response["ETag"] == f'"{hashlib.sha256(response.content).hexdigest()}"'
        assert response["Cache-Control"] == "public, max-age=300"
        assert response["Access-Control-Allow-Origin"] == "*"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Length"] == str(len(response.content))

    def test_it_may_not_be_kept_longer_than_it_is_valid(self, some_list):
        PublishedList.objects.update(valid_until=timezone.now() + timedelta(seconds=42))
        assert lists.get(some_list)["Cache-Control"] in ("public, max-age=41", "public, max-age=42")

    def test_head(self, some_list):
        whole, head = lists.get(some_list), Client().head(lists.path(some_list))
        assert (head.status_code, head.content) == (200, b"")
        for header in ("ETag", "Content-Length", "Content-Type", "Cache-Control", "Access-Control-Allow-Origin"):
            assert head[header] == whole[header]

    def test_what_is_known_is_not_sent_again(self, some_list):
        etag = lists.get(some_list)["ETag"]
        for known in (etag, f"W/{etag}", f'"x", {etag}', f'"x",W/{etag},"y"', "*"):
            for method in ("get", "head"):
                response = getattr(Client(), method)(lists.path(some_list), HTTP_IF_NONE_MATCH=known)
                assert (response.status_code, response.content) == (304, b""), known
                assert response["ETag"] == etag
                assert response["Cache-Control"] == "public, max-age=300"
                assert response["Access-Control-Allow-Origin"] == "*"
                assert "Accept-Encoding" in response["Vary"]

    def test_what_is_not_known_is_sent(self, some_list):
        etag = lists.get(some_list)["ETag"]
        zipped = lists.get(some_list, HTTP_ACCEPT_ENCODING="gzip")["ETag"]
        for other in (zipped, '"x"', etag.strip('"'), "", "junk", f'"{etag}"', etag[:-2] + '"', 'W/"', "\x00"):
            response = lists.get(some_list, HTTP_IF_NONE_MATCH=other)
            assert (response.status_code, len(response.content) > 500) == (200, True), other

    @pytest.mark.parametrize(
        "accepted",
        [
            "gzip",
            "x-gzip",
            "*",
            "deflate, gzip;q=0.1",
            "GZIP",
            "gzip ; q=1.0",
            "br;q=1, gzip;q=junk",
            "identity;q=0, *",
        ],
    )
    def test_gzip_where_it_is_accepted(self, some_list, accepted):
        plain = lists.get(some_list)
        response = lists.get(some_list, HTTP_ACCEPT_ENCODING=accepted)
        assert response["Content-Encoding"] == "gzip"
        assert gzip.decompress(response.content) == plain.content
        assert response["ETag"] != plain["ETag"]
        assert response["Content-Length"] == str(len(response.content))
        again = lists.get(some_list, HTTP_ACCEPT_ENCODING=accepted, HTTP_IF_NONE_MATCH=response["ETag"])
        assert again.status_code == 304

    @pytest.mark.parametrize(
        "accepted", ["", "identity", "gzip;q=0", "gzip; q=0.000, *", "*;q=0", "br, deflate", "zip"]
    )
    def test_no_gzip_where_it_is_not(self, some_list, settings, accepted):
        settings.MIDDLEWARE = ("django.middleware.gzip.GZipMiddleware", *settings.MIDDLEWARE)
        response = lists.get(some_list, HTTP_ACCEPT_ENCODING=accepted)
        assert "Content-Encoding" not in response
        assert response.json()["type"][1] == "BitstringStatusListCredential"
        assert response["ETag"] == f'"{hashlib.sha256(response.content).hexdigest()}"'

    def test_djangos_own_middleware_does_it_no_second_time(self, some_list, settings):
        plain = lists.get(some_list).content
        settings.MIDDLEWARE = (
            "django.middleware.gzip.GZipMiddleware",
            "django.middleware.http.ConditionalGetMiddleware",
            *settings.MIDDLEWARE,
        )
        response = lists.get(some_list, HTTP_ACCEPT_ENCODING="gzip")
        assert response["Content-Encoding"] == "gzip"
        assert gzip.decompress(response.content) == plain
        again = lists.get(some_list, HTTP_ACCEPT_ENCODING="gzip", HTTP_IF_NONE_MATCH=response["ETag"])
        assert again.status_code == 304

    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
    def test_it_can_only_be_read(self, some_list, method):
        response = Client(enforce_csrf_checks=True).generic(method, lists.path(some_list))
        assert asking.refusal(response) == (405, "method_not_allowed")
        assert response["Allow"] == "GET, HEAD, OPTIONS"
        assert response["Access-Control-Allow-Origin"] == "*"

    def test_a_browser_may_ask_before_it_asks(self, some_list):
        """With the service's own middleware for origins in between."""
        response = Client().options(
            lists.path(some_list),
            HTTP_ORIGIN="https://verifier.example.org",
            HTTP_ACCESS_CONTROL_REQUEST_METHOD="GET",
            HTTP_ACCESS_CONTROL_REQUEST_HEADERS="if-none-match",
        )
        assert response.status_code == 204
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "GET" in response["Access-Control-Allow-Methods"]
        assert "If-None-Match" in response["Access-Control-Allow-Headers"]
        assert "Access-Control-Allow-Credentials" not in response
        answer = lists.get(some_list, HTTP_ORIGIN="https://verifier.example.org")
        assert answer["Access-Control-Allow-Origin"] == "*"

    @pytest.mark.parametrize(
        "name",
        [
            "00000000-0000-4000-8000-000000000000.json",
            "2021/00000000-0000-4000-8000-000000000000-suspension.json",
            "{upper}.json",
            "{hex}.json",
            "{uuid}",
            "{uuid}.json/",
            "{uuid}.json.gz",
            "2021/{uuid}",
            "2021/2021/{uuid}.json",
            "../status/{uuid}.json/..",
            "1",
            "%00",
            "a" * 2000,
        ],
    )
    def test_an_unknown_list(self, some_list, name):
        uuid = str(some_list.uuid)
        name = name.format(uuid=uuid, upper=uuid.upper(), hex=some_list.uuid.hex)
        for suffix in ("", "?timestamp=2026-01-01T00:00:00Z"):
            response = Client(raise_request_exception=False).get(f"{core.STATUS_PATH}{name}{suffix}")
            assert asking.refusal(response) == (404, "unknown_list")
            assert response["Access-Control-Allow-Origin"] == "*"
            assert response["Cache-Control"] == "no-store"


def flip(field, at=100):
    """One bit of what is stored."""
    for row in PublishedList.objects.all():
        stored = bytearray(getattr(row, field))
        stored[at] ^= 1
        PublishedList.objects.filter(pk=row.pk).update(**{field: bytes(stored)})


class TestFaults:
    def test_damaged_bytes_are_never_served(self, some_list, caplog):
        flip("document")
        for accepted in ("gzip", ""):
            caplog.clear()
            response = lists.get(some_list, HTTP_ACCEPT_ENCODING=accepted)
            assert asking.refusal(response) == (503, "corrupted_list")
            assert response["Retry-After"]
            assert response["Access-Control-Allow-Origin"] == "*"
            [line] = [record for record in caplog.records if record.name.startswith("openedx_verifiable")]
            assert str(some_list.uuid) in line.getMessage()
            assert (line.levelno, line.exc_info) == (logging.ERROR, None)
        assert publishing.publish_due().published == 1, "and the next run replaces them"
        assert len(lists.served_indices(some_list)) == 1

    @pytest.mark.parametrize("damage", [{"document": b""}, {"document": b"null"}, {"sha256": ""}, {"sha256": "0" * 64}])
    def test_whatever_is_in_the_row_there_is_no_200(self, some_list, damage):
        PublishedList.objects.update(**damage)
        assert asking.refusal(lists.get(some_list)) == (503, "corrupted_list")

    @pytest.mark.parametrize("gzipped", [None, b"", b"junk", gzip.compress(b'{"another": "document"}')])
    def test_a_damaged_gzip_is_not_served_its_document_is(self, some_list, gzipped):
        plain = lists.get(some_list).content
        publishing.status.forget([some_list.uuid])
        if gzipped is None:
            flip("gzipped")
        else:
            PublishedList.objects.update(gzipped=gzipped)
        response = lists.get(some_list, HTTP_ACCEPT_ENCODING="gzip")
        assert (response.status_code, response.content) == (200, plain)
        assert "Content-Encoding" not in response

    def test_what_is_over_is_not_served(self, some_list):
        lists.get(some_list)
        PublishedList.objects.update(valid_until=timezone.now() - timedelta(seconds=1))
        publishing.status.forget([some_list.uuid])
        response = lists.get(some_list)
        assert asking.refusal(response) == (503, "status_list_expired")
        assert response["Retry-After"]
        assert response["Cache-Control"] == "no-store"
        lists.publish(some_list)
        assert lists.get(some_list).status_code == 200, "although the one that is over is in the cache"

    @pytest.mark.django_db(transaction=True)
    def test_while_the_database_is_gone_it_is_a_503(self, some_list, caplog):
        def gone():
            return OperationalError(2006, "Server has gone away")

        lists.get(some_list)
        publishing.status.forget([some_list.uuid])
        with faults.at_statement(f"SELECT {OURS}", make_error=gone) as reached:
            response = lists.get(some_list)
        assert len(reached) == 1
        assert asking.refusal(response) == (503, "database_unavailable")
        assert response["Access-Control-Allow-Origin"] == "*"
        assert [record for record in caplog.records if "cannot be read" in record.message][0].exc_info is None
        assert lists.get(some_list).status_code == 200

    @pytest.mark.django_db(transaction=True)
    def test_before_the_migrations_it_is_a_503(self, some_list):
        with faults.without_table(PublishedList):
            assert asking.refusal(lists.get(some_list)) == (503, "database_unavailable")

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("STATUS_LIST_TTL_SECONDS", "junk"),
            ("STATUS_LIST_TTL_SECONDS", 10**15),
            ("STATUS_CACHE_SECONDS", -1),
            ("KEY_ENCRYPTION_KEYS", {}),
        ],
    )
    def test_settings_that_are_wrong_do_not_stop_it(self, some_list, settings, name, value):
        setattr(settings, f"OPENEDX_VC_{name}", value)
        assert lists.get(some_list).status_code == 200


class Broken(BaseCache):
    """A cache that is down."""

    def __init__(self, *args, **kwargs):
        super().__init__({})

    def get(self, *args, **kwargs):
        raise ConnectionError("the cache is down")

    set = add = delete = delete_many = get


class Lying(LocMemCache):
    """A cache in which something went wrong."""

    answers: list = []

    def get(self, key, *args, **kwargs):
        return Lying.answers[0] if "openedx_vc_status" in key else super().get(key, *args, **kwargs)


class TestTheCache:
    def served(self, some_list):
        return status.get_served_list(some_list.uuid, ListForm.REVOCATION)

    def test_one_that_is_down_is_not_missed(self, some_list, settings, caplog):
        settings.CACHES = {"default": {"BACKEND": f"{__name__}.Broken"}}
        assert self.served(some_list).document
        assert all(record.exc_info is None for record in caplog.records)
        assert publishing.publish_due(everything=True).published == 1

    def test_what_it_makes_up_is_not_served(self, some_list, settings):
        good = self.served(some_list)
        settings.CACHES = {"default": {"BACKEND": f"{__name__}.Lying"}}
        until = timezone.now() + timedelta(days=1)
        for lie in (
            "junk",
            5,
            (),
            (b"{}", b"", good.sha256, until),
            (good.document, good.gzipped, good.sha256, "tomorrow"),
            (good.document, "text", good.sha256, until),
            (b"{}", b"", hashlib.sha256(b"{}").hexdigest(), until - timedelta(days=2)),
        ):
            Lying.answers = [lie]
            assert self.served(some_list).document == good.document, lie

    def test_a_new_publication_is_served_at_once(self, some_list, issuer):
        before = lists.served_indices(some_list)
        further = lists.add_credentials(issuer)[0]
        lists.revoke(further)
        assert lists.served_indices(some_list) == before
        assert publishing.publish_now([some_list.pk]).published == 1
        assert lists.served_indices(some_list) == before | {further.status_index}
