"""What the service awards becomes a credential without anybody asking, where policies want it, and nowhere else."""

from __future__ import annotations

import datetime

import pytest
from credentials.apps.core.models import User
from credentials.apps.credentials.models import UserCredential
from django.core import serializers
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from waffle.models import Switch

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials.api import awarding
from openedx_verifiable_credentials.api.means import get_means
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.flows.steps.bulk import awards
from openedx_verifiable_credentials.models import Batch
from openedx_verifiable_credentials.models import BatchChunk
from openedx_verifiable_credentials.models import ClaimPolicy
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import HostChange
from openedx_verifiable_credentials.models import NewAward
from tests import bulk
from tests import faults
from tests import policies
from tests import seed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def course(ready):
    return seed.make_course(ready)


@pytest.fixture
def policy(ready):
    """Everything of the site is issued on award."""
    return policies.make_policy("site", ready.pk, on_award=True)


def award(course, name="ada", **more):
    """A certificate of a new learner."""
    return seed.award(seed.make_learner(name, "Ada Lovelace"), course, **more)


def waiting():
    """The certificates that wait, and when each is looked at."""
    return dict(NewAward.objects.values_list("certificate_uuid", "not_before"))


def turn(active):
    """The switch, by its model's own save: it is kept in a cache."""
    switch = Switch.objects.get()
    switch.active = active
    switch.save()
    switch.flush()


def ordered_and_issued():
    """What a worker makes of new awards."""
    found = awarding.drain()
    bulk.work()
    return found


def test_an_award_becomes_a_credential_that_nobody_asked_for(policy, course):
    certificate = award(course)
    assert waiting().keys() == {certificate.uuid}
    assert not Batch.objects.exists(), "nothing else is done in the service's transaction"
    assert ordered_and_issued() == awarding.Drained(ordered=1)
    row = Credential.objects.get()
    assert (row.certificate_uuid, row.is_bound, row.profile_id) == (certificate.uuid, False, "obv3-vc2")
    batch = Batch.objects.get()
    assert (batch.origin, batch.state, batch.mail, batch.selected) == ("award", "done", False, 1)
    assert not waiting()


def test_nothing_is_noted_where_no_policy_wants_it(ready, course):
    policies.make_policy("organization", "ExampleX", on_award=False)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        award(course)
    assert not waiting()
    ours = [one["sql"] for one in seen.captured_queries if "openedx_verifiable" in one["sql"]]
    assert len(ours) == 1 and "claimpolicy" in ours[0]
    assert awarding.drain() == awarding.Drained()


def test_noting_costs_two_statements_of_ours(policy, course):
    learner = seed.make_learner("ada", "Ada Lovelace")
    with CaptureQueriesContext(connection) as seen:
        seed.award(learner, course)
    assert sum("openedx_verifiable" in one["sql"] for one in seen.captured_queries) == 2


def test_the_strictest_decides_when_it_is_looked_at(policy, course):
    certificate = award(course)
    policies.make_policy("course_run", course.course_id, on_award=False)
    assert awarding.drain() == awarding.Drained(dropped=1)
    assert not waiting() and not Batch.objects.exists()
    certificate.save()
    assert waiting().keys() == {certificate.uuid}, "some policy may still want it"


@pytest.mark.parametrize("says", [{"issuing": False}, {"profiles": "damaged"}])
def test_where_nothing_is_issued_nothing_is_ordered(policy, course, says):
    award(course)
    policies.make_policy("organization", "ExampleX", **says)
    assert awarding.drain() == awarding.Drained(dropped=1)


def test_a_final_policy_is_not_overruled(ready, course):
    policies.make_policy("site", ready.pk, on_award=False, final=True)
    policies.make_policy("course_run", course.course_id, on_award=True)
    award(course)
    assert awarding.drain() == awarding.Drained(dropped=1)


def test_one_that_is_not_visible_yet_is_looked_at_when_it_is(policy, ready):
    at = timezone.now() + datetime.timedelta(days=3)
    certificate = award(seed.make_course(ready, seed.CourseOptions(available=at)))
    assert awarding.drain() == awarding.Drained(postponed=1)
    assert waiting() == {certificate.uuid: at}
    assert awarding.drain() == awarding.Drained(), "it is not looked at again before"
    NewAward.objects.update(not_before=timezone.now())
    type(certificate.credential).objects.update(certificate_available_date=timezone.now())
    assert ordered_and_issued().ordered == 1
    assert Credential.objects.get().certificate_uuid == certificate.uuid


def test_what_nobody_knows_the_time_of_is_looked_at_each_day_for_a_year(policy, course):
    certificate = award(course)
    User.objects.all().delete()
    assert awarding.drain() == awarding.Drained(postponed=1)
    [at] = waiting().values()
    assert datetime.timedelta(hours=23) < at - timezone.now() <= datetime.timedelta(days=1)
    seed.make_learner("ada", "Ada Lovelace")
    NewAward.objects.update(not_before=timezone.now())
    assert ordered_and_issued().ordered == 1
    assert Credential.objects.get().certificate_uuid == certificate.uuid
    other = award(course, "bob")
    User.objects.filter(username="bob").delete()
    NewAward.objects.update(created=timezone.now() - datetime.timedelta(days=366))
    assert awarding.drain() == awarding.Drained(dropped=1), other.uuid


