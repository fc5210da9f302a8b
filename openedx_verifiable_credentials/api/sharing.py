"""
The public page of a learner's own credential: turned on, shown, turned off.

Turning one on needs the switch. Seeing and turning off do not: what was shared goes on being served, so it must always
be possible to take it back.
"""

from __future__ import annotations

import dataclasses
from uuid import UUID

from django.utils import timezone

from openedx_verifiable_credentials.api import issued
from openedx_verifiable_credentials.api import linkedin
from openedx_verifiable_credentials.api.means import get_means
from openedx_verifiable_credentials.api.public_credentials import page_address
from openedx_verifiable_credentials.api.switch import require_enabled
from openedx_verifiable_credentials.api.variables import without_variables
from openedx_verifiable_credentials.core.formats import qr
from openedx_verifiable_credentials.flows import share as flow


@dataclasses.dataclass(frozen=True)
class Shared:
    """
    The public page of a credential: its address, and where it is added to a LinkedIn profile, while it holds; both None
    without.
    """

    page: str | None
    linkedin: str | None = None

    @property
    def page_qr_png(self) -> str | None:
        """:attr:`page` as a PNG in base64."""
        return None if self.page is None else qr.png_base64(self.page)


def get_shared(credential_uuid: UUID, *, user_id: int) -> Shared:
    """How the caller's credential is shared. Raises LedgerError ``unknown_credential``, also for another's."""
    page = issued.get_issued(credential_uuid, user_id=user_id).page
    return Shared(page, None if page is None else linkedin.find_address(credential_uuid, user_id=user_id))


@without_variables
def share(credential_uuid: UUID, *, user_id: int) -> str:
    """
    The address of the credential's public page, turned on if it is not; the same again and again while it is.

    Raises OfferError ``switched_off``, LedgerError ``unknown_credential``, TransientError, ConfigurationError.
    """
    require_enabled()
    made = flow.share(get_means(), credential_uuid=credential_uuid, user_id=user_id)
    return page_address(made.credential.issuer.base_url, made.share_id)


def unshare(credential_uuid: UUID, *, user_id: int) -> None:
    """
    Turn the credential's public page off, for ever: the next one has another address. Nothing happens where there is
    none. Works while the switch is off.

    Raises LedgerError ``unknown_credential``, TransientError.
    """
    flow.unshare(credential_uuid=credential_uuid, user_id=user_id, now=timezone.now())
