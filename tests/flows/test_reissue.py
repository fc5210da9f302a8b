"""Credentials that are issued anew: what changes, what stays, and what is left as it is."""

import datetime
import json

import pytest

from openedx_verifiable_credentials.api import documents
from openedx_verifiable_credentials.api import erasing
from openedx_verifiable_credentials.api import issuers
from openedx_verifiable_credentials.api import reissuing
from openedx_verifiable_credentials.api import revoking
from openedx_verifiable_credentials.api import verifying
from openedx_verifiable_credentials.core.checks.report import Verdict
from openedx_verifiable_credentials.exceptions import OfferError
from openedx_verifiable_credentials.models import ClaimPolicy
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Event
from openedx_verifiable_credentials.models import Issuer
from openedx_verifiable_credentials.models import StatusList
from tests import asking
from tests import ledgers
from tests import reissued
from tests import retiring
from tests import rows
from tests import securers
from tests import seed
from tests.conftest import MadeOffer
from tests.wallet import make_wallet


@pytest.fixture(name="claim")
def make_claim(ada_client):
    """Claims a certificate, in a wallet or as a download; the row."""

    def claim(certificate, *, bound=True, leave_out=()):
        wallet = "lc_wallet" if bound else "download"
        asked = {"credential_uuid": certificate.uuid.hex, "storage_id": wallet, "leave_out": list(leave_out)}
        response = asking.post_json(ada_client, asking.INIT, asked)
        assert response.status_code == 200, response.content
        if bound:
            raw = MadeOffer(response.json()).claim(make_wallet()).content
        else:
            page = "/" + response.json()["deeplink"].split("/", 3)[3]
            raw = ada_client.post(f"{page}download/").content
        return Credential.objects.get(uuid=json.loads(raw)["id"])

    return claim


def policy(site, **says):
    """What the site's policy says from now on."""
    row = ClaimPolicy.objects.filter(scope="site", key=str(site.pk)).first()
    row = row or ClaimPolicy(scope="site", key=str(site.pk))
    for name, value in says.items():
        setattr(row, name, value)
    row.save()


@pytest.mark.parametrize("bound", [True, False], ids=["wallet", "download"])
def test_a_corrected_name_makes_a_new_credential_and_ends_the_old_one(claim, course_certificate, ada, bound):
    old = claim(course_certificate, bound=bound)
    before = reissued.document_of(old)
    reissued.rename(ada)
    done = reissued.reissue(old, by=7)
    assert reissued.counted(done) == (1, {}, {})
    assert done.lists == {old.status_list_id}
    assert revoking.publish_at_once(done.lists) == 0
    new = Credential.objects.get(replaces=old)
    old.refresh_from_db()
    assert (old.state, old.end_reason, old.ended_by, old.live_key) == ("superseded", "name_corrected", 7, None)
    assert (new.state, new.profile_id, new.wallet_id, new.is_bound, new.certificate_uuid) == (
        "issued", old.profile_id, old.wallet_id, bound, old.certificate_uuid,
    )  # fmt: skip
    after = reissued.document_of(new)
    assert (reissued.name_in(before), reissued.name_in(after)) == ("Ada Lovelace", "Augusta Ada King")
    assert after["credentialSubject"]["id"] == before["credentialSubject"]["id"]
    assert after["id"] != before["id"]
    assert (new.status_list_id, new.status_index) != (old.status_list_id, old.status_index)
    assert ledgers.is_served_as(old) and not ledgers.is_served_as(new)
    ledgers.require_sound()
    assert verifying.verify(reissued.raw_of(new)).verdict is Verdict.VALID
    report = verifying.verify(reissued.raw_of(old))
    assert report.verdict is Verdict.INVALID
    assert "revoked" in [check.code for check in report.checks]
    assert list(Event.objects.order_by("pk").values_list("kind", flat=True))[-2:] == [
        "credential.issued", "credential.superseded",
    ]  # fmt: skip


def test_what_says_the_same_is_left_alone_unless_it_is_forced(claim, course_certificate):
    old = claim(course_certificate)
    assert reissued.counted(reissued.reissue(old)) == (0, {"unchanged": 1}, {})
    assert Credential.objects.count() == 1
    assert reissued.counted(reissued.reissue(old, force=True)) == (1, {}, {})
    assert Credential.objects.filter(state="issued").count() == 1


