"""
The certificates that a scope names, counted by course run and program: one :class:`..data.CertificateGroup` each.

Configurations are found in the database by what its collation calls equal, and kept where the keys are equal letter by
letter. A scope costs the same number of queries however many certificates, runs and programs it has.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from credentials.apps.catalog.models import Program
from credentials.apps.credentials.models import CourseCertificate
from credentials.apps.credentials.models import ProgramCertificate
from credentials.apps.credentials.models import UserCredential
from django.db.models import Count
from django.db.models import Max
from django.db.models import Q
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey

from openedx_verifiable_credentials.core.policies import Scope
from openedx_verifiable_credentials.core.policies import scopes_of
from openedx_verifiable_credentials.data import CertificateGroup
from openedx_verifiable_credentials.data import CertificateKind
from openedx_verifiable_credentials.data import PolicyCase

logger = logging.getLogger(__name__)

# A scope and the key of what it is about.
Place = tuple[Scope, str]
_NONE = Q(pk__in=())


@dataclasses.dataclass(frozen=True)
class Configuration:
    """One that lies in a place, with what its certificates are about."""

    pk: int
    case: PolicyCase
    title: str


def groups(scope: str, key: str) -> Iterator[CertificateGroup]:
    """As :meth:`..ports.CertificateSource.groups`; runs and programs without a certificate yet are among them."""
    place = (Scope(scope), key)
    found = [*courses_in([place]), *programs_in([place])]
    counts = _counts(found)
    merged: dict[PolicyCase, CertificateGroup] = {}
    for one in found:
        awarded, example = counts.get((one.case.kind, one.pk), (0, None))
        earlier = merged.get(one.case)
        if earlier is not None:
            # A run may have a configuration for each of its modes.
            awarded, example = earlier.awarded + awarded, earlier.example or example
        merged[one.case] = CertificateGroup(one.case, one.title, awarded, example)
    yield from merged.values()


def _lies_in(case: PolicyCase, places: Iterable[Place]) -> bool:
    own = {place for level in scopes_of(case) for place in level}
    return own.issuperset(places)


def courses_in(places: Sequence[Place]) -> list[Configuration]:
    """Course certificate configurations that lie in every one of these places: two queries."""
    wanted = _all_of(_courses_where(*place) for place in places)
    if wanted is None:
        return []
    # Plain values: a site may have thousands of runs, and instances of five models for each would take seconds.
    rows = list(
        CourseCertificate.objects.filter(wanted)
        .order_by("pk")
        .distinct()
        .values(
            "pk", "site_id", "course_id", "title", "course_run_id", "course_run__key", "course_run__title_override",
            "course_run__course__title",
        )
    )  # fmt: skip
    programs = _programs_of({row["course_run_id"] for row in rows} - {None})
    found = (_course(row, programs.get(row["course_run_id"], [])) for row in rows)
    return [one for one in found if one is not None and _lies_in(one.case, places)]


def _all_of(conditions: Iterable[Q | None]) -> Q | None:
    both = Q()
    for one in conditions:
        if one is None:
            return None
        both &= one
    return both


def _programs_of(runs: set[int]) -> dict[int, list[UUID]]:
    """Those that course runs are part of."""
    found: dict[int, list[UUID]] = {}
    if runs:
        pairs = Program.objects.filter(course_runs__in=runs).order_by("pk").values_list("course_runs", "uuid")
        for run, program in pairs:
            found.setdefault(run, []).append(program)
    return found


def _course(row: Any, programs: Iterable[UUID]) -> Configuration | None:
    """Its case is :attr:`..data.Award.policy_case` of its certificates, with the programs of the run."""
    try:
        key = CourseKey.from_string(row["course_run__key"] or row["course_id"])
    except InvalidKeyError:
        # Its certificates cannot be read either.
        logger.warning("Course certificate configuration %s has no course key", row["pk"])
        return None
    case = PolicyCase(
        kind=CertificateKind.COURSE,
        site_id=row["site_id"],
        organizations=(key.org,) if key.org else (),
        course=f"{key.org}+{key.course}" if key.org and key.course else "",
        course_run=str(key),
        programs=tuple(programs),
    )
    titles = (row["title"], row["course_run__title_override"] or row["course_run__course__title"])
    return Configuration(row["pk"], case, _first(titles) or case.course_run)


def programs_in(places: Sequence[Place]) -> list[Configuration]:
    """As :func:`courses_in`, program certificate configurations."""
    wanted = _all_of(_programs_where(*place) for place in places)
    if wanted is None:
        return []
    rows = (
        ProgramCertificate.objects.filter(wanted, program__isnull=False)
        .select_related("program")
        .prefetch_related("program__authoring_organizations")
        .order_by("pk")
        .distinct()
    )
    found = (_program(row) for row in rows)
    return [one for one in found if _lies_in(one.case, places)]


def _program(row: Any) -> Configuration:
    program = row.program
    case = PolicyCase(
        kind=CertificateKind.PROGRAM,
        site_id=row.site_id,
        organizations=tuple(dict.fromkeys(one.key for one in program.authoring_organizations.all())),
        program=row.program_uuid,
        program_type=program.type_slug.lower(),
    )
    return Configuration(row.pk, case, _first((row.title, program.title)) or str(row.program_uuid))


def _first(titles: Iterable[str | None]) -> str:
    """A title of spaces is none."""
    return next(filter(None, ((title or "").strip() for title in titles)), "")


def _courses_where(scope: Scope, key: str) -> Q | None:
    """What finds the course certificates of a scope, and perhaps more; None where it has none."""
    if scope is Scope.SITE:
        return _site(key)
    if scope is Scope.ORGANIZATION:
        return _key_has(key)
    if scope is Scope.COURSE:
        return _key_has(*key.split("+", 1)) if "+" in key else None
    if scope is Scope.COURSE_RUN:
        return Q(course_run__key=key) | Q(course_id=key)
    if scope is Scope.PROGRAM:
        program = _uuid(key)
        return Q(course_run__programs__uuid=program) if program else None
    return None


def _programs_where(scope: Scope, key: str) -> Q | None:
    """As :func:`_courses_where`, for program certificates."""
    if scope is Scope.SITE:
        return _site(key)
    if scope is Scope.ORGANIZATION:
        return Q(program__authoring_organizations__key=key)
    if scope is Scope.PROGRAM_TYPE:
        return Q(program__type_slug__iexact=key)
    if scope is Scope.PROGRAM:
        program = _uuid(key)
        return Q(program_uuid=program) if program else None
    return None


def _site(key: str) -> Q | None:
    return Q(site_id=int(key)) if key.isascii() and key.isdecimal() and len(key) < 10 else None


def _key_has(*parts: str) -> Q:
    """Keys that begin with these parts, in the new form ("course-v1:A+B+C") or the old one ("A/B/C")."""
    new, old = f":{'+'.join(parts)}+", f"{'/'.join(parts)}/"
    either = Q(course_run__key__contains=new) | Q(course_run__key__startswith=old)
    return either | Q(course_id__contains=new) | Q(course_id__startswith=old)


def _uuid(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None


def _counts(found: Sequence[Configuration]) -> dict[tuple[CertificateKind, int], tuple[int, UUID]]:
    """How many are awarded of each configuration, and the uuid of the newest: two queries."""
    if not found:
        return {}
    ids = {kind: [one.pk for one in found if one.case.kind is kind] for kind in CertificateKind}
    rows = list(
        UserCredential.objects.filter(_of(ids), status=UserCredential.AWARDED)
        .order_by()
        .values_list("credential_content_type__model", "credential_id")
        .annotate(awarded=Count("pk"), newest=Max("pk"))
    )
    uuids = dict(UserCredential.objects.filter(pk__in=[row[3] for row in rows]).values_list("pk", "uuid"))
    kinds = {f"{kind.value}certificate": kind for kind in CertificateKind}
    return {(kinds[model], pk): (awarded, uuids[newest]) for model, pk, awarded, newest in rows if newest in uuids}


def _of(ids: dict[CertificateKind, list[int]]) -> Q:
    wanted: Iterable[Q] = (
        Q(credential_content_type__model=f"{kind.value}certificate", credential_id__in=some)
        for kind, some in ids.items()
        if some
    )
    either = _NONE
    for one in wanted:
        either |= one
    return either
