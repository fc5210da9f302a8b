"""When lists are published, what happens to those that cannot be, and what two publishers do to each other."""

from __future__ import annotations

import datetime
import logging
import random
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.db import connection
from django.db.models import F
from django.utils import timezone
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from openedx_verifiable_credentials import tasks
from openedx_verifiable_credentials.adapters.own_suites import OwnSuites
from openedx_verifiable_credentials.api import issuers
from openedx_verifiable_credentials.api import publishing
from openedx_verifiable_credentials.core.status_list import ListForm
from openedx_verifiable_credentials.exceptions import StatusListError
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import IssuerKey
from openedx_verifiable_credentials.models import PublishedList
from openedx_verifiable_credentials.models import StatusList
from tests import asking
from tests import faults
from tests import lists

pytestmark = pytest.mark.django_db(transaction=True)
LIFETIME = timedelta(days=3)


def due() -> dict[str, str]:
    """Why each list is due, by uuid, in order."""
    return {str(one.uuid): str(one.reason) for one in publishing.plan().due}


def published() -> tuple[int, int, int]:
    """What a run counts: published, waiting, failed."""
    result = publishing.publish_due()
    return result.published, result.waiting, result.failed


def errors(caplog) -> list[logging.LogRecord]:
    """Our own lines that are errors."""
    ours = [record for record in caplog.records if record.name.startswith("openedx_verifiable_credentials")]
    return [record for record in ours if record.levelno >= logging.ERROR]


@pytest.fixture(name="credentials")
def make_credentials(issuer):
    """Four in one list, which is published."""
    rows = lists.add_credentials(issuer, 4)
    lists.publish(rows[0].status_list)
    return rows


@pytest.fixture(name="row")
def the_list(credentials):
    """Their list."""
    return credentials[0].status_list


