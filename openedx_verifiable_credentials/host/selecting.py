"""
The certificates of a :class:`..data.Selection`, page by page along their primary keys.

What is asked of the certificates' own table is only what its indexes are good for: the primary key, ``credential_id``,
``uuid``. Configurations are found first, letter by letter (:mod:`.groups`); which kind a certificate is of is compared
here, since an index on two content types would only lead a database astray.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from credentials.apps.credentials.models import CourseCertificate
from credentials.apps.credentials.models import ProgramCertificate
from credentials.apps.credentials.models import UserCredential
from django.db.models import Count
from django.db.models import Max
from django.db.models import Q

from openedx_verifiable_credentials.core.policies import Scope
from openedx_verifiable_credentials.data import CertificateKind
from openedx_verifiable_credentials.data import Selection
from openedx_verifiable_credentials.data import SelectionCount
from openedx_verifiable_credentials.host import groups
from openedx_verifiable_credentials.host import related

PAGE = 5_000
# How many uuids are named in one query.
_NAMED = 1_000

Page = list[tuple[str, UUID]]
# The content type's number and the configuration's.
_Configuration = tuple[int, int]


def select(selection: Selection) -> Iterator[Page]:
    """As :meth:`..ports.CertificateSource.select`. Whatever is awarded after this call is not among them."""
    wanted = _Wanted(selection)
    newest = UserCredential.objects.aggregate(newest=Max("pk"))["newest"]
    if newest is None or wanted.is_empty:
        return iter(())
    return wanted.pages(newest)


def count(selection: Selection) -> SelectionCount:
    """As :meth:`..ports.CertificateSource.count`."""
    wanted = _Wanted(selection)
    found: dict[_Configuration, int] = {}
    if not wanted.is_empty:
        for kind, configuration, number in wanted.counted():
            found[kind, configuration] = found.get((kind, configuration), 0) + number
    kinds = [wanted.kinds[kind] for kind, _ in found]
    return SelectionCount(
        certificates=sum(found.values()),
        courses=kinds.count(CertificateKind.COURSE),
        programs=kinds.count(CertificateKind.PROGRAM),
    )


class _Wanted:
    """A selection as its certificates' rows are asked for."""

    def __init__(self, selection: Selection):
        self.kinds = related.kinds()
        self._configurations = _configurations(selection, self.kinds)
        self._named = None if selection.certificates is None else list(dict.fromkeys(selection.certificates))
        self._conditions = Q(status=UserCredential.AWARDED)
        if self._configurations is not None:
            self._conditions &= Q(credential_id__in={pk for _, pk in self._configurations})
        if selection.since is not None:
            self._conditions &= Q(created__gte=selection.since) | Q(modified__gte=selection.since)

    @property
    def is_empty(self) -> bool:
        """Whether no certificate can be of it."""
        return self._configurations == set() or self._named == []

    def pages(self, newest: int) -> Iterator[Page]:
        """Each of one query. A page may be shorter where rows of other kinds lie between."""
        names: dict[_Configuration, str] = {}
        for rows in self._row_pages(newest):
            page = []
            for _, uuid, *configuration in rows:
                of = (configuration[0], configuration[1])
                if not self._has(of):
                    continue
                name = names.get(of) or names.setdefault(of, f"{self.kinds[of[0]].value}:{of[1]}")
                page.append((name, uuid))
            if page:
                yield page

    def counted(self) -> Iterator[tuple[int, int, int]]:
        """Content type, configuration and number of certificates; more than once where many are named."""
        for some in self._parts():
            rows = (
                UserCredential.objects.filter(some).order_by().values_list("credential_content_type", "credential_id")
            )
            for kind, configuration, number in rows.annotate(number=Count("pk")):
                if self._has((kind, configuration)):
                    yield kind, configuration, number

    def _row_pages(self, newest: int) -> Iterator[list[Any]]:
        for some in self._parts():
            last = 0
            while True:
                rows = UserCredential.objects.filter(some, pk__gt=last, pk__lte=newest).order_by("pk")
                found = list(rows.values_list("pk", "uuid", "credential_content_type", "credential_id")[:PAGE])
                yield found
                if len(found) < PAGE:
                    break
                last = found[-1][0]

    def _parts(self) -> Iterable[Q]:
        if self._named is None:
            return [self._conditions]
        parts = (self._named[start : start + _NAMED] for start in range(0, len(self._named), _NAMED))
        return (self._conditions & Q(uuid__in=some) for some in parts)

    def _has(self, configuration: _Configuration) -> bool:
        if self._configurations is None:
            return configuration[0] in self.kinds
        return configuration in self._configurations


def _configurations(selection: Selection, kinds: dict[int, CertificateKind]) -> set[_Configuration] | None:
    """Those that a selection's conditions allow; None where it has no condition on them."""
    if selection.course is selection.program is selection.organization is selection.site_id is None:
        return None
    found: dict[CertificateKind, set[int]] = {
        CertificateKind.COURSE: set() if selection.program is not None else _courses(selection),
        CertificateKind.PROGRAM: set() if selection.course is not None else _programs(selection),
    }
    return {(number, pk) for number, kind in kinds.items() for pk in found[kind]}


def _courses(selection: Selection) -> set[int]:
    if selection.course is None and selection.organization is None:
        return _of_site(CourseCertificate, selection.site_id)
    places = _places(selection)
    if selection.course is not None:
        # A key of a run has a colon or slashes ("course-v1:A+B+C", "A/B/C"), that of a course has neither ("A+B").
        is_run = ":" in selection.course or "/" in selection.course
        places.append((Scope.COURSE_RUN if is_run else Scope.COURSE, selection.course))
    return _lying_in(groups.courses_in(places))


def _programs(selection: Selection) -> set[int]:
    if selection.program is None and selection.organization is None:
        return _of_site(ProgramCertificate, selection.site_id)
    places = _places(selection)
    if selection.program is not None:
        places.append((Scope.PROGRAM, str(selection.program)))
    return _lying_in(groups.programs_in(places))


def _of_site(model: Any, site_id: int | None) -> set[int]:
    """All of them, those that cannot be read too: whoever issues says why not."""
    return set(model.objects.filter(site_id=site_id).values_list("pk", flat=True))


def _places(selection: Selection) -> list[groups.Place]:
    """Site and organisation."""
    places = []
    if selection.site_id is not None:
        places.append((Scope.SITE, str(selection.site_id)))
    if selection.organization is not None:
        places.append((Scope.ORGANIZATION, selection.organization))
    return places


def _lying_in(found: Iterable[groups.Configuration]) -> set[int]:
    return {one.pk for one in found}
