"""A learner is told once what a batch issued to them; nobody else is, and nobody twice."""

from __future__ import annotations

import datetime

import pytest
from credentials.apps.core.models import SiteConfiguration
from credentials.apps.core.models import User
from credentials.apps.credentials.models import UserCredential
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone

from openedx_verifiable_credentials.api import batch_mails
from openedx_verifiable_credentials.api import batches
from openedx_verifiable_credentials.api import erasing
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.models import Batch
from openedx_verifiable_credentials.models import BatchMail
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Issuer
from openedx_verifiable_credentials.models import Learner
from tests import bulk
from tests import faults
from tests import mail_server
from tests import seed
from tests import sources

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(name="server")
def make_server(settings):
    """The service's mail goes there."""
    with mail_server.running() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.EMAIL_TIMEOUT = 5
        settings.DEFAULT_FROM_EMAIL = "service@example.edu"
        yield server


@pytest.fixture
def course(ready):
    return seed.make_course(ready)


def awarded(course, *names):
    """Certificates that were awarded yesterday, to a learner each."""
    learners = [seed.make_learner(name, name.title()) for name in names]
    return [seed.backdate(seed.award(one, course), days=1) for one in learners]


def plain_text(message):
    """What a reader without HTML shows."""
    return message.get_body(("plain",)).get_content().replace("\r\n", "\n")


def states():
    """Of all mails."""
    return sorted(BatchMail.objects.values_list("state", flat=True))


def test_each_learner_gets_one_mail_with_all_that_was_issued(ready, course, server):
    [certificate, _] = awarded(course, "ada", "bob")
    other = seed.make_course(ready, seed.CourseOptions(run_title="<b>Law</b> & Order"))
    seed.backdate(seed.award(User.objects.get(username="ada"), other), days=1)
    Issuer.objects.update(contact="help@example.edu")
    bulk.issue(mail=True)
    assert batch_mails.send_waiting() == batch_mails.Mailed(sent=2)
    assert sorted(server.recipients) == ["TO:<ada@learners.example.edu>", "TO:<bob@learners.example.edu>"]
    [message] = [one for one in server.received if "ada" in one["To"]]
    assert message["From"] == "service@example.edu"
    assert message["Subject"] == "Your digital credentials from Example Learning"
    assert message["Auto-Submitted"] == "auto-generated"
    plain = plain_text(message)
    base = Issuer.objects.get().base_url
    for words in ("- Introduction to Everything\n", "- <b>Law</b> & Order\n", f"\n{base}/verifiable_credentials/\n"):
        assert words in plain, plain
    assert "help@example.edu" in plain
    page = message.get_body(("html",)).get_content()
    assert "&lt;b&gt;Law&lt;/b&gt; &amp; Order" in page and f'href="{base}/verifiable_credentials/"' in page
    assert certificate.uuid.hex not in plain.replace("-", "")
    assert states() == ["sent", "sent"]
    assert batch_mails.send_waiting() == batch_mails.Mailed()
    assert len(server.received) == 2


def test_none_is_sent_where_the_order_does_not_say_so(course, server):
    awarded(course, "ada")
    bulk.issue()
    assert batch_mails.send_waiting() == batch_mails.Mailed()
    assert not server.connections


def test_none_is_sent_before_the_batch_is_over(course, server):
    awarded(course, "ada")
    batch = bulk.order(mail=True)
    worker = batches.Worker()
    Batch.objects.update(throttle=1)
    next(worker.work(batch))
    Batch.objects.update(state="ready")
    assert batch_mails.send_waiting() == batch_mails.Mailed()
    Batch.objects.update(state="stopped")
    assert batch_mails.send_waiting() == batch_mails.Mailed(), "somebody has to look into it first"
    Batch.objects.update(state="done")
    assert batch_mails.send_waiting().sent == 1


@pytest.mark.parametrize("what", ["revoked", "suspended", "erased", "retired", "inactive", "no address", "host"])
def test_who_has_nothing_to_be_told_gets_none(course, server, what):
    [certificate] = awarded(course, "ada")
    bulk.issue(mail=True)
    if what == "revoked":
        Credential.objects.update(state="revoked", live_key=None)
    elif what == "suspended":
        Credential.objects.update(suspended=True)
    elif what == "erased":
        erasing.erase_by_username("ada")
        assert not Learner.objects.exists()
    elif what == "retired":
        UserCredential.objects.update(username="retired__user_1")
        User.objects.update(username="retired__user_1")
    elif what == "inactive":
        User.objects.update(is_active=False)
    elif what == "no address":
        User.objects.update(email="")
    else:
        certificate.revoke()
    assert batch_mails.send_waiting().sent == 0
    assert not server.received
    assert not BatchMail.objects.exists()


