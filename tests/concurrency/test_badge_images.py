"""The same picture uploaded by many at once is one row, and everybody gets it; on MariaDB."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from openedx_verifiable_credentials.api import badge_images
from openedx_verifiable_credentials.models import BadgeImage
from tests import badges
from tests.concurrency.test_claims import at_once

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]
PARALLEL = 20


@pytest.mark.parametrize("atomic", [False, True])
def test_many_at_once_make_one_row(atomic):
    """Also inside transactions that have read before the others wrote, as the admin's have."""
    raw = badges.png()

    def upload(_number: int) -> Any:
        if not atomic:
            return badge_images.keep_picture(raw).pk
        with transaction.atomic():
            assert BadgeImage.objects.count() in (0, 1)
            return badge_images.keep_picture(raw).pk

    results = at_once(upload, PARALLEL)
    assert set(results) == {BadgeImage.objects.get().pk}


def test_others_pictures_do_not_wait_for_each_other():
    pictures = [badges.png("L", colour=number) for number in range(PARALLEL)]
    results = at_once(lambda number: badge_images.keep_picture(pictures[number]).pk, PARALLEL)
    assert len(set(results)) == BadgeImage.objects.count() == PARALLEL
