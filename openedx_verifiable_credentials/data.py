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


class Detail(enum.StrEnum):
    """
    Facts of a certificate that are read only where they are needed: the learner's grade, their e-mail address, the
    program record that they shared; the programs that a course run is part of; where mail to the learner goes.
    """

    GRADE = "grade"
    EMAIL = "email"
    RECORD = "record"
    PROGRAMS = "programs"
    MAILBOX = "mailbox"


@dataclasses.dataclass(frozen=True)
class Learner:
    """
    The person a certificate was awarded to, as the host knows them now. Never stored. ``email``: Detail.EMAIL;
    ``mailbox``: the same, where their account is active, else "" (Detail.MAILBOX).
    """

    user_id: int | None
    username: str = dataclasses.field(repr=False)
    full_name: str = dataclasses.field(repr=False)
    email: str = dataclasses.field(default="", repr=False)
    mailbox: str = dataclasses.field(default="", repr=False)


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
    """
    A course run. ``organization_key``, ``number`` and ``run`` are the parts of its key; ``programs``: the uuids of
    those it is part of (Detail.PROGRAMS).
    """

    key: str
    title: str
    number: str
    run: str
    mode: str
    organization_key: str = ""
    uuid: UUID | None = None
    starts: datetime.datetime | None = None
    ends: datetime.datetime | None = None
    programs: tuple[UUID, ...] = ()


@dataclasses.dataclass(frozen=True)
class ProgramFacts:
    """
    A program. ``hours`` is set only where its certificate shows hours of effort; ``starts`` and ``ends`` are the first
    start and the last end of its course runs.
    """

    uuid: UUID
    title: str
    type_name: str
    type_slug: str
    course_titles: tuple[str, ...] = ()
    hours: int | None = None
    language: str | None = None
    starts: datetime.datetime | None = None
    ends: datetime.datetime | None = None


@dataclasses.dataclass(frozen=True)
class PolicyCase:
    """
    What claim policies are asked about: those facts of a certificate that their scopes name.

    ``organizations``: keys; of a course that of its key, of a program all that author it, the lead first. ``course``:
    "organisation+number", which all its runs share. ``program_type``: a slug in lower case. ``programs``: those that a
    course run is part of.
    """

    kind: CertificateKind
    site_id: int
    organizations: tuple[str, ...] = ()
    course: str = ""
    course_run: str = ""
    program: UUID | None = None
    program_type: str = ""
    programs: tuple[UUID, ...] = ()


@dataclasses.dataclass(frozen=True)
class CertificateGroup:
    """
    The certificates of one course run or program: how many are awarded, and one of them, where there is any.
    """

    case: PolicyCase
    title: str
    awarded: int
    example: UUID | None = None


@dataclasses.dataclass(frozen=True)
class Selection:
    """
    Which certificates to issue for. Every condition that is given must hold; where none is, all certificates are meant.

    ``course``: a course run key, or "organisation+number" for all runs of a course. ``program``: the program's own
    certificates, not those of its courses; so both together select nothing. ``organization``: its key; a course is the
    organisation's of its key, a program that of all that author it (:attr:`Award.policy_case`). ``since``: certificates
    created or modified then or later. ``certificates``: these, by uuid.
    """

    course: str | None = None
    program: UUID | None = None
    organization: str | None = None
    site_id: int | None = None
    since: datetime.datetime | None = None
    certificates: tuple[UUID, ...] | None = None


@dataclasses.dataclass(frozen=True)
class SelectionCount:
    """How many awarded certificates a selection has, and of how many configurations of courses and of programs."""

    certificates: int
    courses: int
    programs: int


@dataclasses.dataclass(frozen=True)
class Platform:
    """The site a certificate belongs to. ``language``: that which the service speaks by default, as it writes it."""

    site_id: int
    domain: str
    name: str
    company: str
    lms_url: str | None = None
    language: str = ""


