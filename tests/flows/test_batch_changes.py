"""
What changes while a batch is under way, at each of its moments: certificates, learners, policies, keys, issuers, the
switch, the batch itself.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from credentials.apps.core.models import User
from django.utils import timezone
from waffle.models import Switch

from openedx_verifiable_credentials.api import batches
from openedx_verifiable_credentials.api import erasing
from openedx_verifiable_credentials.api import issuer_keys
from openedx_verifiable_credentials.api import issuers
from openedx_verifiable_credentials.api import publishing
from openedx_verifiable_credentials.api import reconciling
from openedx_verifiable_credentials.exceptions import OfferError
from openedx_verifiable_credentials.flows.steps.bulk import leases
from openedx_verifiable_credentials.flows.steps.bulk import listing
from openedx_verifiable_credentials.flows.steps.bulk import orders
from openedx_verifiable_credentials.models import BatchChunk
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import IssuerKey
from openedx_verifiable_credentials.models import Learner
from openedx_verifiable_credentials.models import StatusList
from tests import bulk
from tests import ledgers
from tests import moments
from tests import policies
from tests import retiring
from tests import rows
from tests import seed

pytestmark = pytest.mark.django_db(transaction=True)
COUNT = 4


@pytest.fixture(name="parts", autouse=True)
def in_small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two certificates each."""
    monkeypatch.setattr(listing, "CHUNK", 2)


@pytest.fixture(name="course")
def make_course(site: Any, switched_on: Any, web_issuer: Any) -> Any:
    return seed.make_course(site)


@pytest.fixture(name="certificates")
def make_certificates(course: Any) -> list[Any]:
    """Of ``learner0`` and so on."""
    made = [seed.make_learner(f"learner{number}", f"Learner Number {number}") for number in range(COUNT)]
    return [seed.backdate(seed.award(one, course), days=1) for one in made]


def work_with(moment: str, change: Callable[[], object]) -> batches.BatchProgress:
    """A batch of all there is, to its end; ``change`` happens at this moment of its first part."""
    batch = bulk.order()
    with moments.at(moment, change):
        bulk.work_patiently(batch)
    return batches.look(batch)


def require_sound() -> None:
    """Also that every document opens, and that no place of a list has two owners."""
    publishing.publish_due(now=True)
    ledgers.require_sound()
    assert not BatchChunk.objects.exclude(state="done").exists()


def revoke(certificate: Any) -> None:
    certificate.status = "revoked"
    certificate.save()
    reconciling.reconcile_changes()


def delete(certificate: Any) -> None:
    certificate.delete()
    reconciling.reconcile_changes()


@pytest.mark.parametrize("change", [revoke, delete])
@pytest.mark.parametrize("moment", moments.MOMENTS)
def test_a_certificate_that_ends_meanwhile_leaves_no_credential_that_counts(certificates, moment, change):
    """Reconciliation has already run: it found the credential, or the batch finds it itself."""
    ending, uuid = certificates[0], certificates[0].uuid
    batch = bulk.order()
    others = {one.uuid for one in certificates[1:]}
    with moments.of_part_with(uuid, moment, lambda: change(ending)):
        bulk.work_patiently(batch)
    progress = batches.look(batch)
    assert progress.state == "done"
    assert set(Credential.objects.filter(state="issued").values_list("certificate_uuid", flat=True)) == others
    gone = Credential.objects.filter(certificate_uuid=uuid)
    assert [row.state for row in gone] == ["revoked"]
    require_sound()
    assert ledgers.is_marked(gone.get())
    assert ledgers.is_served_as(gone.get())


def erase(settings: Any, username: str) -> None:
    erasing.erase_by_username(username)


def retire(settings: Any, username: str) -> None:
    retiring.retire(settings, username)
    list(erasing.erase_retired())


@pytest.mark.parametrize("leave", [erase, retire])
@pytest.mark.parametrize("moment", moments.MOMENTS[1:])
def test_a_learner_who_leaves_meanwhile_is_not_readable_and_gets_nothing_anew(settings, certificates, moment, leave):
    batch = bulk.order()
    uuid, user_id = certificates[0].uuid, User.objects.get(username="learner0").pk
    with moments.of_part_with(uuid, moment, lambda: leave(settings, "learner0")):
        bulk.work_patiently(batch)
    assert batches.look(batch).state == "done"
    for _ in range(2):
        assert not Learner.objects.filter(user_id=user_id).exists()
        left = Credential.objects.filter(certificate_uuid=uuid)
        assert not left.exclude(sealed_document=None, learner=None).exists()
        assert left.count() == (moment in ("inserted", "done"))
        assert b"Learner Number 0" not in rows.our_bytes()
        assert Credential.objects.filter(learner__isnull=False).count() == COUNT - 1
        # Whoever orders it again gets nothing of theirs, where it is known that they left.
        if moment in ("inserted", "done") or leave is retire:
            bulk.issue()
    if moment not in ("inserted", "done"):
        assert [one.code for one in batches.refusals(batch)] == ["erased"]
    for row in Credential.objects.filter(learner__isnull=False).select_related("learner", "shape"):
        assert b"Learner Number" in bulk.document(row)
    require_sound()