class TestWhenItIsDue:
    def test_a_list_that_was_never_published(self, issuer):
        rows = lists.add_credentials(issuer)
        assert due() == {str(rows[0].status_list.uuid): "not published yet"}
        assert published() == (1, 0, 0)
        assert due() == {}

    def test_changes_gather(self, credentials, row):
        lists.revoke(credentials[0])
        assert (due(), published()) == ({}, (0, 1, 0))
        StatusList.objects.update(changed_at=timezone.now() - timedelta(seconds=61))
        lists.revoke(credentials[1])
        assert due() == {str(row.uuid): "changed"}
        assert published() == (1, 0, 0)
        assert lists.served_indices(row) == {one.status_index for one in credentials[:2]}
        assert StatusList.objects.get().changed_at is None

    def test_or_they_do_not(self, settings, credentials, row):
        lists.revoke(credentials[0])
        assert publishing.publish_due(now=True) == publishing.Published(1, 0, 0)
        settings.OPENEDX_VC_STATUS_COALESCE_SECONDS = 0
        lists.revoke(credentials[1])
        assert published() == (1, 0, 0)
        assert lists.served_indices(row) == {one.status_index for one in credentials[:2]}

    def test_revoking_again_changes_nothing(self, credentials, row):
        lists.revoke(credentials[0])
        publishing.publish_due(now=True)
        lists.revoke(credentials[0])
        assert publishing.publish_due(now=True) == publishing.Published(0, 0, 0)
        assert lists.versions(row) == {2}

    @pytest.mark.parametrize(("left", "reason"), [(0.51, None), (0.49, "half of its lifetime is over"), (-1, "half")])
    def test_half_of_its_lifetime(self, row, left, reason):
        PublishedList.objects.update(valid_until=timezone.now() + LIFETIME * left)
        assert [why[:4] for why in due().values()] == ([reason[:4]] if reason else [])

    def test_a_shorter_or_longer_lifetime_counts_from_now_on(self, settings, row):
        for seconds, why in ((86_400, "signed while"), (10 * 86_400, "half of its")):
            settings.OPENEDX_VC_STATUS_LIST_LIFETIME_SECONDS = seconds
            assert [reason[:12].strip() for reason in due().values()] == [why[:12].strip()]
            assert published() == (1, 0, 0)
            assert due() == {}

    def test_a_form_that_is_missing(self, row):
        PublishedList.objects.filter(form="revocation-2021").delete()
        assert due() == {str(row.uuid): "a form is missing"}
        assert published() == (1, 0, 0)
        assert lists.served_indices(row, ListForm.REVOCATION_2021) == set()

    @pytest.mark.parametrize("field", ["document", "gzipped", "sha256"])
    def test_a_document_that_is_damaged(self, row, caplog, field):
        good = lists.get(row).content
        damage = {"sha256": "0" * 64} if field == "sha256" else {field: b"junk"}
        PublishedList.objects.filter(form="revocation").update(**damage)
        assert due() == {str(row.uuid): "stored document damaged"}
        assert published() == (1, 0, 0)
        assert lists.get(row).json()["id"] in good.decode()
        assert due() == {}

    def test_a_new_key(self, row, issuer):
        old = IssuerKey.objects.get()
        IssuerKey.objects.update(signs=None, retired_at=timezone.now())
        assert due() == {}, "the old one goes on signing lists where no other is"
        fresh = issuers.create_issuer(issuers.NewIssuer(name="Other", slug="other")).keys.get()
        IssuerKey.objects.filter(pk=fresh.pk).update(issuer=issuer)
        assert due() == {str(row.uuid): "signed with another key than it is now"}
        IssuerKey.objects.filter(pk=fresh.pk).update(signs=None, compromised_since=old.created)
        assert due() == {}

    def test_everything_where_that_is_asked_for(self, row):
        assert publishing.publish_due(everything=True) == publishing.Published(1, 0, 0)
        assert lists.versions(row) == {2}

    def test_what_changed_comes_first(self, issuer, settings):
        rows = []
        for slug in ("a", "b", "c", "d"):
            other = issuers.create_issuer(issuers.NewIssuer(name=slug, slug=slug))
            rows.append(lists.add_credentials(other)[0])
        for one in rows[:3]:
            lists.publish(one.status_list)
        PublishedList.objects.filter(status_list=rows[0].status_list).update(valid_until=timezone.now())
        lists.revoke(rows[1], ago=timedelta(minutes=5))
        lists.revoke(rows[2], ago=timedelta(minutes=9))
        order = [rows[2], rows[1], rows[3], rows[0]]
        assert list(due()) == [str(one.status_list.uuid) for one in order]

    def test_planning_takes_as_many_queries_for_many_lists(self, issuer, row):
        with asking.capture() as few:
            publishing.plan()
        for number in range(4):
            other = issuers.create_issuer(issuers.NewIssuer(name="x", slug=f"x{number}"))
            lists.publish(lists.add_credentials(other)[0].status_list)
        with asking.capture() as many:
            publishing.plan()
        assert len(few) == len(many)


class TestClocks:
    def test_a_list_that_was_signed_while_the_clock_was_ahead_is_signed_again(self, row):
        ahead = timezone.now() + timedelta(days=400)
        PublishedList.objects.update(valid_from=ahead, valid_until=ahead + LIFETIME, published_at=ahead)
        assert due() == {str(row.uuid): "signed while the clock was ahead, or for longer than it is now"}
        assert published() == (1, 0, 0)
        assert lists.versions(row) == {2}, "the version rises although the time went back"
        assert due() == {}

    def test_so_is_one_that_changed_then(self, credentials, row):
        lists.revoke(credentials[0], ago=-timedelta(days=400))
        assert due() == {str(row.uuid): "changed"}

    def test_seconds_between_two_servers_do_not_matter(self, row):
        PublishedList.objects.update(valid_until=timezone.now() + LIFETIME + timedelta(seconds=20))
        assert due() == {}


