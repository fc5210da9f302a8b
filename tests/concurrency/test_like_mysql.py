"""What MySQL does otherwise than MariaDB: it gives no primary keys back for rows that were made in bulk."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.core.management import call_command
from django.db.backends.mysql.features import DatabaseFeatures

from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models.credential import CredentialState
from tests.concurrency.test_claims import at_once
from tests.flows.test_revocation_races import RevokesAfterTheFirstLook
from tests.flows.test_revocation_races import RevokesWhileSigning
from tests.wallet import make_wallet

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def like_mysql(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one difference between the two databases that our code could lean on."""
    monkeypatch.setattr(DatabaseFeatures, "can_return_columns_from_insert", False)
    monkeypatch.setattr(DatabaseFeatures, "can_return_rows_from_bulk_insert", False)


def test_one_holder_many_times_at_once_gets_the_same_bytes(make_offer, course_certificate):
    for _ in range(3):
        offer = make_offer(course_certificate)
        presentation = make_wallet().present(offer.challenge)
        responses = at_once(lambda _, o=offer, p=presentation: o.post(p), 8)
        assert Counter(response.status_code for response in responses) == {201: 8}
        assert len({response.content for response in responses}) == 1


@pytest.mark.parametrize(
    ("setting", "fake", "state"),
    [
        ("OPENEDX_VC_DIDKIT_SECURER", RevokesWhileSigning, CredentialState.REVOKED),
        ("OPENEDX_VC_CERTIFICATE_SOURCE", RevokesAfterTheFirstLook, CredentialState.ABANDONED),
    ],
)
def test_a_revocation_during_a_claim_is_found(
    settings, make_offer, course_certificate, setting: str, fake: Any, state: str
):
    offer = make_offer(course_certificate)
    setattr(settings, setting, f"{fake.__module__}.{fake.__name__}")
    assert offer.claim(make_wallet()).status_code in (409, 410)
    assert [(row.state, row.live_key) for row in Credential.objects.all()] == [(state, None)]


def test_no_model_asks_more_than_mysql_gives():
    call_command("check", databases=["default"], tags=["models"], fail_level="WARNING")
