"""Several workers order new awards and send mails at once: each award is ordered, each mail sent, once; on MariaDB."""

from __future__ import annotations

from collections import Counter

import pytest

from openedx_verifiable_credentials.api import awarding
from openedx_verifiable_credentials.api import batch_mails
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.models import Batch
from openedx_verifiable_credentials.models import BatchChunk
from openedx_verifiable_credentials.models import BatchMail
from openedx_verifiable_credentials.models import NewAward
from tests import bulk
from tests import mail_server
from tests import policies
from tests import seed
from tests.concurrency.test_claims import at_once

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]
PARALLEL = 6
COUNT = 30


@pytest.fixture(name="certificates")
def make_certificates(ready):
    """Of many learners, noted as they are awarded."""
    policies.make_policy("site", ready.pk, on_award=True)
    course = seed.make_course(ready)
    return [seed.award(seed.make_learner(f"learner{number}", "Learner"), course) for number in range(COUNT)]


def test_each_award_is_ordered_once(certificates):
    found = at_once(lambda _number: awarding.drain(), PARALLEL)
    assert sum(one.ordered for one in found) == COUNT
    assert not NewAward.objects.exists()
    names = [bytes(row.certificates) for row in BatchChunk.objects.all()]
    ordered = Counter(part[at : at + 16] for part in names for at in range(0, len(part), 16))
    assert ordered == Counter(one.uuid.bytes for one in certificates)
    assert sum(Batch.objects.values_list("selected", flat=True)) == COUNT


def test_each_mail_is_sent_once(certificates, settings):
    settings.OPENEDX_VC_MAIL_ON_AWARD = True
    awarding.drain()
    bulk.work()
    assert BatchMail.objects.count() == COUNT

    def send(_number):
        try:
            return batch_mails.send_waiting()
        except TransientError as error:
            return error

    with mail_server.running() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        found = at_once(send, PARALLEL)
    assert sum(one.sent for one in found) == COUNT, found
    assert len(server.recipients) == len(set(server.recipients)) == COUNT
    assert set(BatchMail.objects.values_list("state", flat=True)) == {"sent"}
