"""Several issuers in one service: organisations, sites, the default; and that nobody signs as another."""

import json
import urllib.parse

import pytest
from django.db import IntegrityError
from django.db import transaction
from django.test import Client

from openedx_verifiable_credentials.api import issuers
from openedx_verifiable_credentials.api.issuers import NewIssuer
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Issuer
from openedx_verifiable_credentials.models import Offer
from tests import asking
from tests import seed
from tests.conftest import MadeOffer
from tests.wallet import make_wallet

INIT = f"{asking.ROOT}api/v1/credentials/init/"


@pytest.fixture
def academy(db):
    """AcademyX signs for itself, from a host of its own."""
    return issuers.create_issuer(
        NewIssuer(
            name="The Academy",
            slug="academy",
            method="web",
            base_url="https://badges.academy.example",
            organization_key="AcademyX",
            official="Rector",
            contact="badges@academy.example",
        )
    )


def offer(browser, *certificates, wallet_id="lc_wallet", **headers):
    """The offer of these certificates, as the MFE asks for it."""
    body = {"credential_uuids": [certificate.uuid.hex for certificate in certificates], "storage_id": wallet_id}
    return browser.post(INIT, body, content_type="application/json", **headers)


def certificate(site, learner, organization):
    """A course certificate of an organisation."""
    options = seed.CourseOptions(organization=organization, signatory=None)
    return seed.backdate(seed.award(learner, seed.make_course(site, options)), days=3)


def program(site, learner, *organizations):
    """A certificate of a program of several organisations, with its course."""
    course = certificate(site, learner, organizations[0])
    return seed.backdate(
        seed.award(learner, seed.make_program(site, [course.credential], organizations=organizations)), days=2
    )


def test_a_course_is_signed_by_its_organisation(ready, academy, ada, ada_client, wallet):
    credential = MadeOffer(offer(ada_client, certificate(ready, ada, "AcademyX")).json()).claim(wallet).json()
    assert credential["issuer"]["id"] == "did:web:badges.academy.example"
    assert credential["issuer"]["official"] == "Rector"
    assert credential["issuer"]["email"] == "badges@academy.example"
    assert credential["proof"]["verificationMethod"].startswith("did:web:badges.academy.example#")
    assert credential["credentialStatus"]["statusListCredential"].startswith("https://badges.academy.example/")
    assert credential["credentialSubject"]["achievement"]["id"].startswith("https://badges.academy.example/")
    row = Credential.objects.get()
    assert (row.issuer, row.organization_key, row.issuer_organization) == (academy, "AcademyX", "AcademyX")
    assert row.status_list.issuer == academy


def test_another_organisations_course_is_signed_by_the_default(ready, issuer, academy, ada, ada_client, wallet):
    credential = MadeOffer(offer(ada_client, certificate(ready, ada, "OtherX")).json()).claim(wallet).json()
    assert credential["issuer"]["id"] == issuer.did
    row = Credential.objects.get()
    assert (row.organization_key, row.issuer_organization) == ("OtherX", "")


def test_one_offer_holds_certificates_of_several_issuers(ready, issuer, academy, ada, ada_client, wallet):
    made = MadeOffer(offer(ada_client, certificate(ready, ada, "AcademyX"), certificate(ready, ada, "OtherX")).json())
    # The link is of the host where the learner is.
    assert made.url.startswith(issuer.base_url)
    got = made.claim(wallet).json()["verifiableCredential"]
    assert [credential["issuer"]["id"] for credential in got] == [academy.did, issuer.did]
    assert made.claim(wallet).json()["verifiableCredential"] == got
    assert Credential.objects.count() == 2


@pytest.mark.parametrize(
    ("joint", "expected"),
    [
        ("lead", ["academy"]),
        ("site", ["default"]),
        ("each", ["academy", "default"]),
        ({"default": "lead", "this site": "each"}, ["academy", "default"]),
        ({"default": "each", "this site": "site"}, ["default"]),
    ],
)
def test_a_program_of_several_organisations(settings, ready, academy, ada, ada_client, wallet, joint, expected):
    if isinstance(joint, dict):
        joint = {str(ready.pk) if site == "this site" else site: word for site, word in joint.items()}
    settings.OPENEDX_VC_JOINT_PROGRAMS = joint
    made = MadeOffer(offer(ada_client, program(ready, ada, "AcademyX", "CollegeX")).json())
    got = made.claim(wallet).json()
    credentials = got.get("verifiableCredential", [got])
    dids = [Issuer.objects.get(slug=slug).did for slug in expected]
    assert [credential["issuer"]["id"] for credential in credentials] == dids
    assert list(Credential.objects.order_by("pk").values_list("issuer__slug", flat=True)) == expected
    for credential in credentials:
        achievement = credential["credentialSubject"]["achievement"]
        assert "AcademyX" in json.dumps(achievement)
        path = urllib.parse.urlsplit(achievement["id"]).path
        assert Client().get(path).status_code == 200


