"""
Tables, constraints, managers. No foreign key leads to the host's tables: a user is a number, a certificate is a uuid.

Production runs on MySQL 8: uniqueness "among the live ones" is a nullable key column, never a conditional constraint.
"""

from openedx_verifiable_credentials.models import names
from openedx_verifiable_credentials.models.achievement import Achievement
from openedx_verifiable_credentials.models.badge_image import BadgeImage
from openedx_verifiable_credentials.models.claim_policy import ClaimPolicy
from openedx_verifiable_credentials.models.credential import Credential
from openedx_verifiable_credentials.models.event import Event
from openedx_verifiable_credentials.models.host_change import HostChange
from openedx_verifiable_credentials.models.issuer import Issuer
from openedx_verifiable_credentials.models.key import IssuerKey
from openedx_verifiable_credentials.models.learner import Learner
from openedx_verifiable_credentials.models.offer import Offer
from openedx_verifiable_credentials.models.share import Share
from openedx_verifiable_credentials.models.status_list import PublishedList
from openedx_verifiable_credentials.models.status_list import StatusList
from openedx_verifiable_credentials.models.work_cursor import WorkCursor

__all__ = [
    "Achievement",
    "BadgeImage",
    "ClaimPolicy",
    "Credential",
    "Event",
    "HostChange",
    "Issuer",
    "IssuerKey",
    "Learner",
    "Offer",
    "PublishedList",
    "Share",
    "StatusList",
    "WorkCursor",
]

names.give((BadgeImage, ClaimPolicy, Credential, Event, Issuer, IssuerKey, StatusList))
