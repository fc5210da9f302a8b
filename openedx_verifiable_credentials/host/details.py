"""
The details of an award that cost a query of their own: read only where they are asked for, one query for each.

Rows are found by the certificate's configuration and the learner, as the service links them; what a learner of another
name, another run or another program has is nobody else's.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from collections.abc import Set
from decimal import Decimal
from uuid import UUID

from credentials.apps.core.models import User
from credentials.apps.credentials.models import CourseCertificate
from credentials.apps.records.models import ProgramCertRecord
from credentials.apps.records.models import UserGrade
from django.urls import reverse

from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import CertificateKind
from openedx_verifiable_credentials.data import CourseFacts
from openedx_verifiable_credentials.data import Detail
from openedx_verifiable_credentials.data import Grade
from openedx_verifiable_credentials.data import Learner


def completed(awards: Sequence[Award], details: Set[Detail]) -> list[Award]:
    """The same awards, in the same order, with these details. A detail that the service does not have stays empty."""
    found = list(awards)
    if Detail.GRADE in details:
        found = _with_grades(found)
    if Detail.EMAIL in details:
        found = _with_emails(found)
    if Detail.RECORD in details:
        found = _with_records(found)
    if Detail.PROGRAMS in details:
        found = _with_programs(found)
    if Detail.MAILBOX in details:
        found = _with_mailboxes(found)
    return found


def _with_grades(awards: list[Award]) -> list[Award]:
    """A program has no grade of its own."""
    courses = _of_kind(awards, CertificateKind.COURSE)
    if not courses:
        return awards
    rows = UserGrade.objects.filter(
        username__in={award.learner.username for award in courses},
        course_run__coursecertificate__in={award.configuration_id for award in courses},
    ).values_list("username", "course_run__coursecertificate", "percent_grade", "letter_grade")
    grades = {(username, pk): _grade(percent, letter) for username, pk, percent, letter in rows}
    return [
        dataclasses.replace(award, grade=grades.get((award.learner.username, award.configuration_id)))
        if award.kind is CertificateKind.COURSE
        else award
        for award in awards
    ]


def _grade(percent: Decimal | None, letter: str | None) -> Grade:
    written = None if percent is None else f"{(percent * 100).quantize(Decimal('0.01')):f}"
    if written and "." in written:
        written = written.rstrip("0").rstrip(".")
    return Grade(percent=written, letter=letter or "")


def _with_emails(awards: list[Award]) -> list[Award]:
    accounts = _accounts(awards)
    if not accounts:
        return awards
    emails: dict[int | None, str] = dict(User.objects.filter(pk__in=accounts).values_list("pk", "email"))

    def with_email(learner: Learner) -> Learner:
        return dataclasses.replace(learner, email=emails.get(learner.user_id) or "")

    return [dataclasses.replace(award, learner=with_email(award.learner)) for award in awards]


def _with_mailboxes(awards: list[Award]) -> list[Award]:
    """Nobody writes to an account that was switched off."""
    accounts = _accounts(awards)
    if not accounts:
        return awards
    active = User.objects.filter(pk__in=accounts, is_active=True)
    mailboxes: dict[int | None, str] = dict(active.values_list("pk", "email"))

    def with_mailbox(learner: Learner) -> Learner:
        return dataclasses.replace(learner, mailbox=mailboxes.get(learner.user_id) or "")

    return [dataclasses.replace(award, learner=with_mailbox(award.learner)) for award in awards]


def _with_records(awards: list[Award]) -> list[Award]:
    """Of each learner and program there is one record at most; it exists from when the learner shared it."""
    programs = _of_kind(awards, CertificateKind.PROGRAM)
    accounts = _accounts(programs)
    if not accounts:
        return awards
    rows = ProgramCertRecord.objects.filter(
        user__in=accounts, program__programcertificate__in={award.configuration_id for award in programs}
    ).values_list("user", "program__programcertificate", "uuid")
    records: dict[tuple[int | None, int], UUID] = {(user, pk): uuid for user, pk, uuid in rows}

    def path(award: Award) -> str:
        record = records.get((award.learner.user_id, award.configuration_id))
        return reverse("records:public_programs", kwargs={"uuid": record.hex}) if record else ""

    return [
        dataclasses.replace(award, record_path=path(award)) if award.kind is CertificateKind.PROGRAM else award
        for award in awards
    ]


def _with_programs(awards: list[Award]) -> list[Award]:
    courses = _of_kind(awards, CertificateKind.COURSE)
    if not courses:
        return awards
    rows = (
        CourseCertificate.objects.filter(
            pk__in={award.configuration_id for award in courses}, course_run__programs__isnull=False
        )
        .order_by("course_run__programs")
        .values_list("pk", "course_run__programs__uuid")
    )
    programs: dict[int, list[UUID]] = {}
    for pk, uuid in rows:
        programs.setdefault(pk, []).append(uuid)

    def with_programs(award: Award, course: CourseFacts) -> Award:
        own = dict.fromkeys(programs.get(award.configuration_id, ()))
        return dataclasses.replace(award, course=dataclasses.replace(course, programs=tuple(own)))

    return [with_programs(award, award.course) if award.course is not None else award for award in awards]


def _of_kind(awards: Sequence[Award], kind: CertificateKind) -> list[Award]:
    return [award for award in awards if award.kind is kind]


def _accounts(awards: Sequence[Award]) -> set[int]:
    return {award.learner.user_id for award in awards if award.learner.user_id is not None}
