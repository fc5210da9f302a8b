"""Publishers, revocations and readers at once: versions rise, no bit is lost, every answer is a whole, good list."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta
from typing import Any

import pytest

from openedx_verifiable_credentials.api import publishing
from openedx_verifiable_credentials.core.status_list import ListForm
from openedx_verifiable_credentials.models import PublishedList
from tests import lists
from tests.concurrency.test_claims import at_once

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]


@pytest.fixture(name="credentials")
def make_credentials(issuer):
    """Many in one list, which is published."""
    rows = lists.add_credentials(issuer, 60)
    lists.publish(rows[0].status_list)
    return rows


def test_of_publishers_at_once_each_version_is_one_publication(credentials):
    row = credentials[0].status_list
    lists.revoke(credentials[0])
    wins = at_once(lambda _: lists.publish(row), 12)
    assert set(wins) <= {True, False}, wins
    assert lists.versions(row) == {1 + wins.count(True)}
    assert lists.served_indices(row) == {credentials[0].status_index}


def test_after_a_revocation_and_publish_now_it_is_served_whoever_else_publishes(credentials, settings):
    settings.OPENEDX_VC_STATUS_CACHE_SECONDS = 0
    row = credentials[0].status_list

    def revoke_and_look(number: int) -> Any:
        one = credentials[number]
        lists.revoke(one)
        result = publishing.publish_now([row.pk])
        return result.failed == 0 and one.status_index in lists.served_indices(row)

    results = at_once(revoke_and_look, 10)
    assert results == [True] * 10
    assert lists.served_indices(row) == {one.status_index for one in credentials[:10]}


def test_readers_never_see_less_than_before_nor_half_of_anything(credentials, settings):
    settings.OPENEDX_VC_STATUS_CACHE_SECONDS = 0
    row = credentials[0].status_list
    revoking = iter(credentials)
    numbers = itertools.count()

    def work(number: int) -> Any:
        if number < 4:
            for _ in range(15):
                lists.revoke(next(revoking), ago=timedelta(minutes=5))
            return True
        if number < 8:
            return all(publishing.publish_due().failed == 0 for _ in range(8))
        seen: set[int] = set()
        form = list(ListForm)[2 * (next(numbers) % 2)]
        for _ in range(15):
            response = lists.get(row, form, HTTP_ACCEPT_ENCODING="identity")
            now = lists.indices(json.loads(response.content), form)
            if response.status_code != 200 or not seen <= now:
                return (response.status_code, seen - now)
            seen = now
        return True

    assert at_once(work, 12) == [True] * 12
    publishing.publish_due(now=True)
    expected = {one.status_index for one in credentials}
    for form in (ListForm.REVOCATION, ListForm.REVOCATION_2021):
        assert lists.served_indices(row, form) == expected
    assert len(set(PublishedList.objects.values_list("version", flat=True))) == 1
