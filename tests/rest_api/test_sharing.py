"""What learners' front ends do: list what was issued, share one, end that."""

import uuid

import pytest
from django.test import Client

from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Share
from tests import asking
from tests import rows
from tests import seed
from tests import sharing
from tests.wallet import make_wallet


@pytest.fixture(name="credential")
def make_credential(ada_client, make_offer, wallet, course_certificate):
    """Ada's credential."""
    assert make_offer(course_certificate).claim(wallet).status_code == 201
    return Credential.objects.get()


def listed(client):
    """What the list has."""
    response = client.get(sharing.ISSUED)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    return response.json()["credentials"]


def test_the_list_says_what_was_issued_and_what_is_shared(ada_client, credential, wallet, course_certificate, issuer):
    assert listed(ada_client) == [
        {
            "uuid": str(credential.uuid),
            "certificate": course_certificate.uuid.hex,
            "kind": "course",
            "profile": "obv3-vc1",
            "state": "valid",
            "issued_at": credential.issued_at.isoformat(),
            "share": None,
            "replaces": None,
            "replaced_by": None,
            "came_from": None,
            "title": "Introduction to Everything",
            "issuer": "Example University",
            "wallet": {"id": "lc_wallet", "name": "Learner Credential Wallet"},
            "bound": True,
            "holder": wallet.did[-8:],
            "valid_until": None,
            "withheld": False,
            "can_revoke": True,
            "files": {
                form: f"{sharing.ISSUED}{credential.uuid}/credential.{form}" for form in ("json", "png", "svg", "pdf")
            },
        }
    ]
    page = sharing.put(ada_client, credential).json()["share"]
    assert page.startswith(f"{issuer.base_url}/verifiable_credentials/c/")
    assert [one["share"] for one in listed(ada_client)] == [page]
    sharing.delete(ada_client, credential)
    assert [one["share"] for one in listed(ada_client)] == [None]


def test_newest_first_and_only_what_was_handed_out(
    ada_client, make_offer, course_certificate, program_certificate, credential
):
    assert make_offer(program_certificate).claim(make_wallet()).status_code == 201
    assert [one["kind"] for one in listed(ada_client)] == ["program", "course"]
    Credential.objects.filter(kind="program").update(issued_at=None, state="intended")
    assert [one["kind"] for one in listed(ada_client)] == ["course"]


@pytest.mark.parametrize(
    ("change", "state"),
    [({"state": "revoked"}, "revoked"), ({"state": "superseded"}, "superseded"), ({"suspended": True}, "suspended")],
)
def test_the_list_says_what_became_of_it(ada_client, credential, change, state):
    Credential.objects.update(**change)
    assert [one["state"] for one in listed(ada_client)] == [state]


def test_the_list_takes_three_queries_however_much_there_is(ada_client, ada, ready, make_offer, credential):
    def queries():
        with asking.capture() as captured:
            count = len(listed(ada_client))
        return count, sum(rows.OURS in query["sql"] for query in captured)

    sharing.put(ada_client, credential)
    assert queries() == (1, 3)
    for _ in range(3):
        certificate = seed.backdate(seed.award(ada, seed.make_course(ready)), days=3)
        assert make_offer(certificate).claim(make_wallet()).status_code == 201
    assert queries() == (4, 3)


def test_sharing_and_ending_can_be_repeated(ada_client, credential):
    pages = [sharing.put(ada_client, credential) for _ in range(2)]
    assert [(page.status_code, page.json()) for page in pages] == [(200, pages[0].json())] * 2
    before = rows.snapshot()
    assert [sharing.delete(ada_client, credential).status_code for _ in range(2)] == [204, 204]
    assert set(rows.changed(before)) == {f"{rows.OURS}_share", f"{rows.OURS}_event"}
    assert sharing.put(ada_client, credential).json() != pages[0].json()


@pytest.mark.parametrize("ask", [sharing.put, sharing.delete])
def test_anothers_and_an_unknown_one_are_not_told_apart(ada_client, bob, credential, ask):
    sharing.put(ada_client, credential)
    other = Client()
    other.force_login(bob)
    before = rows.snapshot()
    answers = [ask(other, credential), ask(other, uuid.uuid4()), ask(ada_client, credential.certificate_uuid)]
    assert {asking.refusal(answer) for answer in answers} == {(404, "unknown_credential")}
    assert len({answer.content for answer in answers}) == 1
    assert rows.changed(before) == []


@pytest.mark.parametrize("ask", [sharing.put, sharing.delete])
def test_a_session_needs_the_csrf_token(ada, credential, ask):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ada)
    before = rows.snapshot()
    assert ask(browser, credential).status_code in (401, 403)
    assert rows.changed(before) == []


@pytest.mark.parametrize("method", ["post", "patch"])
def test_no_other_method_does_anything(ada_client, credential, method):
    before = rows.snapshot()
    assert getattr(ada_client, method)(sharing.share_path(credential)).status_code == 405
    assert rows.changed(before) == []


def test_sharing_counts_against_the_learners_limit(settings, ada_client, credential):
    settings.OPENEDX_VC_THROTTLE_USER = "3/min"  # the offer was the first
    answers = [sharing.put(ada_client, credential), sharing.delete(ada_client, credential)]
    answers.append(sharing.put(ada_client, credential))
    assert [answer.status_code for answer in answers] == [200, 204, 429]
    assert not Share.objects.filter(live=True).exists()
    assert len(listed(ada_client)) == 1, "reading is free"


def test_a_document_that_does_not_open_is_not_shared(settings, ada_client, credential):
    settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS = {"other": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}
    ada_client.raise_request_exception = False
    assert asking.refusal(sharing.put(ada_client, credential)) == (500, "internal_error")
    assert not Share.objects.exists()
