"""What staff do to credentials: who may, in which state, once; and what is noted of it."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connections
from django.test import Client

from openedx_verifiable_credentials.api import erasing
from openedx_verifiable_credentials.api import revoking
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Event
from openedx_verifiable_credentials.models import Learner
from openedx_verifiable_credentials.models import Offer
from tests import ledgers
from tests import reissued
from tests import rows
from tests.staff import CREDENTIALS
from tests.staff import ask
from tests.staff import confirm
from tests.staff import staff
from tests.staff import told
from tests.wallet import make_wallet

PERMISSIONS = {
    "revoke": "change_credential",
    "suspend": "suspend_credential",
    "reinstate": "suspend_credential",
    "reissue": "reissue_credential",
    "erase": "erase_credential",
}
ANSWERS = {
    "revoke": {"reason": "staff"},
    "suspend": {"reason": "review"},
    "reinstate": {"reason": "settled"},
    "reissue": {"reason": "name_corrected"},
    "erase": {"number": "1"},
}
# In which standing an action changes a credential.
CHANGES = {
    "revoke": {"issued", "suspended", "erased"},
    "suspend": {"issued", "erased"},
    "reinstate": {"suspended"},
    "reissue": {"issued"},
    "erase": {"issued", "suspended", "revoked"},
}
STANDINGS = ["issued", "suspended", "revoked", "erased"]


@pytest.fixture(name="credential")
def make_credential(settings, make_offer, course_certificate, ada):
    """Issued, in a wallet, can be suspended; the learner's name was corrected since."""
    settings.OPENEDX_VC_SUSPENSION = True
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    reissued.rename(ada)
    return Credential.objects.get()


def bring(credential, standing):
    """The credential, as it stands."""
    if standing == "suspended":
        revoking.suspend_credential(credential.uuid)
    elif standing == "revoked":
        list(revoking.revoke_credentials([credential.uuid], reason="holder"))
    elif standing == "erased":
        erasing.erase_learners_of([credential.uuid])
    credential.refresh_from_db()


def standing_of(credential):
    return Credential.objects.filter(pk=credential.pk).values_list("state", "suspended", "erased_at").get()


@pytest.fixture(name="able")
def make_able(credential):
    """The credential, as the action changes it; a browser that may do it, and its account."""

    def make(action, **more):
        bring(credential, "suspended" if action == "reinstate" else "issued")
        return staff("view_credential", PERMISSIONS[action], name=f"may-{action}", **more)

    return make


@pytest.mark.parametrize("action", PERMISSIONS)
def test_an_action_changes_what_it_can_and_leaves_the_rest(credential, action):
    browser, account = staff("view_credential", PERMISSIONS[action])
    for standing in STANDINGS:
        with rows.undone():
            bring(credential, standing)
            before, was = rows.snapshot(), standing_of(credential)
            asked = ask(browser, action, credential)
            assert asked.status_code == 200
            assert rows.changed(before) == [], "asking changes nothing"
            offers_it = b'name="confirmed"' in asked.content
            assert offers_it is (standing in CHANGES[action]), standing
            assert confirm(browser, action, credential, **ANSWERS[action]).status_code == 302
            assert (standing_of(credential) != was) is offers_it
            logged = list(LogEntry.objects.values_list("user_id", "object_id", "object_repr"))
            assert logged == ([(account.pk, str(credential.pk), str(credential.uuid))] if offers_it else [])


def test_each_action_has_a_permission_of_its_own(credential):
    for action, permission in PERMISSIONS.items():
        with rows.undone():
            bring(credential, "suspended" if action == "reinstate" else "issued")
            others = set(PERMISSIONS.values()) - {permission}
            browser, _ = staff("view_credential", *others)
            before = rows.snapshot()
            assert f'value="{action}"' not in browser.get(CREDENTIALS).content.decode()
            assert confirm(browser, action, credential, **ANSWERS[action]).status_code in (200, 302)
            assert rows.changed(before) == []
            if permission != "change_credential":  # which is a permission to look, in Django's admin
                blind, _ = staff(permission, name="blind")
                assert confirm(blind, action, credential, **ANSWERS[action]).status_code == 403
            assert confirm(Client(), action, credential, **ANSWERS[action]).status_code == 302
            assert rows.changed(before) == []


def test_the_same_answer_twice_changes_nothing_more(credential, able):
    for action, answers in ANSWERS.items():
        with rows.undone():
            browser, _ = able(action)
            confirm(browser, action, credential, **answers)
            before = rows.snapshot()
            assert LogEntry.objects.count() == 1
            assert confirm(browser, action, credential, **answers).status_code == 302
            assert rows.changed(before) == []
            assert LogEntry.objects.count() == 1


def test_another_sites_form_does_nothing(credential, able):
    for action, answers in ANSWERS.items():
        with rows.undone():
            browser, _ = able(action, csrf=True)
            before = rows.snapshot()
            assert confirm(browser, action, credential, **answers).status_code == 403
            assert rows.changed(before) == []


def test_a_wrong_answer_is_told_at_its_field(credential, able):
    for action in PERMISSIONS:
        with rows.undone():
            browser, _ = able(action)
            before = rows.snapshot()
            field, wrong = ("number", "7") if action == "erase" else ("reason", "because")
            for answer in ({field: wrong}, {}):
                text = confirm(browser, action, credential, **answer).content.decode()
                assert f'for="id_{field}"' in text
                assert re.search(rf'<(select|input)[^>]*name="{field}"[^>]*aria-invalid="true"', text)
                assert f'id="id_{field}_error"' in text
            assert rows.changed(before) == []