class TestFailures:
    @pytest.fixture(name="two")
    def two_lists(self, issuer):
        """Changed lists of two issuers."""
        other = issuers.create_issuer(issuers.NewIssuer(name="Other", slug="other", is_default=False))
        rows = [lists.add_credentials(one)[0] for one in (issuer, other)]
        for one in rows:
            lists.publish(one.status_list)
            lists.revoke(one, ago=timedelta(minutes=5))
        return rows

    def test_one_list_that_fails_stops_no_other(self, two, caplog):
        IssuerKey.objects.filter(issuer__slug="default").update(sealed_with="gone")
        assert published() == (1, 0, 1)
        [line] = errors(caplog)
        assert str(two[0].status_list.uuid) in line.getMessage()
        assert "'gone' is in use but not configured" in line.getMessage()
        assert line.exc_info is None
        assert lists.served_indices(two[0].status_list) == set()
        assert lists.served_indices(two[1].status_list) == {two[1].status_index}

    @pytest.mark.parametrize(
        "damage", [{"bits": b""}, {"bits": b"\x00"}, {"bits": b"\x00" * 32_768}, {"profile_id": "obv3-vc9"}]
    )
    def test_a_row_that_is_damaged_stops_no_other(self, two, caplog, damage):
        StatusList.objects.filter(pk=two[0].status_list_id).update(**damage)
        assert published() == (1, 0, 1)
        assert [line.exc_info for line in errors(caplog)] == [None]
        assert lists.get(two[0].status_list).status_code == 200

    def test_a_database_that_refuses_one_list_stops_no_other(self, two, caplog):
        def too_large():
            return OperationalError(1153, "Got a packet bigger than 'max_allowed_packet' bytes")

        with faults.at_statement('UPDATE "openedx_verifiable_credentials_publishedlist"', make_error=too_large):
            assert published() == (1, 0, 1)
        assert "the database refused it" in errors(caplog)[0].getMessage()
        assert published() == (1, 0, 0)

    def test_what_nobody_foresaw_stops_no_other(self, two, settings, caplog):
        settings.OPENEDX_VC_SECURER = "tests.securers.Crashing"
        assert published() == (0, 0, 2)
        settings.OPENEDX_VC_SECURER = "tests.lists.Down"
        assert published() == (0, 0, 2)
        del settings.OPENEDX_VC_SECURER
        assert published() == (2, 0, 0)

    @pytest.mark.parametrize("name", ["WithAnotherKey", "InAnotherKeysName", "OfAnotherDocument", "WithAnotherPurpose"])
    def test_a_signature_that_is_wrong_is_never_served(self, two, settings, name):
        before = [lists.get(one.status_list).content for one in two]
        settings.OPENEDX_VC_SECURER = f"tests.securers.{name}"
        assert published() == (0, 0, 2)
        assert [lists.get(one.status_list).content for one in two] == before

    def test_while_the_signer_is_down_the_last_good_list_is_up_until_its_end(self, two, settings):
        row = two[0].status_list
        before = lists.get(row).content
        IssuerKey.objects.update(sealed_with="gone")
        assert published() == (0, 0, 2)
        assert lists.get(row).content == before
        PublishedList.objects.update(valid_until=timezone.now())
        publishing.status.forget([row.uuid])
        assert published() == (0, 0, 2)
        assert asking.refusal(lists.get(row)) == (503, "status_list_expired")
        IssuerKey.objects.update(sealed_with="tests-only")
        assert published() == (2, 0, 0)
        assert lists.served_indices(row) == {two[0].status_index}

    def test_a_revocation_is_never_taken_back(self, two, caplog):
        publishing.publish_due()
        row = two[0].status_list
        StatusList.objects.filter(pk=row.pk).update(bits=bytes(16_384), changed_at=timezone.now(), bits_version=9)
        assert publishing.publish_due(now=True).failed == 1
        assert "would_unrevoke" in errors(caplog)[0].getMessage()
        assert lists.served_indices(row) == {two[0].status_index}
        PublishedList.objects.filter(status_list=row, form="revocation").update(document=b"damaged")
        with pytest.raises(StatusListError, match="would_unrevoke"):
            lists.publish(row)

    def test_publish_now_counts_what_failed_and_leaves_it_waiting(self, two, settings):
        settings.OPENEDX_VC_SECURER = "tests.lists.Down"
        assert publishing.publish_now([two[0].status_list_id]) == publishing.Published(0, 0, 1)
        del settings.OPENEDX_VC_SECURER
        assert published() == (2, 0, 0)

    def test_damaged_bits_are_in_no_revocations_way(self, two, caplog):
        StatusList.objects.update(bits=b"damaged")
        further = lists.add_credentials(two[0].issuer)[0]
        lists.revoke(further)
        assert Credential.objects.get(pk=further.pk).state == "revoked"
        assert "vc_publish_status --rebuild" in errors(caplog)[0].getMessage()


