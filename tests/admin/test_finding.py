"""Staff find credentials, and read what the ledger says of one; nobody's name is anywhere."""

import html
import json
import logging
import uuid
from urllib.parse import urlsplit

import pytest

from openedx_verifiable_credentials import models
from openedx_verifiable_credentials.api import erasing
from openedx_verifiable_credentials.models import Credential
from tests import asking
from tests import ledgers
from tests import seed
from tests import sharing
from tests.staff import APP
from tests.staff import CREDENTIALS
from tests.staff import staff
from tests.wallet import make_wallet

SEARCH = f"{CREDENTIALS}search/"
SECRETS = ("Ada", "Lovelace", "ada@", ">ada<", '"ada"', "=ada", "/ada", "did:key:z6Mk")


@pytest.fixture(name="credential")
def make_credential(make_offer, course_certificate):
    """Ada's, in a wallet."""
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    return Credential.objects.get()


@pytest.fixture(name="others")
def make_others(credential, bob, ready):
    """Bob's, in another course of another organisation; and one of a program."""
    course = seed.make_course(ready, seed.CourseOptions(organization="OtherX"))
    [bobs, programs] = ledgers.multiply(credential, 2, [seed.award(bob, course)])
    key = course.course_run.key
    Credential.objects.filter(pk=bobs.pk).update(achievement_key=key, organization_key="OtherX")
    program = {"certificate_uuid": uuid.uuid4(), "achievement_key": str(uuid.uuid4()), "kind": "program"}
    Credential.objects.filter(pk=programs.pk).update(organization_key="", **program)
    return [Credential.objects.get(pk=row.pk) for row in (bobs, programs)]


@pytest.fixture(name="browser")
def make_browser(db):
    """Staff who may look."""
    return staff("view_credential")[0]


def found(response):
    """The uuids in a list."""
    return {row.uuid for row in response.context["cl"].result_list}


def search(browser, text, **filters):
    """The list that a search leads to."""
    answer = browser.post(SEARCH, {"q": text, **filters})
    assert answer.status_code == 302
    return browser.get(answer["Location"])


def spellings(value):
    return [str(value), value.hex, value.urn, str(value).upper()]


def test_uuids_are_found_however_they_are_written(credential, others, browser):
    bobs, programs = others
    for row, value in (
        (credential, credential.uuid),
        (credential, credential.certificate_uuid),
        (bobs, bobs.certificate_uuid),
        (programs, uuid.UUID(programs.achievement_key)),
    ):
        for text in spellings(value):
            assert found(search(browser, f" {text} ")) == {row.uuid}
            assert found(browser.get(CREDENTIALS, {"q": text})) == {row.uuid}


def test_courses_are_found_by_run_key_its_beginning_and_by_number(credential, others, browser):
    run = credential.achievement_key
    organization, number, _ = run.removeprefix("course-v1:").split("+")
    for text in (run, run[:-2], f"course-v1:{organization}+", f"{organization}+{number}", f"{organization}+{number}+2"):
        assert found(search(browser, text)) == {credential.uuid}, text
    other = others[0].achievement_key.split("+")[1]
    for text in (f"{organization}+{number}9", f"{organization}+{other}", run[:-2] + "%", "ExampleX/C1/1"):
        assert found(search(browser, text)) == set(), text


def test_organisations_are_found_by_their_key_letter_by_letter(credential, others, browser):
    assert found(search(browser, "OtherX")) == {others[0].uuid}
    assert found(search(browser, "otherx")) == set()
    assert found(browser.get(CREDENTIALS, {"organization_key": "otherx"})) == set()


def test_a_learner_is_found_by_exactly_their_username_and_is_named_nowhere(credential, others, browser, caplog):
    caplog.set_level(logging.DEBUG)
    answer = browser.post(SEARCH, {"q": "ada"})
    assert "ada" not in answer["Location"]
    page = browser.get(answer["Location"])
    assert found(page) == {credential.uuid}
    assert found(search(browser, "bob")) == {others[0].uuid}
    text = page.content.decode()
    assert not [secret for secret in SECRETS if secret in text]
    said = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    assert not any("ada" in line.split() or "q=ada" in line for line in said)
    assert not models.Event.objects.filter(ids__icontains='"ada"').exists()
    kept = json.dumps(dict(browser.session))
    assert '"ada"' not in kept


