"""The keys that pay for anchors: published once, replaced when nothing is on its way, revoked since a moment."""

from __future__ import annotations

import dataclasses
import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import PublicFormat
from django.utils import timezone

from openedx_verifiable_credentials.api import anchor_keys
from openedx_verifiable_credentials.core import accounts
from openedx_verifiable_credentials.exceptions import AnchoringError
from openedx_verifiable_credentials.models import AnchorAccount
from openedx_verifiable_credentials.models import AnchorBatch
from openedx_verifiable_credentials.models import AnchorKey
from openedx_verifiable_credentials.models import Event
from tests.anchor_rows import add_batch

pytestmark = pytest.mark.django_db
CHAIN = 84_532
HOUR = datetime.timedelta(hours=1)


@dataclasses.dataclass(frozen=True)
class Signer:
    """The public half of the account of a private key, which is a small number."""

    public_key: bytes
    address: str

    def sign(self, call):
        raise AssertionError("nothing is signed here")


def signer(secret):
    public = ec.derive_private_key(secret, ec.SECP256K1()).public_key()
    point = public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    return Signer(point, accounts.address_of(point))


FIRST, SECOND = signer(1), signer(2)


def keys():
    return {key.address: key for key in anchor_keys.list_anchor_keys()}


def code_for(call, *arguments):
    with pytest.raises(AnchoringError) as refusal:
        call(*arguments)
    return refusal.value.code


def sent(state, by, **changes):
    batch = add_batch(state)
    account = AnchorAccount.objects.get(key__address=by.address)
    AnchorBatch.objects.filter(pk=batch.pk).update(account=account, **changes)
    return batch


def test_there_is_none_until_one_is_published():
    assert keys() == {}
    assert anchor_keys.publish_anchor_key(FIRST, CHAIN) == FIRST.address
    (found,) = keys().values()
    assert (found.address, found.public_key_multibase) == (FIRST.address, accounts.multikey(FIRST.public_key))
    assert (found.expires, found.revoked, found.chain_ids) == (None, None, {CHAIN})
    assert found.created <= timezone.now()


def test_publishing_again_changes_nothing_and_another_chain_is_added():
    anchor_keys.publish_anchor_key(FIRST, CHAIN)
    (before,) = keys().values()
    anchor_keys.publish_anchor_key(FIRST, CHAIN)
    assert keys() == {FIRST.address: before}
    anchor_keys.publish_anchor_key(FIRST, 8453)
    assert keys()[FIRST.address].chain_ids == {CHAIN, 8453}


def test_a_signer_whose_address_is_not_its_keys_is_refused():
    assert code_for(anchor_keys.publish_anchor_key, Signer(FIRST.public_key, SECOND.address), CHAIN) == "key_mismatch"
    assert keys() == {}


def test_another_key_takes_the_place_of_the_one_before_which_stays_listed():
    anchor_keys.publish_anchor_key(FIRST, CHAIN)
    assert anchor_keys.rotate_anchor_key(SECOND, CHAIN) == [FIRST.address]
    found = keys()
    assert list(found) == [SECOND.address, FIRST.address], "newest first"
    assert found[SECOND.address].expires is None
    assert found[FIRST.address].expires > found[FIRST.address].created
    assert found[FIRST.address].revoked is None
    event = Event.objects.latest("pk")
    assert (event.kind, event.ids) == ("anchor_key.rotated", {"key": SECOND.address, "before": [FIRST.address]})
    assert code_for(anchor_keys.rotate_anchor_key, FIRST, CHAIN) == "key_retired"
    assert code_for(anchor_keys.publish_anchor_key, FIRST, CHAIN) == "key_retired"


@pytest.mark.parametrize("state", ["signed", "broadcast", "mined", "safe"])
def test_while_anything_is_on_its_way_the_key_before_has_no_end(state):
    anchor_keys.publish_anchor_key(FIRST, CHAIN)
    batch = sent(state, FIRST)
    anchor_keys.rotate_anchor_key(SECOND, CHAIN)
    assert AnchorKey.objects.get(address=FIRST.address).retired_at is not None
    assert keys()[FIRST.address].expires is None
    AnchorBatch.objects.filter(pk=batch.pk).update(state="finalized")
    assert keys()[FIRST.address].expires is not None


def test_what_a_retired_key_has_sent_is_before_its_end_and_the_end_is_said_once_that_is_final():
    anchor_keys.publish_anchor_key(FIRST, CHAIN)
    batch = sent("mined", FIRST, block_time=timezone.now())
    anchor_keys.rotate_anchor_key(SECOND, CHAIN)
    assert keys()[FIRST.address].expires is None
    # A reorganisation puts the transaction into a later block.
    later = timezone.now() + HOUR
    AnchorBatch.objects.filter(pk=batch.pk).update(block_time=later, state="finalized")
    assert keys()[FIRST.address].expires == later + datetime.timedelta(seconds=1)
    AnchorBatch.objects.filter(pk=batch.pk).update(block_time=later - 2 * HOUR)
    retired_at = AnchorKey.objects.get(address=FIRST.address).retired_at
    assert keys()[FIRST.address].expires == retired_at + datetime.timedelta(seconds=1)


def test_a_revoked_key_says_since_when_and_pays_for_nothing_more():
    anchor_keys.publish_anchor_key(FIRST, CHAIN)
    now = timezone.now()
    anchor_keys.revoke_anchor_key(accounts.checksummed(FIRST.address), now - HOUR)
    assert keys()[FIRST.address].revoked == now - HOUR
    assert AnchorKey.objects.get().retired_at is not None
    assert Event.objects.latest("pk").kind == "anchor_key.revoked"
    assert code_for(anchor_keys.publish_anchor_key, FIRST, CHAIN) == "key_retired"
    anchor_keys.revoke_anchor_key(FIRST.address, now)
    assert keys()[FIRST.address].revoked == now - HOUR, "never later"
    anchor_keys.revoke_anchor_key(FIRST.address, now - 2 * HOUR)
    assert keys()[FIRST.address].revoked == now - 2 * HOUR


def test_what_is_no_key_and_what_is_not_yet_is_refused():
    anchor_keys.publish_anchor_key(FIRST, CHAIN)
    assert code_for(anchor_keys.revoke_anchor_key, SECOND.address, timezone.now()) == "no_such_key"
    assert code_for(anchor_keys.revoke_anchor_key, FIRST.address, timezone.now() + HOUR) == "bad_date"
    assert keys()[FIRST.address].revoked is None
