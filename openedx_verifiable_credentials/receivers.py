"""The host's signals → one row of work. In a savepoint, never raising, never signing: the host's save must go on."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction

from openedx_verifiable_credentials.api import awarding
from openedx_verifiable_credentials.api import reconciling

logger = logging.getLogger(__name__)

_CHANGE = "The change of certificate %s could not be noted; run vc_reconcile --all"
_AWARD = "The award of certificate %s could not be noted; issue its credential with vc_issue"


def note_certificate_saved(sender: Any, instance: Any, created: bool = False, raw: bool = False, **kwargs: Any) -> None:
    """
    A certificate was saved. One that is no longer awarded may have credentials: that is looked at later, since one may
    be on its way in another transaction. One that is awarded, for the first time or again, may get one.
    """
    del sender, kwargs
    if raw:
        return
    if instance.status == reconciling.AWARDED:
        _note(awarding.note_award, instance, _AWARD)
    elif not created:
        _note(reconciling.note_certificate_change, instance, _CHANGE)


def note_certificate_deleted(sender: Any, instance: Any, **kwargs: Any) -> None:
    """A certificate was deleted."""
    del sender, kwargs
    _note(reconciling.note_certificate_change, instance, _CHANGE)


def _note(note: Callable[[UUID], None], instance: Any, failed: str) -> None:
    try:
        with transaction.atomic():
            note(instance.uuid)
    except Exception:
        logger.exception(failed, instance.uuid)
