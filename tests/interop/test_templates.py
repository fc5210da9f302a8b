"""
What templates sign verifies elsewhere, whatever the learner is called, and nothing that was changed does. Of
``eddsa-jcs-2022`` our verifier for browsers is asked, which shares no code with what signs.
"""

from __future__ import annotations

import dataclasses
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.templates import Slot
from openedx_verifiable_credentials.core.templates import SlotKind
from tests import awards
from tests import properties
from tests import signed
from tests import templating
from tests.frontend import building
from tests.interop import judges
from tests.interop.parity.making import Case

pytestmark = [pytest.mark.node, pytest.mark.slow]
SIGNER = signed.signer()
EVERYTHING = dataclasses.replace(awards.EVERYTHING, email=True, grade=True)
# How many of each shape; 500 in all.
COUNT = 125
_PIECES = [text for text in properties.SNIPPETS if not {"\x00", "\r", "\ud83d"} & set(text)]


def cases(suite: str, terms: Any, entries: int) -> Iterator[tuple[str, bytes]]:
    """By id, which ends with whether it is good: each credential, and the same one with one value changed."""
    document = templating.unsigned(templating.PROFILE_OF[suite], terms, entries=entries)
    slots, choose = templating.slots_of(document), random.Random(f"{suite} {entries}")
    template = templating.compiled(document, slots, suite, SIGNER)
    press = template.at(templating.CREATED)
    for number in range(COUNT):
        written = press.sign([_value(slot, choose) for slot in slots], SIGNER.sign)
        yield f"{suite} {entries} {number} good", template.outline.write(written)
        at = choose.randrange(len(written))
        written[at] = _changed(written[at], is_date=b"T" in written[at] and len(written[at]) == 20)
        yield f"{suite} {entries} {number} changed in {template.outline.slots[at]}", template.outline.write(written)


def _value(slot: Slot, choose: random.Random) -> str:
    if slot.kind is SlotKind.TEXT:
        return "".join(choose.choices(_PIECES, k=3)).replace("\t", "") + choose.randbytes(4).hex()
    (value,) = templating.random_values([slot], choose)
    return value


def _changed(value: bytes, is_date: bool) -> bytes:
    """Its last character is another one; of a date, a second."""
    at = -2 if is_date else -1
    other = b"1" if value[at : len(value) + at + 1] != b"1" else b"2"
    return value[:at] + other + value[len(value) + at + 1 :]


SHAPES = [
    (v.EDDSA_RDFC_2022, templating.BULK, 1),
    (v.EDDSA_RDFC_2022, EVERYTHING, 2),
    (v.ED25519_SIGNATURE_2020, templating.BULK, 1),
    (v.EDDSA_JCS_2022, templating.BULK, 0),
]


def test_what_templates_sign_verifies_in_another_library_and_what_was_changed_does_not(tmp_path: Path):
    made = [(case, raw.decode()) for shape in SHAPES for case, raw in cases(*shape)]
    with judges.digitalbazaar(made, {}, tmp_path) as answers:
        verdicts = answers()
    wrong = {
        case: verdict["detail"] for case, verdict in verdicts.items() if verdict["verified"] != case.endswith("good")
    }
    assert wrong == {}
    assert len(verdicts) == len(made) == 2 * COUNT * len(SHAPES)


def test_what_templates_sign_in_canonical_json_verifies_in_browsers_and_what_was_changed_does_not():
    made = list(cases(v.EDDSA_JCS_2022, templating.BULK, 0))
    reports = building.judge(Case(case, raw).line() for case, raw in made)
    verdicts = {case: report["verdict"] for (case, _), report in zip(made, reports, strict=True)}
    assert verdicts == {case: "valid" if case.endswith("good") else "invalid" for case, _ in made}
    assert len(verdicts) == 2 * COUNT
    assert json.loads(made[0][1])["proof"][0]["cryptosuite"] == v.EDDSA_JCS_2022
