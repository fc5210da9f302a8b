"""The host's signals → one row of work. In a savepoint, never raising, never signing: the host's save must go on."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction

from openedx_verifiable_credentials.api import reconciling

logger = logging.getLogger(__name__)


def note_certificate_saved(sender: Any, instance: Any, created: bool = False, raw: bool = False, **kwargs: Any) -> None:
    """
    A certificate was saved. Only one that is no longer awarded matters; whether it has credentials is looked at later,
    since one may be on its way in another transaction.
    """
    del sender, kwargs
    if not created and not raw and instance.status != reconciling.AWARDED:
        _note(instance)


def note_certificate_deleted(sender: Any, instance: Any, **kwargs: Any) -> None:
    """A certificate was deleted."""
    del sender, kwargs
    _note(instance)


def _note(instance: Any) -> None:
    try:
        with transaction.atomic():
            reconciling.note_certificate_change(instance.uuid)
    except Exception:
        logger.exception("The change of certificate %s could not be noted; run vc_reconcile --all", instance.uuid)
