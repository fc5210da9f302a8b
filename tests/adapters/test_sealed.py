"""What is encrypted at rest opens with its key in its place, and with nothing else; secrets never show."""

import base64
import copy
import dataclasses
import json
import logging
import pickle
import pprint
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openedx_verifiable_credentials.adapters import local_keys
from openedx_verifiable_credentials.adapters import sealed
from openedx_verifiable_credentials.adapters.local_keys import LocalSigner
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.exceptions import ConfigurationError

KEY = Secret(bytes(range(32)))
OTHER = Secret(bytes(range(1, 33)))
CANARY = b"canary-0123456789-abcdefghijklmn"


def configured(**keys):
    return sealed.KeyEncryptionKeys({name: base64.b64encode(key.reveal()).decode() for name, key in keys.items()})


def refuses(call, *arguments):
    with pytest.raises(ConfigurationError) as refusal:
        call(*arguments)
    return str(refusal.value)


@given(value=st.binary(max_size=200), bound_to=st.binary(max_size=40))
def test_what_is_sealed_opens_again(value, bound_to):
    box = sealed.seal(KEY, Secret(value), bound_to)
    assert sealed.unseal(KEY, box, bound_to).reveal() == value
    assert sealed.unseal(KEY, memoryview(box), bound_to).reveal() == value
    assert len(box) == 12 + len(value) + 16
    assert len(value) < 8 or value not in box


@given(
    value=st.binary(max_size=60), bound_to=st.binary(max_size=20), where=st.integers(0, 10_000), bit=st.integers(0, 7)
)
def test_a_changed_bit_another_key_or_another_place_does_not_open(value, bound_to, where, bit):
    box = sealed.seal(KEY, Secret(value), bound_to)
    flipped = bytearray(box)
    flipped[where % len(box)] ^= 1 << bit
    refuses(sealed.unseal, KEY, bytes(flipped), bound_to)
    refuses(sealed.unseal, OTHER, box, bound_to)
    refuses(sealed.unseal, KEY, box, bound_to + b"x")
    refuses(sealed.unseal, KEY, box + b"\x00", bound_to)


@pytest.mark.parametrize("size", range(30))
def test_a_truncated_value_does_not_open(size):
    box = sealed.seal(KEY, Secret(b"ab"), b"")
    assert sealed.unseal(KEY, box, b"").reveal() == b"ab"
    refuses(sealed.unseal, KEY, box[:size], b"")


@pytest.mark.parametrize("size", [0, 1, 15, 31, 33])
def test_a_key_of_the_wrong_size_does_not_open(size):
    refuses(sealed.unseal, Secret(bytes(size)), sealed.seal(KEY, Secret(b"x"), b""), b"")


def test_every_sealed_value_has_a_nonce_of_its_own():
    boxes = [sealed.seal(KEY, Secret(b"same"), b"same") for _ in range(2000)]
    assert len({box[:12] for box in boxes}) == len({box[12:] for box in boxes}) == len(boxes)


def test_keys_and_seeds_are_fresh_and_of_their_size():
    for make in (sealed.generate_key, local_keys.generate_seed):
        made = {make().reveal() for _ in range(50)}
        assert len(made) == 50
        assert {len(key) for key in made} == {32}


def test_the_first_key_encrypts_and_every_key_decrypts():
    before = configured(old=KEY)
    name, box = before.seal(Secret(b"value"), b"row 1")
    assert name == before.current == "old"
    rotated = configured(new=OTHER, old=KEY)
    assert rotated.current == "new"
    assert rotated.unseal(name, box, b"row 1").reveal() == b"value"
    new_name, new_box = rotated.seal(Secret(b"value"), b"row 1")
    assert new_name == "new"
    assert configured(new=OTHER).unseal(new_name, new_box, b"row 1").reveal() == b"value"
    refuses(rotated.unseal, "new", box, b"row 1")
    refuses(rotated.unseal, name, box, b"row 2")


def test_a_key_that_is_gone_is_named_so_that_the_operator_can_bring_it_back():
    name, box = configured(old=KEY).seal(Secret(b"value"), b"")
    assert "'old'" in refuses(configured(new=OTHER).unseal, name, box, b"")
    assert "vc_generate_kek" in refuses(sealed.KeyEncryptionKeys, {})


@pytest.mark.parametrize(
    "value",
    [
        "",
        "not base64!",
        base64.b64encode(bytes(31)).decode(),
        base64.b64encode(bytes(33)).decode(),
        base64.b64encode(bytes(32)).decode() + "\n",
        " " + base64.b64encode(bytes(32)).decode(),
        base64.b64encode(bytes(32)).decode().rstrip("="),
        base64.urlsafe_b64encode(b"\xff" * 32).decode(),
        bytes(32).hex(),
        "é" * 44,
        None,
        7,
        ["a"],
    ],
    ids=repr,
)
def test_a_malformed_key_is_named_but_not_shown(value):
    message = refuses(sealed.KeyEncryptionKeys, {"good": base64.b64encode(bytes(32)).decode(), "mine": value})
    assert "'mine'" in message
    assert not value or str(value) not in message


@dataclasses.dataclass
class Holding:
    """Something that holds a secret."""

    secret: Secret
    name: str = "x"


def shown(secret):
    """What a secret looks like everywhere something may be written."""
    signer = LocalSigner("did:example:1", secret)
    yield from (repr(secret), str(secret), f"{secret}", f"{secret!r}", f"{secret!a}", pprint.pformat([secret]))
    yield from (repr(Holding(secret)), repr([secret]), repr({"k": secret}), pprint.pformat(Holding(secret)))
    yield from (repr(signer), str(signer), repr(configured(k=secret)), repr(vars(signer)))
    yield logging.LogRecord("x", 10, "x", 1, "%s %r", (secret, secret), None).getMessage()
    try:
        raise ValueError(secret)
    except ValueError as error:
        yield from traceback.TracebackException.from_exception(error, capture_locals=True).format()


def test_a_secret_never_shows():
    secret = Secret(CANARY)
    assert secret.reveal() == CANARY
    text = "\n".join(shown(secret))
    assert "Secret(…)" in text
    for form in (
        CANARY.decode(),
        CANARY.hex(),
        base64.b64encode(CANARY).decode(),
        repr(CANARY)[2:-1],
        str(list(CANARY))[1:40],
    ):
        assert form not in text


@pytest.mark.parametrize(
    "leak", [pickle.dumps, copy.copy, copy.deepcopy, json.dumps, dict, list, bytes, lambda value: format(value, "x")]
)
def test_a_secret_cannot_be_copied_or_written_elsewhere(leak):
    with pytest.raises(TypeError) as refusal:
        leak(Secret(CANARY))
    assert "canary" not in str(refusal.value)
    with pytest.raises(TypeError):
        pickle.dumps(Holding(Secret(CANARY)))
    with pytest.raises(AttributeError):
        vars_of = Secret(CANARY).__dict__
        assert not vars_of


def test_a_failure_to_open_shows_neither_key_nor_value():
    box = sealed.seal(Secret(CANARY), Secret(CANARY), b"")
    try:
        sealed.unseal(Secret(CANARY), box, b"other")
    except ConfigurationError as error:
        text = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "canary" not in text
    assert CANARY.hex() not in text


def test_a_local_key_signs_for_the_method_it_names():
    signer = LocalSigner("did:example:1", Secret(CANARY))
    assert dids.read_multikey(signer.method.public_key_multibase) == local_keys.public_key(Secret(CANARY))
    assert signer.sign(b"x") == signer.sign(b"x") != signer.sign(b"y")
