"""A new key for a did:web issuer. The one before it signs nothing new, and stays in the DID document."""

from __future__ import annotations

import datetime

from django.db import transaction

from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.flows.steps.events import append_event
from openedx_verifiable_credentials.flows.steps.new_keys import PreparedKey
from openedx_verifiable_credentials.flows.steps.races import until_settled
from openedx_verifiable_credentials.models import Issuer
from openedx_verifiable_credentials.models import IssuerKey


def require_rotatable(issuer: Issuer) -> None:
    """Raises ConfigurationError for a did:key issuer, saying what to do instead."""
    if issuer.did.startswith("did:web:"):
        return
    raise ConfigurationError(
        f"{issuer.slug} is a did:key issuer: its DID is its key and cannot have another. Make a new issuer in its "
        "place (`manage.py vc_create_issuer`, for an organisation or a site with --replace); what this one issued goes "
        "on verifying, and its key goes on signing its status lists."
    )


def rotate_key(issuer: Issuer, key: PreparedKey, now: datetime.datetime) -> IssuerKey:
    """
    ``key`` signs from now on, in one transaction: at no moment has the issuer two signing keys of an algorithm, or none
    where it had one. Raises ConfigurationError, TransientError ``busy``.
    """
    require_rotatable(issuer)
    busy = "Somebody else is changing the keys of this issuer; try again."
    return until_settled(lambda: _rotate(issuer, key, now), busy)


@transaction.atomic(durable=True)
def _rotate(issuer: Issuer, key: PreparedKey, now: datetime.datetime) -> IssuerKey:
    own = IssuerKey.objects.filter(issuer=issuer)
    # The write comes first: two that rotate at once wait for each other here. Where there is nothing to write yet, the
    # unique constraint lets one of them through.
    own.filter(algorithm=key.new.algorithm, signs=True).update(signs=None, retired_at=now)
    if own.filter(public_key_multibase=key.public_key_multibase).exists():
        raise ConfigurationError("The issuer has, or had, this very key already; take another.")
    before = own.filter(algorithm=key.new.algorithm, retired_at=now).first()
    row = key.save_for(issuer, now)
    append_event("key.rotated", now, issuer=issuer.did, key=row.uuid, before=before.uuid if before else None)
    return row
