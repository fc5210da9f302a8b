"""What policies say is honoured wherever a learner or a wallet meets us: lists, offers, our page, claims."""

import json
import urllib.parse
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from openedx_verifiable_credentials.models import Achievement
from openedx_verifiable_credentials.models import ClaimPolicy
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Issuer
from openedx_verifiable_credentials.models import Offer
from tests import asking
from tests import lists
from tests import policies
from tests import rows
from tests import securers
from tests import seed
from tests.conftest import MadeOffer
from tests.wallet import make_wallet


def listed(client):
    """The certificates that the MFE shows."""
    body = client.get(asking.LIST).json()
    return {row["uuid"] for row in (*body["program_credentials"], *body["course_credentials"])}


def storages(client):
    """The wallets that the MFE shows."""
    response = client.get(asking.STORAGES)
    assert response.status_code == 200
    body = response.json()
    assert isinstance(body, list)
    assert all(row.keys() == {"id", "name"} for row in body)
    return [row["id"] for row in body]


def ask(client, certificate, wallet="lc_wallet", **more):
    """The response to the MFE's "Create"."""
    named = {"credential_uuid": certificate.uuid.hex, "storage_id": wallet}
    return asking.post_json(client, asking.INIT, {**named, **more})


def page_of_offer(client):
    """The text of our page about the newest offer."""
    response = client.get(f"{asking.ROOT}offers/{Offer.objects.latest('pk').uuid}/")
    assert response.status_code == 200
    return response.content.decode()


def download(client):
    """The response to the button of our page about the newest offer."""
    return client.post(f"{asking.ROOT}offers/{Offer.objects.latest('pk').uuid}/download/")


def fail(settings, offer, wallet):
    """A claim that leaves an intent, because the signer refuses."""
    lists.open_lists(Issuer.objects.get())
    settings.OPENEDX_VC_DIDKIT_SECURER = f"{securers.PATH}Refusing"
    assert asking.refusal(offer.claim(wallet)) == (503, "didkit_failed")
    del settings.OPENEDX_VC_DIDKIT_SECURER
    assert Credential.objects.get().state == "intended"


def published(document):
    """What stands at the address of the credential's achievement."""
    address = document["credentialSubject"]["achievement"]["id"]
    return Client().get(urllib.parse.urlsplit(address).path).json()


# Whether anything may be claimed


def test_issuing_that_is_off_is_neither_listed_nor_offered_nor_claimed(
    ada_client, make_offer, course_certificate, program_certificate, wallet
):
    offer = make_offer(course_certificate)
    policies.of_run(course_certificate, issuing=False)
    assert listed(ada_client) == {program_certificate.uuid.hex}
    before = rows.snapshot()
    refused = ask(ada_client, course_certificate)
    assert asking.refusal(refused) == (403, "issuing_off")
    assert refused.json()["credential_uuid"] == refused.json()["detail"]
    assert asking.refusal(offer.claim(wallet)) == (403, "issuing_off")
    assert rows.changed(before) == []
    assert ask(ada_client, program_certificate).status_code == 200


def test_of_several_certificates_the_one_at_fault_is_named(ada_client, course_certificate, program_certificate):
    policies.of_run(course_certificate, issuing=False)
    refused = asking.init(ada_client, program_certificate, course_certificate)
    assert asking.refusal(refused) == (403, "issuing_off")
    assert "“Introduction to Everything”" in refused.json()["detail"]
    assert "Everything, in Depth" not in refused.json()["detail"]
    assert "Ada" not in refused.content.decode()


def test_issuing_is_switched_on_again_by_a_nearer_policy(ada_client, ready, course_certificate, wallet):
    policies.make_policy(policies.SITE, ready.pk, issuing=False)
    policies.of_run(course_certificate, issuing=True)
    offer = MadeOffer(ask(ada_client, course_certificate).json())
    assert offer.claim(wallet).status_code == 201


# Into which wallet


@pytest.mark.parametrize(
    "says", [{"wallets": ["download"]}, {"profiles": ["obv3-vc2"]}], ids=["the wallet", "its profile"]
)
def test_a_wallet_that_is_not_offered_is_refused_and_not_shown(ada_client, make_offer, course_certificate, says):
    offer = make_offer(course_certificate)
    policies.of_run(course_certificate, **says)
    assert storages(ada_client) == ["download"]
    refused = ask(ada_client, course_certificate)
    assert asking.refusal(refused) == (403, "wallet_not_offered")
    assert "Download or other wallet" in refused.json()["storage_id"]
    assert asking.refusal(offer.claim(make_wallet())) == (403, "wallet_not_offered")
    assert not Credential.objects.exists()


