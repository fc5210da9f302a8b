"""
Django's admin: the ledger to look at and to act upon, and what people edit. Nothing that is sealed, and no learner.

One module an area; each registers its own.
"""

from openedx_verifiable_credentials.admin import anchors
from openedx_verifiable_credentials.admin import badge_images
from openedx_verifiable_credentials.admin import batches
from openedx_verifiable_credentials.admin import credentials
from openedx_verifiable_credentials.admin import events
from openedx_verifiable_credentials.admin import issuers
from openedx_verifiable_credentials.admin import policies
from openedx_verifiable_credentials.admin import status_lists

__all__ = ["anchors", "badge_images", "batches", "credentials", "events", "issuers", "policies", "status_lists"]
