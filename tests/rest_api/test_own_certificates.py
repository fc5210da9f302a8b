"""``certificates/``: all that a learner has, a page at a time, each with what can be done about it."""

import datetime

import pytest
from credentials.apps.core.models import User
from credentials.apps.credentials.models import CourseCertificate
from credentials.apps.credentials.models import UserCredential
from django.test import Client

from openedx_verifiable_credentials.api import revoking
from openedx_verifiable_credentials.models import ClaimPolicy
from openedx_verifiable_credentials.models import Credential
from tests import asking
from tests import many
from tests import policies
from tests import rows
from tests import seed
from tests.wallet import make_wallet

WALLETS = [
    {
        "id": "lc_wallet",
        "name": "Learner Credential Wallet",
        "on_page": False,
        "app_link_android": "https://play.google.com/store/apps/details?id=app.lcw",
        "app_link_ios": "https://apps.apple.com/app/learner-credential-wallet/id1590615710",
    },
    {
        "id": "download",
        "name": "Download or other wallet",
        "on_page": True,
        "app_link_android": None,
        "app_link_ios": None,
    },
]


def page(client, number=None):
    """One page."""
    response = client.get(asking.CERTIFICATES, {} if number is None else {"page": number})
    assert response.status_code == 200, response.content
    assert response["Cache-Control"] == "no-store"
    return response.json()


def only(client):
    """The only certificate."""
    [found] = page(client)["certificates"]
    return found


def only_states(client):
    """What each kind is in."""
    return {one["kind"]: one["state"] for one in page(client)["certificates"]}


def test_a_certificate_that_can_be_claimed(ada_client, course_certificate):
    course_certificate.refresh_from_db()
    assert page(ada_client) == {
        "count": 1,
        "page": 1,
        "pages": 1,
        "certificates": [
            {
                "uuid": course_certificate.uuid.hex,
                "kind": "course",
                "title": "Introduction to Everything",
                "organization": "Example University",
                "awarded_at": course_certificate.created.isoformat(),
                "state": "ready",
                "available_from": None,
                "wallets": ["lc_wallet", "download"],
                "claims": ["name"],
                "claimed": 0,
            }
        ],
        "wallets": WALLETS,
    }


def test_a_learner_without_certificates_has_one_empty_page(ready, bob, client):
    client.force_login(bob)
    assert page(client) == {"count": 0, "page": 1, "pages": 1, "certificates": [], "wallets": WALLETS}


def test_a_revoked_one_says_so(ada_client, course_certificate):
    course_certificate.revoke()
    found = only(ada_client)
    assert (found["state"], found["wallets"], found["claims"], found["available_from"]) == ("revoked", [], [], None)


def test_one_that_is_not_available_yet_says_from_when(ada_client, course_certificate):
    soon = datetime.datetime(2100, 3, 1, 8, tzinfo=datetime.UTC)
    CourseCertificate.objects.update(certificate_available_date=soon)
    found = only(ada_client)
    assert (found["state"], found["available_from"]) == ("not_yet", "2100-03-01T08:00:00+00:00")
    assert (found["wallets"], found["claims"]) == ([], [])


def test_one_whose_award_lies_ahead_is_not_available_before_that(ada_client, course_certificate):
    """Whenever the service shows it: a credential of it would not be valid yet."""
    CourseCertificate.objects.update(certificate_available_date=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC))
    ahead = seed.backdate(course_certificate, days=-300).created
    found = only(ada_client)
    assert (found["state"], found["available_from"]) == ("not_yet", ahead.isoformat())
    assert asking.preview(ada_client, course_certificate).json()["code"] == "certificate_not_visible"


def test_a_program_of_which_no_course_was_passed_has_no_day(ada, ada_client, ready):
    seed.award(ada, seed.make_program(ready, [seed.make_course(ready)]))
    found = only(ada_client)
    assert (found["kind"], found["state"], found["available_from"]) == ("program", "not_yet", None)


def test_one_that_is_not_active_is_not_offered(ada_client, course_certificate):
    CourseCertificate.objects.update(is_active=False)
    found = only(ada_client)
    assert (found["state"], found["wallets"], found["claims"]) == ("not_offered", [], [])


@pytest.mark.parametrize("says", [{"issuing": False}, {"wallets": []}, {"profiles": []}, {"validity_days": 1}])
def test_what_policies_do_not_offer_is_not_offered(ada_client, course_certificate, says):
    policy = policies.of_run(course_certificate, **says)
    found = only(ada_client)
    assert (found["state"], found["wallets"], found["claims"]) == ("not_offered", [], [])
    policy.delete()
    assert only(ada_client)["state"] == "ready"


def test_policies_say_which_wallets_and_what_may_be_left_out(ada_client, course_certificate):
    policies.of_run(course_certificate, wallets=["download"], name=False, email=True, grade=True, signatories=True)
    found = only(ada_client)
    assert (found["state"], found["wallets"], found["claims"]) == ("ready", ["download"], ["email", "grade"])


def test_the_credentials_that_live_are_counted(ada_client, make_offer, course_certificate, program_certificate):
    def claimed():
        return {one["kind"]: one["claimed"] for one in page(ada_client)["certificates"]}

    for _ in range(2):
        offer = make_offer(course_certificate)
        assert claimed()["course"] == Credential.objects.count(), "an offer is no credential"
        assert offer.claim(make_wallet()).status_code == 201
    assert claimed() == {"course": 2, "program": 0}
    list(revoking.revoke_credentials([Credential.objects.latest("pk").uuid], reason="staff"))
    assert claimed() == {"course": 1, "program": 0}
    Credential.objects.filter(state="issued").update(state="intended", issued_at=None)
    assert claimed() == {"course": 0, "program": 0}