def test_it_is_recorded_by_number_and_uuid_only(claim, course_certificate, ada):
    old = claim(course_certificate)
    reissued.rename(ada)
    reissued.reissue(old, by=7, reason="content_updated")
    new = Credential.objects.get(replaces=old)
    issued, superseded = Event.objects.order_by("-pk")[:2][::-1]
    assert issued.ids == {
        "credential": str(new.uuid),
        "certificate": str(old.certificate_uuid),
        "offer": None,
        "issuer": new.issuer.did,
        "profile": new.profile_id,
    }
    assert superseded.ids == {"credential": str(old.uuid), "by": str(new.uuid), "reason": "content_updated"}
    assert b"Augusta" not in rows.our_bytes()


def test_what_the_learner_left_out_stays_left_out(ready, claim, course_certificate, ada):
    old = claim(course_certificate, leave_out=["name"])
    reissued.rename(ada)
    assert reissued.counted(reissued.reissue(old)) == (0, {"unchanged": 1}, {})
    policy(ready, description="A course about everything there is.")
    assert reissued.counted(reissued.reissue(old, reason="content_updated")) == (1, {}, {})
    new = Credential.objects.get(replaces=old)
    document = reissued.document_of(new)
    assert reissued.name_in(document) is None
    assert document["credentialSubject"]["achievement"]["description"] == "A course about everything there is."
    assert new.terms["left_out"] == ["name"]
    old.refresh_from_db()
    assert old.end_reason == "content_updated"


def test_what_the_learner_left_out_stays_left_out_when_it_is_allowed_only_later(ready, claim, course_certificate, ada):
    seed.grade(ada, course_certificate.credential)
    policy(ready, name=False)
    old = claim(course_certificate, leave_out=["name", "grade"])
    assert "left_out" not in old.terms
    policy(ready, name=True, grade=True, validity_days=400)
    assert reissued.counted(reissued.reissue(old, reason="content_updated")) == (1, {}, {})
    new = Credential.objects.get(replaces=old)
    document = reissued.document_of(new)
    assert reissued.name_in(document) is None
    assert "result" not in document["credentialSubject"]
    assert new.terms["left_out"] == ["name", "grade"]


def test_what_the_learner_left_out_stays_left_out_over_a_time_when_nobody_allowed_it(ready, claim, course_certificate):
    first = claim(course_certificate, leave_out=["name"])
    policy(ready, name=False, validity_days=400)
    assert reissued.counted(reissued.reissue(first, reason="content_updated")) == (1, {}, {})
    second = Credential.objects.get(replaces=first)
    policy(ready, name=True, validity_days=500)
    assert reissued.counted(reissued.reissue(second, reason="content_updated")) == (1, {}, {})
    assert reissued.name_in(reissued.document_of(Credential.objects.get(replaces=second))) is None


def test_what_policies_release_today_is_in_it(ready, claim, course_certificate, ada):
    seed.grade(ada, course_certificate.credential)
    old = claim(course_certificate)
    assert "result" not in reissued.document_of(old)["credentialSubject"]
    policy(ready, grade=True, validity_days=400)
    assert reissued.counted(reissued.reissue(old)) == (1, {}, {})
    new = Credential.objects.get(replaces=old)
    document = reissued.document_of(new)
    assert [one["value"] for one in document["credentialSubject"]["result"]] == ["87.5", "B"]
    assert document["issuanceDate"] == reissued.document_of(old)["issuanceDate"]
    assert "expirationDate" in document
    assert verifying.verify(reissued.raw_of(new)).verdict is Verdict.VALID
    address = documents.find_achievement("course", course_certificate.credential.course_id, "testserver")
    assert address["resultDescription"]


def test_an_email_address_that_stayed_the_same_is_no_change(ready, claim, course_certificate, ada):
    policy(ready, email=True)
    old = claim(course_certificate)
    assert reissued.counted(reissued.reissue(old)) == (0, {"unchanged": 1}, {})
    type(ada).objects.filter(pk=ada.pk).update(email="ada@elsewhere.example.edu")
    assert reissued.counted(reissued.reissue(old)) == (1, {}, {})
    before, after = (
        next(one for one in reissued.document_of(row)["credentialSubject"]["identifier"] if one["hashed"])
        for row in (old, Credential.objects.get(replaces=old))
    )
    assert before["salt"] != after["salt"]
    assert before["identityHash"] != after["identityHash"]


def suspend(old, settings):
    Credential.objects.filter(pk=old.pk).update(suspended=True)


def turn_off(old, settings):
    policy_of(old, issuing=False)


def policy_of(old, **says):
    policy(type("Site", (), {"pk": old.site_id}), **says)


