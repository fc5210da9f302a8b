"""Credentials that are issued anew: how to ask for it, and what to expect of the two."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from openedx_verifiable_credentials.api import reissuing
from openedx_verifiable_credentials.api.means import get_means
from openedx_verifiable_credentials.api.reissuing import Reissue
from openedx_verifiable_credentials.flows.steps import keys
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Learner
from tests import ledgers


def reissue(*rows: Credential, reason: str = "name_corrected", **more: Any) -> Reissue:
    """What came of issuing these anew."""
    *_, done = reissuing.reissue_credentials([row.uuid for row in rows], reason=reason, **more)
    return done


def counted(done: Reissue) -> tuple[int, dict[str, int], dict[str, int]]:
    """How many were issued anew, left as they are, and failed."""
    return done.reissued, dict(done.skipped), dict(done.failed)


def raw_of(row: Credential) -> bytes:
    """The document, as it was handed out."""
    row = Credential.objects.select_related("learner").get(pk=row.pk)
    assert row.learner is not None
    return keys.open_document(row, keys.open_learner_key(row.learner, get_means().keks))


def document_of(row: Credential) -> dict[str, Any]:
    """The same, read."""
    document: dict[str, Any] = json.loads(raw_of(row))
    assert UUID(document["id"]) == row.uuid
    return document


def name_in(document: dict[str, Any]) -> str | None:
    """The learner's name as the document has it."""
    found = document["credentialSubject"].get("identifier", [])
    return next((one["identityHash"] for one in found if one["identityType"] == "name"), None)


def rename(learner: Any, name: str = "Augusta Ada King") -> None:
    """The service knows them by another name from now on."""
    type(learner).objects.filter(pk=learner.pk).update(full_name=name)


def copies(template: Credential, count: int) -> list[Credential]:
    """``count`` more like ``template``, each with a document that opens."""
    learner = Learner.objects.get(pk=template.learner_id)
    learner_key = keys.open_learner_key(learner, get_means().keks)
    raw = raw_of(template)
    rows = ledgers.multiply(template, count)
    for row in rows:
        sealed = keys.seal_document(raw, learner_key, row.uuid)
        Credential.objects.filter(uuid=row.uuid).update(sealed_document=sealed)
    return rows


def require_sound() -> None:
    """Of each there is one live credential at the end of the line, whatever happened."""
    for row in Credential.objects.filter(replaces__isnull=False, issued_at__isnull=False):
        assert row.replaces is not None
        assert row.replaces.state in ("superseded", "revoked")
    for row in Credential.objects.filter(end_reason__in=reissuing.REASONS):
        assert row.replaced_by.filter(issued_at__isnull=False).count() == 1
    ledgers.require_sound(published=False)
