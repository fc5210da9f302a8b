"""Leaves of credentials that were issued while anchoring was off."""

from __future__ import annotations

from collections.abc import Iterator

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials.api.means import get_means
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.flows import backfill_leaves
from openedx_verifiable_credentials.flows.backfill_leaves import Backfill

__all__ = ("Backfill", "backfill")


def backfill() -> Iterator[Backfill]:
    """
    A leaf for every issued credential of a did:web issuer that has none; see :func:`..flows.backfill_leaves.backfill`.

    Raises ConfigurationError, also where anchoring is off; TransientError ``busy``.
    """
    means = get_means()
    if means.anchor_form is None:
        raise ConfigurationError(f"{app_settings.PREFIX}ANCHORING is False: nothing new is anchored.")
    return backfill_leaves.backfill(means, means.anchor_form)
