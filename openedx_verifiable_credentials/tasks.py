"""Work that a Celery worker may do where a broker is configured. Each does what the command of the same name does."""

from celery import shared_task

from openedx_verifiable_credentials.api import reconciling


@shared_task(name="openedx_verifiable_credentials.reconcile")
def reconcile() -> int:
    """Work through the host's changes; the number of credentials that ended."""
    return reconciling.reconcile_changes().revoked