def change_certificate(**values):
    def change(old, settings):
        certificates().filter(uuid=old.certificate_uuid).update(**values)

    return change


def certificates():
    from credentials.apps.credentials.models import UserCredential

    return UserCredential.objects


def put_inactive(old, settings):
    configuration = certificates().get(uuid=old.certificate_uuid).credential
    configuration.is_active = False
    configuration.save()


def embargo(old, settings):
    configuration = certificates().get(uuid=old.certificate_uuid).credential
    configuration.certificate_available_date = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=9)
    configuration.save()


LEFT = {
    "suspended": suspend,
    "certificate_revoked": change_certificate(status="revoked"),
    "certificate_inactive": put_inactive,
    "certificate_not_visible": embargo,
    "unknown_certificate": change_certificate(username="bob"),
    "issuing_off": turn_off,
    "wallet_not_offered": lambda old, settings: policy_of(old, wallets=["download"]),
    "validity_over": lambda old, settings: policy_of(old, validity_days=1),
    "withheld": lambda old, settings: erasing.erase_by_username("ada"),
    "credential_ended": lambda old, settings: list(revoking.revoke_credentials([old.uuid], reason="staff")),
}


@pytest.mark.parametrize("code", LEFT)
def test_what_may_not_be_issued_now_is_left_as_it_is(settings, claim, course_certificate, ada, bob, code):
    old = claim(course_certificate)
    reissued.rename(ada)
    LEFT[code](old, settings)
    before = rows.snapshot()
    assert reissued.counted(reissued.reissue(old, dry_run=True)) == (0, {code: 1}, {})
    done = reissued.reissue(old)
    assert reissued.counted(done) == (0, {code: 1}, {})
    assert done.sentences[code].endswith(".")
    assert rows.changed(before) == []


def test_a_profile_that_is_not_offered_any_more_is_left(claim, course_certificate, ada):
    old = claim(course_certificate)
    reissued.rename(ada)
    policy_of(old, profiles=["obv3-vc2"])
    assert reissued.counted(reissued.reissue(old)) == (0, {"wallet_not_offered": 1}, {})


def test_one_whose_learner_retired_is_left(settings, claim, course_certificate, ada):
    old = claim(course_certificate)
    reissued.rename(ada)
    retiring.retire(settings, "ada")
    assert reissued.counted(reissued.reissue(old)) == (0, {"unknown_certificate": 1}, {})


def test_a_download_that_would_name_nobody_fails(ready, claim, course_certificate):
    old = claim(course_certificate, bound=False)
    policy(ready, name=False)
    assert reissued.counted(reissued.reissue(old)) == (0, {}, {"names_nobody": 1})
    old.refresh_from_db()
    assert old.state == "issued"


def test_nothing_is_issued_while_the_switch_is_off(claim, course_certificate, switched_on):
    old = claim(course_certificate)
    switched_on.active = False
    switched_on.save()
    switched_on.flush()
    with pytest.raises(OfferError) as caught:
        reissuing.reissue_credentials([old.uuid], reason="name_corrected")
    assert caught.value.code == "switched_off"


def test_the_issuer_stays_while_it_is_in_use(claim, course_certificate, ada, issuer):
    old = claim(course_certificate)
    reissued.rename(ada)
    issuers.create_issuer(issuers.NewIssuer("Of ExampleX", slug="own", organization_key="ExampleX"))
    reissued.reissue(old)
    assert Credential.objects.get(replaces=old).issuer_id == old.issuer_id


@pytest.mark.parametrize("full", [False, True])
def test_where_the_issuer_is_out_of_use_the_one_of_today_signs(settings, claim, course_certificate, ada, full):
    """Its certificates have places of their own; where these are taken nothing ends."""
    settings.OPENEDX_VC_MAX_LIVE_CREDENTIALS = 1
    old = claim(course_certificate)
    reissued.rename(ada)
    issuers.create_issuer(issuers.NewIssuer("Later", slug="later", method="web"))
    assert not Issuer.objects.get(pk=old.issuer_id).is_default
    if full:
        claim(course_certificate)
    expected = (0, {"too_many_credentials": 1}, {}) if full else (1, {}, {})
    assert reissued.counted(reissued.reissue(old)) == expected
    old.refresh_from_db()
    assert old.state == ("issued" if full else "superseded")
    if not full:
        new = Credential.objects.get(replaces=old)
        assert new.issuer.slug == "later"
        assert reissued.document_of(new)["issuer"]["id"] == new.issuer.did
        assert verifying.verify(reissued.raw_of(new)).verdict is Verdict.VALID
    reissued.require_sound()


