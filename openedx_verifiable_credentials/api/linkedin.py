"""Where a learner adds a credential that they share to their LinkedIn profile."""

from __future__ import annotations

import json
import logging
from uuid import UUID

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials.api.means import get_key_encryption_keys
from openedx_verifiable_credentials.api.public_credentials import VALID
from openedx_verifiable_credentials.api.public_credentials import page_address
from openedx_verifiable_credentials.api.public_credentials import status_of
from openedx_verifiable_credentials.api.variables import without_variables
from openedx_verifiable_credentials.core import facts
from openedx_verifiable_credentials.core.linkedin import add_to_profile_url
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.flows.steps import keys
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Issuer
from openedx_verifiable_credentials.models import Share

logger = logging.getLogger(__name__)


@without_variables
def find_address(credential_uuid: UUID, *, user_id: int) -> str | None:
    """
    LinkedIn's form, filled in with what the caller's credential says; with one query. None where there is nothing to
    add: it is not the caller's, is not shared, does not hold any more, was erased, or cannot be read just now.
    """
    shares = Share.objects.filter(credential__uuid=credential_uuid, credential__learner__user_id=user_id, live=True)
    related = (f"credential__{name}" for name in ("issuer", "key", "learner", "shape"))
    share = shares.select_related(*related).defer(*_NOT_READ).first()
    if share is None or status_of(share.credential)[0] != VALID:
        return None
    row = share.credential
    said = _read(row)
    if said is None:
        return None
    return add_to_profile_url(
        name=said.title,
        organization=_number(row.issuer) or said.issuer_name,
        issued=said.valid_from,
        expires=said.valid_until,
        url=page_address(row.issuer.base_url, share.share_id),
        credential_id=str(row.uuid),
    )


_NOT_READ = ("credential__terms", "credential__shape__terms", "credential__key__sealed_seed")


def _number(issuer: Issuer) -> int | None:
    """A setting that cannot be read is told by ``manage.py check``; the issuer's name will do here."""
    try:
        numbers = app_settings.linkedin_organizations()
    except ConfigurationError:
        return None
    return numbers.get(issuer.slug) or numbers.get(issuer.did)


def _read(row: Credential) -> facts.Facts | None:
    if row.learner is None or row.sealed_document is None:
        return None
    try:
        raw = keys.open_document(row, keys.open_learner_key(row.learner, get_key_encryption_keys()))
    except ConfigurationError as error:
        logger.error("What a shared credential says cannot be read: %s", error)
        return None
    return facts.read(json.loads(raw))
