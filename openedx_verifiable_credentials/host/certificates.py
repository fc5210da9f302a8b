"""
The service's certificates → frozen awards. N awards cost a constant number of queries.

What the host decides is read the way the host decides it (when a certificate is visible); what it leaves open has a
fallback (titles). Badge templates and whatever comes later are simply not ours.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
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
from openedx_verifiable_credentials.data import CertificateKind
from openedx_verifiable_credentials.data import Detail
from openedx_verifiable_credentials.data import Learner
from openedx_verifiable_credentials.data import Selection
from openedx_verifiable_credentials.data import SelectionCount
from openedx_verifiable_credentials.host import awards
from openedx_verifiable_credentials.host import groups
from openedx_verifiable_credentials.host import related
from openedx_verifiable_credentials.host import selecting
from openedx_verifiable_credentials.host.awards import Certificate
from openedx_verifiable_credentials.host.awards import Shared
from openedx_verifiable_credentials.host.details import completed

logger = logging.getLogger(__name__)


class CredentialsService:
    """Implements :class:`..ports.CertificateSource`."""

    def get_awards(self, certificate_uuids: Iterable[UUID]) -> dict[UUID, Award]:
        """The awards that exist among ``certificate_uuids``."""
        rows, learners = related.with_learners(set(certificate_uuids))
        return {award.certificate_uuid: award for award in _read(rows, learners)}

    def complete(self, awards: Sequence[Award], details: Set[Detail]) -> list[Award]:
        """The same awards with these details."""
        return completed(awards, details)

    def groups(self, scope: str, key: str) -> Iterator[CertificateGroup]:
        """What a policy of this scope speaks about, counted by course run and program."""
        return groups.groups(scope, key)

    def select(self, selection: Selection) -> Iterator[list[tuple[str, UUID]]]:
        """Every awarded certificate of the selection, page by page."""
        return selecting.select(selection)

    def count(self, selection: Selection) -> SelectionCount:
        """How many those are."""
        return selecting.count(selection)

    def list_awards(self, user_id: int, site_id: int) -> list[Award]:
        """Every certificate of a learner on a site, newest first."""
        learner = related.learner(user_id)
        if learner is None:
            return []
        found = UserCredential.objects.filter(username=learner.username).order_by("-created", "-pk")
        own = [row for row in Certificate.read(found) if row.username == learner.username]
        return [award for award in _read(own, {learner.username: learner}) if award.platform.site_id == site_id]

    def page_of_awards(self, user_id: int, site_id: int, *, start: int, count: int) -> tuple[list[Award], int]:
        """A part of the same list, newest first, and how many certificates there are in all."""
        learner = related.learner(user_id)
        if learner is None:
            return [], 0
        rows = related.exactly_of(learner.username, UserCredential.objects.filter(_of_site(site_id)))
        found = Certificate.read(rows.order_by("-created", "-pk")[start : start + count])
        return _read(found, {learner.username: learner}), rows.count()

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


def _of_site(site_id: int) -> Q:
    """By their configurations, as awards tell their site; a certificate whose configuration is gone is on none."""
    models = {CertificateKind.COURSE: CourseCertificate, CertificateKind.PROGRAM: ProgramCertificate}
    either = Q(pk__in=())
    for content_type, kind in related.kinds().items():
        ids = models[kind]._default_manager.filter(site_id=site_id).values("pk")
        either |= Q(credential_content_type=content_type, credential_id__in=ids)
    return either


def _read(rows: list[Certificate], learners: Mapping[str, Learner]) -> list[Award]:
    """Their awards, in the same order, without those that cannot be read and what is of another kind."""
    kinds = related.kinds()
    of = {kind: [row for row in rows if kinds.get(row.content_type) is kind] for kind in CertificateKind}
    ids = {kind: {row.configuration_id for row in some} for kind, some in of.items()}
    courses = _course_configurations(ids[CertificateKind.COURSE])
    programs = _program_configurations(ids[CertificateKind.PROGRAM])
    visible = related.program_visibility(of[CertificateKind.PROGRAM], programs)
    shared = {
        CertificateKind.COURSE: {pk: _tolerant(awards.of_course, one) for pk, one in courses.items()},
        CertificateKind.PROGRAM: {pk: _tolerant(awards.of_program, one) for pk, one in programs.items()},
    }
    found = []
    for row in rows:
        kind = kinds.get(row.content_type)
        if kind is None:
            continue
        of_all = shared[kind].get(row.configuration_id, "DoesNotExist")
        if isinstance(of_all, str):
            logger.warning("Certificate %s cannot be read: %s", row.uuid, of_all)
            continue
        since = visible.get(row.pk) if kind is CertificateKind.PROGRAM else of_all.available or row.created
        found.append(awards.award_of(row, of_all, learners[row.username], since))
    return found


def _tolerant(make: Callable[[Any], Shared], configuration: Any) -> Shared | str:
    """What is wrong with it, where that is so: one that is broken must not hide a learner's others."""
    try:
        return make(configuration)
    except Exception as error:  # noqa: BLE001  (whatever is wrong with one row of the host)
        return type(error).__name__


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
