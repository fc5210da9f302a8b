"""
The service's certificates → frozen awards. N awards cost a constant number of queries.

What the host decides is read the way the host decides it (when a certificate is visible); what it leaves open has a
fallback (titles). Content types are told by name, so badge templates and whatever comes later are simply not ours.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from collections.abc import Set
from typing import Any
from uuid import UUID

from credentials.apps.core.models import User
from credentials.apps.credentials.models import CourseCertificate
from credentials.apps.credentials.models import ProgramCertificate
from credentials.apps.credentials.models import UserCredential
from django.db.models import Prefetch
from django.db.models import Q

from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import CertificateGroup
from openedx_verifiable_credentials.data import Detail
from openedx_verifiable_credentials.host import awards
from openedx_verifiable_credentials.host import groups
from openedx_verifiable_credentials.host import related
from openedx_verifiable_credentials.host.details import completed

logger = logging.getLogger(__name__)

_COURSE = "coursecertificate"
_PROGRAM = "programcertificate"


class CredentialsService:
    """Implements :class:`..ports.CertificateSource`."""

    def get_awards(self, certificate_uuids: Iterable[UUID]) -> dict[UUID, Award]:
        """The awards that exist among ``certificate_uuids``."""
        rows = _certificates().filter(uuid__in=set(certificate_uuids))
        return {award.certificate_uuid: award for award in _read(list(rows))}

    def complete(self, awards: Sequence[Award], details: Set[Detail]) -> list[Award]:
        """The same awards with these details."""
        return completed(awards, details)

    def groups(self, scope: str, key: str) -> Iterator[CertificateGroup]:
        """What a policy of this scope speaks about, counted by course run and program."""
        return groups.groups(scope, key)

    def list_awards(self, user_id: int, site_id: int) -> list[Award]:
        """Every certificate of a learner on a site, newest first."""
        username = User.objects.filter(pk=user_id).values_list("username", flat=True).first()
        if not username:
            return []
        rows = _certificates().filter(username=username).order_by("-created", "-pk")
        own = [row for row in rows if row.username == username]
        return [award for award in _read(own) if award.platform.site_id == site_id]

    def page_of_awards(self, user_id: int, site_id: int, *, start: int, count: int) -> tuple[list[Award], int]:
        """A part of the same list, newest first, and how many certificates there are in all."""
        username = User.objects.filter(pk=user_id).values_list("username", flat=True).first()
        if not username:
            return [], 0
        rows = related.exactly_of(username, _certificates().filter(_of_site(site_id)))
        found = list(rows.order_by("-created", "-pk")[start : start + count])
        return _read(found), rows.count()

    def statuses(self, certificate_uuids: Iterable[UUID]) -> dict[UUID, str]:
        """The status word of each certificate that exists."""
        return dict(UserCredential.objects.filter(uuid__in=set(certificate_uuids)).values_list("uuid", "status"))

    def retired(self, certificate_uuids: Iterable[UUID], prefix: str) -> set[UUID]:
        """Those whose username starts with ``prefix`` now."""
        rows = UserCredential.objects.filter(uuid__in=set(certificate_uuids), username__startswith=prefix)
        # SQLite's LIKE ignores case; what counts is compared here.
        return {uuid for uuid, username in rows.values_list("uuid", "username") if username.startswith(prefix)}

    def retired_users(self, user_ids: Iterable[int], prefix: str) -> set[int]:
        """Those accounts whose username starts with ``prefix`` now."""
        rows = User.objects.filter(pk__in=set(user_ids), username__startswith=prefix)
        return {pk for pk, username in rows.values_list("pk", "username") if username.startswith(prefix)}

    def certificates_of(self, username: str) -> tuple[set[UUID], int | None]:
        """Every certificate under exactly this username, and the account that has it now."""
        # MySQL's collations ignore case, accents and spaces at the end.
        certificates = UserCredential.objects.filter(username=username).values_list("uuid", "username")
        accounts = User.objects.filter(username=username).values_list("pk", "username")
        return (
            {uuid for uuid, name in certificates if name == username},
            next((pk for pk, name in accounts if name == username), None),
        )


def _certificates() -> Any:
    return (
        UserCredential.objects.filter(credential_content_type__model__in=(_COURSE, _PROGRAM))
        .select_related("credential_content_type", "date_override")
        .annotate(account=related.account_of("username"))
    )


def _of_site(site_id: int) -> Q:
    """By their configurations, as awards tell their site; a certificate whose configuration is gone is on none."""
    either = Q(pk__in=())
    for model, configurations in ((_COURSE, CourseCertificate), (_PROGRAM, ProgramCertificate)):
        ids = configurations.objects.filter(site_id=site_id).values("pk")
        either |= Q(credential_content_type__model=model, credential_id__in=ids)
    return either


def _read(rows: list[Any]) -> list[Award]:
    course_rows = [row for row in rows if row.credential_content_type.model == _COURSE]
    program_rows = [row for row in rows if row.credential_content_type.model == _PROGRAM]
    courses = _course_configurations({row.credential_id for row in course_rows})
    programs = _program_configurations({row.credential_id for row in program_rows})
    visible = related.program_visibility(program_rows, programs)

    def build(row: Any) -> Award:
        if row.credential_content_type.model == _COURSE:
            return awards.course_award(row, courses[row.credential_id])
        return awards.program_award(row, programs[row.credential_id], visible.get(row.pk))

    return [award for award in (_tolerant(build, row) for row in rows) if award is not None]


def _tolerant(build: Callable[[Any], Award], row: Any) -> Award | None:
    """One certificate whose configuration is broken must not hide a learner's others."""
    try:
        return build(row)
    except Exception as error:  # noqa: BLE001  (whatever is wrong with one row of the host)
        logger.warning("Certificate %s cannot be read: %s", row.uuid, type(error).__name__)
        return None


def _course_configurations(ids: set[int]) -> dict[int, Any]:
    if not ids:
        return {}
    configurations = (
        CourseCertificate.objects.filter(pk__in=ids)
        .select_related("site__siteconfiguration", "course_run__course")
        .prefetch_related("signatories", "course_run__course__owners")
    )
    return {configuration.pk: configuration for configuration in configurations}


def _program_configurations(ids: set[int]) -> dict[int, Any]:
    if not ids:
        return {}
    configurations = (
        ProgramCertificate.objects.filter(pk__in=ids)
        .select_related("site__siteconfiguration", "program")
        .prefetch_related(
            "signatories",
            "program__authoring_organizations",
            Prefetch("program__course_runs", related.course_runs_with_courses()),
        )
    )
    return {configuration.pk: configuration for configuration in configurations}
