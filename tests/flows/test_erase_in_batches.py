"""A learner who is erased before, in and after a batch leaves nothing behind; the others get theirs."""

from __future__ import annotations

import pytest
from credentials.apps.core.models import User
from credentials.apps.credentials.models import UserCredential

from openedx_verifiable_credentials.api import batch_mails
from openedx_verifiable_credentials.api import batches
from openedx_verifiable_credentials.api import erasing
from openedx_verifiable_credentials.models import BatchMail
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Learner
from tests import bulk
from tests import seed
from tests import sources

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(name="certificates")
def make_certificates(ready):
    """Of Ada and Bob, awarded yesterday."""
    course = seed.make_course(ready)
    learners = [seed.make_learner(name, f"Secret {name.title()}") for name in ("ada", "bob")]
    return [seed.backdate(seed.award(one, course), days=1) for one in learners]


def retire(username):
    """As the LMS does it: the account and the certificates get another name."""
    for model in (User, UserCredential):
        model.objects.filter(username=username).update(username="retired__user_1")


def of(certificate):
    """Its credentials."""
    return list(Credential.objects.filter(certificate_uuid=certificate.uuid))


@pytest.mark.parametrize("question", ["get_awards", "statuses"])
def test_who_is_erased_in_the_middle_leaves_no_document_and_gets_no_mail(
    certificates, settings, monkeypatch, mailoutbox, question
):
    settings.OPENEDX_VC_CERTIFICATE_SOURCE = f"{sources.PATH}Scripted"
    seed.backdate(seed.award(User.objects.get(username="ada"), seed.make_course(seed.make_site("testserver"))), days=1)
    batch = bulk.order(mail=True)
    done = []

    def meanwhile(asked):
        if asked == question and not done:
            done.append(None)
            retire("ada")
            for _ in erasing.erase_retired():
                pass

    monkeypatch.setattr(sources.Scripted, "after", staticmethod(meanwhile))
    bulk.work(batch)
    for _ in erasing.erase_retired():
        pass
    assert batches.look(batch).state == "done"
    account = User.objects.get(username="retired__user_1").pk
    assert not Learner.objects.filter(user_id=account).exists()
    ada, bob = certificates
    assert all(row.sealed_document is None and row.learner is None for row in of(ada))
    assert [row.state for row in of(bob)] == ["issued"]
    assert BatchMail.objects.count() == 1
    assert batch_mails.send_waiting().sent == 1
    assert [mail.to for mail in mailoutbox] == [["bob@learners.example.edu"]]


def test_a_mail_that_waits_goes_with_its_learner(certificates):
    bulk.issue(mail=True)
    assert BatchMail.objects.count() == 2
    erasing.erase_by_username("ada")
    [left] = BatchMail.objects.all()
    assert left.learner.user_id == User.objects.get(username="bob").pk


def test_who_was_erased_gets_nothing_from_the_next_batch(certificates):
    bulk.issue()
    ada, _ = certificates
    erasing.erase_by_username("ada")
    Credential.objects.filter(certificate_uuid=ada.uuid).update(state="revoked", live_key=None)
    again = bulk.issue(mail=True)
    assert (again.issued, again.held, again.refused) == (0, 1, 1)
    assert not BatchMail.objects.exists()
