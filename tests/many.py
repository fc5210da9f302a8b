"""Very many certificates, made quickly: of one learner, or of a whole platform of them."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from typing import Any

from credentials.apps.catalog.models import Course
from credentials.apps.catalog.models import CourseRun
from credentials.apps.core.models import User
from credentials.apps.credentials.models import CourseCertificate
from credentials.apps.credentials.models import UserCredential
from credentials.apps.records.models import UserGrade
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db import transaction
from django.db.models import Max

from tests import seed

_AT_ONCE = 500
_FIRST_NAMES = (
    "Ada", "Zoë", "Łukasz", "Nguyễn", "Ирина", "Ελένη", "عمر", "מרים", "प्रिया", "สมชาย", "美咲", "지우", "ქეთი",
    "Ñusta", "José", "D'Arcy", 'Robert "Bob"', "Back\\slash", "Ünsal 🎓",
)  # fmt: skip
_LAST_NAMES = (
    "Lovelace", "Müller-Lüdenscheidt", "Żółć", "Thị Minh Khai", "Петрова", "Παπαδοπούλου", "الخيام", "כהן", "शर्मा",
    "ใจดี", "山田", "김", "ბერიძე", "O’Brien & <Sons>", "de la Cruz", "X Æ A-12", "{0} %s",
)  # fmt: skip


def award_courses(site: Any, learner: Any, count: int) -> None:
    """
    ``count`` more course certificates of the learner's, each of a course of its own. Every one is as old as all its
    like; their order is that of their numbers.
    """
    organization = seed.make_organization(site)
    after = max(_last(Course), _last(CourseRun), _last(CourseCertificate))
    numbers = range(after + 1, after + 1 + count)
    now = datetime.datetime.now(datetime.UTC)
    _make(Course(pk=one, site=site, uuid=uuid.uuid4(), key=f"ManyX+C{one}", title=f"Course {one}") for one in numbers)
    _make(_owned(one, organization.pk) for one in numbers)
    _make(
        CourseRun(pk=one, course_id=one, uuid=uuid.uuid4(), key=f"course-v1:ManyX+C{one}+2026", start_date=now)
        for one in numbers
    )
    _make(
        CourseCertificate(
            pk=one,
            site=site,
            is_active=True,
            course_id=f"course-v1:ManyX+C{one}+2026",
            course_run_id=one,
            certificate_type="verified",
        )
        for one in numbers
    )
    kind = ContentType.objects.get_for_model(CourseCertificate)
    _make(
        UserCredential(username=learner.username, credential_content_type=kind, credential_id=one, status="awarded")
        for one in numbers
    )
    # What was just created would be awarded in the future of a clock that is a little behind.
    yesterday = now - datetime.timedelta(days=1)
    UserCredential.objects.filter(username=learner.username).update(created=yesterday)


def _owned(course: int, organization: int) -> Any:
    return Course.owners.through(course_id=course, organization_id=organization)


def _last(model: Any) -> int:
    return int(model.objects.aggregate(last=Max("pk"))["last"] or 0)


def _make(rows: Any) -> None:
    rows = list(rows)
    type(rows[0])._default_manager.bulk_create(rows, batch_size=_AT_ONCE)


@dataclasses.dataclass
class Platform:
    """
    What :func:`seed_platform` made, in numbers of certificates unless the name says otherwise.

    ``issuable``: those that a credential can be issued for, which is all but the revoked, those of learners who have no
    account or are retired, of the embargoed course and of the one that is inactive.
    """

    site_id: int
    course_runs: list[str]
    program: str
    learners: int = 0
    certificates: int = 0
    of_program: int = 0
    grades: int = 0
    revoked: int = 0
    without_account: int = 0
    retired: int = 0
    embargoed: int = 0
    inactive: int = 0

    @property
    def awarded(self) -> int:
        """What the host has not revoked."""
        return self.certificates - self.revoked

    @property
    def issuable(self) -> int:
        """What a credential can be issued for."""
        return self.awarded - self.without_account - self.retired - self.embargoed - self.inactive


@dataclasses.dataclass
class _Learner:
    """One of a platform; of every hundred some are odd, and none in two ways."""

    number: int
    username: str

    @property
    def odd(self) -> str:
        """What is the matter with this one; "" for most."""
        oddities = {9: "revoked", 13: "without_account", 22: "retired", 32: "embargoed", 46: "inactive"}
        return oddities.get(self.number % 100, "")

    @property
    def has_grades(self) -> bool:
        """Half of them do."""
        return self.number % 2 == 0

    def names(self) -> tuple[str | None, str, str]:
        """The full name, and the two parts that stand in for it."""
        first, last = (names[self.number % len(names)] for names in (_FIRST_NAMES, _LAST_NAMES))
        if self.odd == "retired" or self.number % 100 == 61:
            return "", "", ""
        if self.number % 100 == 66:
            return None, first, last
        return (f" {first}  {last}\u00a0" if self.number % 100 == 53 else f"{first} {last}"), "", ""


def seed_platform(site: Any, count: int = 200_000, courses: int = 20) -> Platform:
    """
    ``count`` certificates of learners who have one to four each: of ``courses`` course runs of two organisations, of a
    program of the first three, and a few of an embargoed course and of an inactive one. Names in many scripts, e-mail
    addresses, grades of half the learners. All are older than a day.
    """
    if courses < 4:
        raise ValueError("A learner may have certificates of four courses.")
    good = [_make_course(site, number) for number in range(courses)]
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=365)
    odd = {"embargoed": _make_course(site, courses, certificate_available_date=soon)}
    odd["inactive"] = _make_course(site, courses + 1, is_active=False)
    program = seed.make_program(site, good[:3], organizations=("ManyX", "OtherX"))
    made = Platform(site.pk, [one.course_id for one in good], str(program.program_uuid))
    learners: list[_Learner] = []
    rows: list[tuple[_Learner, Any]] = []
    for learner in _learners(_last(User)):
        held = _held(learner, good, odd, program)[: count - len(rows)]
        if not held:
            break
        learners.append(learner)
        rows += ((learner, one) for one in held)
    _insert_accounts(learners)
    _insert_certificates(rows, made)
    _insert_grades(rows, made)
    made.learners, made.certificates = len(learners), len(rows)
    return made


def _learners(after: int) -> Iterator[_Learner]:
    number = 0
    while True:
        prefix = "retired__user_" if number % 100 == 22 else ""
        yield _Learner(number, f"{prefix}many{after}_{number}")
        number += 1


def _held(learner: _Learner, courses: Sequence[Any], odd: dict[str, Any], program: Any) -> list[Any]:
    """The configurations of a learner's certificates. Whoever has the program's has one of its first course."""
    start = learner.number // 4
    held = [courses[(start + more) % len(courses)] for more in range(1 + learner.number % 4)]
    if len(held) == 4 and held[0] in courses[:3]:
        held[3] = program
    if learner.odd in odd:
        held[0] = odd[learner.odd]
    return held


def _make_course(site: Any, number: int, **more: Any) -> Any:
    organization = seed.make_organization(site, "OtherX" if number % 2 else "ManyX")
    name = f"{organization.key}+M{_last(Course) + 1}"
    course = Course.objects.create(site=site, uuid=uuid.uuid4(), key=name, title=f"Course {number} of Many")
    course.owners.add(organization)
    start = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=400)
    run = CourseRun.objects.create(course=course, uuid=uuid.uuid4(), key=f"course-v1:{name}+2026", start_date=start)
    options = {"is_active": True, "certificate_type": "verified", **more}
    return CourseCertificate.objects.create(site=site, course_id=run.key, course_run=run, **options)


def _insert_accounts(learners: Iterable[_Learner]) -> None:
    joined = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=500)
    names = ("username", "email", "full_name", "first_name", "last_name", "password", "date_joined")
    flags = {"is_staff": False, "is_superuser": False, "is_active": True}

    def row(one: _Learner) -> tuple[Any, ...]:
        return (
            one.username,
            f"{one.username.title()}@Learners.Example.edu",
            *one.names(),
            "!",
            joined,
            *flags.values(),
        )

    _insert(User, (*names, *flags), (row(one) for one in learners if one.odd != "without_account"))


def _insert_certificates(rows: Sequence[tuple[_Learner, Any]], made: Platform) -> None:
    kinds = ContentType.objects.get_for_models(*{type(of) for _, of in rows})
    numbers = {model: kind.pk for model, kind in kinds.items()}
    yesterday = datetime.datetime.now(datetime.UTC).replace(microsecond=0) - datetime.timedelta(days=1)

    def row(learner: _Learner, of: Any, is_first: bool) -> tuple[Any, ...]:
        odd = learner.odd
        made.of_program += of._meta.model_name == "programcertificate"
        if odd in ("without_account", "retired") or (odd and is_first):
            setattr(made, odd, getattr(made, odd) + 1)
        created = yesterday - datetime.timedelta(days=learner.number % 300)
        status = "revoked" if odd == "revoked" and is_first else "awarded"
        return (learner.username, numbers[type(of)], of.pk, status, uuid.uuid4(), created, created)

    earlier = (None, *(learner for learner, _ in rows))
    names = ("username", "credential_content_type", "credential_id", "status", "uuid", "created", "modified")
    _insert(
        UserCredential,
        names,
        (row(learner, of, learner is not before) for (learner, of), before in zip(rows, earlier, strict=False)),
    )


def _insert_grades(rows: Sequence[tuple[_Learner, Any]], made: Platform) -> None:
    now = datetime.datetime.now(datetime.UTC)
    names = ("username", "course_run", "letter_grade", "percent_grade", "verified", "created", "modified")
    grades = [
        (learner.username, of.course_run_id, "ABCD"[learner.number % 4], 1 - learner.number % 50 / 100, True, now, now)
        for learner, of in rows
        if learner.has_grades and isinstance(of, CourseCertificate)
    ]
    made.grades = len(grades)
    _insert(UserGrade, names, grades)


def _insert(model: Any, names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Without instances: those cost several times what the database does."""
    fields = [model._meta.get_field(name) for name in names]
    quote = connection.ops.quote_name
    columns, places = ", ".join(quote(field.column) for field in fields), ", ".join(["%s"] * len(fields))
    sql = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})"
    values = [
        tuple(field.get_db_prep_save(one, connection) for field, one in zip(fields, row, strict=True)) for row in rows
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(sql, values)