def test_a_learner_who_leaves_before_anything_is_held_about_them_is_erased_by_the_next_run(settings, certificates):
    batch, user_id = bulk.order(), User.objects.get(username="learner0").pk
    with moments.of_part_with(certificates[0].uuid, "looked at", lambda: retire(settings, "learner0")):
        bulk.work_patiently(batch)
    list(erasing.erase_retired())
    assert not Learner.objects.filter(user_id=user_id).exists()
    assert not Credential.objects.filter(certificate_uuid=certificates[0].uuid, learner__isnull=False).exists()
    require_sound()


def test_what_is_not_issued_yet_follows_a_policy_that_says_no(certificates):
    policy = policies.of_run(certificates[0], issuing=True)
    progress = work_with("inserted", lambda: policies.change(policy, issuing=False))
    assert (progress.state, progress.issued, progress.refused) == ("done", 2, 2)
    assert {one.code for one in batches.refusals(progress.uuid)} == {"issuing_off"}
    policies.change(policy, issuing=True)
    assert bulk.issue().issued == 2


def test_what_is_not_issued_yet_follows_a_policy_that_withholds_the_name(certificates):
    policy = policies.of_run(certificates[0], name=True, email=True)
    work_with("inserted", lambda: policies.change(policy, name=False))
    said = Counter(
        tuple(sorted(policies.identities(json.loads(bulk.document(row)))))
        for row in Credential.objects.select_related("learner", "shape")
    )
    assert said == {("emailAddress", "name"): 2, ("emailAddress",): 2}


def rotate(issuer: Any) -> None:
    issuer_keys.rotate_key(issuer.slug, issuer_keys.NewKey())


@pytest.mark.parametrize("moment", moments.MOMENTS)
def test_after_a_rotation_the_next_part_is_signed_by_the_new_key(certificates, web_issuer, moment):
    old = IssuerKey.objects.get()
    progress = work_with(moment, lambda: rotate(web_issuer))
    new = IssuerKey.objects.exclude(pk=old.pk).get()
    assert progress.issued == COUNT
    assert Counter(Credential.objects.values_list("key", flat=True)) == {old.pk: 2, new.pk: 2}
    require_sound()


@pytest.mark.parametrize("moment", moments.BEFORE_IT_IS_WRITTEN)
def test_what_a_compromised_key_has_signed_is_not_written_and_another_signs_it(certificates, web_issuer, moment):
    old = IssuerKey.objects.get()

    def compromise() -> None:
        rotate(web_issuer)
        issuer_keys.retire_key(web_issuer.slug, str(old.uuid), compromised_since=timezone.now())

    progress = work_with(moment, compromise)
    assert (progress.state, progress.issued) == ("done", COUNT)
    assert not Credential.objects.filter(key=old).exists()
    require_sound()


def test_without_a_key_nothing_is_issued_and_with_a_new_one_the_next_batch_goes_on(certificates, web_issuer):
    key = IssuerKey.objects.get()
    progress = work_with("done", lambda: issuer_keys.retire_key(web_issuer.slug, str(key.uuid)))
    assert (progress.state, progress.issued, progress.refused) == ("done", 2, 2)
    assert {one.code for one in batches.refusals(progress.uuid)} == {"no_issuer_key"}
    rotate(web_issuer)
    assert bulk.issue().issued == 2
    require_sound()


def test_an_issuer_that_is_put_out_of_use_signs_no_further_part(certificates, web_issuer):
    out = issuers.IssuerChanges(in_use=False)
    progress = work_with("done", lambda: issuers.update_issuer(web_issuer.slug, out))
    assert (progress.state, progress.issued, progress.refused) == ("done", 2, 2)
    assert {one.code for one in batches.refusals(progress.uuid)} == {"no_issuer"}
    issuers.update_issuer(web_issuer.slug, issuers.IssuerChanges(in_use=True, is_default=True))
    assert bulk.issue().issued == 2
    require_sound()


def turn(switch: Switch, active: bool) -> None:
    switch.active = active
    switch.save()