def test_each_issuers_credentials_are_counted_apart(settings, ready, academy, ada, ada_client):
    settings.OPENEDX_VC_JOINT_PROGRAMS = "each"
    settings.OPENEDX_VC_MAX_LIVE_CREDENTIALS = 1
    joint = program(ready, ada, "AcademyX", "CollegeX")
    assert MadeOffer(offer(ada_client, joint).json()).claim(make_wallet()).status_code == 201
    again = MadeOffer(offer(ada_client, joint).json()).claim(make_wallet())
    assert asking.refusal(again) == (409, "too_many_credentials")
    assert Credential.objects.count() == 2


def test_a_site_has_an_issuer_of_its_own(ready, issuer, ada, wallet):
    other = seed.make_site("other.example.net")
    own = issuers.create_issuer(
        NewIssuer(name="Other", slug="other", method="web", base_url="https://other.example.net", site_id=other.pk)
    )
    browser = Client()
    browser.force_login(ada)
    made = MadeOffer(offer(browser, certificate(other, ada, "OtherX"), HTTP_HOST="other.example.net").json())
    assert made.url.startswith("https://other.example.net/")
    assert made.claim(wallet).json()["issuer"]["id"] == own.did
    here = MadeOffer(offer(browser, certificate(ready, ada, "OtherX")).json())
    assert here.claim(wallet).json()["issuer"]["id"] == issuer.did
    assert {row.issuer.slug for row in Credential.objects.all()} == {"other", "default"}


def test_an_organisation_whose_key_is_gone_is_not_replaced_by_another_issuer(ready, academy, ada, ada_client):
    academy.keys.update(signs=None)
    refused = offer(ada_client, certificate(ready, ada, "AcademyX"))
    assert asking.refusal(refused) == (503, "no_issuer_key")
    issuers.update_issuer("academy", issuers.IssuerChanges(in_use=False))
    assert offer(ada_client, certificate(ready, ada, "AcademyX")).status_code == 200


def test_without_any_issuer_that_fits_the_learner_is_told(site, switched_on, academy, ada, ada_client):
    refused = offer(ada_client, certificate(site, ada, "OtherX"))
    assert asking.refusal(refused) == (503, "no_issuer")
    assert not Offer.objects.exists()


def test_an_issuer_that_changes_between_two_clicks_makes_a_new_offer(ready, academy, ada, ada_client, wallet):
    mine = certificate(ready, ada, "AcademyX")
    first = offer(ada_client, mine).json()
    assert offer(ada_client, mine).json()["deeplink"] == first["deeplink"]
    issuers.update_issuer("academy", issuers.IssuerChanges(in_use=False))
    second = offer(ada_client, mine).json()
    assert second["deeplink"] != first["deeplink"]
    assert MadeOffer(second).claim(wallet).json()["issuer"]["id"] == Issuer.objects.get(slug="default").did


def test_the_database_refuses_an_organisation_that_signs_for_another(ready, academy, ada, ada_client, wallet):
    MadeOffer(offer(ada_client, certificate(ready, ada, "AcademyX")).json()).claim(wallet)
    row = Credential.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Credential.objects.filter(pk=row.pk).update(organization_key="OtherX")
    Credential.objects.filter(pk=row.pk).update(organization_key="OtherX", issuer_organization="")


def test_the_database_refuses_an_organisation_as_the_default(ready, academy):
    Issuer.objects.filter(is_default=True).update(is_default=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Issuer.objects.filter(pk=academy.pk).update(is_default=True)


def test_an_intent_that_names_another_organisations_issuer_never_leaves(
    ready, issuer, academy, ada, ada_client, wallet
):
    """An offer's row that somebody changed: the certificate of one organisation, the issuer of another."""
    made = MadeOffer(offer(ada_client, certificate(ready, ada, "OtherX")).json())
    row = Offer.objects.get()
    row.issuings[0]["issuer"] = academy.pk
    row.save()
    assert asking.refusal(made.claim(wallet)) == (503, "signs_for_another")
    assert not Credential.objects.exists()