class TestTwoPublishers:
    @pytest.fixture(autouse=True)
    def meanwhile(self, settings):
        settings.OPENEDX_VC_SECURER = lists.PATH + "Meanwhile"
        yield
        lists.Meanwhile.work = None

    def test_the_stale_one_loses(self, credentials, row):
        lists.revoke(credentials[0])

        def another_with_more():
            lists.revoke(credentials[1])
            assert lists.publish(row) is True

        lists.Meanwhile.work = another_with_more
        assert lists.publish(row) is False
        assert lists.versions(row) == {2}
        assert lists.served_indices(row) == {one.status_index for one in credentials[:2]}

    def test_one_that_knows_more_than_the_faster_one_goes_on(self, credentials, row):
        """Who lost to an older state has not been heard yet: a revocation at once is at once."""
        lists.revoke(credentials[0])
        now = StatusList.objects.get()

        def one_that_looked_before_the_revocation_is_faster():
            StatusList.objects.update(bits=bytes(16_384), bits_version=now.bits_version - 1)
            assert lists.publish(row) is True
            StatusList.objects.update(bits=now.bits, bits_version=now.bits_version, changed_at=now.changed_at)

        lists.Meanwhile.work = one_that_looked_before_the_revocation_is_faster
        assert lists.publish(row) is True
        assert lists.versions(row) == {3}
        assert lists.served_indices(row) == {credentials[0].status_index}

    def test_a_bit_that_is_set_while_we_sign_waits_for_the_next_time(self, credentials, row):
        lists.revoke(credentials[0])
        lists.Meanwhile.work = lambda: lists.revoke(credentials[1])
        assert publishing.publish_due(now=True) == publishing.Published(1, 0, 0)
        assert lists.served_indices(row) == {credentials[0].status_index}
        assert StatusList.objects.get().changed_at is not None
        assert publishing.publish_due(now=True) == publishing.Published(1, 0, 0)
        assert lists.served_indices(row) == {one.status_index for one in credentials[:2]}

    def test_overtaken_counts_as_done(self, credentials, row):
        lists.revoke(credentials[0], ago=timedelta(minutes=5))
        lists.Meanwhile.work = lambda: lists.publish(row)
        assert published() == (1, 0, 0)
        assert lists.versions(row) == {2}

    @pytest.mark.parametrize("change", ["a revocation", "a suspension"])
    def test_one_that_publishes_between_two_looks_of_another_is_not_taken_back(self, settings, issuer, change):
        settings.OPENEDX_VC_SUSPENSION = True
        [credential] = lists.add_credentials(issuer)
        row = credential.status_list
        lists.publish(row)
        looks: list[str] = []

        def meanwhile(execute, sql, params, many, context):
            found = execute(sql, params, many, context)
            if sql.startswith("SELECT"):
                looks.append(sql)
                if len(looks) == 1:
                    (lists.revoke if change == "a revocation" else lists.suspend)(credential)
                    assert lists.publish(row) is True
            return found

        with connection.execute_wrapper(meanwhile):
            assert lists.publish(row) is False
        form = ListForm.REVOCATION if change == "a revocation" else ListForm.SUSPENSION
        assert lists.served_indices(row, form) == {credential.status_index}
        assert StatusList.objects.get().changed_at is None

    def test_a_lock_that_is_not_to_be_had_is_tried_again(self, credentials, row):
        lists.revoke(credentials[0])
        with faults.at_statement('UPDATE "openedx_verifiable_credentials_statuslist"', make_error=faults.locked):
            assert lists.publish(row) is True
        assert lists.served_indices(row) == {credentials[0].status_index}


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ('UPDATE "openedx_verifiable_credentials_statuslist"', 1),
        ('UPDATE "openedx_verifiable_credentials_publishedlist"', 1),
        ('UPDATE "openedx_verifiable_credentials_publishedlist"', 2),
        ('UPDATE "openedx_verifiable_credentials_statuslist"', 2),
    ],
)
def test_a_power_cut_leaves_all_forms_of_one_version(credentials, row, statement, number):
    before = [lists.get(row, form).content for form in (ListForm.REVOCATION, ListForm.REVOCATION_2021)]
    lists.revoke(credentials[0], ago=timedelta(minutes=5))
    with pytest.raises(faults.PowerCut), faults.at_statement(statement, number):
        publishing.publish_due()
    assert [lists.get(row, form).content for form in (ListForm.REVOCATION, ListForm.REVOCATION_2021)] == before
    assert published() == (1, 0, 0)
    assert lists.versions(row) == {2}
    for form in (ListForm.REVOCATION, ListForm.REVOCATION_2021):
        assert lists.served_indices(row, form) == {credentials[0].status_index}


