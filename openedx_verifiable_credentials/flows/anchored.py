"""
The anchored form of a credential: what was issued, with the proof that a transaction on a public chain carries the root
of a tree in which it is a leaf. Composed each time anew, while the transaction is in a block; nothing is stored, and
what was issued never changes.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections.abc import Sequence
from typing import Any

from openedx_verifiable_credentials.core import anchoring
from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import merkle
from openedx_verifiable_credentials.core.networks import Network
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import get_profile
from openedx_verifiable_credentials.core.suites import merkle_proof
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import LedgerError
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models.anchor import IN_BLOCK_STATES

# In no batch yet; in a batch whose transaction is in no block. Beyond that, the state is the batch's.
WAITING, PENDING = "waiting", "pending"
# What is to be joined to a credential to tell where its anchor stands, and what of it is not read.
STANDING = ("anchor_leaf__batch__transaction", "anchor_leaf__batch__account__key")
NOT_READ = ("anchor_leaf__batch__transaction__raw",)
# The same, to compose its anchored form.
WHOLE = (*STANDING, "anchor_leaf__inclusion")


@dataclasses.dataclass(frozen=True)
class Standing:
    """
    Where a credential's anchor stands. ``state``: :data:`WAITING`, :data:`PENDING`, or that of a batch in a block.
    ``network``: its name in the settings, with ``chain_id``; "" and None while it waits. ``transaction`` (64
    hexadecimal digits) and ``at`` (the time of its block) are "" and None while it is in no block.
    """

    state: str
    network: str = ""
    chain_id: int | None = None
    transaction: str = ""
    at: datetime.datetime | None = None


@dataclasses.dataclass(frozen=True)
class Inclusion:
    """
    How a credential is in a transaction. ``leaf``, ``root``, ``transaction``: 32 bytes each; ``path``: as
    :mod:`..core.merkle` packs it, in a batch of ``leaf_count``; ``covers``: see :class:`..models.anchor.LeafCover`;
    ``created``: the time of the block; ``verification_method``: the key that sent it, as the issuer publishes it.
    """

    profile_id: str
    network: str
    chain_id: int
    leaf: bytes
    covers: str
    root: bytes
    path: bytes
    leaf_count: int
    transaction: bytes
    created: datetime.datetime
    verification_method: str


def below(prefix: str, names: Sequence[str]) -> tuple[str, ...]:
    """``names`` from a row that has the credential as ``prefix``."""
    return tuple(f"{prefix}__{name}" for name in names)


def standing(row: Credential) -> Standing | None:
    """Of a credential that was read with :data:`STANDING`; None where it is not anchored, and will not be."""
    leaf = _leaf(row)
    if leaf is None or _is_disowned(leaf.batch):
        return None
    batch = leaf.batch
    if batch is None:
        return Standing(WAITING)
    if not _is_in_block(batch):
        return Standing(PENDING, batch.network, batch.chain_id)
    return Standing(str(batch.state), batch.network, batch.chain_id, batch.transaction.hash, batch.block_time)


def inclusion(row: Credential) -> Inclusion | None:
    """Of a credential that was read with :data:`WHOLE`; None where no transaction with it is in a block."""
    leaf = _leaf(row)
    if leaf is None or leaf.batch is None or not _is_in_block(leaf.batch) or _is_disowned(leaf.batch):
        return None
    batch = leaf.batch
    return Inclusion(
        profile_id=row.profile_id,
        network=batch.network,
        chain_id=batch.chain_id,
        leaf=bytes.fromhex(leaf.leaf),
        covers=leaf.covers,
        root=bytes.fromhex(batch.root),
        path=bytes(leaf.inclusion.path),
        leaf_count=batch.leaf_count,
        transaction=bytes.fromhex(batch.transaction.hash),
        created=batch.block_time,
        verification_method=f"{row.issuer.did}#{batch.account.key.public_key_multibase}",
    )


def anchored_form(raw: bytes, included: Inclusion, *, label: Network, bare: bool) -> bytes:
    """
    The signed credential ``raw`` with its Merkle proof behind the proof that it has, or in the place of that where the
    leaf covers the credential alone. ``label``: the network that the proof names; ``bare``: as ``MerkleProof2019``, the
    one form that version 1.1 has.

    Raises LedgerError ``anchor_mismatch`` where the anchor is of another document.
    """
    document: JsonObject = json.loads(raw)
    profile = get_profile(included.profile_id)
    value = merkle_proof.write(included.root, included.leaf, included.path, included.transaction, label.codes)
    is_included = (
        anchoring.leaf_of(document, included.covers) == included.leaf
        and merkle.position_of(included.path, included.leaf_count) is not None
        and merkle_proof.read(value).is_sound
    )
    if not is_included:
        raise LedgerError("anchor_mismatch", "The anchor of this credential is of another document.")
    proof = merkle_proof.compose_proof(
        value=value,
        created=included.created,
        verification_method=included.verification_method,
        bare=bare or profile.id == OBV3_VC1.id,
    )
    return json_text.write(anchoring.anchored(document, included.covers, proof, profile))


def _leaf(row: Credential) -> Any:
    return getattr(row, "anchor_leaf", None)


def _is_in_block(batch: Any) -> bool:
    return batch.state in IN_BLOCK_STATES and batch.transaction is not None


def _is_disowned(batch: Any) -> bool:
    """Whether others had its key when its block was made: the issuer's profile says so, in whole seconds."""
    if batch is None or not _is_in_block(batch):
        return False
    revoked_at = batch.account.key.revoked_at
    return revoked_at is not None and batch.block_time >= revoked_at.replace(microsecond=0)
