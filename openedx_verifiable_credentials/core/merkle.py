"""
The Merkle tree of a batch, as Merkle Proof Signature Suite 2019 has it: a node is SHA-256 of left ‖ right, 32 bytes
each, without prefixes; the last node of an odd row moves up as it is.

The form leaves room for forgeries, which ours are guarded against: leaves are distinct and sorted, and which steps a
path has follows from the leaf's position and the size of the batch. That no node passes for a leaf is because a leaf is
the hash of canonical N-Quads, which whoever verifies computes from the document.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence

from openedx_verifiable_credentials.exceptions import AnchoringError

HASH_BYTES = 32
# Sixteen steps a path, and a kilobyte a proof.
MAX_LEAVES = 65_536
STEP_BYTES = 1 + HASH_BYTES
_SIBLING_LEFT, _SIBLING_RIGHT = 0, 1


@dataclasses.dataclass(frozen=True)
class Tree:
    """``leaves``: in ascending order, which is that of their positions. ``root``: 32 bytes."""

    root: bytes
    leaves: tuple[bytes, ...] = dataclasses.field(repr=False)
    # From the leaves up to the two nodes below the root: each node as the step that its sibling's path takes over it.
    _steps: tuple[Sequence[bytes], ...] = dataclasses.field(repr=False)

    def path(self, position: int) -> bytes:
        """
        The packed path of the leaf at ``position``, from leaf to root: for each step one byte, 0 where the sibling
        stands left and 1 where it stands right, and the 32 bytes of the sibling.
        """
        if not 0 <= position < len(self.leaves):
            raise IndexError(position)
        siblings = ((row, position >> height ^ 1) for height, row in enumerate(self._steps))
        return b"".join(row[sibling] for row, sibling in siblings if sibling < len(row))

    def paths(self) -> Iterator[bytes]:
        """The packed path of every leaf, by position. Each is one step before the path of the node above it."""
        paths = [b""]
        for row in reversed(self._steps):
            paths = [
                row[position ^ 1] + paths[position >> 1] if position ^ 1 < len(row) else paths[position >> 1]
                for position in range(len(row))
            ]
        return iter(paths)


def tree(leaves: Iterable[bytes]) -> Tree:
    """
    The tree over ``leaves``, which may come in any order: 1 to 65,536 distinct hashes of 32 bytes.

    Raises AnchoringError ``bad_leaf`` (one of another length), ``duplicate_leaf``, ``no_leaves``, ``too_many_leaves``.
    """
    ordered = sorted(leaves)
    if not ordered:
        raise AnchoringError("no_leaves", "A batch has one leaf at least.")
    if len(ordered) > MAX_LEAVES:
        raise AnchoringError("too_many_leaves", f"A batch has {MAX_LEAVES:,} leaves at most.")
    if any(len(leaf) != HASH_BYTES for leaf in ordered):
        raise AnchoringError("bad_leaf", f"A leaf is {HASH_BYTES} bytes long.")
    if len(set(ordered)) != len(ordered):
        raise AnchoringError("duplicate_leaf", "A leaf is in a batch once.")
    row, steps = ordered, []
    while len(row) > 1:
        steps.append([bytes((position & 1,)) + node for position, node in enumerate(row)])
        pairs = zip(row[::2], row[1::2], strict=False)
        promoted = row[-1:] if len(row) % 2 else []
        row = [hashlib.sha256(left + right).digest() for left, right in pairs] + promoted
    return Tree(root=row[0], leaves=tuple(ordered), _steps=tuple(steps))


def unpack(path: bytes) -> tuple[tuple[bool, bytes], ...]:
    """
    The steps of a packed path, from leaf to root: whether the sibling stands left, and the sibling.

    Raises AnchoringError ``bad_path``.
    """
    sides = path[::STEP_BYTES]
    if len(path) % STEP_BYTES or not set(sides) <= {_SIBLING_LEFT, _SIBLING_RIGHT}:
        raise AnchoringError("bad_path", "An inclusion proof does not have the form that paths are kept in.")
    return tuple(
        (side == _SIBLING_LEFT, path[STEP_BYTES * number + 1 : STEP_BYTES * (number + 1)])
        for number, side in enumerate(sides)
    )


def position_of(path: bytes, count: int) -> int | None:
    """
    The one position in a batch of ``count`` whose packed path has these steps, no more and no fewer; None where no leaf
    has them. Whether the path leads to the root is another question.

    Raises AnchoringError ``bad_path``.
    """
    sides = [is_left for is_left, _ in unpack(path)]
    widths = [count]
    while widths[-1] > 1:
        widths.append((widths[-1] + 1) // 2)
    position = 0
    # From the root down: a step says which of two nodes it is; one that had moved up as it is made none.
    for width in reversed(widths[:-1]):
        position *= 2
        if position + 1 < width:
            if not sides:
                return None
            position += sides.pop()
    return None if sides else position