@dataclasses.dataclass(frozen=True)
class Award:
    """
    Our frozen copy of one certificate's facts.

    ``visible_from`` is when the host shows the certificate (None: it cannot tell, so it does not show it);
    ``awarded_at`` is the award's own date: the override where there is one, else the award, never an edit.
    ``record_path``: where the service shows the program record that the learner shared, below its own address
    (Detail.RECORD); "" where there is none.
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
    grade: Grade | None = dataclasses.field(default=None, repr=False)
    record_path: str = dataclasses.field(default="", repr=False)

    @property
    def policy_case(self) -> PolicyCase:
        """What claim policies go by."""
        case = PolicyCase(self.kind, self.platform.site_id, self.issuing_organizations)
        if self.course is not None:
            run = self.course
            course = f"{run.organization_key}+{run.number}" if run.organization_key and run.number else ""
            return dataclasses.replace(case, course=course, course_run=run.key, programs=run.programs)
        assert self.program is not None
        return dataclasses.replace(case, program=self.program.uuid, program_type=self.program.type_slug.lower())

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
class Alignment:
    """What an achievement corresponds to in a framework such as ESCO, CASE or CTDL (Open Badges 3.0 §B.1.3)."""

    url: str
    name: str
    framework: str = ""
    code: str = ""
    type: str = ""
    description: str = ""


@dataclasses.dataclass(frozen=True)
class AchievementContent:
    """
    What a policy says of an achievement (Open Badges 3.0 §B.1.1) in place of what is made from the host's facts; empty
    where it says nothing. ``criteria`` is Markdown; ``image_path``: below the issuer's address; ``language``: BCP 47.
    """

    criteria: str = ""
    description: str = ""
    image_path: str = ""
    tags: tuple[str, ...] = ()
    achievement_type: str = ""
    field_of_study: str = ""
    language: str = ""
    aligned_with: tuple[Alignment, ...] = ()
    credits: float | None = None


@dataclasses.dataclass(frozen=True)
class Terms:
    """
    What one credential may say; policies make it (:mod:`.core.policies`), its ledger row keeps it.

    ``left_out``: claims that were allowed and that the learner left out (they are False here); ``left_out_too``: those
    that the learner named as well, although nobody allowed them: what is issued anew later goes by both. ``rules``:
    which rule decided each point, by its reference, where it was not the default.
    """

    name: bool = True
    email: bool = False
    grade: bool = False
    activity_dates: bool = False
    evidence: bool = False
    alignments: bool = True
    signatories: bool = True
    validity_days: int | None = None
    content: AchievementContent = AchievementContent()
    left_out: tuple[str, ...] = ()
    left_out_too: tuple[str, ...] = ()
    rules: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def details(self) -> frozenset[Detail]:
        """What must be asked of the host to say what may be said."""
        wanted = {Detail.GRADE: self.grade, Detail.EMAIL: self.email, Detail.RECORD: self.evidence}
        return frozenset(detail for detail, is_wanted in wanted.items() if is_wanted)

    def as_json(self) -> JsonObject:
        """For the ledger row: every claim, and what else is said."""
        said = dataclasses.asdict(self)
        said["content"] = {name: value for name, value in said["content"].items() if value not in ("", (), None)}
        return {name: value for name, value in said.items() if isinstance(value, bool) or value not in (None, (), {})}


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
class AnchorCall:
    """
    A transaction that carries ``data`` and transfers nothing (EIP-1559). ``to``: 0x and 40 hexadecimal digits; fees in
    wei for one unit of gas.
    """

    chain_id: int
    nonce: int
    to: str
    data: bytes
    gas: int
    max_fee_per_gas: int
    max_priority_fee_per_gas: int


@dataclasses.dataclass(frozen=True)
class SignedTransaction:
    """``hash``: 32 bytes, known before anybody has seen the transaction; ``raw``: what is sent."""

    hash: bytes
    raw: bytes


@dataclasses.dataclass(frozen=True)
class Nonces:
    """
    Of an account: the number of its next transaction, by the newest block, by what waits as well, and by the newest
    final block; that one is 0 where nothing is known to be final.
    """

    latest: int
    pending: int
    finalized: int = 0


@dataclasses.dataclass(frozen=True)
class ChainFees:
    """In wei for one unit of gas: what a block burns now, and what gets a transaction in."""

    base_fee: int
    priority_fee: int


class Sent(enum.StrEnum):
    """
    What became of a transaction that was handed over. ``KNOWN``: the node had it, waiting or in a block;
    ``NONCE_USED``: another one of the account has this nonce in a block; ``UNDERPRICED``: one with this nonce waits
    that pays as much, or it pays too little to be taken.
    """

    TAKEN = "taken"
    KNOWN = "known"
    NONCE_USED = "nonce_used"
    UNDERPRICED = "underpriced"
    UNAFFORDABLE = "unaffordable"


class BlockTag(enum.StrEnum):
    """``SAFE``: cannot go unless the chain below it is reorganised; ``FINALIZED``: cannot go."""

    LATEST = "latest"
    SAFE = "safe"
    FINALIZED = "finalized"


@dataclasses.dataclass(frozen=True)
class ChainBlock:
    """``hash``: 32 bytes."""

    number: int
    hash: bytes
    time: datetime.datetime


@dataclasses.dataclass(frozen=True)
class ChainTransaction:
    """As a node has it; ``block_hash`` None: it waits. ``sender``, ``to``: 0x and 40 digits, lower case."""

    hash: bytes
    sender: str
    to: str
    value: int
    data: bytes
    nonce: int
    block_number: int | None
    block_hash: bytes | None


@dataclasses.dataclass(frozen=True)
class ChainReceipt:
    """``succeeded`` False: it was reverted; ``fee``: what it cost in wei, the data fee of a second layer included."""

    succeeded: bool
    block_number: int
    block_hash: bytes
    fee: int


@dataclasses.dataclass(frozen=True)
class AnchoredRoot:
    """
    What a transaction carries that is in a block of its chain, the account that sent it (0x and 40 digits, lower case),
    and when its block was made.

    ``firmness``: the strictest tag whose block is not before its own; LATEST where the chain has no other tags.
    ``network``: for people; ``is_test_network``: anyone has coins there, and nothing needs to last.
    """

    root: bytes
    sender: str
    block_time: datetime.datetime
    firmness: BlockTag
    network: str
    is_test_network: bool
