"""Values that more than one app of the service uses."""

from enum import Enum


class PathwayType(Enum):
    """What a pathway leads to."""

    CREDIT = "credit"
    INDUSTRY = "industry"
