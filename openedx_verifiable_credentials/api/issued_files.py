"""
A learner's own credential as a file: what was handed to them once more, baked into a picture, or on paper. Where it was
issued anew this is how they come by the new one; it works while the switch is off, since nothing new is made.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from openedx_verifiable_credentials.api import anchored
from openedx_verifiable_credentials.api.anchored import Anchor
from openedx_verifiable_credentials.api.credential_files import JSON
from openedx_verifiable_credentials.api.credential_files import PDF
from openedx_verifiable_credentials.api.credential_files import CredentialFile
from openedx_verifiable_credentials.api.credential_files import Signed
from openedx_verifiable_credentials.api.credential_files import write_file
from openedx_verifiable_credentials.api.machine_readable import media_type_of
from openedx_verifiable_credentials.api.means import get_key_encryption_keys
from openedx_verifiable_credentials.api.public_credentials import page_address
from openedx_verifiable_credentials.api.variables import without_variables
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import LedgerError
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.flows import anchored as flow
from openedx_verifiable_credentials.flows.steps import keys
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Share

logger = logging.getLogger(__name__)


@without_variables
def get_own_file(credential_uuid: UUID, *, user_id: int, form: str = JSON) -> CredentialFile:
    """
    The caller's credential, whatever became of it since; ``form`` is one of :data:`.credential_files.FORMS`. With one
    query, one for the picture, and of a PDF one for its public page.

    Raises LedgerError ``unknown_credential``, also for another's and for one whose learner was erased, ``withheld``
    where its document is gone; TransientError ``unreadable_credential``; PictureError as :func:`.write_file` does.
    """
    row = _found(_own(user_id).filter(uuid=credential_uuid).first())
    raw = _open(row)
    page = _page(row) if form == PDF else ""
    return write_file(Signed(row.profile_id, row.issuer.base_url, raw, page), form)


@without_variables
def get_own_anchored(credential_uuid: UUID, *, user_id: int) -> CredentialFile:
    """
    The anchored form of the caller's credential, whatever became of it since; with one query.

    Raises as :func:`get_own_file`; LedgerError ``not_anchored``, ``anchor_pending``.
    """
    rows = _own(user_id).select_related(*flow.WHOLE).defer(*_NOT_READ, *flow.NOT_READ)
    row = _found(rows.filter(uuid=credential_uuid).first())
    raw = anchored.anchored_bytes(_open(row), anchored.anchor_of(row), flow.inclusion(row))
    return CredentialFile(media_type_of(row.profile_id), raw)


def get_own_anchor(credential_uuid: UUID, *, user_id: int) -> Anchor | None:
    """
    Where the anchor of the caller's credential stands, None where it is not to be anchored; with one query.

    Raises LedgerError ``unknown_credential``, also for another's.
    """
    return get_own_anchors([credential_uuid], user_id=user_id)[0]


def get_own_anchors(credential_uuids: Sequence[UUID], *, user_id: int) -> list[Anchor | None]:
    """The same of several, in their order; with one query. Raises LedgerError ``unknown_credential``."""
    rows = _own(user_id).filter(uuid__in=credential_uuids).select_related(None).select_related(*flow.STANDING)
    found = {row.uuid: row for row in rows.defer("terms", "sealed_document", *flow.NOT_READ)}
    return [anchored.anchor_of(_found(found.get(one))) for one in credential_uuids]


_NOT_READ = ("terms", "shape__terms")


def _own(user_id: int) -> QuerySet[Credential]:
    rows = Credential.objects.filter(learner__user_id=user_id, issued_at__isnull=False)
    return rows.select_related("learner", "issuer", "shape").defer(*_NOT_READ)


def _found(row: Credential | None) -> Credential:
    if row is None:
        raise LedgerError("unknown_credential", "You have no such credential.")
    return row


def _open(row: Credential) -> bytes:
    if row.sealed_document is None or row.learner is None:
        raise LedgerError("withheld", "What this credential says was erased.")
    try:
        return keys.open_document(row, keys.open_learner_key(row.learner, get_key_encryption_keys()))
    except ConfigurationError as error:
        logger.error("A credential cannot be handed out again: %s", error)
        raise TransientError(
            "unreadable_credential", "This credential cannot be shown just now; try again later."
        ) from None


def _page(row: Credential) -> str:
    """The address of its public page, "" where it is not shared."""
    found = Share.objects.filter(credential=row, live=True).values_list("share_id", flat=True).first()
    return "" if found is None else page_address(row.issuer.base_url, found)
