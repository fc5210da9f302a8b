"""Rows of anchors as they are when a batch has come so far, made without the code that anchors."""

from __future__ import annotations

import datetime
import hashlib
import json
import uuid
from typing import Any

from openedx_verifiable_credentials.api.means import get_key_encryption_keys
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.flows.steps import keys
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models.anchor import IN_BLOCK_STATES
from openedx_verifiable_credentials.models.anchor import AnchorAccount
from openedx_verifiable_credentials.models.anchor import AnchorBatch
from openedx_verifiable_credentials.models.anchor import AnchorKey
from openedx_verifiable_credentials.models.anchor import AnchorLeaf
from openedx_verifiable_credentials.models.anchor import AnchorTransaction
from openedx_verifiable_credentials.models.anchor import InclusionProof
from openedx_verifiable_credentials.models.anchor import LeafCover
from tests import merkle

ADDRESS = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"
# Of the generator point: any key will do, since nothing here is signed.
PUBLIC_KEY = "zQ3shVc2UkAfJCdc1TR8E66J85h48P43r93q8jGPkPpjF9Ef9"
AT = datetime.datetime(2026, 11, 22, 12, 34, 56, tzinfo=datetime.UTC)
BLOCK = "b1" * 32


def document_of(credential: Credential) -> dict[str, Any]:
    """What was handed out."""
    assert credential.learner is not None
    learner_key = keys.open_learner_key(credential.learner, get_key_encryption_keys())
    document: dict[str, Any] = json.loads(keys.open_document(credential, learner_key))
    return document


def leaf(credential: Credential, *, covers: str | None = None) -> AnchorLeaf:
    """As it is written when the credential is issued: it waits."""
    document = document_of(credential)
    covers = covers or (LeafCover.DOCUMENT if credential.profile_id == OBV3_VC1.id else LeafCover.PROOF)
    if covers == LeafCover.DOCUMENT:
        del document["proof"]
    digest = merkle.leaf(document).hex()
    return AnchorLeaf.objects.create(credential=credential, leaf=digest, covers=covers, created=AT)


def batch(
    *leaves: AnchorLeaf, state: str = "mined", others: int = 0, network: str = "base-sepolia", chain_id: int = 84_532
) -> AnchorBatch:  # fmt: skip
    """Of these leaves, and of so many others whose credentials nobody knows."""
    account = _account(chain_id)
    hashes = sorted([bytes.fromhex(one.leaf) for one in leaves] + [_other(number) for number in range(others)])
    root, paths = merkle.tree(hashes)
    made = AnchorBatch.objects.create(
        uuid=uuid.uuid4(),
        network=network,
        chain_id=chain_id,
        root=root.hex(),
        leaf_count=len(hashes),
        account=account,
        nonce=AnchorBatch.objects.count(),
        created=AT,
        changed=AT,
    )
    AnchorTransaction.objects.create(
        batch=made,
        hash=hashlib.sha256(root).hexdigest(),
        raw=b"\x02\xf8",
        gas=25_000,
        max_fee_per_gas=1,
        max_priority_fee_per_gas=1,
        most=25_000,
        created=AT,
        sent_at=AT,
    )
    for one in leaves:
        path = b"".join(bytes([side]) + sibling for side, sibling in paths[hashes.index(bytes.fromhex(one.leaf))])
        InclusionProof.objects.create(leaf=one, path=path)
        one.batch = made
        one.save()
    come_to(made, state)
    return made


def come_to(made: AnchorBatch, state: str) -> None:
    """The batch comes so far, or is taken back so far."""
    is_in_block = state in IN_BLOCK_STATES
    made.state = state
    made.transaction = made.transactions.get() if is_in_block else None
    made.block_number = 7 if is_in_block else None
    made.block_hash = BLOCK if is_in_block else ""
    made.block_time = AT if is_in_block else None
    made.save()


def anchored(credential: Credential, state: str = "mined", **more: Any) -> AnchorBatch:
    """A credential among six others in a batch that has come so far."""
    return batch(leaf(credential), state=state, others=6, **more)


def _account(chain_id: int) -> AnchorAccount:
    key, _ = AnchorKey.objects.get_or_create(
        address=ADDRESS, defaults={"public_key_multibase": PUBLIC_KEY, "created": AT}
    )
    return AnchorAccount.objects.get_or_create(key=key, chain_id=chain_id)[0]


def _other(number: int) -> bytes:
    return hashlib.sha256(b"of nobody %d" % number).digest()
