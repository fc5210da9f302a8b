"""The challenge of an offer can be made again with the offer key, and by nobody without it."""

import base64
import datetime
import hashlib
import hmac
import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openedx_verifiable_credentials.core.challenges import challenge_for
from openedx_verifiable_credentials.data import Secret
from tests.wallet import make_wallet

KEY = Secret(b"\x01" * 32)
OFFER = UUID("6f2c1e0a-3c3d-4a51-9d5e-0b6ad2a7f1c4")
CREATED = datetime.datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=datetime.UTC)
MICROSECOND = datetime.timedelta(microseconds=1)
moments = st.datetimes(min_value=datetime.datetime(1970, 1, 1), timezones=st.just(datetime.UTC))


def test_a_challenge_has_one_value_for_ever():
    # Links and QR codes that are out there depend on it.
    assert challenge_for(KEY, OFFER, CREATED) == "gVpiMb4RO9USNUhOkCzDwSmujD0T_tSrE9e4IeJnGu0"


def test_it_is_hmac_sha256_over_the_offer_and_its_microsecond():
    microseconds = int(CREATED.timestamp()) * 1_000_000 + CREATED.microsecond
    message = OFFER.bytes + microseconds.to_bytes(8, "big")
    digest = hmac.new(b"\x01" * 32, message, hashlib.sha256).hexdigest()
    challenge = challenge_for(KEY, OFFER, CREATED)
    wallet = make_wallet(b"\x03" * 32)
    assert len(challenge) == 43
    assert wallet.present(challenge)["proof"]["challenge"] == challenge
    padded = challenge.replace("-", "+").replace("_", "/") + "="
    assert base64.b64decode(padded).hex() == digest


@given(key=st.binary(min_size=32, max_size=32), offer=st.uuids(), created=moments)
def test_it_is_the_same_every_time_and_safe_in_any_address(key, offer, created):
    challenge = challenge_for(Secret(key), offer, created)
    assert challenge == challenge_for(Secret(key), offer, created)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", challenge)


@given(offer=st.uuids(), created=moments, key=st.binary(min_size=32, max_size=32))
def test_every_other_offer_moment_and_key_has_another_one(offer, created, key):
    challenges = [
        challenge_for(Secret(key), offer, created),
        challenge_for(Secret(key), UUID(int=offer.int ^ 1), created),
        challenge_for(Secret(bytes([key[0] ^ 1]) + key[1:]), offer, created),
        challenge_for(Secret(key), offer, created - MICROSECOND if created.year > 1970 else created + MICROSECOND),
    ]
    assert len(set(challenges)) == len(challenges)


def test_the_same_moment_in_another_zone_is_the_same_challenge():
    zone = datetime.timezone(datetime.timedelta(hours=-7))
    assert challenge_for(KEY, OFFER, CREATED.astimezone(zone)) == challenge_for(KEY, OFFER, CREATED)


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(TypeError):
        challenge_for(KEY, OFFER, CREATED.replace(tzinfo=None))