def test_a_wallet_whose_profile_alone_is_offered_is_refused(ada_client, course_certificate):
    policies.of_run(course_certificate, wallets=["lc_wallet"], profiles=["obv3-vc2"])
    assert listed(ada_client) == set()
    assert asking.refusal(ask(ada_client, course_certificate)) == (403, "wallet_not_offered")
    assert asking.refusal(ask(ada_client, course_certificate, "download")) == (403, "wallet_not_offered")


def test_a_wallet_that_one_certificate_may_go_into_is_shown(ada_client, course_certificate, program_certificate):
    policies.of_run(course_certificate, wallets=["download"])
    assert storages(ada_client) == ["lc_wallet", "download"]
    refused = asking.init(ada_client, program_certificate, course_certificate)
    assert asking.refusal(refused) == (403, "wallet_not_offered")
    assert "“Introduction to Everything”" in refused.json()["detail"]


def test_who_can_claim_nothing_still_gets_a_list_of_wallets(ada_client, ready, course_certificate):
    policies.make_policy(policies.SITE, ready.pk, issuing=False)
    assert (listed(ada_client), storages(ada_client)) == (set(), ["lc_wallet", "download"])


@pytest.mark.parametrize(
    ("says", "has_link", "has_button"),
    [
        ({}, True, True),
        ({"wallets": ["download"]}, False, True),
        ({"profiles": ["obv3-vc2"]}, False, True),
        ({"name": False}, True, False),
        ({"wallets": ["download"], "name": False, "email": True}, False, True),
    ],
)
def test_the_page_shows_the_ways_that_are_permitted_and_no_other(
    ada_client, course_certificate, says, has_link, has_button
):
    policies.of_run(course_certificate, grade=True, **says)
    made = ask(ada_client, course_certificate, "download")
    assert made.status_code == 200
    text = page_of_offer(ada_client)
    assert ("dccrequest:" in text, "<svg" in text) == (has_link, has_link)
    assert ("Download JSON" in text) == has_button
    ways = ada_client.get(f"{asking.API}offers/{Offer.objects.get().uuid}/").json()["ways"]
    assert ways == ["wallet"] * has_link + ["download"] * has_button
    assert (download(ada_client).status_code == 200) == has_button


def test_a_page_that_is_open_while_policies_change_offers_nothing_that_they_refuse(
    ada_client, make_offer, course_certificate
):
    ask(ada_client, course_certificate, "download")
    policy = policies.of_run(course_certificate, wallets=["lc_wallet"])
    assert "Download JSON" not in page_of_offer(ada_client)
    assert download(ada_client).status_code == 403
    policies.change(policy, wallets=None, issuing=False)
    text = page_of_offer(ada_client)
    assert ("dccrequest:" in text, "Download JSON" in text, "is not offered any more" in text) == (False, False, True)


def test_the_link_of_a_downloads_page_is_the_first_wallets_and_goes_by_its_policy(
    ada_client, make_offer, course_certificate, wallet
):
    ask(ada_client, course_certificate, "download")
    [link] = [part for part in page_of_offer(ada_client).split('"') if part.startswith("dccrequest:")]
    offer = MadeOffer({"deeplink": link.replace("&amp;", "&")})
    policy = policies.of_run(course_certificate, wallets=["download"])
    assert asking.refusal(offer.claim(wallet)) == (403, "wallet_not_offered")
    policies.change(policy, wallets=["lc_wallet"])
    assert offer.claim(wallet).status_code == 201
    assert Credential.objects.get().wallet_id == "lc_wallet"


# Whom it names


@pytest.mark.parametrize("why", ["withheld", "left out", "nameless"])
def test_a_download_that_would_identify_nobody_is_refused(ada, ada_client, course_certificate, why):
    policies.of_run(course_certificate, name=why != "withheld", wallets=["download"])
    if why == "nameless":
        type(ada).objects.filter(pk=ada.pk).update(full_name="")
    left_out = ["name"] if why == "left out" else []
    refused = ask(ada_client, course_certificate, "download", leave_out=left_out)
    assert asking.refusal(refused) == (409, "names_nobody")
    ClaimPolicy.objects.update(email=True)
    assert ask(ada_client, course_certificate, "download", leave_out=left_out).status_code == 200
    document = json.loads(download(ada_client).content)
    assert policies.identities(document).keys() == {"emailAddress"}


