"""Whoever signs with a key that pays for anchors, and whoever retires it, wait for each other."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.db import transaction
from django.utils import timezone

from openedx_verifiable_credentials.api import anchor_keys
from openedx_verifiable_credentials.exceptions import AnchoringError
from openedx_verifiable_credentials.flows.steps.anchoring import accounts
from openedx_verifiable_credentials.models import AnchorKey
from tests.flows.test_anchor_keys import CHAIN
from tests.flows.test_anchor_keys import FIRST
from tests.flows.test_anchor_keys import SECOND

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]
A_WHILE = 1


def rotate():
    anchor_keys.rotate_anchor_key(SECOND, CHAIN)


def revoke():
    anchor_keys.revoke_anchor_key(FIRST.address, timezone.now())


@pytest.mark.parametrize("retire", [rotate, revoke])
def test_a_key_is_retired_before_or_after_it_signs_and_not_meanwhile(retire):
    anchor_keys.publish_anchor_key(FIRST, CHAIN)
    account = accounts.get_account(FIRST, CHAIN, timezone.now())
    done = threading.Event()

    def retire_it():
        try:
            retire()
        finally:
            done.set()
            connection.close()

    other = threading.Thread(target=retire_it)
    with transaction.atomic():
        accounts.lock(account)
        other.start()
        assert not done.wait(A_WHILE)
        assert AnchorKey.objects.get(address=FIRST.address).retired_at is None
    other.join(20)
    assert done.is_set()
    assert AnchorKey.objects.get(address=FIRST.address).retired_at is not None
    with pytest.raises(AnchoringError, match="key_retired"), transaction.atomic():
        accounts.lock(account)


def test_two_keys_sign_on_one_chain_one_after_the_other_since_they_share_what_a_day_may_cost():
    first = accounts.get_account(FIRST, CHAIN, timezone.now())
    second = accounts.get_account(SECOND, CHAIN, timezone.now())
    tried, done = threading.Event(), threading.Event()

    def sign():
        try:
            with transaction.atomic():
                tried.set()
                accounts.lock(second)
            done.set()
        finally:
            connection.close()

    other = threading.Thread(target=sign)
    with transaction.atomic():
        accounts.lock(first)
        other.start()
        assert tried.wait(20)
        assert not done.wait(A_WHILE)
    other.join(20)
    assert done.is_set()
