"""Records that cross the borders of the catalog app."""

from dataclasses import dataclass
from enum import Enum
from uuid import UUID


class ProgramStatus(Enum):
    """The life of a program."""

    ACTIVE = "active"
    DELETED = "deleted"
    RETIRED = "retired"
    UNPUBLISHED = "unpublished"


class PathwayStatus(Enum):
    """The life of a pathway."""

    RETIRED = "retired"
    UNPUBLISHED = "unpublished"
    PUBLISHED = "published"


@dataclass
class OrganizationDetails:
    """An organization as a certificate shows it; ``display_name`` may be changed by the reader."""

    uuid: UUID
    key: str
    name: str
    display_name: str
    certificate_logo_image_url: str | None


@dataclass
class ProgramDetails:
    """A program as a certificate shows it."""

    uuid: UUID
    title: str
    type: str
    type_slug: str
    credential_title: str | None
    course_count: int
    organizations: list[OrganizationDetails]
    hours_of_effort: int | None
    status: str
