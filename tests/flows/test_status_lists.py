"""Places in status lists: what they cost, how a list follows another, what is in the way of handing them out."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db import transaction
from django.utils import timezone

from openedx_verifiable_credentials.api.means import get_means
from openedx_verifiable_credentials.core import status_list as core
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.flows.steps import status_lists
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import PublishedList
from openedx_verifiable_credentials.models import StatusList
from tests import asking
from tests import faults

pytestmark = pytest.mark.django_db
PROFILE = "obv3-vc1"


def allocate(issuer: Any, count: int = 1) -> list[status_lists.Place]:
    return status_lists.allocate(get_means(), issuer, PROFILE, count)


def statements_for(issuer: Any, count: int = 1) -> list[str]:
    """The first word of each statement."""
    with asking.capture() as captured:
        assert len(allocate(issuer, count)) == count
    return [sql.split()[0] for sql in asking.data_statements(captured)]


def credential_at(place: status_lists.Place) -> Credential:
    return Credential(status_list=place.status_list, status_index=place.index)


def revoked() -> set[int]:
    bits = bytes(StatusList.objects.get().bits)
    return {index for index in range(len(bits) * 8) if bits[index >> 3] and core.get_bit(bits, index)}


class TestCost:
    def test_it_is_the_same_for_one_place_and_for_thousands_and_when_nearly_all_are_taken(self, issuer):
        allocate(issuer)
        assert statements_for(issuer) == ["UPDATE", "SELECT"]
        assert statements_for(issuer, 5000) == ["UPDATE", "SELECT"]
        StatusList.objects.update(capacity=core.MIN_LENGTH, allocated=core.MIN_LENGTH - 8)
        for _ in range(8):
            assert statements_for(issuer) == ["UPDATE", "SELECT"]
        assert statements_for(issuer) == ["UPDATE", "SELECT", "UPDATE", "INSERT"]
        assert statements_for(issuer) == ["UPDATE", "SELECT"]

    def test_the_bits_are_not_read(self, issuer):
        allocate(issuer)
        with asking.capture() as captured:
            allocate(issuer)
        assert not [sql for sql in asking.data_statements(captured) if '"bits"' in sql or "`bits`" in sql]

    def test_every_place_of_a_whole_list_is_another(self, issuer):
        allocate(issuer)
        StatusList.objects.update(capacity=core.MIN_LENGTH)
        places = allocate(issuer, core.MIN_LENGTH - 1)
        assert len({place.index for place in places}) == core.MIN_LENGTH - 1
        assert len({place.status_list.pk for place in places}) == 1


class TestFollowing:
    """A list that is full is closed; the next is opened with the places that were asked for beyond it."""

    def test_places_of_two_lists_for_one_request(self, issuer):
        allocate(issuer)
        StatusList.objects.update(capacity=10)
        places = allocate(issuer, 12)
        first, second = StatusList.objects.order_by("pk")
        assert (first.allocated, first.open_key) == (10, None)
        assert (second.allocated, second.open_key) == (3, f"{issuer.pk}:{PROFILE}")
        assert [place.status_list.pk for place in places] == [first.pk] * 9 + [second.pk] * 3

    def test_more_places_than_a_list_has(self, issuer, settings):
        settings.OPENEDX_VC_STATUS_LIST_FILL_PERCENT = 1
        assert len({(place.status_list.pk, place.index) for place in allocate(issuer, 3000)}) == 3000
        assert list(StatusList.objects.order_by("pk").values_list("allocated", flat=True)) == [1310, 1310, 380]
        assert len(allocate(issuer, 1)) == 1

    def test_none_are_wanted(self, issuer):
        assert allocate(issuer, 0) == []
        assert not StatusList.objects.exists()

    @pytest.mark.parametrize("capacity", [0, 3, 5, core.MIN_LENGTH + 8])
    def test_a_capacity_that_somebody_changed_by_hand_does_no_harm(self, issuer, capacity):
        first = allocate(issuer, 5)
        StatusList.objects.update(capacity=capacity, allocated=core.MIN_LENGTH - 3 if capacity > 5 else 5)
        places = allocate(issuer, 9)
        old, new = StatusList.objects.order_by("pk")
        assert len({(place.status_list.pk, place.index) for place in places}) == 9
        left = 3 if capacity > 5 else 0
        assert [place.status_list.pk for place in places] == [old.pk] * left + [new.pk] * (9 - left)
        assert (old.open_key, old.allocated) == (None, core.MIN_LENGTH if capacity > 5 else 5)
        assert len(first) == 5

    def test_each_profile_and_issuer_has_its_own(self, issuer):
        one = allocate(issuer)
        [other] = status_lists.allocate(get_means(), issuer, "obv3-vc2")
        assert one[0].status_list.pk != other.status_list.pk

    def test_credentials_can_be_suspended_as_soon_as_the_setting_says_so_and_no_longer(self, issuer, settings):
        [before] = allocate(issuer)
        settings.OPENEDX_VC_SUSPENSION = True
        [during] = allocate(issuer)
        settings.OPENEDX_VC_SUSPENSION = False
        [after] = allocate(issuer)
        purposes = [[entry["statusPurpose"] for entry in place.entries(issuer)] for place in (before, during, after)]
        assert purposes == [["revocation"], ["revocation", "suspension"], ["revocation"]]
        assert after.status_list.pk == before.status_list.pk

    def test_whether_a_list_can_be_fetched_is_known(self, issuer):
        from openedx_verifiable_credentials.flows.steps import publishing

        [place] = allocate(issuer)
        assert not place.is_published
        publishing.publish(get_means(), place.status_list)
        assert PublishedList.objects.count() == 2
        assert allocate(issuer)[0].is_published
        StatusList.objects.update(capacity=3)
        assert [place.is_published for place in allocate(issuer, 2)] == [True, False]


class TestTrouble:
    def test_without_the_key_encryption_key_nothing_is_spent(self, issuer, settings):
        allocate(issuer)
        kept = settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS
        settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS = {"another": kept["tests-only"]}
        with pytest.raises(ConfigurationError):
            allocate(issuer)
        settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS = kept
        assert StatusList.objects.get().allocated == 1

    def test_a_database_that_is_busy_is_asked_again_and_then_given_up(self, issuer):
        allocate(issuer)
        with faults.at_statement("UPDATE", make_error=faults.locked) as seen:
            assert len(allocate(issuer)) == 1
        assert len(seen) == 2
        with connection.execute_wrapper(_always_locked), pytest.raises(TransientError) as refusal:
            allocate(issuer)
        assert refusal.value.code == "busy"
        assert StatusList.objects.get().allocated == 2

    @pytest.mark.django_db(transaction=True)
    def test_inside_a_transaction_that_may_be_undone_none_are_handed_out(self, issuer):
        allocate(issuer)
        with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
            allocate(issuer)
        assert StatusList.objects.get().allocated == 1


def _always_locked(execute: Any, sql: str, *arguments: Any) -> Any:
    if sql.startswith("UPDATE"):
        raise faults.locked()
    return execute(sql, *arguments)


class TestMarks:
    def test_revoked_are_those_that_were_named(self, issuer):
        places = allocate(issuer, 5)
        before = timezone.now()
        with transaction.atomic():
            status_lists.mark_revoked([credential_at(place) for place in places[:3]], before)
        row = StatusList.objects.get()
        assert revoked() == {place.index for place in places[:3]}
        assert (row.bits_version, row.changed_at) == (1, before)
        assert bytes(row.suspension_bits or b"") == b""

    def test_what_is_revoked_already_changes_nothing(self, issuer):
        credentials = [credential_at(place) for place in allocate(issuer, 2)]
        status_lists.mark_revoked(credentials, timezone.now())
        StatusList.objects.update(changed_at=None)
        status_lists.mark_revoked(credentials[:1], timezone.now())
        row = StatusList.objects.get()
        assert (row.bits_version, row.changed_at) == (1, None), "no list is signed anew for that"

    def test_the_first_of_several_changes_says_how_long_they_wait(self, issuer):
        one, two = (credential_at(place) for place in allocate(issuer, 2))
        first = timezone.now()
        status_lists.mark_revoked([one], first)
        status_lists.mark_revoked([two], timezone.now())
        assert StatusList.objects.get().changed_at == first

    def test_a_suspension_can_be_lifted_and_touches_no_revocation(self, issuer, settings):
        settings.OPENEDX_VC_SUSPENSION = True
        one, two = (credential_at(place) for place in allocate(issuer, 2))
        status_lists.mark_revoked([one], timezone.now())
        status_lists.mark_suspended([one, two], True, timezone.now())
        status_lists.mark_suspended([two], False, timezone.now())
        row = StatusList.objects.get()
        assert revoked() == {one.status_index}
        assert bytes(row.suspension_bits) == core.with_bits(core.empty_bits(row.length), [one.status_index])
        assert row.bits_version == 3

    def test_credentials_of_before_there_were_lists_are_left_out(self, issuer):
        [place] = allocate(issuer)
        status_lists.mark_revoked([Credential(), credential_at(place)], timezone.now())
        assert revoked() == {place.index}

    def test_statements_do_not_depend_on_how_many_are_marked(self, issuer):
        credentials = [credential_at(place) for place in allocate(issuer, 500)]
        counts = []
        for some in (credentials[:1], credentials[1:]):
            with asking.capture() as captured:
                status_lists.mark_revoked(some, timezone.now())
            counts.append(len(asking.data_statements(captured)))
        assert counts == [3, 3]