def test_a_name_that_is_withheld_after_the_offer_takes_the_download_away(ada_client, make_offer, course_certificate):
    ask(ada_client, course_certificate, "download")
    policies.of_run(course_certificate, name=False)
    refused = download(ada_client)
    assert refused.status_code == 409
    assert "<code>names_nobody</code>" in refused.content.decode()
    assert not Credential.objects.exists()


# For how long


@pytest.mark.parametrize(("days", "is_over"), [(2, True), (3, True), (4, False)])
def test_a_validity_that_is_over_is_refused(ada_client, make_offer, course_certificate, wallet, days, is_over):
    offer = make_offer(course_certificate)
    policies.of_run(course_certificate, validity_days=days)
    assert (listed(ada_client) == set()) == is_over
    if is_over:
        assert asking.refusal(ask(ada_client, course_certificate)) == (409, "validity_over")
        assert asking.refusal(offer.claim(wallet)) == (409, "validity_over")
        return
    document = offer.claim(wallet).json()
    until = (course_certificate.created + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert document["expirationDate"] == until
    assert Credential.objects.get().terms["validity_days"] == days


# What it says


def test_what_policies_release_is_in_the_credential_and_in_the_ledger(
    ready, ada, ada_client, course_certificate, wallet
):
    seed.grade(ada, course_certificate.credential, "0.9125", "A-")
    policy = policies.of_run(
        course_certificate, email=True, grade=True, signatories=False, criteria="Pass **all** of it.", tags=["all"]
    )
    offer = MadeOffer(ask(ada_client, course_certificate).json())
    document = offer.claim(wallet).json()
    subject = document["credentialSubject"]
    entry = next(one for one in subject["identifier"] if one["identityType"] == "emailAddress")
    assert entry["identityHash"] == policies.hashed(ada.email, entry["salt"])
    assert len(bytes.fromhex(entry["salt"])) == 16
    assert sorted(result["value"] for result in subject["result"]) == ["91.25", "A-"]
    assert subject["achievement"]["criteria"]["narrative"] == "Pass **all** of it."
    assert "official" not in document["issuer"]
    terms = Credential.objects.get().terms
    assert {name: terms[name] for name in ("name", "email", "grade", "signatories")} == {
        "name": True, "email": True, "grade": True, "signatories": False,
    }  # fmt: skip
    assert terms["content"] == {"criteria": "Pass **all** of it.", "tags": ["all"]}
    assert set(terms["rules"].values()) == {f"{policy.pk}.1"}
    assert ada.email not in json.dumps(terms)


def test_each_credential_has_a_salt_of_its_own(ada_client, make_offer, course_certificate):
    policies.of_run(course_certificate, email=True)
    salts = set()
    for _ in range(2):
        document = make_offer(course_certificate).claim(make_wallet()).json()
        salts |= {one["salt"] for one in document["credentialSubject"]["identifier"] if "salt" in one}
    assert len(salts) == 2


def test_the_page_says_what_the_credential_will_show_of_the_learner(ada_client, make_offer, course_certificate):
    ask(ada_client, course_certificate, "download")
    text = page_of_offer(ada_client)
    assert ("your name" in text, "your grade" in text, "hash of your e-mail" in text) == (True, False, False)
    policies.of_run(course_certificate, name=False, grade=True, email=True)
    text = page_of_offer(ada_client)
    assert ("your name" in text, "your grade" in text, "hash of your e-mail" in text) == (False, True, True)


# What the learner leaves out


def test_a_learner_leaves_out_their_name(ada_client, course_certificate, wallet):
    offer = MadeOffer(ask(ada_client, course_certificate, leave_out=["name"]).json())
    shown = ada_client.get(f"{asking.API}offers/{Offer.objects.get().uuid}/").json()["claims"]
    assert shown[0] == {"claim": "name", "released": False, "can_be_left_out": True}
    assert "your name" not in page_of_offer(ada_client)
    raw = offer.claim(wallet).content
    assert "Lovelace" not in policies.plain(raw)
    terms = Credential.objects.get().terms
    assert (terms["name"], terms["left_out"]) == (False, ["name"])
    assert ada_client.get(f"{asking.API}offers/{Offer.objects.get().uuid}/").json()["claims"] == shown


def test_what_is_left_out_makes_another_offer_in_whatever_order_it_is_said(ada_client, course_certificate):
    def link(*names):
        return ask(ada_client, course_certificate, leave_out=list(names)).json()["deeplink"]

    links = [link(), link("name"), link("name", "signatories"), link("signatories", "name", "name")]
    assert len(set(links)) == 3
    assert links[2] == links[3]
    assert link() == links[0] == ask(ada_client, course_certificate).json()["deeplink"]


def test_a_renewed_offer_leaves_out_the_same(ada_client, course_certificate):
    ask(ada_client, course_certificate, "download", leave_out=["name"])
    Offer.objects.update(expires_at=timezone.now())
    renewed = ada_client.post(f"{asking.ROOT}offers/{Offer.objects.get().uuid}/renew/")
    assert renewed.status_code == 302
    assert list(Offer.objects.order_by("pk").values_list("left_out", flat=True)) == [["name"], ["name"]]


def test_the_published_achievement_is_the_same_whatever_a_learner_leaves_out(ada_client, course_certificate, wallet):
    policies.of_run(
        course_certificate, grade=True, aligned_with=[{"url": "https://esco.example.org/1", "name": "Everything"}]
    )
    ask(ada_client, course_certificate)
    first = Achievement.objects.get().document
    offer = MadeOffer(ask(ada_client, course_certificate, leave_out=["grade", "alignments"]).json())
    document = offer.claim(wallet).json()
    assert Achievement.objects.get().document == first
    assert "resultDescription" in first and "alignment" in first
    assert not document["credentialSubject"]["achievement"].keys() & {"resultDescription", "alignment"}


@pytest.mark.parametrize(
    "value",
    [None, "name", {"name": True}, 1, [1], [None], ["Name"], ["issuing"], ["name", "address"], [["name"]], [{}]],
    ids=repr,
)
def test_what_is_no_list_of_claims_is_refused(ada_client, course_certificate, value):
    before = rows.snapshot()
    refused = ask(ada_client, course_certificate, leave_out=value)
    assert asking.refusal(refused) == (400, "invalid_request")
    assert refused.json()["leave_out"] == refused.json()["detail"]
    assert rows.changed(before) == []


# Policies that change between offer and claim


def _create(certificate, policy):
    policies.of_run(certificate, name=False, criteria="After.")


def _edit(certificate, policy):
    policies.change(policy, name=False, criteria="After.")


def _delete(certificate, policy):
    # What it allowed is denied again: the organisation's policy is the nearest that speaks.
    policy.delete()


def _final_above(certificate, policy):
    policies.change(ClaimPolicy.objects.get(scope="organization"), final=True)


@pytest.mark.parametrize("change", [_edit, _delete, _final_above])
def test_a_claim_follows_what_holds_at_the_claim(ada_client, course_certificate, wallet, change):
    policies.make_policy(policies.ORGANIZATION, "ExampleX", name=False, criteria="After.")
    policy = policies.of_run(course_certificate, name=True, criteria="Before.")
    offer = MadeOffer(ask(ada_client, course_certificate).json())
    assert Achievement.objects.get().document["criteria"]["narrative"] == "Before."
    change(course_certificate, policy)
    raw = offer.claim(wallet).content
    assert "Lovelace" not in policies.plain(raw)
    assert Credential.objects.get().terms["name"] is False
    document = json.loads(raw)
    assert document["credentialSubject"]["achievement"]["criteria"]["narrative"] == "After."
    assert published(document)["criteria"] == {**published(document)["criteria"], "narrative": "After."}


def test_the_first_policy_of_all_counts_at_the_claim_of_an_earlier_offer(make_offer, course_certificate, wallet):
    offer = make_offer(course_certificate)
    _create(course_certificate, None)
    raw = offer.claim(wallet).content
    assert "Lovelace" not in policies.plain(raw)
    assert published(json.loads(raw))["criteria"]["narrative"] == "After."


def test_the_last_policy_that_is_deleted_says_nothing_at_the_claim(ada_client, course_certificate, wallet):
    policy = policies.of_run(course_certificate, name=False, criteria="Before.")
    offer = MadeOffer(ask(ada_client, course_certificate).json())
    policy.delete()
    raw = offer.claim(wallet).content
    assert "Lovelace" in policies.plain(raw)
    assert "Before." not in policies.plain(raw)
    assert published(json.loads(raw))["criteria"]["narrative"] != "Before."


def test_what_was_published_in_between_and_taken_back_is_published_again(ada_client, course_certificate, wallet):
    policy = policies.of_run(course_certificate, criteria="First.")
    offer = MadeOffer(ask(ada_client, course_certificate).json())
    policies.change(policy, criteria="Second.")
    ask(ada_client, course_certificate, "download")
    policies.change(policy, criteria="First.")
    document = offer.claim(wallet).json()
    assert document["credentialSubject"]["achievement"]["criteria"]["narrative"] == "First."
    assert published(document)["criteria"]["narrative"] == "First."


@pytest.mark.parametrize("way", ["wallet", "download"])
def test_what_was_handed_over_is_handed_over_again_whatever_policies_say_now(
    ada_client, make_offer, course_certificate, wallet, way
):
    """It cannot be taken back by refusing it a second time; whoever wants it back revokes it."""
    offer = make_offer(course_certificate)

    def claim():
        return offer.claim(wallet) if way == "wallet" else download(ada_client)

    first = claim()
    policies.of_run(course_certificate, issuing=False, name=False, wallets=[], profiles=[], validity_days=1)
    again = claim()
    assert again.content == first.content
    assert again.status_code == first.status_code
    assert Credential.objects.count() == 1


def test_another_holder_gets_nothing_of_what_was_handed_over(make_offer, course_certificate, wallet):
    offer = make_offer(course_certificate)
    offer.claim(wallet)
    policies.of_run(course_certificate, issuing=False)
    assert asking.refusal(offer.claim(make_wallet())) == (409, "taken_by_another_holder")


@pytest.mark.parametrize(
    ("says", "refusal", "state"),
    [
        ({"issuing": False}, (403, "issuing_off"), "intended"),
        ({"name": False}, (410, "offer_expired"), "abandoned"),
        ({"validity_days": 30}, (410, "offer_expired"), "abandoned"),
    ],
)
def test_what_was_recorded_but_never_signed_follows_what_holds_now(
    settings, ada_client, make_offer, course_certificate, wallet, says, refusal, state
):
    offer = make_offer(course_certificate)
    fail(settings, offer, wallet)
    policies.of_run(course_certificate, **says)
    assert asking.refusal(offer.claim(wallet)) == refusal
    assert Credential.objects.get().state == state
    ClaimPolicy.objects.update(issuing=None)
    assert MadeOffer(ask(ada_client, course_certificate).json()).claim(wallet).status_code == 201


def test_what_was_recorded_and_is_still_allowed_is_signed_at_the_next_try(
    settings, make_offer, course_certificate, wallet
):
    policy = policies.of_run(course_certificate, criteria="All of it.", grade=True, tags=["one", "two"])
    offer = make_offer(course_certificate)
    fail(settings, offer, wallet)
    policies.change(policy, email=False)
    intent = Credential.objects.get()
    assert offer.claim(wallet).json()["id"] == f"urn:uuid:{intent.uuid}"


def test_edited_content_is_published_with_the_next_offer(ada_client, course_certificate):
    policy = policies.of_run(course_certificate, description="Before.")
    ask(ada_client, course_certificate)
    policies.change(policy, description="After.")
    ask(ada_client, course_certificate)
    assert Achievement.objects.get().document["description"] == "After."


# Programs that speak for their courses


def test_a_program_speaks_for_its_courses_only_where_it_says_so(
    ada_client, course_certificate, program_certificate, wallet
):
    policy = policies.make_policy(policies.PROGRAM, program_certificate.credential.program_uuid, issuing=False)
    assert listed(ada_client) == {course_certificate.uuid.hex}
    offer = MadeOffer(ask(ada_client, course_certificate).json())
    policies.change(policy, speaks_for_courses=True)
    assert listed(ada_client) == set()
    assert asking.refusal(offer.claim(wallet)) == (403, "issuing_off")
    assert asking.refusal(ask(ada_client, course_certificate)) == (403, "issuing_off")
