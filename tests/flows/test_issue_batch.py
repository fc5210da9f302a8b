"""A batch gives every certificate that may have one its credential, once."""

from __future__ import annotations

import json
import uuid
from collections import Counter

import pytest

from openedx_verifiable_credentials.api import batches
from openedx_verifiable_credentials.models import Credential
from tests import bulk
from tests import seed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def course(ready):
    return seed.make_course(ready)


def learners(count, course, **more):
    """Certificates of this many learners, awarded yesterday."""
    made = [seed.make_learner(f"learner{number}", f"Learner Number {number}") for number in range(count)]
    return [seed.backdate(seed.award(one, course, **more), days=1) for one in made]


@pytest.mark.parametrize("profile_id", ["obv3-vc1", "obv3-vc2"])
def test_every_certificate_gets_one_credential_that_names_its_learner(course, profile_id):
    certificates = learners(5, course)
    progress = bulk.issue(profile_id=profile_id)
    assert (progress.state, progress.selected, progress.issued, progress.refused) == ("done", 5, 5, 0)
    rows = {row.certificate_uuid: row for row in Credential.objects.select_related("learner", "shape")}
    assert rows.keys() == {one.uuid for one in certificates}
    for number, certificate in enumerate(certificates):
        row = rows[certificate.uuid]
        subject = json.loads(bulk.document(row))["credentialSubject"]
        assert subject["identifier"][0]["identityHash"] == f"Learner Number {number}"
        assert subject["id"].startswith("urn:uuid:") and subject["id"] != f"urn:uuid:{row.uuid}"
        assert (row.state, row.is_bound, row.offer_id) == ("issued", False, None)


def test_run_again_it_issues_nothing(course):
    learners(3, course)
    bulk.issue()
    again = bulk.issue()
    assert (again.state, again.issued, again.held, Credential.objects.count()) == ("done", 0, 3, 3)


def test_what_cannot_be_issued_is_told_with_its_reason(course):
    good, revoked, late, nobody = learners(4, course)
    retired = seed.backdate(seed.award(seed.make_learner("retired__user_1", "Gone"), course), days=1)
    type(revoked).objects.filter(pk=nobody.pk).update(username="nobody-has-this-name")
    type(late).objects.filter(pk=late.pk).update(created="2099-01-01T00:00:00Z")
    batch = bulk.order()
    type(revoked).objects.filter(pk=revoked.pk).update(status="revoked")
    bulk.work(batch)
    codes = {one.certificate_uuid: one.code for one in batches.refusals(batch)}
    assert codes == {
        revoked.uuid: "certificate_revoked",
        late.uuid: "certificate_not_visible",
        nobody.uuid: "no_account",
        retired.uuid: "learner_retired",
    }
    assert [row.certificate_uuid for row in Credential.objects.all()] == [good.uuid]
    counts, sentences = batches.refusals_by_code(batch)
    assert counts == Counter(codes.values())
    assert all(sentences[code].endswith(".") for code in counts)


def test_a_part_of_which_nothing_can_be_issued_is_done(course):
    certificates = learners(2, course)
    batch = bulk.order()
    type(certificates[0]).objects.update(status="revoked")
    bulk.work(batch)
    progress = batches.look(batch)
    assert (progress.state, progress.refused, progress.issued, Credential.objects.count()) == ("done", 2, 0, 0)


def test_a_later_claim_into_a_wallet_says_what_it_came_from(course_certificate, ada_client, make_offer, wallet):
    bulk.issue(profile_id="obv3-vc1")
    [before] = Credential.objects.all()
    make_offer(course_certificate).claim(wallet)
    claimed = Credential.objects.get(is_bound=True)
    assert (claimed.came_from_id, claimed.replaces_id, claimed.batch_id) == (before.pk, None, None)
    listed = ada_client.get("/verifiable_credentials/api/v1/issued/").json()["credentials"]
    assert {one["uuid"]: one["came_from"] for one in listed} == {
        str(claimed.uuid): str(before.uuid),
        str(before.uuid): None,
    }
    before.refresh_from_db()
    assert (before.state, claimed.state) == ("issued", "issued")


def test_its_learner_has_it_at_once_and_nobody_else_does(course_certificate, ada_client, bob):
    bulk.issue()
    [row] = Credential.objects.all()
    address = f"/verifiable_credentials/api/v1/issued/{row.uuid}/credential.json"
    reply = ada_client.get(address)
    assert (reply.status_code, b"".join(reply) if reply.streaming else reply.content) == (200, bulk.document(row))
    ada_client.force_login(bob)
    assert ada_client.get(address).status_code == 404


def test_what_staff_ended_stays_so_though_somebody_began_another_one_since(course):
    """A download that was begun and never signed is no reason to issue the next one unasked."""
    learners(1, course)
    bulk.issue()
    ended = Credential.objects.get()
    Credential.objects.filter(pk=ended.pk).update(state="revoked", live_key=None, end_reason="staff")
    ended.pk, ended.uuid, ended.state, ended.end_reason = None, uuid.uuid4(), "abandoned", "never_signed"
    ended.live_key = ended.status_index = ended.status_list = ended.batch = None
    ended.save(force_insert=True)
    again = bulk.issue()
    assert (again.issued, again.refused) == (0, 1)
    assert [one.code for one in batches.refusals(again.uuid)] == ["ended_before"]


def test_whoever_is_told_to_begin_a_part_issues_new_awards_first(course):
    learners(2, course)
    large, award = bulk.order(), bulk.order(origin="award")
    [part] = batches.open_parts(large)
    worked = batches.Worker().work_on(part)
    # The award's went first: the other found both credentials there.
    assert (batches.look(award).issued, worked.held, batches.look(award).state) == (2, 2, "done")
    [own] = batches.open_parts(again := bulk.order(origin="award"))
    assert batches.Worker().work_on(own).batch_uuid == again
