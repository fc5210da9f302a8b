"""Claims: a wallet's presentation, or the learner's download, in exchange for the credential."""

from __future__ import annotations

from uuid import UUID

from openedx_verifiable_credentials.api.means import get_means
from openedx_verifiable_credentials.api.switch import require_enabled
from openedx_verifiable_credentials.api.variables import without_variables
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.flows import issue
from openedx_verifiable_credentials.models import Credential


@without_variables
def claim_with_presentation(offer_uuid: UUID, presentation: JsonObject) -> bytes:
    """The signed credential as JSON bytes. Raises VerifiableCredentialsError."""
    require_enabled()
    return issue.issue_to_wallet(get_means(), offer_uuid=offer_uuid, presentation=presentation)


@without_variables
def claim_for_download(offer_uuid: UUID, *, user_id: int) -> bytes:
    """The signed credential as JSON bytes, bound to no wallet. Raises VerifiableCredentialsError."""
    require_enabled()
    return issue.issue_for_download(get_means(), offer_uuid=offer_uuid, user_id=user_id)


@without_variables
def claim_own(offer_uuid: UUID, *, user_id: int) -> list[UUID]:
    """As :func:`claim_for_download`; which credentials it gave, in the order of the certificates."""
    claim_for_download(offer_uuid, user_id=user_id)
    given = Credential.objects.filter(offer__uuid=offer_uuid, issued_at__isnull=False).order_by("pk")
    return list(given.values_list("uuid", flat=True))