def test_the_task_does_what_the_command_does(credentials):
    lists.revoke(credentials[0], ago=timedelta(minutes=5))
    assert tasks.publish_status() == 1
    assert tasks.publish_status() == 0


class TestSuspension:
    def test_it_comes_and_goes(self, settings, issuer):
        settings.OPENEDX_VC_SUSPENSION = True
        rows = lists.add_credentials(issuer, 2)
        row = rows[0].status_list
        lists.publish(row)
        lists.suspend(*rows)
        publishing.publish_due(now=True)
        lists.suspend(rows[0], suspended=False)
        publishing.publish_due(now=True)
        for form in (ListForm.SUSPENSION, ListForm.SUSPENSION_2021):
            assert lists.served_indices(row, form) == {rows[1].status_index}
        assert lists.served_indices(row) == set()

    def test_switching_it_on_or_off_takes_another_list(self, settings, issuer):
        without = lists.add_credentials(issuer)[0].status_list
        settings.OPENEDX_VC_SUSPENSION = True
        having = lists.add_credentials(issuer)[0].status_list
        assert (without.suspends, having.suspends) == (False, True)
        assert lists.add_credentials(issuer)[0].status_list == having
        settings.OPENEDX_VC_SUSPENSION = False
        assert lists.add_credentials(issuer)[0].status_list == without
        assert StatusList.objects.filter(open_key__isnull=False).count() == 2

    def test_a_credential_without_such_an_entry_cannot_be_suspended(self, issuer):
        rows = lists.add_credentials(issuer)
        lists.publish(rows[0].status_list)
        lists.suspend(*rows)
        assert due() == {}


def test_a_long_list_full_of_revocations_can_be_published(settings, issuer):
    settings.OPENEDX_VC_STATUS_LIST_LENGTH = 1 << 20
    row = lists.add_credentials(issuer)[0].status_list
    noise = random.Random(1).randbytes(1 << 17)
    StatusList.objects.update(bits=noise)
    assert lists.publish(row) is True
    assert len(lists.get(row).content) > 64 * 1024
    assert lists.indices(lists.get(row).json(), ListForm.REVOCATION)