def test_the_new_one_has_the_place_of_the_old_one(settings, make_offer, claim, course_certificate, ada):
    """There is never one more than the limit, not even afterwards."""
    settings.OPENEDX_VC_MAX_LIVE_CREDENTIALS = 2
    first, second = claim(course_certificate), claim(course_certificate)
    reissued.rename(ada)
    assert reissued.counted(reissued.reissue(first, second)) == (2, {}, {})
    live = Credential.objects.filter(live_key__isnull=False)
    assert {row.live_key for row in live} == {first.live_key, second.live_key}
    assert make_offer(course_certificate).claim(make_wallet()).json()["code"] == "too_many_credentials"


def test_one_whose_document_is_damaged_does_not_stop_the_others(claim, course_certificate, program_certificate, ada):
    damaged, good = claim(course_certificate), claim(program_certificate)
    Credential.objects.filter(pk=damaged.pk).update(sealed_document=good.sealed_document)
    reissued.rename(ada)
    assert reissued.counted(reissued.reissue(damaged, good)) == (1, {}, {"unreadable_credential": 1})


def test_a_signer_that_fails_ends_nothing_and_is_given_up_on(settings, claim, course_certificate, ada):
    template = claim(course_certificate)
    every = [template, *reissued.copies(template, 24)]
    reissued.rename(ada)
    settings.OPENEDX_VC_DIDKIT_SECURER = securers.PATH + "Refusing"
    done = reissued.reissue(*every)
    assert (reissued.counted(done), done.gave_up) == ((0, {}, {"didkit_failed": 20}), True)
    states = list(Credential.objects.values_list("state", flat=True))
    assert (states.count("issued"), states.count("abandoned"), len(states)) == (25, 20, 45)
    assert Event.objects.filter(kind="credential.refused").count() == 20
    assert not done.lists
    del settings.OPENEDX_VC_DIDKIT_SECURER
    done = reissued.reissue(*every)
    assert (reissued.counted(done), done.gave_up) == ((25, {}, {}), False)
    reissued.require_sound()


def test_where_the_old_one_has_no_place_in_a_list_that_is_told(claim, course_certificate, ada):
    old = claim(course_certificate)
    Credential.objects.filter(pk=old.pk).update(status_list=None, status_index=None)
    StatusList.objects.update(open_key=None)
    reissued.rename(ada)
    done = reissued.reissue(old)
    assert (reissued.counted(done), done.unlisted, done.lists) == ((1, {}, {}), 1, set())


def test_one_that_no_list_can_end_stands(claim, course_certificate, ada):
    old = claim(course_certificate)
    length = StatusList.objects.get().length
    Credential.objects.filter(pk=old.pk).update(status_index=length)
    reissued.rename(ada)
    assert reissued.counted(reissued.reissue(old)) == (0, {}, {"index_out_of_range": 1})
    old.refresh_from_db()
    assert old.state == "issued"
    assert Credential.objects.get(replaces=old).state == "abandoned"


def test_of_a_program_of_several_organisations_each_ones_stays_its_own(settings, ready, ada, ada_client):
    settings.OPENEDX_VC_JOINT_PROGRAMS = "each"
    for key in ("AcademyX", "CollegeX"):
        issuers.create_issuer(issuers.NewIssuer(key, slug=key.lower(), organization_key=key))
    course = seed.make_course(ready)
    seed.backdate(seed.award(ada, course), days=3)
    program = seed.make_program(ready, [course], organizations=("AcademyX", "CollegeX"))
    response = asking.init(ada_client, seed.backdate(seed.award(ada, program), days=2))
    assert MadeOffer(response.json()).claim(make_wallet()).status_code == 201
    old = list(Credential.objects.order_by("organization_key"))
    assert [row.organization_key for row in old] == ["AcademyX", "CollegeX"]
    reissued.rename(ada)
    Issuer.objects.filter(slug="collegex").update(scope_key=None)
    assert reissued.counted(reissued.reissue(*old)) == (2, {}, {})
    new = [Credential.objects.get(replaces=row) for row in old]
    assert [(row.issuer.slug, row.organization_key) for row in new] == [
        ("academyx", "AcademyX"), ("default", "CollegeX"),
    ]  # fmt: skip
    assert {verifying.verify(reissued.raw_of(row)).verdict for row in new} == {Verdict.VALID}
    reissued.require_sound()
