"""What credentials would say, shown to their learner before there are any."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Sequence
from uuid import UUID

from openedx_verifiable_credentials.api.means import get_means
from openedx_verifiable_credentials.api.switch import require_enabled
from openedx_verifiable_credentials.api.variables import without_variables
from openedx_verifiable_credentials.core import wallets
from openedx_verifiable_credentials.flows import disclose as flow
from openedx_verifiable_credentials.flows.disclose import Disclosure as Disclosure


@without_variables
def disclose(
    *, user_id: int, site_id: int, certificate_uuids: Sequence[UUID], wallet_id: str, left_out: Collection[str] = ()
) -> list[Disclosure]:
    """
    What an offer of the caller's certificates to this wallet would put into it. Nothing is stored or published.

    Raises OfferError, AwardError, CompositionError, SigningError: as the offer would.
    """
    require_enabled()
    return flow.disclose(
        get_means(),
        user_id=user_id,
        site_id=site_id,
        certificate_uuids=certificate_uuids,
        wallet=wallets.get_wallet(wallet_id),
        left_out=left_out,
    )