@pytest.mark.parametrize(
    "text", ["Ada", "ad", "adam", "ada@learners.example.edu", "Ada Lovelace", "%", "' OR 1=1", "\0"]
)
def test_nobody_is_found_by_less_or_more_than_that(credential, browser, text):
    page = search(browser, text)
    assert found(page) == set()
    assert "Nothing was found" in page.content.decode()
    assert html.escape(text) not in page.content.decode() or text in ("ad", "%", "\0")


def test_a_username_in_an_address_is_taken_out_of_it(credential, others, browser):
    answer = browser.get(CREDENTIALS, {"q": "ada", "state__exact": "issued"})
    assert answer.status_code == 302
    assert "ada" not in answer["Location"]
    assert "state__exact=issued" in answer["Location"]
    assert found(browser.get(answer["Location"])) == {credential.uuid}


def test_what_was_erased_is_found_by_username_as_well(credential, browser):
    erasing.erase_learners_of([credential.uuid])
    assert found(search(browser, "ada")) == {credential.uuid}


def test_a_search_is_good_for_who_made_it_and_keeps_the_filters(credential, others, browser):
    location = browser.post(SEARCH, {"q": "ada", "state__exact": "revoked"})["Location"]
    assert found(browser.get(location)) == set()
    location = browser.post(SEARCH, {"q": "ada"})["Location"]
    stranger, _ = staff("view_credential", name="stranger")
    page = stranger.get(location)
    assert found(page) == set()
    assert "This search is over" in page.content.decode()
    for _ in range(6):
        search(browser, "bob")
    assert found(browser.get(location)) == set(), "the oldest searches are forgotten"


def test_only_who_may_look_may_search(credential, browser, client, ada):
    blind, _ = staff("view_issuer", name="blind")
    assert blind.post(SEARCH, {"q": "ada"}).status_code == 403
    client.force_login(ada)
    assert client.post(SEARCH, {"q": "ada"}).status_code == 302
    assert "/login/" in client.post(SEARCH, {"q": "ada"})["Location"]
    strict, _ = staff("view_credential", name="strict", csrf=True)
    assert strict.post(SEARCH, {"q": "ada"}).status_code == 403


@pytest.mark.parametrize(
    ("query", "both"),
    [
        ({"kind": "course"}, False),
        ({"kind": "program"}, False),
        ({"state__exact": "issued"}, True),
        ({"organization_key": "OtherX"}, False),
        ({"wallet_id": "lc_wallet"}, True),
        ({"profile_id": "obv3-vc1"}, True),
        ({"site_id": "1", "wallet_id": "download"}, False),
        ({"site_id": "one"}, False),
        ({"suspended__exact": "1"}, False),
    ],
)
def test_filters_narrow_the_list(credential, others, browser, query, both):
    assert (len(found(browser.get(CREDENTIALS, query))) == 3) is both


def test_no_address_puts_the_rows_in_another_order(credential, others, browser):
    newest_first = [row.uuid for row in Credential.objects.order_by("-pk")]
    for order in ("", "1", "-3.2"):
        listed = browser.get(CREDENTIALS, {"o": order}).context["cl"].result_list
        assert [row.uuid for row in listed] == newest_first


def test_every_page_of_a_long_list_shows_each_row_once(credential, browser):
    ledgers.multiply(credential, 350)
    pages = [
        [row.pk for row in browser.get(CREDENTIALS, {"p": number}).context["cl"].result_list] for number in range(1, 9)
    ]
    assert [len(page) for page in pages] == [50] * 7 + [1]
    assert sum(pages, []) == list(Credential.objects.order_by("-pk").values_list("pk", flat=True))


