"""
What is typed into the search of credentials. Usernames are asked of the service and go no further: not into an address,
a page or a log. What was found is remembered in the session, under a random word that stands in the address.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Q
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from openedx_verifiable_credentials.admin.filters import exactly
from openedx_verifiable_credentials.models import Credential

FOUND = "found"
NOTHING = "nothing"
_SESSION_KEY = "openedx_verifiable_credentials.found"
_KEPT = 5
_UUID = re.compile(r"(?:urn:uuid:)?([0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12})", re.ASCII | re.IGNORECASE)
_COURSE_RUN = "course-v1:"


def as_uuid(text: str) -> UUID | None:
    """The uuid that ``text`` is, with dashes or without, also as ``urn:uuid:…``; None where it is none."""
    match = _UUID.fullmatch(text.strip())
    return None if match is None else UUID(match[1])


def is_course(text: str) -> bool:
    """Whether ``text`` has the shape of a course run key, of its beginning, or of "Org+Number"."""
    return text.startswith(_COURSE_RUN) or "+" in text or "/" in text


def narrowed(rows: QuerySet[Credential], text: str) -> QuerySet[Credential]:
    """
    Those of ``rows`` that ``text`` means: a uuid (of a credential, a certificate, a program), or a course run key, its
    beginning, "Org+Number". None for anything else. Each condition goes by one index.
    """
    text = text.strip()
    wanted = as_uuid(text)
    if wanted is not None:
        # Two indexes at once are none: whose uuid it is is asked first.
        own = rows.model._default_manager.filter(Q(uuid=wanted) | Q(certificate_uuid=wanted))
        pks = list(own.order_by().values_list("pk", flat=True)[:1000])
        return rows.filter(pk__in=pks) if pks else rows.filter(achievement_key=str(wanted))
    return rows.filter(_of_course(text)) if is_course(text) else rows.none()


def _of_course(text: str) -> Q:
    if not text.startswith(_COURSE_RUN) and text.count("+") == 1:
        return _begins(f"{_COURSE_RUN}{text}+")
    if not text.startswith(_COURSE_RUN) and "+" in text:
        text = f"{_COURSE_RUN}{text}"
    return _begins(text)


def _begins(text: str) -> Q:
    # The first goes by the index, whatever the case; the second is exact on MySQL, and goes by no index there.
    return Q(achievement_key__istartswith=text) & Q(achievement_key__startswith=text)


def is_organization(key: str) -> bool:
    """Whether there is a credential of this organisation."""
    return Credential.objects.filter(exactly(Credential, "organization_key", key)).exists()


def remember(request: HttpRequest, certificate_uuids: Iterable[UUID]) -> str:
    """The word under which the session keeps these certificates; the newest few words are good."""
    word = secrets.token_urlsafe(9)
    kept = list(request.session.get(_SESSION_KEY, {}).items())[1 - _KEPT :]
    request.session[_SESSION_KEY] = dict([*kept, (word, sorted(one.hex for one in certificate_uuids))])
    return word


def recall(request: HttpRequest, word: str) -> list[UUID] | None:
    """The certificates kept under ``word``; None where it is not good any more."""
    kept = request.session.get(_SESSION_KEY, {}).get(word)
    return None if kept is None else [UUID(hex=one) for one in kept]


class FoundFilter(admin.SimpleListFilter):
    """The credentials of the learner who was searched for, until the search is given up."""

    title = _("search")
    parameter_name = FOUND

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, Any]]:
        """One, while there is one."""
        word = self.value()
        if word is None:
            return []
        return [(word, _("nothing was found") if word == NOTHING else _("the learner who was searched for"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Theirs: by the certificates, so that what was erased is found as well."""
        word = self.value()
        return queryset if word is None else queryset.filter(certificate_uuid__in=recall(request, word) or [])
