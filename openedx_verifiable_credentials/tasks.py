"""Work that a Celery worker may do where a broker is configured. Each does what the command of the same name does."""

from celery import shared_task

from openedx_verifiable_credentials.api import erasing
from openedx_verifiable_credentials.api import publishing
from openedx_verifiable_credentials.api import reconciling


@shared_task(name="openedx_verifiable_credentials.reconcile")
def reconcile() -> int:
    """Work through the host's changes, erase retired learners; the number of credentials that ended."""
    ended = reconciling.reconcile_changes().revoked
    for _ in erasing.erase_retired():
        pass
    erasing.tidy_learners()
    return ended


@shared_task(name="openedx_verifiable_credentials.publish_status")
def publish_status() -> int:
    """Publish the status lists whose time has come; how many that were."""
    return publishing.publish_due().published
