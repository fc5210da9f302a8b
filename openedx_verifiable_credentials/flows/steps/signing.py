"""An intent of the ledger → its signed bytes. Nothing is released by it: who records them does that."""

from __future__ import annotations

import json

from openedx_verifiable_credentials.core.profiles import get_profile
from openedx_verifiable_credentials.exceptions import SigningError
from openedx_verifiable_credentials.flows.steps import keys
from openedx_verifiable_credentials.flows.steps.events import append_event
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.flows.steps.sign_and_check import sign_and_check
from openedx_verifiable_credentials.models import Credential


def sign_intent(means: Means, row: Credential, raw: bytes) -> bytes:
    """
    ``raw``, the unsigned document of ``row``, signed as its row says: the same bytes however often.

    Raises SigningError, which an event tells as well; TransientError, ConfigurationError.
    """
    try:
        return sign_and_check(
            json.loads(raw),
            profile=get_profile(row.profile_id),
            signer=keys.open_credential_signer(row.key, means.keks),
            created=row.created,
            means=means,
        )
    except SigningError as error:
        offer = row.offer.uuid if row.offer else None
        append_event("credential.refused", means.now(), credential=row.uuid, offer=offer, code=error.code)
        raise