def test_switched_off_no_further_part_begins(certificates, switched_on):
    batch = bulk.order()
    with moments.at("signed", lambda: turn(switched_on, False)), pytest.raises(OfferError) as refused:
        bulk.work(batch)
    assert (refused.value.code, Credential.objects.count()) == ("switched_off", 2)
    turn(switched_on, True)
    bulk.work_patiently(batch)
    assert batches.look(batch).issued == COUNT


@pytest.mark.parametrize("moment", moments.BEFORE_IT_IS_WRITTEN)
def test_cancelled_while_a_part_is_signed_nothing_of_that_part_is_written(certificates, moment):
    batch = bulk.order()
    with moments.at(moment, lambda: batches.cancel(batch)):
        done = bulk.work(batch)
    assert [one.problem for one in done] == ["lease_lost"]
    assert (Credential.objects.count(), batches.look(batch).state) == (0, "cancelled")
    assert bulk.work(batch) == []
    batches.resume(batch)
    bulk.work_patiently(batch)
    assert (batches.look(batch).state, Credential.objects.count()) == ("done", COUNT)
    require_sound()


def test_cancelled_between_two_looks_a_worker_does_not_look_for_ever(certificates, monkeypatch):
    """The batch is ready when it is chosen, and over when its parts are."""
    batch = bulk.order()
    take_this = leases.take_this
    asked: list[int] = []

    def cancel_and_take(pk: int, worker: str, now: Any) -> Any:
        asked.append(pk)
        assert len(asked) < 10, "asked for ever"
        if len(asked) == 1:
            batches.cancel(batch)
        return take_this(pk, worker, now)

    monkeypatch.setattr(leases, "take_this", cancel_and_take)
    assert bulk.work(batch) == []
    assert batches.look(batch).state == "cancelled"


@pytest.mark.parametrize("moment", moments.BEFORE_IT_IS_WRITTEN)
def test_of_two_that_hold_the_same_part_one_writes(certificates, moment):
    batch = bulk.order()
    slow = batches.Worker("slow")

    def take_over() -> None:
        assert batches.free("slow") == 1
        bulk.work_patiently(batch)

    with moments.at(moment, take_over):
        done = bulk.work(batch, slow)
    assert done[0].problem == "lease_lost"
    assert (batches.look(batch).state, batches.look(batch).issued, Credential.objects.count()) == ("done", COUNT, COUNT)
    require_sound()
    assert StatusList.objects.get().allocated >= COUNT


def test_nothing_selected_is_done_at_once(course):
    progress = bulk.issue()
    assert (progress.state, progress.selected) == ("done", 0)


def test_a_learner_of_earlier_credentials_who_is_erased_after_the_first_look_gets_nothing_anew(
    settings, course_certificate, make_offer, wallet
):
    """What they claimed is erased: that this was so is known, though not when the certificate was looked at."""
    make_offer(course_certificate).claim(wallet)
    batch = bulk.order()
    with moments.at("looked at", lambda: erase(settings, "ada")):
        bulk.work_patiently(batch)
    assert batches.look(batch).state == "done"
    assert not Credential.objects.filter(learner__isnull=False).exists()
    assert not Credential.objects.filter(batch__isnull=False).exists()
    assert [one.code for one in batches.refusals(batch)] == ["erased"]


def die() -> None:
    raise KeyboardInterrupt


def stop(batch: UUID) -> None:
    orders.stop(orders.get_batch(batch), "template_mismatch", timezone.now())


@pytest.mark.parametrize("end", [batches.cancel, stop])
def test_what_is_revoked_meanwhile_ends_though_the_worker_died_and_the_batch_is_over(certificates, end):
    """The part was written, and its certificates not asked about once more."""
    batch, ending = bulk.order(), certificates[0]
    with (
        moments.of_part_with(ending.uuid, "signed", lambda: revoke(ending)),
        moments.at("inserted", die),
        pytest.raises(KeyboardInterrupt),
    ):
        bulk.work(batch, batches.Worker("dead"))
    end(batch)
    batches.free("dead")
    bulk.work()
    assert [row.state for row in Credential.objects.filter(certificate_uuid=ending.uuid)] == ["revoked"]


def test_a_batch_that_is_throttled_holds_up_no_other(certificates, monkeypatch):
    monkeypatch.setattr(listing, "CHUNK", 1)
    slow = bulk.order(throttle=1, certificates=tuple(one.uuid for one in certificates[:3]))
    fast = bulk.order(certificates=(certificates[3].uuid,))
    bulk.work()
    assert (batches.look(slow).state, batches.look(slow).issued) == ("ready", 1)
    assert (batches.look(fast).state, batches.look(fast).issued) == ("done", 1)