@pytest.mark.parametrize("what", ["revoked", "deleted", "retired"])
def test_what_is_over_by_then_is_forgotten(policy, course, what):
    certificate = award(course)
    if what == "revoked":
        certificate.revoke()
        assert HostChange.objects.count() == 1
    elif what == "deleted":
        certificate.delete()
    else:
        UserCredential.objects.update(username="retired__user_1")
    assert awarding.drain() == awarding.Drained(dropped=1)
    assert not Batch.objects.exists()


def test_awarded_again_it_is_issued_again(policy, course):
    certificate = award(course)
    certificate.revoke()
    awarding.drain()
    assert not waiting()
    certificate.status = "awarded"
    certificate.save()
    assert ordered_and_issued().ordered == 1
    assert Credential.objects.count() == 1


def test_saved_many_times_it_is_issued_once(policy, course):
    certificate = award(course)
    certificate.save()
    assert ordered_and_issued() == awarding.Drained(ordered=1, dropped=1)
    certificate.save()
    assert ordered_and_issued() == awarding.Drained(dropped=1)
    assert (Credential.objects.count(), Batch.objects.count()) == (1, 1)


def test_each_configuration_has_parts_of_its_own(policy, ready, course):
    other = seed.make_course(ready)
    for number in range(3):
        award((course, other)[number % 2], f"learner{number}")
    ordered_and_issued()
    parts = dict(BatchChunk.objects.values_list("configuration", "count"))
    assert parts == {f"course:{course.pk}": 2, f"course:{other.pk}": 1}


def test_the_rows_wait_while_the_switch_is_off(policy, course):
    award(course)
    turn(False)
    assert awarding.drain() == awarding.Drained()
    assert len(waiting()) == 1
    turn(True)
    assert awarding.drain().ordered == 1


def test_the_profile_and_the_mail_are_settings(policy, course, settings):
    settings.OPENEDX_VC_BULK_PROFILE, settings.OPENEDX_VC_MAIL_ON_AWARD = "obv3-vc1", True
    award(course)
    ordered_and_issued()
    assert (Credential.objects.get().profile_id, Batch.objects.get().mail) == ("obv3-vc1", True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BULK_PROFILE", "obv2"), ("BULK_PROFILE", None), ("MAIL_ON_AWARD", "yes"), ("MAILS_AT_ONCE", 0),
        ("MAILS_AT_ONCE", 10_001), ("MAIL_FROM", "nobody"), ("MAIL_FROM", "a@example.edu\nBcc: b@example.edu"),
        ("MAIL_FROM", "a@example.edu\n"),
    ],
)  # fmt: skip
def test_wrong_settings_are_told_by_name(policy, settings, name, value):
    setattr(settings, f"OPENEDX_VC_{name}", value)
    with pytest.raises(ConfigurationError, match=f"OPENEDX_VC_{name} must be"):
        for read in app_settings.READERS:
            read()


def test_fixtures_that_are_loaded_note_nothing(policy, course):
    certificate = award(course)
    NewAward.objects.all().delete()
    for loaded in serializers.deserialize("json", serializers.serialize("json", [certificate])):
        loaded.save()
    assert not waiting()


def test_an_award_is_saved_whatever_becomes_of_its_note(policy, course, caplog):
    with faults.without_table(NewAward):
        certificate = award(course)
    assert UserCredential.objects.filter(uuid=certificate.uuid).exists()
    assert f"The award of certificate {certificate.uuid} could not be noted" in caplog.text
    assert "ada" not in caplog.text.lower()


@pytest.mark.parametrize("at", ["DELETE FROM", "INSERT INTO", "COMMIT"])
def test_whoever_dies_loses_nothing_and_orders_nothing_twice(policy, course, at):
    certificate = award(course)
    starts = {
        "DELETE FROM": 'DELETE FROM "openedx_verifiable_credentials_newaward"',
        "INSERT INTO": 'INSERT INTO "openedx_verifiable_credentials_batchchunk"',
        "COMMIT": 'INSERT INTO "openedx_verifiable_credentials_event"',
    }[at]
    with pytest.raises(faults.PowerCut), faults.at_statement(starts):
        awarding.drain()
    assert (len(waiting()), Batch.objects.count()) == (1, 0)
    assert ordered_and_issued().ordered == 1
    assert Credential.objects.get().certificate_uuid == certificate.uuid


def test_who_is_too_late_orders_nothing(policy, course):
    """Two read the same rows; the second one finds some of them gone."""
    award(course)
    award(course, "bob")
    means = get_means()
    rows = awards.due(means.now(), 500)
    found = awards.sort(means, rows, "obv3-vc2")
    assert awarding.drain().ordered == 2
    with pytest.raises(awards.TakenError):
        awards.settle(rows, found, profile_id="obv3-vc2", mail=False, now=means.now())
    assert Batch.objects.count() == 1


def test_very_many_cost_a_constant_number_of_queries(policy, course):
    def queries(count, name):
        for number in range(count):
            award(course, f"{name}{number}")
        with CaptureQueriesContext(connection) as seen:
            assert awarding.drain().ordered == count
        return len(seen)

    queries(1, "warm")
    assert queries(3, "few") == queries(12, "many")


def test_any_policy_counts_whatever_it_speaks_about(ready, course):
    ClaimPolicy.objects.create(scope="organization", key="OtherX", on_award=True)
    award(course)
    assert len(waiting()) == 1
    assert awarding.drain() == awarding.Drained(dropped=1)