@pytest.mark.parametrize(
    "address",
    ["ada@example.edu\nBcc: all@example.edu", "ada@example.edu, bob@example.edu", "Ada <ada@example.edu>", "ada", "@"],
)
def test_an_address_that_is_none_is_never_used(course, server, address, caplog):
    awarded(course, "ada")
    bulk.issue(mail=True)
    User.objects.update(email=address)
    assert batch_mails.send_waiting().failed == 1
    assert not server.received and states() == ["failed"]
    assert "ada@" not in caplog.text


def test_what_people_typed_makes_no_header(ready, course, server):
    SiteConfiguration.objects.update(platform_name="Evil\r\nBcc: all@example.edu\r\n\r\nLearning")
    type(course).objects.update(title="One\nTwo\u202e")
    awarded(course, "ada")
    bulk.issue(mail=True)
    assert batch_mails.send_waiting().sent == 1
    [message] = server.received
    assert message["Bcc"] is None and server.recipients == ["TO:<ada@learners.example.edu>"]
    assert message["Subject"] == "Your digital credential from Evil Bcc: all@example.edu Learning"
    assert "- One Two\n" in plain_text(message)


def test_the_mail_has_the_services_language_and_the_settings_sender(course, server, settings):
    settings.OPENEDX_VC_MAIL_FROM = "Badges <badges@example.edu>"
    awarded(course, "ada")
    bulk.issue(mail=True)
    with override_settings(LANGUAGE_CODE="ar"):
        assert batch_mails.send_waiting().sent == 1
    [message] = server.received
    assert message["From"] == "Badges <badges@example.edu>"
    assert 'dir="rtl"' in message.get_body(("html",)).get_content()


def test_a_server_that_is_down_loses_nothing(course, server, settings):
    awarded(course, "ada", "bob")
    bulk.issue(mail=True)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    with pytest.raises(TransientError, match="mail_server_down"):
        batch_mails.send_waiting()
    assert states() == ["waiting", "waiting"]
    settings.EMAIL_PORT = port
    assert batch_mails.send_waiting().sent == 2


@pytest.mark.parametrize("answer", ["", "421 too busy"])
@pytest.mark.parametrize("at", ["EHLO", "MAIL", "RCPT", "DATA", "END"])
def test_a_server_that_breaks_off_is_never_sent_the_same_mail_twice(course, server, answer, at):
    awarded(course, "ada", "bob")
    bulk.issue(mail=True)
    server.answers = {at: answer, **({"HELO": answer} if at == "EHLO" else {})}
    with pytest.raises(TransientError, match="mail_server_down"):
        batch_mails.send_waiting()
    server.answers = {}
    BatchMail.objects.update(changed=timezone.now() - datetime.timedelta(hours=1))
    after = batch_mails.send_waiting()
    messages = [one["Message-ID"] for one in server.received]
    assert len(messages) == len(set(messages))
    unsure = 1 if answer == "" and at != "EHLO" else 0
    assert (after.sent, batch_mails.unsure()) == (2 - unsure, unsure)
    assert states() == sorted(["sent"] * (2 - unsure) + ["sending"] * unsure)


@pytest.mark.parametrize("at", ["RCPT", "DATA", "END"])
def test_what_the_server_refuses_for_good_is_given_up(course, server, at, caplog):
    awarded(course, "ada", "bob")
    bulk.issue(mail=True)
    server.answers = {at: "550 ada@learners.example.edu is unknown here"}
    assert batch_mails.send_waiting().failed == 2
    assert states() == ["failed", "failed"] and not server.received
    assert "refused a mail with 550" in caplog.text and "ada@" not in caplog.text
    server.answers = {}
    assert batch_mails.send_waiting() == batch_mails.Mailed()


