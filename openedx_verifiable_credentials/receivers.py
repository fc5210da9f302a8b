"""The host's signals → one row of work. In a savepoint, never raising, never signing: the host's save must go on."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction

from openedx_verifiable_credentials.api import reconciling

logger = logging.getLogger(__name__)


def note_certificate_saved(sender: Any, instance: Any, created: bool = False, raw: bool = False, **kwargs: Any) -> None:
    """A certificate was saved. A new one has no credentials yet; a fixture is not an event."""
    del sender, kwargs
    if not created and not raw:
        _note(instance)


def note_certificate_deleted(sender: Any, instance: Any, **kwargs: Any) -> None:
    """A certificate was deleted."""
    del sender, kwargs
    _note(instance)


def _note(instance: Any) -> None:
    try:
        with transaction.atomic():
            reconciling.note_certificate_change(instance.uuid)
    except Exception:  # noqa: BLE001  (whatever it is, the host's own work comes first; vc_reconcile --all finds it)
        logger.exception("The change of certificate %s could not be noted; run vc_reconcile --all", instance.uuid)
