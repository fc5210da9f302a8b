"""
What differs between the credentials of one course or program, apart from all that is the same in them.

Under one issuer, profile and terms such credentials differ in their learner's facts only, and in which of those there
are: the :class:`Shape`. The :func:`skeleton` of a shape is an unsigned credential that tells of nobody, with its slots;
putting an award's :func:`values` into the slots gives, byte for byte, what :func:`.open_badges.compose` makes of that
award. Both go by the same functions for every value. :mod:`.templates` signs skeletons filled like this.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import lint
from openedx_verifiable_credentials.core import open_badges
from openedx_verifiable_credentials.core import subjects
from openedx_verifiable_credentials.core import text
from openedx_verifiable_credentials.core.moments import timestamp
from openedx_verifiable_credentials.core.profiles import CredentialProfile
from openedx_verifiable_credentials.core.status_list import ListForm
from openedx_verifiable_credentials.core.status_list import compose_entry
from openedx_verifiable_credentials.core.templates import Path
from openedx_verifiable_credentials.core.templates import Slot
from openedx_verifiable_credentials.core.templates import SlotKind
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import Grade
from openedx_verifiable_credentials.data import IssuerProfile
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.data import Learner
from openedx_verifiable_credentials.data import Terms
from openedx_verifiable_credentials.exceptions import CompositionError


@dataclasses.dataclass(frozen=True)
class Fresh:
    """
    What is drawn for one credential: its id and its subject's, absolute IRIs; the salt of the e-mail address's hash, ""
    where no address is released; its status entries as :func:`.status_list.compose_entry` makes them: none, one for
    revocation, or a second one for suspension.
    """

    credential_id: str
    subject_id: str = dataclasses.field(repr=False)
    salt: str = dataclasses.field(default="", repr=False)
    entries: tuple[JsonObject, ...] = ()


class Shape(NamedTuple):
    """Which of the members there are that a credential need not have; ``entries``: how many status entries."""

    entries: int
    valid_until: bool
    name: bool
    email: bool
    activity_start: bool
    activity_end: bool
    percent: bool
    letter: bool
    evidence: bool


# All that is not in every credential, "" for what is not: in the order of a shape, whose fields they are.
_Facts = tuple[str, str, str, str, str, str, str, str]

_BLANK_ENTRY_MEMBERS = {"id": "", "statusListIndex": "", "statusListCredential": ""}
_FORMS = (ListForm.REVOCATION, ListForm.SUSPENSION)
# What entries are but for their values, and the order of their members.
_BLANK_ENTRIES = [compose_entry("", 0, form) | _BLANK_ENTRY_MEMBERS for form in _FORMS]
_ENTRY_ORDER = list(_BLANK_ENTRIES[0])
# More bytes than all values have together when each is as long as it may be and everything in it is escaped; without,
# and with, the address of a record.
_MAX_VALUES, _MAX_VALUES_WITH_EVIDENCE = 4 * 1024, 16 * 1024
# Long over, so that what is counted from it is a year of four digits.
_DAY = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)


def shape_of(award: Award, terms: Terms, *, issuer: IssuerProfile, entries: int) -> Shape:
    """
    The shape of the credential of ``award`` with that many status entries.

    Raises CompositionError ``naive_date``; ``not_templatable`` where no shape has so many entries.
    """
    if not 0 <= entries <= len(_FORMS):
        raise _not_templatable("A credential has at most two status entries.")
    return Shape(entries, *map(bool, _facts(award, terms, issuer)))


def values(award: Award, terms: Terms, shape: Shape, fresh: Fresh, *, issuer: IssuerProfile) -> tuple[str, ...]:
    """
    What goes into the slots of that shape's :func:`skeleton`, in their order.

    Raises what :func:`.open_badges.compose` raises because of what differs between learners, and CompositionError
    ``not_templatable`` where this is the shape of another credential, or the status entries are not of this form.
    """
    facts = _facts(award, terms, issuer)
    if (len(fresh.entries), *map(bool, facts)) != shape:
        raise _not_templatable("The credential has another shape.")
    until, name, email, *others = facts
    return (
        text.require_iri(fresh.credential_id, "id of the credential"),
        timestamp(award.awarded_at),
        *((until,) if until else ()),
        *(_entry_values(fresh.entries) if fresh.entries else ()),
        text.require_iri(fresh.subject_id, "id of the subject"),
        *((name,) if name else ()),
        *((subjects.hash_with_salt(email, fresh.salt), fresh.salt) if email else ()),
        *filter(None, others),
    )


def skeleton(
    award: Award, terms: Terms, shape: Shape, *, profile: CredentialProfile, issuer: IssuerProfile, fresh: Fresh
) -> tuple[JsonObject, tuple[Slot, ...]]:
    """
    The unsigned credential of nobody in particular, and where in it stands what :func:`values` gives.

    Of ``award`` nothing is taken that tells of its learner, of ``fresh`` the schemes of its addresses only: for all
    awards of a course or program the document is the same.

    Raises CompositionError: what :func:`.open_badges.compose` raises; ``not_templatable`` where credentials under these
    terms have no such shape, or come so near to the largest that one may be that each must be weighed on its own.
    """
    document = open_badges.compose(
        _of_nobody(award, shape),
        dataclasses.replace(terms, validity_days=0 if shape.valid_until else None),
        profile=profile,
        issuer=issuer,
        credential_id=_address_like(fresh.credential_id, "credential"),
        subject_id=_address_like(fresh.subject_id, "subject"),
        status=[_entry_like(entry, form) for entry, form in zip(fresh.entries, _FORMS, strict=False)],
        salt="0",
    )
    slots = (*_of_document(shape, profile), *_of_status(shape.entries), *_of_subject(shape))
    if any(_at(document, path) is None for slot in slots for path in slot.paths):
        raise _not_templatable("Credentials under these terms have no such shape.")
    room = _MAX_VALUES_WITH_EVIDENCE if shape.evidence else _MAX_VALUES
    if len(json_text.write(document)) > lint.MAX_BYTES - room:
        raise _not_templatable("Credentials under these terms may be too large.")
    return document, slots


def _facts(award: Award, terms: Terms, issuer: IssuerProfile) -> _Facts:
    if award.awarded_at.tzinfo is None:
        # Says what is wrong, before the date is compared with others.
        timestamp(award.awarded_at)
    return (
        open_badges.written_valid_until(award, terms),
        subjects.released_name(award, terms),
        subjects.released_email(award, terms),
        *subjects.activity_dates(award, terms),
        *subjects.released_grade(award, terms),
        subjects.evidence_address(award, terms, issuer),
    )


# --- Status entries


def _entry_values(entries: tuple[JsonObject, ...]) -> Iterator[str]:
    """The index, which all have, then each one's id and list. Raises CompositionError ``not_templatable``."""
    for entry, blank in zip(entries, _BLANK_ENTRIES, strict=False):
        is_of_form = list(entry) == _ENTRY_ORDER and {**entry, **_BLANK_ENTRY_MEMBERS} == blank
        if not is_of_form or entry["statusListIndex"] != entries[0]["statusListIndex"]:
            raise _not_templatable("The status entries are not of the form that all have.")
    yield entries[0]["statusListIndex"]
    for entry in entries:
        yield entry["id"]
        yield entry["statusListCredential"]