@pytest.mark.parametrize("answer", {"RCPT": "450 greylisted", "END": "452 full", "MAIL": "550 no such sender"}.items())
def test_what_it_refuses_for_now_is_sent_later(course, server, answer):
    awarded(course, "ada")
    bulk.issue(mail=True)
    server.answers = dict([answer])
    assert batch_mails.send_waiting() == batch_mails.Mailed()
    server.answers = {}
    assert batch_mails.send_waiting() == batch_mails.Mailed(), "not at once"
    BatchMail.objects.update(changed=timezone.now())
    assert batch_mails.send_waiting().sent == 1


def test_after_days_it_is_given_up(course, server):
    awarded(course, "ada")
    bulk.issue(mail=True)
    server.answers = {"RCPT": "450 greylisted"}
    Batch.objects.update(created=timezone.now() - datetime.timedelta(days=4))
    assert batch_mails.send_waiting().failed == 1


def test_a_server_that_hangs_up_after_some_mails_gets_the_others_over_another_connection(course, server):
    awarded(course, *(f"learner{number}" for number in range(5)))
    bulk.issue(mail=True)
    server.per_connection = 2
    assert batch_mails.send_waiting().sent == 5
    assert server.connections == 3
    assert len(set(server.recipients)) == 5


def test_only_so_many_are_sent_at_once(course, server, settings):
    awarded(course, "ada", "bob", "eve")
    bulk.issue(mail=True)
    settings.OPENEDX_VC_MAILS_AT_ONCE = 2
    assert batch_mails.send_waiting().sent == 2
    assert batch_mails.send_waiting().sent == 1
    assert server.connections == 2


@pytest.mark.parametrize("what", [{"suspended": True}, {"state": "revoked", "live_key": None}])
def test_what_ends_while_other_mails_are_sent_is_not_told(course, server, settings, monkeypatch, what):
    awarded(course, "ada", "bob")
    bulk.issue(mail=True)
    settings.OPENEDX_VC_CERTIFICATE_SOURCE = f"{sources.PATH}Scripted"

    def meanwhile(question):
        if question == "complete":
            Credential.objects.filter(learner__user_id=User.objects.get(username="bob").pk).update(**what)

    monkeypatch.setattr(sources.Scripted, "after", staticmethod(meanwhile))
    assert batch_mails.send_waiting().sent == 1
    assert ["ada@" in one for one in server.recipients] == [True]
    assert batch_mails.send_waiting().dropped == 1


def test_of_two_senders_who_have_read_the_same_rows_one_sends_each_mail(course, server, settings, monkeypatch):
    awarded(course, "ada", "bob", "eve")
    bulk.issue(mail=True)
    other = []

    def meanwhile(question):
        if question == "complete" and not other:
            other.append(None)
            other.append(batch_mails.send_waiting(2))

    settings.OPENEDX_VC_CERTIFICATE_SOURCE = f"{sources.PATH}Scripted"
    monkeypatch.setattr(sources.Scripted, "after", staticmethod(meanwhile))
    assert (batch_mails.send_waiting().sent, other[1].sent) == (1, 2)
    assert len(server.recipients) == len(set(server.recipients)) == 3


@pytest.mark.parametrize(("number", "unsure"), [(1, 0), (2, 1)])
def test_whoever_dies_before_or_after_the_server_has_it_sends_it_once_at_most(course, server, number, unsure):
    awarded(course, "ada")
    bulk.issue(mail=True)
    update = 'UPDATE "openedx_verifiable_credentials_batchmail" SET "state"'
    with pytest.raises(faults.PowerCut), faults.at_statement(update, number):
        batch_mails.send_waiting()
    assert states() == [["waiting"], ["sending"]][unsure]
    BatchMail.objects.update(changed=timezone.now() - datetime.timedelta(hours=1))
    assert batch_mails.send_waiting() == batch_mails.Mailed(sent=1 - unsure, unsure=unsure)
    assert len(server.received) == 1


def test_the_command_sends_what_waits_and_a_server_that_is_down_stops_nothing_else(course, server, settings):
    awarded(course, "ada", "bob")
    bulk.order(mail=True)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    call_command("vc_work")
    assert (Credential.objects.count(), states()) == (2, ["waiting", "waiting"])
    settings.EMAIL_PORT, settings.OPENEDX_VC_MAILS_AT_ONCE = port, 1
    call_command("vc_work")
    assert states() == ["sent", "sent"]