class TestAnyHistory(TestCase):
    """Versions rise, revocations stay, whatever comes in whatever order."""

    KINDS = st.sampled_from(("revoke", "suspend", "lift", "publish", "fail", "damage"))
    STEPS = st.lists(st.tuples(KINDS, st.integers(0, 5)), max_size=12)

    @given(STEPS)
    @hypothesis_settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
    def test_any_history(self, steps):
        from django.test import override_settings

        with override_settings(OPENEDX_VC_SUSPENSION=True):
            issuer = issuers.create_issuer(issuers.NewIssuer(name="Example University"))
            rows = lists.add_credentials(issuer, 6)
            row = rows[0].status_list
            lists.publish(row)
            revoked: set[int] = set()
            suspended: set[int] = set()
            version, seen = 1, set()
            for step, number in steps:
                one = rows[number]
                if step == "revoke":
                    lists.revoke(one)
                    revoked.add(one.status_index)
                elif step in ("suspend", "lift"):
                    lists.suspend(one, suspended=step == "suspend")
                    (suspended.add if step == "suspend" else suspended.discard)(one.status_index)
                elif step == "damage":
                    PublishedList.objects.filter(form=list(ListForm)[number % 4]).update(gzipped=b"")
                elif step == "fail":
                    with override_settings(OPENEDX_VC_SECURER="tests.lists.Down"):
                        publishing.publish_due(everything=True)
                else:
                    publishing.publish_due(everything=True)
                    version += 1
                    assert lists.served_indices(row) == revoked
                    assert lists.served_indices(row, ListForm.SUSPENSION_2021) == suspended
                assert lists.versions(row) == {version}
                now_seen = lists.served_indices(row, ListForm.REVOCATION_2021)
                assert seen <= now_seen <= revoked
                seen = now_seen


def test_times_are_those_that_were_signed(row):
    for stored in PublishedList.objects.all():
        document = lists.get(row, ListForm(stored.form)).json()
        until = datetime.datetime.fromisoformat(document["expirationDate"])
        assert until == stored.valid_until
        assert until - datetime.datetime.fromisoformat(document["issuanceDate"]) == LIFETIME


def test_after_a_restore_no_place_is_handed_out_twice(issuer):
    """A backup, two more credentials, the backup again: what those two have, nobody else gets."""
    row = lists.add_credentials(issuer)[0].status_list
    backup = StatusList.objects.values("allocated", "open_key").get()
    lost = {(credential.status_list_id, credential.status_index) for credential in lists.add_credentials(issuer, 2)}
    Credential.objects.exclude(status_list=row, pk=Credential.objects.earliest("pk").pk).delete()
    StatusList.objects.filter(pk=row.pk).update(**backup)
    again = lists.add_credentials(issuer)
    assert (row.pk, again[0].status_index) in lost, "so it would be"
    list(publishing.rebuild(dry_run=True))
    assert StatusList.objects.get().open_key is not None
    list(publishing.rebuild())
    new = {(credential.status_list_id, credential.status_index) for credential in lists.add_credentials(issuer, 2)}
    assert not new & lost
    assert {pk for pk, _ in new} != {row.pk}


class Restless(OwnSuites):
    """While a list is signed another publisher puts the state before this one in place, and one more is revoked."""

    waiting: list[Credential] = []

    def secure(self, document, **kwargs):
        if "BitstringStatusListCredential" in document["type"]:
            now = StatusList.objects.get().bits_version
            PublishedList.objects.update(version=F("version") + 1, bits_version=now - 1)
            lists.revoke(self.waiting.pop())
        return super().secure(document, **kwargs)


def test_a_publisher_does_not_chase_what_changes_after_it_began(settings, issuer):
    rows = lists.add_credentials(issuer, 20)
    row = rows[0].status_list
    lists.publish(row)
    lists.revoke(rows[0])
    Restless.waiting = rows[1:]
    settings.OPENEDX_VC_SECURER = f"{__name__}.Restless"
    assert lists.publish(row) is False, "what was asked for is served by another"
    assert len(Restless.waiting) == 17, "at the second look"
    assert StatusList.objects.get().changed_at is not None, "what came since is the next publication's"
    del settings.OPENEDX_VC_SECURER
    assert lists.publish(row) is True
    assert lists.served_indices(row) == {one.status_index for one in rows if one not in Restless.waiting}