def _entry_like(entry: JsonObject, form: ListForm) -> JsonObject:
    return compose_entry(_address_like(entry["statusListCredential"], form.purpose), 0, form)


# --- Nobody in particular


def _of_nobody(award: Award, shape: Shape) -> Award:
    starts, ends = (_DAY if is_told else None for is_told in (shape.activity_start, shape.activity_end))
    return dataclasses.replace(
        award,
        certificate_uuid=UUID(int=0),
        learner=Learner(None, "", "Name" if shape.name else "", "name@example.invalid" if shape.email else ""),
        awarded_at=_DAY,
        modified_at=_DAY,
        visible_from=None,
        course=award.course and dataclasses.replace(award.course, starts=starts, ends=ends),
        program=award.program and dataclasses.replace(award.program, starts=starts, ends=ends),
        grade=Grade("0" if shape.percent else None, "-" if shape.letter else ""),
        record_path="/record/" if shape.evidence else "",
    )


def _address_like(iri: str, name: str) -> str:
    """An address that leads nowhere, of the same scheme. Raises CompositionError ``invalid_iri``."""
    scheme = text.require_iri(iri, f"address of the {name}").partition(":")[0]
    return f"{scheme}://{name}.invalid/" if scheme.lower() in ("http", "https") else f"{scheme}:{name}:0"


# --- Slots, in the order of :func:`values`


def _of_document(shape: Shape, profile: CredentialProfile) -> Iterator[Slot]:
    yield Slot("id", SlotKind.IRI, (("id",),))
    awarded = (profile.valid_from, "awardedDate") if profile.extended else (profile.valid_from,)
    yield Slot("validFrom", SlotKind.PLAIN, tuple((member,) for member in awarded))
    if shape.valid_until:
        yield Slot("validUntil", SlotKind.PLAIN, ((profile.valid_until,),))


def _of_status(count: int) -> Iterator[Slot]:
    places: list[Path] = [("credentialStatus",)] if count == 1 else [("credentialStatus", n) for n in range(count)]
    if places:
        yield Slot("statusListIndex", SlotKind.PLAIN, tuple((*place, "statusListIndex") for place in places))
    for place, form in zip(places, _FORMS, strict=False):
        yield Slot(f"{form.purpose}Entry", SlotKind.IRI, ((*place, "id"),))
        yield Slot(f"{form.purpose}List", SlotKind.IRI, ((*place, "statusListCredential"),))


def _of_subject(shape: Shape) -> Iterator[Slot]:
    subject, email = ("credentialSubject",), ("credentialSubject", "identifier", int(shape.name))
    results = (*subject, "result")
    optional: list[tuple[bool, str, SlotKind, Path]] = [
        (True, "subject", SlotKind.IRI, (*subject, "id")),
        (shape.name, "name", SlotKind.TEXT, (*subject, "identifier", 0, "identityHash")),
        (shape.email, "emailHash", SlotKind.PLAIN, (*email, "identityHash")),
        (shape.email, "salt", SlotKind.PLAIN, (*email, "salt")),
        (shape.activity_start, "activityStartDate", SlotKind.PLAIN, (*subject, "activityStartDate")),
        (shape.activity_end, "activityEndDate", SlotKind.PLAIN, (*subject, "activityEndDate")),
        (shape.percent, "percent", SlotKind.TEXT, (*results, 0, "value")),
        (shape.letter, "letter", SlotKind.TEXT, (*results, int(shape.percent), "value")),
        (shape.evidence, "evidence", SlotKind.IRI, ("evidence", 0, "id")),
    ]
    return (Slot(name, kind, (path,)) for is_there, name, kind, path in optional if is_there)


def _at(node: object, path: Path) -> object:
    """What stands there; None: nothing."""
    for step in path:
        try:
            node = node[step]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            return None
    return node


def _not_templatable(message: str) -> CompositionError:
    return CompositionError("not_templatable", message)