def test_what_is_too_much_goes_to_the_command(credential):
    ledgers.multiply(credential, 500)
    browser, _ = staff("view_credential", *set(PERMISSIONS.values()))
    before = rows.snapshot()
    for action, answers in ANSWERS.items():
        assert confirm(browser, action, credential, select_across="1", **answers).status_code == 302
        assert ("vc_suspend" if action == "reinstate" else f"vc_{action}") in told(browser)
    assert rows.changed(before) == []


@pytest.mark.django_db(transaction=True)
def test_a_suspension_and_its_end_are_published(credential):
    browser, account = staff("view_credential", "suspend_credential")
    [other] = ledgers.multiply(credential, 1)
    bring(other, "revoked")
    text = ask(browser, "suspend", credential, other).content.decode()
    assert "1 credential will be suspended." in text
    assert "1 is over and stays as it is." in text
    confirm(browser, "suspend", credential, other, reason="review")
    assert "1 credential was suspended." in told(browser)
    assert ledgers.is_served_as(credential, "suspension")
    assert Event.objects.get(kind="credential.suspended").ids["staff"] == str(account.pk)
    confirm(browser, "reinstate", credential, reason="settled")
    assert "1 credential was reinstated." in told(browser)
    assert not ledgers.is_served_as(credential, "suspension")
    assert list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True)) == [
        "suspend: review", "reinstate: settled",
    ]  # fmt: skip


def test_what_was_made_without_it_cannot_be_suspended(settings, make_offer, course_certificate):
    settings.OPENEDX_VC_SUSPENSION = False
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    browser, _ = staff("view_credential", "suspend_credential")
    text = ask(browser, "suspend", Credential.objects.get()).content.decode()
    assert "1 cannot be suspended: only those made while OPENEDX_VC_SUSPENSION was True can." in text
    assert 'name="confirmed"' not in text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("atomic_requests", [False, True])
def test_a_corrected_name_is_issued_anew_and_the_old_one_ends(monkeypatch, credential, atomic_requests):
    monkeypatch.setitem(connections.settings["default"], "ATOMIC_REQUESTS", atomic_requests)
    browser, account = staff("view_credential", "reissue_credential")
    assert "1 credential will be issued anew." in ask(browser, "reissue", credential).content.decode()
    confirm(browser, "reissue", credential, reason="name_corrected")
    assert "1 credential was issued anew." in told(browser)
    credential.refresh_from_db()
    new = Credential.objects.get(replaces=credential)
    assert (credential.state, credential.end_reason, credential.ended_by) == (
        "superseded", "name_corrected", account.pk,
    )  # fmt: skip
    assert reissued.name_in(reissued.document_of(new)) == "Augusta Ada King"
    assert ledgers.is_served_as(credential)
    ledgers.require_sound()
    text = browser.get(f"{CREDENTIALS}{new.pk}/change/").content.decode()
    assert f"{CREDENTIALS}{credential.pk}/change/" in text
    assert "King" not in text


@pytest.mark.django_db(transaction=True)
def test_nothing_is_issued_anew_while_the_switch_is_off(credential, switched_on):
    switched_on.active = False
    switched_on.save()
    browser, _ = staff("view_credential", "reissue_credential")
    before = rows.snapshot()
    assert ask(browser, "reissue", credential).status_code == 302
    assert "[switched_off]" in told(browser)
    assert rows.changed(before) == []


def test_an_erasure_takes_everything_of_the_learner_and_nothing_of_others(credential, make_offer, program_certificate):
    make_offer(program_certificate)
    [other] = ledgers.multiply(credential, 1)
    stranger = Learner.objects.create(
        uuid=other.uuid, user_id=999, sealed_key=b"k", sealed_with="k", created=credential.created
    )
    Credential.objects.filter(pk=other.pk).update(learner=stranger)
    browser, _ = staff("view_credential", "erase_credential")
    text = ask(browser, "erase", credential).content.decode()
    assert "All that is held about 1 learner is erased: 1 credentials, 2 offers." in text
    confirm(browser, "erase", credential, number="1")
    assert "What was held about 1 learner was erased: 1 credentials, 2 offers." in told(browser)
    credential.refresh_from_db()
    assert (credential.learner_id, credential.sealed_document, credential.state) == (None, None, "issued")
    assert list(Learner.objects.all()) == [stranger]
    assert not Offer.objects.exists()
    assert Credential.objects.get(pk=other.pk).sealed_document is not None


def test_every_page_that_asks_can_be_used_without_a_mouse(credential):
    browser, _ = staff("view_credential", *set(PERMISSIONS.values()))
    for action in ("revoke", "suspend", "reissue", "erase"):
        text = ask(browser, action, credential).content.decode()
        for field in re.findall(r'<(?:select|input)[^>]*id="(id_\w+)"', text):
            assert f'for="{field}"' in text
        assert text.count("<h1") == 1
        assert '<input type="submit"' in text
        assert not re.search(r"\son\w+=", text), "no handlers inside the page"
        assert "King" not in text and "Ada" not in text