def test_long_lists_take_as_few_queries_as_short_ones(credential, others, browser):
    looks = [
        {}, {"p": "1"}, {"state__exact": "issued"}, {"organization_key": "OtherX"}, {"site_id": "1"},
        {"q": str(credential.uuid)}, {"q": credential.achievement_key}, {"q": "course-v1:"}, {"kind": "course"},
    ]  # fmt: skip

    def count():
        counts = []
        for look in looks:
            with asking.capture() as captured:
                assert browser.get(CREDENTIALS, look).status_code == 200
            counts.append(len(captured))
        return counts

    count()
    few = count()
    ledgers.multiply(credential, 300)
    assert count() == few


def test_no_document_is_read_for_a_list_or_a_page(credential, browser):
    with asking.capture() as captured:
        browser.get(CREDENTIALS)
        browser.get(f"{CREDENTIALS}{credential.pk}/change/")
    read = [sql for sql in asking.data_statements(captured) if "openedx_verifiable_credentials" in sql]
    for column in ("sealed_document", "sealed_key", "sealed_seed", "sealed_order_key", "suspension_bits"):
        assert not any(column in sql.split(" FROM ")[0] for sql in read), "not even read"


def test_a_credentials_page_says_what_is_known_and_who_decided(credential, others, browser):
    policy = models.ClaimPolicy.objects.create(scope="organization", key="<b>ExampleX</b>", grade=False)
    terms = {
        "name": False, "email": False, "grade": False, "signatories": True, "left_out": ["name"],
        "content": {"criteria": "<script>alert(1)</script>"},
        "rules": {"grade": f"{policy.pk}.1", "signatories": "999.4", "criteria": f"{policy.pk}.1"},
    }  # fmt: skip
    twin = others[0]
    Credential.objects.filter(pk=twin.pk).update(certificate_uuid=credential.certificate_uuid)
    Credential.objects.filter(pk=credential.pk).update(terms=terms, replaces=others[1])
    text = browser.get(f"{CREDENTIALS}{credential.pk}/change/").content.decode()
    for said in (
        "withheld: the learner left it out",
        "released",
        "Organisation &lt;b&gt;ExampleX&lt;/b&gt;",
        "version 1",
        "a policy that was deleted, version 4",
        "nobody: the default",
        f"{CREDENTIALS}{twin.pk}/change/",
        f"{CREDENTIALS}{others[1].pk}/change/",
        "credential.issued",
        f"{APP}statuslist/{credential.status_list_id}/change/",
        "The learner does not share it.",
    ):
        assert said in text, said
    assert "<script>alert" not in text and "<b>ExampleX" not in text
    assert not [secret for secret in SECRETS if secret in text]
    replaced = browser.get(f"{CREDENTIALS}{others[1].pk}/change/").content.decode()
    assert f"{CREDENTIALS}{credential.pk}/change/" in replaced


def test_the_public_page_is_linked_while_it_is_shared(credential, ada_client, browser):
    address = f"{CREDENTIALS}{credential.pk}/change/"
    path = urlsplit(sharing.share(ada_client, credential)).path
    text = browser.get(address).content.decode()
    assert f'{path}"' in text and f'{path}credential.json"' in text
    assert sharing.delete(ada_client, credential).status_code in (200, 204)
    assert path not in browser.get(address).content.decode()


def test_a_page_takes_as_many_queries_whatever_belongs_to_it(credential, browser):
    address = f"{CREDENTIALS}{credential.pk}/change/"

    def count():
        with asking.capture() as captured:
            assert browser.get(address).status_code == 200
        return len(captured)

    count()
    few = count()
    twins = ledgers.multiply(credential, 30)
    Credential.objects.filter(pk__in=[row.pk for row in twins[:10]]).update(replaces=credential)
    for _ in range(10):
        models.Event.objects.create(kind="credential.shared", at=credential.created, ids={}, credential=credential.uuid)
    assert count() == few
