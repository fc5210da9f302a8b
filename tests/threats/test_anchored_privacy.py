"""
What a chain and the proofs of others tell about a credential: its leaf, and nothing that can be found out from it.

Whoever sees the root and every proof of a batch but one knows the missing leaf's hash. Knowing all facts of the
credential, too, they could only try documents until one has that hash; what they lack is its id and its subject's.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from openedx_verifiable_credentials.core import anchoring
from openedx_verifiable_credentials.core import merkle
from openedx_verifiable_credentials.models import AnchorLeaf
from openedx_verifiable_credentials.models import Credential
from tests import bulk
from tests import issuing
from tests import reissued
from tests import seed

pytestmark = pytest.mark.django_db(transaction=True)
COUNT = 4


@pytest.fixture(name="batch")
def documents_of_a_batch(site: Any, switched_on: Any, web_issuer: Any, settings: Any) -> dict[bytes, Any]:
    """By their leaves: the credentials of one course, issued without a wallet and not covered by their proofs."""
    settings.OPENEDX_VC_ANCHORING = True
    settings.OPENEDX_VC_ANCHOR_FORM = "single"
    issuing.certificates(COUNT, seed.make_course(site))
    bulk.work(bulk.order(profile_id="obv3-vc2"))
    leaves = dict(AnchorLeaf.objects.values_list("credential_id", "leaf"))
    return {bytes.fromhex(leaves[row.pk]): reissued.document_of(row) for row in Credential.objects.all()}


def test_the_others_of_a_batch_show_the_missing_leaf_and_no_document_is_confirmed_without_its_ids(batch):
    tree = merkle.tree(list(batch))
    missing = tree.leaves[0]
    (_, sibling), *_ = merkle.unpack(tree.path(1))
    assert sibling == missing
    document = batch[missing]
    assert anchoring.leaf_of(document, "document") == missing
    for changes in ("credential", "subject"):
        guess = json.loads(json.dumps(document))
        named = guess if changes == "credential" else guess["credentialSubject"]
        named["id"] = uuid.uuid4().urn
        assert anchoring.leaf_of(guess, "document") not in batch


def test_the_ids_of_every_credential_and_subject_are_drawn_at_random(batch):
    ids = [document["id"] for document in batch.values()]
    ids += [document["credentialSubject"]["id"] for document in batch.values()]
    assert len(set(ids)) == 2 * COUNT
    for each in ids:
        found = uuid.UUID(each)
        # Version 4: 122 bits of them are random, and come from nothing that the document says.
        assert (found.urn, found.version, found.variant) == (each, 4, uuid.RFC_4122)
