"""
A learner's own credential as a file: what was handed to them once more, baked into a picture, or on paper. Where it was
issued anew this is how they come by the new one; it works while the switch is off, since nothing new is made.
"""

from __future__ import annotations

import logging
from uuid import UUID

from openedx_verifiable_credentials.api.credential_files import JSON
from openedx_verifiable_credentials.api.credential_files import PDF
from openedx_verifiable_credentials.api.credential_files import CredentialFile
from openedx_verifiable_credentials.api.credential_files import Signed
from openedx_verifiable_credentials.api.credential_files import write_file
from openedx_verifiable_credentials.api.means import get_key_encryption_keys
from openedx_verifiable_credentials.api.public_credentials import page_address
from openedx_verifiable_credentials.api.variables import without_variables
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import LedgerError
from openedx_verifiable_credentials.exceptions import TransientError
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
    rows = Credential.objects.filter(uuid=credential_uuid, learner__user_id=user_id, issued_at__isnull=False)
    row = rows.select_related("learner", "issuer").defer("terms").first()
    if row is None or row.learner is None:
        raise LedgerError("unknown_credential", "You have no such credential.")
    if row.sealed_document is None:
        raise LedgerError("withheld", "What this credential says was erased.")
    try:
        raw = keys.open_document(row, keys.open_learner_key(row.learner, get_key_encryption_keys()))
    except ConfigurationError as error:
        logger.error("A credential cannot be handed out again: %s", error)
        raise TransientError(
            "unreadable_credential", "This credential cannot be shown just now; try again later."
        ) from None
    page = _page(row) if form == PDF else ""
    return write_file(Signed(row.profile_id, row.issuer.base_url, raw, page), form)


def _page(row: Credential) -> str:
    """The address of its public page, "" where it is not shared."""
    found = Share.objects.filter(credential=row, live=True).values_list("share_id", flat=True).first()
    return "" if found is None else page_address(row.issuer.base_url, found)
