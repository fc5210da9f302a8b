"""What one claim makes stands or falls together; what changes while it is under way is noticed."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone

from openedx_verifiable_credentials.adapters.own_suites import OwnSuites
from openedx_verifiable_credentials.api import erasing
from openedx_verifiable_credentials.api import issuer_keys
from openedx_verifiable_credentials.api import issuers
from openedx_verifiable_credentials.api import reconciling
from openedx_verifiable_credentials.api.issuers import NewIssuer
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import IssuerKey
from openedx_verifiable_credentials.models import Offer
from openedx_verifiable_credentials.models import StatusList
from tests import asking
from tests import lists
from tests import securers
from tests import seed
from tests.conftest import MadeOffer
from tests.wallet import make_wallet

pytestmark = pytest.mark.django_db(transaction=True)


def states() -> dict[str, list[str]]:
    """By issuer, oldest first."""
    found: dict[str, list[str]] = {}
    for slug, state in Credential.objects.order_by("pk").values_list("issuer__slug", "state"):
        found.setdefault(slug, []).append(state)
    return found


def offer(browser: Any, *certificates: Any) -> MadeOffer:
    """An offer of these."""
    body = {"credential_uuids": [certificate.uuid.hex for certificate in certificates], "storage_id": "lc_wallet"}
    return MadeOffer(asking.post_json(browser, f"{asking.ROOT}api/v1/credentials/init/", body).json())


@pytest.fixture
def joint(settings, ready, issuer, ada, course_certificate):
    """A certificate of a program of two organisations, each of which issues: one did:web, one did:key (the default)."""
    settings.OPENEDX_VC_JOINT_PROGRAMS = "each"
    settings.OPENEDX_VC_ON_NEW_CLAIM = "supersede"
    issuers.create_issuer(NewIssuer(name="A", slug="academy", method="web-path", organization_key="AcademyX"))
    program = seed.make_program(ready, [course_certificate.credential], organizations=("AcademyX", "CollegeX"))
    return seed.backdate(seed.award(ada, program), days=2)


def test_each_organisations_credential_of_one_claim_stands_beside_the_other(joint, ada_client):
    for _ in range(2):
        assert offer(ada_client, joint).claim(make_wallet()).status_code == 201
    assert states() == {"academy": ["superseded", "issued"], "default": ["superseded", "issued"]}


def test_a_signer_that_fails_halfway_takes_nothing_from_the_learner(settings, joint, ada_client, wallet):
    assert offer(ada_client, joint).claim(make_wallet()).status_code == 201
    second = offer(ada_client, joint)
    settings.OPENEDX_VC_DIDKIT_SECURER = securers.PATH + "Busy"
    assert second.claim(wallet).status_code == 503
    assert states() == {"academy": ["issued", "intended"], "default": ["issued", "intended"]}
    row = Offer.objects.latest("pk")
    shown = ada_client.get(f"{asking.ROOT}api/v1/offers/{row.uuid}/").json()
    assert shown["state"] == "open"
    del settings.OPENEDX_VC_DIDKIT_SECURER
    assert len(second.claim(wallet).json()["verifiableCredential"]) == 2
    assert states() == {"academy": ["superseded", "issued"], "default": ["superseded", "issued"]}


def test_a_new_issuers_credential_supersedes_the_old_issuers(settings, make_offer, course_certificate):
    settings.OPENEDX_VC_ON_NEW_CLAIM = "supersede"
    make_offer(course_certificate).claim(make_wallet())
    issuers.create_issuer(NewIssuer(name="New", slug="new"))
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    assert states() == {"default": ["superseded"], "new": ["issued"]}
    old = Credential.objects.get(state="superseded")
    lists.publish(old.status_list)
    assert lists.served_indices(old.status_list) == {old.status_index}


class CompromisesWhileSigning(OwnSuites):
    """The key is found to be compromised between the intent and the signature's record."""

    def secure(self, *args: Any, **kwargs: Any) -> Any:
        proof = super().secure(*args, **kwargs)
        [key] = IssuerKey.objects.filter(signs=True)
        issuer_keys.retire_key(key.issuer.slug, str(key.uuid), compromised_since=timezone.now())
        return proof


def test_a_key_that_is_compromised_while_it_signs_issues_nothing(settings, make_offer, course_certificate, wallet):
    made = make_offer(course_certificate)
    lists.open_lists(IssuerKey.objects.get().issuer)
    settings.OPENEDX_VC_DIDKIT_SECURER = f"{__name__}.CompromisesWhileSigning"
    assert asking.refusal(made.claim(wallet)) == (503, "key_compromised")
    assert states() == {"default": ["intended"]}


def test_an_issuer_put_out_of_use_signs_no_open_offer(make_offer, course_certificate, wallet):
    made = make_offer(course_certificate)
    issuers.create_issuer(NewIssuer(name="New", slug="new"))
    assert asking.refusal(made.claim(wallet)) == (410, "offer_expired")
    assert not Credential.objects.exists()
    assert make_offer(course_certificate).claim(wallet).status_code == 201
    assert states() == {"new": ["issued"]}


def test_what_was_claimed_before_is_handed_over_again_all_the_same(make_offer, course_certificate, wallet):
    made = make_offer(course_certificate)
    first = made.claim(wallet)
    issuers.create_issuer(NewIssuer(name="New", slug="new"))
    assert made.claim(wallet).content == first.content


def test_a_refused_download_takes_no_place(ada, ada_client, course_certificate):
    type(ada).objects.filter(pk=ada.pk).update(full_name="", first_name="", last_name="")
    made = asking.init(ada_client, course_certificate, wallet="download").json()
    path = made["deeplink"].removeprefix("https://credentials.example.edu") + "download/"
    for _ in range(3):
        assert b"names_nobody" in ada_client.post(path).content
    assert not StatusList.objects.exists()


def test_an_offer_that_an_erasure_takes_away_leaves_no_intent_behind(
    settings, ready, issuer, ada, ada_client, course_certificate, wallet
):
    """One of two certificates in an offer is retired; the other's intent goes with the offer, and its slot is free."""
    settings.OPENEDX_VC_MAX_LIVE_CREDENTIALS = 1
    other = seed.award(ada, seed.make_course(ready))
    made = offer(ada_client, course_certificate, other)
    lists.open_lists(issuer)
    settings.OPENEDX_VC_DIDKIT_SECURER = securers.PATH + "Busy"
    assert made.claim(wallet).status_code == 503
    del settings.OPENEDX_VC_DIDKIT_SECURER
    type(course_certificate).objects.filter(pk=course_certificate.pk).update(username="retired__user_abc")
    assert [erased.credentials for erased in erasing.erase_retired()][-1] == 1
    assert not Credential.objects.filter(state="intended").exists()
    assert offer(ada_client, other).claim(wallet).status_code == 201


def test_an_intent_without_an_offer_is_tidied_away(make_offer, course_certificate, wallet, settings):
    made = make_offer(course_certificate)
    lists.open_lists(IssuerKey.objects.get().issuer)
    settings.OPENEDX_VC_DIDKIT_SECURER = securers.PATH + "Busy"
    made.claim(wallet)
    Credential.objects.update(offer=None, created=timezone.now() - datetime.timedelta(days=2))
    assert reconciling.tidy() >= 1
    assert states() == {"default": ["abandoned"]}
