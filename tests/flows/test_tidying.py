"""What claims left half done is tidied: intents that were not signed in time, offers that nobody took."""

import datetime
import io

import pytest
from django.core.management import call_command
from django.utils import timezone

from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Offer
from tests import asking
from tests import rows


def reconcile(**options):
    """What the command says."""
    out = io.StringIO()
    call_command("vc_reconcile", stdout=out, **options)
    return out.getvalue()


@pytest.fixture(name="left")
def make_left(settings, ready, ada_client, make_offer, course_certificate, wallet):
    """An intent that was not signed, and offers of every age that nobody took."""
    settings.OPENEDX_VC_DIDKIT_SECURER = "tests.securers.Refusing"
    offer = make_offer(course_certificate)
    offer.claim(wallet)
    del settings.OPENEDX_VC_DIDKIT_SECURER
    template = Offer.objects.get()
    for number, days in enumerate((0, 2, 9)):
        template.pk, template.uuid, template.reuse_key = None, f"{number:032x}", None
        template.expires_at = timezone.now() - datetime.timedelta(days=days, seconds=1)
        template.save(force_insert=True)
    return offer


def test_intents_end_with_their_offers_and_old_offers_go(left):
    reconcile()
    assert Credential.objects.get().state == "intended", "its offer is still open"
    assert Offer.objects.count() == 2
    Offer.objects.update(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    reconcile()
    row = Credential.objects.get()
    assert (row.state, row.live_key) == ("abandoned", None)
    assert row.offer is not None


def test_a_dry_run_tidies_nothing(left):
    Offer.objects.update(expires_at=timezone.now() - datetime.timedelta(days=3))
    before = rows.snapshot()
    reconcile(dry_run=True)
    assert rows.changed(before) == []


def test_an_abandoned_claim_cannot_be_taken_up(left, wallet):
    Credential.objects.update(state="abandoned", live_key=None)
    assert asking.refusal(left.claim(wallet)) == (410, "credential_ended")
