"""
Leaves of credentials that will be anchored. They are computed while a credential is issued and written in the
transaction that issues it: so that none is missed, and each outlives the erasure of its document.

Only credentials of did:web issuers have one: nobody could tell from a did:key who may send anchors.
"""

from __future__ import annotations

import datetime
import json
import logging
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from openedx_verifiable_credentials.core import anchoring
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.exceptions import AnchoringError
from openedx_verifiable_credentials.flows.steps.bulk.rows import insert_alike
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.models import AnchorLeaf
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Issuer
from openedx_verifiable_credentials.models.anchor import LeafCover

logger = logging.getLogger(__name__)

WEB = "did:web:"


class Leaf(NamedTuple):
    """32 bytes, and what they are the hash of."""

    digest: bytes
    covers: LeafCover


def covers_for(profile_id: str, form: str) -> LeafCover:
    """What leaves of a profile cover when anchored credentials are written in ``form`` (OPENEDX_VC_ANCHOR_FORM)."""
    is_chained = profile_id == OBV3_VC2.id and form.startswith("chained")
    return LeafCover.PROOF if is_chained else LeafCover.DOCUMENT


def cover(means: Means, profile_id: str, issuer: Issuer) -> LeafCover | None:
    """The same for what is issued now; None where it will not be anchored."""
    if means.anchor_form is None or not issuer.did.startswith(WEB):
        return None
    return covers_for(profile_id, means.anchor_form)


def leaf_of(raw: bytes, covers: LeafCover) -> Leaf:
    """The leaf of a signed document by the whole way. Raises AnchoringError."""
    return Leaf(anchoring.leaf_of(json.loads(raw), covers), covers)


def leaf_if_any(credential_uuid: UUID, raw: bytes, covers: LeafCover | None) -> Leaf | None:
    """
    The leaf of what is about to be issued; None where it will not be anchored, or has none: it is issued all the same,
    the log names it, and filling in tries again.
    """
    if covers is None:
        return None
    try:
        return leaf_of(raw, covers)
    except AnchoringError as error:
        logger.error("Credential %s has no leaf: %s", credential_uuid, error.code)
        return None


def leaf_for(means: Means, credential: Credential, raw: bytes) -> Leaf | None:
    """The same by the credential's row."""
    if means.anchor_form is None:
        return None
    return leaf_if_any(credential.uuid, raw, cover(means, credential.profile_id, credential.issuer))


def write(leaves: Sequence[tuple[UUID, Leaf]], now: datetime.datetime) -> None:
    """
    The leaves of credentials, by the credentials' uuids, of which there are rows: in the transaction that issues them.
    """
    if not leaves:
        return
    # Rows that were made in bulk do not know their primary keys.
    keys = dict(Credential.objects.filter(uuid__in=[one for one, _ in leaves]).values_list("uuid", "pk"))
    rows = [(keys[credential_uuid], leaf.digest.hex(), leaf.covers) for credential_uuid, leaf in leaves]
    insert_alike(AnchorLeaf, {"created": now}, ("credential_id", "leaf", "covers"), rows)
