"""Documents are written from an outline and values as they would be without; outlines that were damaged are refused."""

import json
import random

import base58
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.core.templates import Outline
from openedx_verifiable_credentials.core.templates import escape
from openedx_verifiable_credentials.core.templates import multibase
from openedx_verifiable_credentials.exceptions import CompositionError
from tests import signed
from tests import templating

SIGNER = signed.signer()
DOCUMENT = templating.unsigned(OBV3_VC2)
SLOTS = templating.slots_of(DOCUMENT)
TEMPLATE = templating.compiled(DOCUMENT, SLOTS, v.EDDSA_RDFC_2022, SIGNER)
OUTLINE = TEMPLATE.outline
SMALL = Outline((b'{"a":"', b'","b":"', b'"}'), (0, 1), ("created", "proofValue"))


@given(value=templating.texts)
def test_a_value_is_escaped_as_it_is_written(value):
    assert b'"' + escape(value) + b'"' == json_text.write(value)
    assert json.loads(b'"' + escape(value) + b'"') == value


def test_a_value_that_would_end_its_text_does_not():
    assert escape('","admin":"') == b'\\",\\"admin\\":\\"'
    written = SMALL.write([escape('","admin":"'), b"z"])
    assert json.loads(written) == {"a": '","admin":"', "b": "z"}


@pytest.mark.parametrize("suite", templating.PROFILE_OF)
@given(data=st.data())
def test_what_was_stored_is_written_again(suite, data):
    document = templating.unsigned(templating.PROFILE_OF[suite])
    slots = templating.slots_of(document)
    texts = [data.draw(templating.texts) for _ in slots]
    template = TEMPLATES[suite]
    loaded = Outline.load(template.outline.dump())
    assert loaded == template.outline
    written = loaded.write([*map(escape, texts), b"2026-11-22T10:00:00Z", b"z1"])
    reading = json.loads(written)
    proof = reading.pop("proof")
    assert reading == templating.filled(document, slots, texts)
    proof = proof[0] if isinstance(proof, list) else proof
    assert (proof["created"], proof["proofValue"]) == ("2026-11-22T10:00:00Z", "z1")
    assert json_text.write(json.loads(written)) == written


TEMPLATES = {
    suite: templating.compiled(document, templating.slots_of(document), suite, SIGNER)
    for suite, document in ((suite, templating.unsigned(profile)) for suite, profile in templating.PROFILE_OF.items())
}


def test_an_outline_holds_nothing_that_differs():
    dumped = OUTLINE.dump().decode()
    for slot in SLOTS:
        for path in slot.paths:
            node = DOCUMENT
            for step in path:
                node = node[step]
            assert node not in dumped or len(node) < 3, slot.name
    assert "slot0x" not in dumped


def test_one_document_has_one_outline_whatever_stood_in_its_slots():
    values = templating.random_values(SLOTS, random.Random(30))
    again = templating.compiled(templating.filled(DOCUMENT, SLOTS, values), SLOTS, v.EDDSA_RDFC_2022, SIGNER)
    assert again.outline == OUTLINE
    assert again.outline.dump() == OUTLINE.dump()
    other = templating.compiled({**DOCUMENT, "name": "Other"}, SLOTS, v.EDDSA_RDFC_2022, SIGNER)
    assert other.outline.dump() != OUTLINE.dump()


@pytest.mark.parametrize("values", [[], [b"1"], [b"1", b"2", b"3"]])
def test_there_is_one_value_for_each_slot(values):
    assert SMALL.write([b"1", b"2"]) == b'{"a":"1","b":"2"}'
    with pytest.raises(ValueError):
        SMALL.write(values)


def damaged():
    version, slots, order, pieces = json.loads(SMALL.dump())
    yield from ([], {}, None, 7, "text", [version], [version, slots, order], [version, slots, order, pieces, 1])
    yield [2, slots, order, pieces]
    yield from ([version, slots, bad, pieces] for bad in ([0], [0, 2], [0, -1], [0, 0], [0, True], [0, 1.0], [0, "1"]))
    yield from ([version, slots, order, bad] for bad in (pieces[:-1], [*pieces, ""], [*pieces[:-1], 7], "abc", None))
    yield from ([version, bad, order, pieces] for bad in (slots[::-1], slots[:1], [*slots, "a"], [7, 8], "ab", None))
    yield [version, ["created", "created"], order, pieces]


@pytest.mark.parametrize("members", list(damaged()), ids=lambda members: json.dumps(members)[:60])
def test_a_damaged_outline_is_refused(members):
    assert Outline.load(SMALL.dump()) == SMALL
    assert refused(json.dumps(members, separators=(",", ":")).encode()) == "malformed_outline"


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"\xff", b"null", b"[" * 100_000, SMALL.dump() + b" ", b" " + SMALL.dump(), SMALL.dump()[:-1],
     SMALL.dump().replace(b"[1,", b"[1.0,", 1), SMALL.dump().replace(b"created", b"creat\\u0065d"), None, 7, "text",
     SMALL.dump().decode()],
    ids=lambda raw: repr(raw)[:24],
)  # fmt: skip
def test_what_is_no_outline_is_refused(raw):
    assert refused(raw) == "malformed_outline"


def refused(raw):
    with pytest.raises(CompositionError) as refusal:
        Outline.load(raw)
    return refusal.value.code


def test_an_outline_is_read_from_any_bytes():
    assert Outline.load(memoryview(OUTLINE.dump())) == OUTLINE
    assert Outline.load(bytearray(OUTLINE.dump())) == OUTLINE


# Proof values


@given(signature=st.binary(min_size=64, max_size=64))
def test_a_proof_value_is_that_of_the_library(signature):
    assert multibase.proof_value(signature) == b"z" + base58.b58encode(signature)


@pytest.mark.parametrize("zeros", range(65))
@pytest.mark.parametrize("filler", [b"\x01", b"\xff", b":"])
def test_zeros_at_the_start_of_a_signature_are_ones(zeros, filler):
    signature = bytes(zeros) + filler * (64 - zeros)
    assert multibase.proof_value(signature) == b"z" + base58.b58encode(signature)


@pytest.mark.parametrize("power", range(88))
@pytest.mark.parametrize("off", [-1, 0, 1])
def test_powers_of_58_and_their_neighbours_are_written_right(power, off):
    number = 58**power + off
    if number >= 2**512:
        number = 2**512 - 1
    signature = number.to_bytes(64, "big")
    assert multibase.proof_value(signature) == b"z" + base58.b58encode(signature)
