"""
A canonicalisation template: everything about signing documents of one shape that need not be done again for each.

What comes out is what the whole way gives, byte for byte (:mod:`..canonical`, :mod:`..suites.rdf_proof`,
:func:`..json_text.write`). What a template cannot be sure of, it refuses: then the document goes the whole way.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from collections.abc import Sequence
from typing import Final
from typing import NamedTuple

from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core.templates import holes
from openedx_verifiable_credentials.core.templates.leaves import LeafOf
from openedx_verifiable_credentials.core.templates.leaves import Pressed
from openedx_verifiable_credentials.core.templates.leaves import compile_leaves
from openedx_verifiable_credentials.core.templates.multibase import proof_value
from openedx_verifiable_credentials.core.templates.outline import Outline
from openedx_verifiable_credentials.core.templates.proofs import Digest
from openedx_verifiable_credentials.core.templates.proofs import Proofs
from openedx_verifiable_credentials.core.templates.proofs import compile_digest
from openedx_verifiable_credentials.core.templates.slots import CREATED
from openedx_verifiable_credentials.core.templates.slots import PROOF_VALUE
from openedx_verifiable_credentials.core.templates.slots import Marked
from openedx_verifiable_credentials.core.templates.slots import Slot
from openedx_verifiable_credentials.core.templates.slots import mark
from openedx_verifiable_credentials.core.templates.slots import not_templatable
from openedx_verifiable_credentials.core.templates.values import Read
from openedx_verifiable_credentials.core.templates.values import reader
from openedx_verifiable_credentials.data import JsonObject

Attach = Callable[[JsonObject, JsonObject], JsonObject]
Sign = Callable[[bytes], bytes]
_HASH_BYTES: Final = 32


def compile_template(
    document: JsonObject, slots: Sequence[Slot], *, suite: str, attach: Attach, verification_method: str
) -> Template:
    """
    The template of all documents that differ from ``document``, which is unsigned, in ``slots`` only.

    ``suite`` is one of :mod:`..vocabulary`; ``attach`` puts a proof into a document, as
    :meth:`..profiles.CredentialProfile.attach` does; ``verification_method`` is a DID URL as the proof writes it.

    Raises CompositionError ``not_templatable`` for a shape about which a template cannot be sure; what canonicalising
    raises; KeyError for a suite that is not ours.
    """
    marked = mark(document, slots)
    proofs = Proofs(suite, verification_method, document.get("@context"))
    outline = _outline(marked, slots, proofs, attach)
    digest = compile_digest(suite, document, list(slots), marked)
    leaves = functools.partial(compile_leaves, suite, document, list(slots), marked, proofs=proofs)
    return Template(outline, reader(slots, marked.schemes), digest, proofs, leaves)


class Template:
    """Of one shape, one suite and one key. ``slots``: the names of what differs, in the order of values."""

    def __init__(
        self, outline: Outline, read: Read, digest: Digest, proofs: Proofs, leaves: Callable[[str], LeafOf]
    ):  # fmt: skip
        self.outline = outline
        self.slots = outline.slots[:-2]
        self._read = read
        self._digest = digest
        self._proofs = proofs
        self._compile_leaves = leaves
        self._leaves: dict[str, LeafOf] = {}

    def leaves(self, covers: str) -> LeafOf:
        """
        What gives the leaf (:func:`..anchoring.leaf_of`) of a document that a press has signed. ``covers``: a
        :class:`..anchoring.Cover`. Compiled when it is asked for first.

        Raises CompositionError ``not_templatable``, and what canonicalising raises.
        """
        if covers not in self._leaves:
            self._leaves[covers] = self._compile_leaves(covers)
        return self._leaves[covers]

    def at(self, created: str) -> Press:
        """
        For proofs made at ``created``, an XML Schema dateTime in UTC, to the second.

        Raises CompositionError ``not_templatable`` for any other text.
        """
        return Press(self._read, self._digest, self._proofs.hash(created), created)


class Filled(NamedTuple):
    """
    ``message``: the 64 bytes that are to be signed; ``written``: the values as :meth:`Outline.write` takes them, but
    for ``proofValue``; ``canonical``: those of the slots as they stand in canonical N-Quads.
    """

    message: bytes
    written: list[bytes]
    canonical: list[bytes]


class Press:
    """A template with all but the values."""

    def __init__(self, read: Read, digest: Digest, configuration: bytes, created: str):
        self._read = read
        self._digest = digest
        self._configuration = configuration
        self._created = created.encode("ascii")

    def fill(self, values: Sequence[str]) -> Filled:
        """
        What is to be signed of a document with ``values``.

        Raises CompositionError ``not_templatable`` for a value that its slot does not take, and for values with which
        two things of the document would be the same.
        """
        canonical, written = self._read(values)
        return Filled(self._configuration + self._digest(canonical), [*written, self._created], canonical)

    def sign(self, values: Sequence[str], sign: Sign) -> list[bytes]:
        """
        The values as :meth:`Outline.write` takes them, ``proofValue`` included. ``sign`` makes 64 bytes of 64.

        Raises as :meth:`fill` and as ``sign``.
        """
        return self.press(values, sign).written

    def press(self, values: Sequence[str], sign: Sign) -> Pressed:
        """The same, with all that a leaf is made of (:meth:`Template.leaves`). Raises as :meth:`sign`."""
        message, written, canonical = self.fill(values)
        value = proof_value(sign(message))
        written.append(value)
        return Pressed(written, [*canonical, self._created, value], message[_HASH_BYTES:])


def _outline(marked: Marked, slots: Sequence[Slot], proofs: Proofs, attach: Attach) -> Outline:
    signed = attach(marked.document, {**proofs.members(marked.created), "proofValue": marked.proof_value})
    marks = [*marked.marks, marked.created, marked.proof_value]
    pieces, order = holes.merge(holes.split(json_text.write(signed).decode("utf-8"), marks))
    places = [len(slot.paths) for slot in slots] + [1, 1]
    if [order.count(number) for number in range(len(marks))] != places:
        raise not_templatable("The written document does not hold each slot at each of its paths.")
    return Outline(pieces, order, (*(slot.name for slot in slots), CREATED, PROOF_VALUE))