def test_credentials_of_an_earlier_owner_are_not_counted(ada, bob, ada_client, make_offer, course_certificate):
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    UserCredential.objects.update(username="bob")
    assert page(ada_client)["count"] == 0
    browser = Client()
    browser.force_login(bob)
    assert only(browser)["claimed"] == 0


def test_newest_first_twenty_a_page(ready, ada, ada_client):
    made = [seed.backdate(seed.award(ada, seed.make_course(ready)), hours=number + 1) for number in range(45)]
    found = [page(ada_client, number) for number in (1, 2, 3)]
    assert [(one["count"], one["page"], one["pages"]) for one in found] == [(45, 1, 3), (45, 2, 3), (45, 3, 3)]
    assert [len(one["certificates"]) for one in found] == [20, 20, 5]
    shown = [one["uuid"] for whole in found for one in whole["certificates"]]
    assert shown == [certificate.uuid.hex for certificate in made]
    assert page(ada_client)["certificates"] == found[0]["certificates"]


def test_certificates_of_other_sites_make_no_holes(ready, ada, ada_client):
    elsewhere = seed.make_site("elsewhere.example.edu")
    for number in range(25):
        for place in (ready, elsewhere):
            seed.backdate(seed.award(ada, seed.make_course(place)), hours=number + 1)
    assert [len(page(ada_client, number)["certificates"]) for number in (1, 2)] == [20, 5]


def test_a_broken_one_leaves_its_page_shorter(ready, ada, ada_client, course_certificate):
    broken = seed.award(ada, seed.make_course(ready))
    CourseCertificate.objects.filter(pk=broken.credential_id).update(course_run=None, course_id="no course key")
    found = page(ada_client)
    assert ([one["uuid"] for one in found["certificates"]], found["count"]) == ([course_certificate.uuid.hex], 2)


@pytest.mark.parametrize("number", [20, 21])
def test_where_the_last_page_ends(ready, ada, ada_client, number):
    many.award_courses(ready, ada, number)
    assert page(ada_client)["pages"] == number - 19
    beyond = ada_client.get(asking.CERTIFICATES, {"page": number - 18})
    assert asking.refusal(beyond) == (400, "invalid_request")


BAD_PAGES = [
    "0",
    "-1",
    "x",
    "",
    " 1",
    "1 ",
    "+1",
    "01",
    "1.0",
    "1e3",
    "٣",
    "¹",
    "99999999999999999999",
    "2",
    "999999999",
]


@pytest.mark.parametrize("number", BAD_PAGES)
def test_what_is_no_page_is_refused(ada_client, course_certificate, number):
    response = ada_client.get(asking.CERTIFICATES, {"page": number})
    assert asking.refusal(response) == (400, "invalid_request")


def test_of_several_pages_the_last_one_asked_for_counts(ada_client, course_certificate):
    assert ada_client.get(f"{asking.CERTIFICATES}?page=7&page=1&another=x").json()["page"] == 1


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_it_can_only_be_read(ada_client, course_certificate, method):
    before = rows.snapshot()
    assert getattr(ada_client, method)(asking.CERTIFICATES).status_code == 405
    assert rows.changed(before) == []


def test_reading_writes_nothing(ada_client, course_certificate, program_certificate):
    before = rows.snapshot()
    page(ada_client)
    assert rows.changed(before) == []


def test_nobody_and_the_switch(ada_client, course_certificate, switched_on):
    assert asking.refusal(Client().get(asking.CERTIFICATES)) == (401, "not_authenticated")
    switched_on.active = False
    switched_on.save()
    switched_on.flush()
    for query in ({}, {"page": "x"}):
        assert asking.refusal(ada_client.get(asking.CERTIFICATES, query)) == (404, "switched_off")


def test_a_retired_learner_sees_nothing(settings, ada, ada_client, course_certificate):
    settings.OPENEDX_VC_RETIRED_USERNAME_PREFIX = "retired__user_"
    User.objects.filter(pk=ada.pk).update(username="retired__user_f00")
    UserCredential.objects.update(username="retired__user_f00")
    found = page(ada_client)
    assert (found["count"], found["certificates"]) == (0, [])
    assert asking.refusal(ada_client.get(asking.CERTIFICATES, {"page": 2})) == (400, "invalid_request")


def test_under_a_policy_that_cannot_be_read_nothing_is_offered(ada_client, course_certificate, program_certificate):
    policies.of_run(course_certificate, email=True)
    assert only_states(ada_client) == {"course": "ready", "program": "ready"}
    ClaimPolicy.objects.update(wallets="lc_wallet")
    assert only_states(ada_client) == {"course": "not_offered", "program": "ready"}


def test_a_page_costs_the_same_for_twenty_certificates_and_for_ten_thousand(ready, ada, ada_client):
    def count(number):
        with asking.capture() as captured:
            found = page(ada_client, number)
        return found["count"], len(found["certificates"]), len(captured)

    many.award_courses(ready, ada, 20)
    policies.make_policy(policies.SITE, ready.pk, email=True)
    count(1)  # caches of the service warm up
    few = count(1)
    assert few[:2] == (20, 20)
    many.award_courses(ready, ada, 9_980)
    assert [count(number) for number in (1, 250, 500)] == [(10_000, 20, few[2])] * 3
