"""Whatever graph a document makes, whatever is a slot in it: a template signs what the whole way signs, or refuses."""

import collections
import json
import os

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.anchoring import Cover
from openedx_verifiable_credentials.core.anchoring import leaf_of
from openedx_verifiable_credentials.core.templates import Slot
from openedx_verifiable_credentials.core.templates import SlotKind
from openedx_verifiable_credentials.exceptions import CompositionError
from tests import signed
from tests import templating
from tests import trees

SIGNER = signed.signer()
EXAMPLES = 4000 if os.environ.get("OVC_THOROUGH") else 300
CONTEXT = [
    v.CREDENTIALS_V2,
    {
        "says": "https://example.org/says",
        "dated": {"@id": "https://example.org/dated", "@type": "https://example.org/date"},
        "sees": {"@id": "https://example.org/sees", "@type": "@id"},
        "has": "https://example.org/has",
        "is": "https://example.org/is",
    },
]
KINDS = {"says": SlotKind.TEXT, "dated": SlotKind.PLAIN, "sees": SlotKind.IRI, "id": SlotKind.IRI}
# Few and short, so that they meet; one is often the beginning of another.
iris = st.sampled_from(("urn:a", "urn:a#", "urn:a!", "urn:aa", "urn:b", "urn:b:1"))
says = st.sampled_from(("", "a", "b", '"a"', "a\nb", "é", "_:a", "a\\"))
dates = st.sampled_from(("1", "2", "3"))
OF_KIND = {SlotKind.TEXT: says, SlotKind.PLAIN: dates, SlotKind.IRI: iris}


def one_or_more(values):
    return st.one_of(values, st.lists(values, min_size=2, max_size=3, unique_by=repr))


def nodes(inner):
    members = {"id": iris, "says": one_or_more(says), "dated": dates, "sees": one_or_more(iris)}
    return st.fixed_dictionaries({}, optional={**members, "has": one_or_more(inner), "is": inner}).filter(bool)


leaves = st.fixed_dictionaries({}, optional={"id": iris, "says": says, "dated": dates}).filter(bool)
documents = nodes(st.recursive(leaves, nodes, max_leaves=5)).map(
    lambda members: {"@context": CONTEXT, "type": ["VerifiableCredential"], **members, "id": "urn:document"}
)


def places(document):
    """The paths of all texts of a kind, with the kind."""
    for path in trees.paths(document):
        name = next((step for step in reversed(path) if isinstance(step, str)), None)
        if name in KINDS and isinstance(trees.at(document, path), str):
            yield path, KINDS[name]


@st.composite
def shapes(draw):
    document = draw(documents)
    found = list(places(document))
    numbers = draw(st.lists(st.integers(0, 3), min_size=len(found), max_size=len(found)))
    # 0: the same in all documents; else the slot of that number, of one kind.
    slots = collections.defaultdict(list)
    for (path, kind), number in zip(found, numbers, strict=True):
        if number:
            slots[f"{kind} {number}", kind].append(path)
    return document, [Slot(name, kind, tuple(paths)) for (name, kind), paths in slots.items()]


def judged(document, slots, draw):
    """What becomes of a shape, and of three documents of it."""
    try:
        template = templating.compiled(document, slots, v.EDDSA_RDFC_2022, SIGNER)
    except CompositionError as refusal:
        assert refusal.code == "not_templatable"
        yield "shape refused"
        return
    for _ in range(3):
        values = [draw(OF_KIND[slot.kind]) for slot in slots]
        try:
            raw = templating.signed_by(template, values, SIGNER)
        except CompositionError as refusal:
            assert refusal.code == "not_templatable"
            yield "values refused"
            continue
        assert raw == templating.whole_way(templating.filled(document, slots, values), v.EDDSA_RDFC_2022, SIGNER)
        yield "signed"
        pressed = template.at(templating.CREATED).press(values, SIGNER.sign)
        assert template.leaves(Cover.PROOF)(pressed) == leaf_of(json.loads(raw), Cover.PROOF)


def test_a_template_signs_what_the_whole_way_signs_or_refuses():
    seen = collections.Counter()

    @settings(max_examples=EXAMPLES)
    @given(shape=shapes(), data=st.data())
    def judge(shape, data):
        seen.update(judged(*shape, data.draw))

    judge()
    assert seen["signed"] > EXAMPLES / 2
    assert seen["values refused"] > EXAMPLES / 40
    assert seen["shape refused"] > EXAMPLES / 40
