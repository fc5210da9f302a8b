"""
Tables, constraints, managers. No foreign key leads to the host's tables: a user is a number, a certificate is a uuid.

Production runs on MySQL 8: uniqueness "among the live ones" is a nullable key column, never a conditional constraint.
"""

from openedx_verifiable_credentials.models import names
from openedx_verifiable_credentials.models.achievement import Achievement
from openedx_verifiable_credentials.models.anchor import AnchorAccount
from openedx_verifiable_credentials.models.anchor import AnchorBatch
from openedx_verifiable_credentials.models.anchor import AnchorKey
from openedx_verifiable_credentials.models.anchor import AnchorLeaf
from openedx_verifiable_credentials.models.anchor import AnchorTransaction
from openedx_verifiable_credentials.models.anchor import InclusionProof
from openedx_verifiable_credentials.models.badge_image import BadgeImage
from openedx_verifiable_credentials.models.batch import Batch
from openedx_verifiable_credentials.models.batch import BatchChunk
from openedx_verifiable_credentials.models.batch import BatchMail
from openedx_verifiable_credentials.models.batch import BatchRefusal
from openedx_verifiable_credentials.models.batch import NewAward
from openedx_verifiable_credentials.models.claim_policy import ClaimPolicy
from openedx_verifiable_credentials.models.credential import Credential
from openedx_verifiable_credentials.models.document_shape import DocumentShape
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
    "AnchorAccount",
    "AnchorBatch",
    "AnchorKey",
    "AnchorLeaf",
    "AnchorTransaction",
    "BadgeImage",
    "Batch",
    "BatchChunk",
    "BatchMail",
    "BatchRefusal",
    "ClaimPolicy",
    "Credential",
    "DocumentShape",
    "Event",
    "HostChange",
    "InclusionProof",
    "Issuer",
    "IssuerKey",
    "Learner",
    "NewAward",
    "Offer",
    "PublishedList",
    "Share",
    "StatusList",
    "WorkCursor",
]

names.give((BadgeImage, Batch, ClaimPolicy, Credential, Event, Issuer, IssuerKey, StatusList))
