"""
Frozen records that cross boundaries. Standard library only; they carry no behaviour beyond telling what they hold.

Fields that identify a person are left out of ``repr`` so that no log line, error mail or crash report shows them.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
from collections.abc import Mapping
from typing import Any
from uuid import UUID

JsonObject = dict[str, Any]


class Secret:
    """Bytes that never show: not in ``repr``, ``str``, a format, a pickle or a traceback's locals."""

    __slots__ = ("_value",)

    def __init__(self, value: bytes):
        self._value = value

    def reveal(self) -> bytes:
        """The bytes. Use them inside the call that needs them; keep them in no variable."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> Any:
        raise TypeError("A Secret cannot be pickled.")


class CertificateKind(enum.StrEnum):
    """What the host certified."""

    COURSE = "course"
    PROGRAM = "program"


@dataclasses.dataclass(frozen=True)
class Learner:
    """The person a certificate was awarded to, as the host knows them now. Never stored."""

    user_id: int | None
    username: str = dataclasses.field(repr=False)
    full_name: str = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True)
class Organization:
    """An organisation of the host's catalogue."""

    key: str
    name: str
    uuid: UUID | None = None
    logo_url: str | None = None


@dataclasses.dataclass(frozen=True)
class Signatory:
    """Who signs the host's certificate on paper."""

    name: str
    title: str
    organization: str | None = None


@dataclasses.dataclass(frozen=True)
class Grade:
    """``percent`` is a decimal string from "0" to "100"; ``letter`` may be empty."""

    percent: str | None
    letter: str


@dataclasses.dataclass(frozen=True)
class CourseFacts:
    """A course run. ``organization_key``, ``number`` and ``run`` are the parts of its key."""

    key: str
    title: str
    number: str
    run: str
    mode: str
    organization_key: str = ""
    uuid: UUID | None = None
    starts: datetime.datetime | None = None
    ends: datetime.datetime | None = None


@dataclasses.dataclass(frozen=True)
class ProgramFacts:
    """A program. ``hours`` is set only where its certificate shows hours of effort."""

    uuid: UUID
    title: str
    type_name: str
    type_slug: str
    course_titles: tuple[str, ...] = ()
    hours: int | None = None
    language: str | None = None


@dataclasses.dataclass(frozen=True)
class Platform:
    """The site a certificate belongs to."""

    site_id: int
    domain: str
    name: str
    company: str
    lms_url: str | None = None


@dataclasses.dataclass(frozen=True)
class Award:
    """
    Our frozen copy of one certificate's facts.

    ``visible_from`` is when the host shows the certificate (None: it cannot tell, so it does not show it);
    ``awarded_at`` is the award's own date: the override where there is one, else the award, never an edit.
    """

    certificate_uuid: UUID
    kind: CertificateKind
    title: str
    learner: Learner
    platform: Platform
    organizations: tuple[Organization, ...]
    signatories: tuple[Signatory, ...]
    status: str
    is_active: bool
    visible_from: datetime.datetime | None
    awarded_at: datetime.datetime
    modified_at: datetime.datetime
    configuration_id: int
    course: CourseFacts | None = None
    program: ProgramFacts | None = None
    grade: Grade | None = None

    @property
    def achievement_key(self) -> str:
        """What was achieved, as the host names it: a course run key or a program uuid (with dashes)."""
        if self.course is not None:
            return self.course.key
        assert self.program is not None
        return str(self.program.uuid)

    @property
    def issuing_organizations(self) -> tuple[str, ...]:
        """Keys of the organisations that may issue for it, the lead first: a course is its key's organisation's."""
        if self.course is not None and self.course.organization_key:
            return (self.course.organization_key,)
        return tuple(dict.fromkeys(organization.key for organization in self.organizations))


@dataclasses.dataclass(frozen=True)
class Terms:
    """What one credential may say. Frozen into its ledger row; rules that make terms come with policies."""

    name: bool = True
    grade: bool = False

    def as_json(self) -> dict[str, bool]:
        """For the ledger row."""
        return dataclasses.asdict(self)


@dataclasses.dataclass(frozen=True)
class IssuerProfile:
    """Who issues: what goes into a credential's ``issuer`` and into links. ``base_url`` has no trailing slash."""

    did: str
    name: str
    base_url: str
    url: str
    image_url: str | None = None
    official: str = ""
    contact: str = dataclasses.field(default="", repr=False)


@dataclasses.dataclass(frozen=True)
class VerificationMethod:
    """The public half of a signing key: DID URL and Multikey value (``z6Mk…``)."""

    id: str
    controller: str
    public_key_multibase: str


@dataclasses.dataclass(frozen=True)
class Holder:
    """The controller of the key that signed a wallet's presentation."""

    did: str = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True)
class CheckResult:
    """One named check: passed, failed or warning, with a stable code and a plain sentence."""

    name: str
    state: str
    code: str
    message: str
    hint: str = ""


Document = Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class AnchoredRoot:
    """
    A Merkle root as a public chain has it: 32 bytes, the account that sent it, and when its block was made.

    ``is_test_network``: anyone can have coins there, so the anchor proves nothing to a verifier.
    """

    root: bytes
    sender: str
    block_time: datetime.datetime
    is_test_network: bool
