"""Publish the status lists whose time has come, one after the other: what fails stops no other."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import logging
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Iterator
from uuid import UUID

from django.db import DatabaseError
from django.db import connection

from openedx_verifiable_credentials.core.profiles import get_profile
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.flows.steps.keys import best_list_key
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.flows.steps.publishing import forms_of
from openedx_verifiable_credentials.flows.steps.publishing import in_chunks
from openedx_verifiable_credentials.flows.steps.publishing import is_intact
from openedx_verifiable_credentials.flows.steps.publishing import publish
from openedx_verifiable_credentials.models import IssuerKey
from openedx_verifiable_credentials.models import PublishedList
from openedx_verifiable_credentials.models import StatusList

logger = logging.getLogger(__name__)

# Clocks of several servers differ by less; a list from further ahead was signed while a clock was wrong.
_CLOCK_SKEW = datetime.timedelta(minutes=1)


class Reason(enum.StrEnum):
    """Why a list is published now, in the order in which that is done."""

    CHANGED = "changed"
    UNPUBLISHED = "not published yet"
    DAMAGED = "stored document damaged"
    INCOMPLETE = "a form is missing"
    KEY = "signed with another key than it is now"
    CLOCK = "signed while the clock was ahead, or for longer than it is now"
    AGED = "half of its lifetime is over"
    ASKED = "asked for"


class Outcome(enum.StrEnum):
    """``OVERTAKEN``: another publisher has done it meanwhile."""

    PUBLISHED = "published"
    OVERTAKEN = "published by another"
    FAILED = "failed"


@dataclasses.dataclass(frozen=True)
class Due:
    """A list to publish."""

    pk: int
    uuid: UUID
    reason: Reason


@dataclasses.dataclass(frozen=True)
class Attempt:
    """What became of a list; ``problem`` is a sentence where it failed."""

    due: Due
    outcome: Outcome
    problem: str = ""


@dataclasses.dataclass(frozen=True)
class Plan:
    """The lists to publish now, in order; ``waiting``: how many others have changes that gather a little longer."""

    due: list[Due]
    waiting: int


@dataclasses.dataclass(frozen=True)
class When:
    """``coalesce``: how long changes gather; ``everything``: whether lists are published that need not be."""

    now: datetime.datetime
    lifetime: datetime.timedelta
    coalesce: datetime.timedelta
    everything: bool = False


def plan(when: When) -> Plan:
    """What to publish now, in a constant number of queries."""
    published: dict[int, list[PublishedList]] = defaultdict(list)
    for document in PublishedList.objects.defer("document", "gzipped"):
        published[document.status_list_id].append(document)
    keys: dict[int, list[IssuerKey]] = defaultdict(list)
    for key in IssuerKey.objects.defer("sealed_seed"):
        keys[key.issuer_id].append(key)
    damaged = _damaged()
    due, waiting = [], 0
    for row in StatusList.objects.defer("bits", "suspension_bits", "sealed_order_key"):
        best = _best_key(keys[row.issuer_id], row.profile_id)
        reason = Reason.DAMAGED if row.pk in damaged else _reason(when, row, published[row.pk], best)
        if reason is not None:
            due.append((list(Reason).index(reason), row.changed_at or when.now, row.pk, row.uuid, reason))
        elif row.changed_at is not None:
            waiting += 1
    return Plan([Due(pk, uuid, reason) for _, _, pk, uuid, reason in sorted(due)], waiting)


def publish_each(means: Means, lists: Iterable[Due]) -> Iterator[Attempt]:
    """
    Publish each; what became of it as soon as that is known. What fails is told in one line of the log.

    Raises DatabaseError where the database is gone.
    """
    for due in lists:
        attempt = _attempt(means, due)
        if attempt.outcome is Outcome.FAILED:
            logger.error("Status list %s was not published: %s", due.uuid, attempt.problem)
        yield attempt


def named(pks: Iterable[int]) -> list[Due]:
    """The lists with these primary keys."""
    rows = StatusList.objects.filter(pk__in=set(pks)).order_by("pk").values_list("pk", "uuid")
    return [Due(pk, uuid, Reason.ASKED) for pk, uuid in rows]


def _reason(when: When, row: StatusList, documents: list[PublishedList], best: IssuerKey | None) -> Reason | None:
    # A change from the future was noted while a clock was ahead.
    if row.changed_at is not None and not when.now - when.coalesce < row.changed_at <= when.now:
        return Reason.CHANGED
    if not documents:
        return Reason.UNPUBLISHED
    if {form.value for form in forms_of(row)} - {document.form for document in documents}:
        return Reason.INCOMPLETE
    if best is not None and any(document.key_id != best.pk for document in documents):
        return Reason.KEY
    ends = [document.valid_until for document in documents]
    if max(ends) > when.now + when.lifetime + _CLOCK_SKEW:
        return Reason.CLOCK
    if min(ends) <= when.now + when.lifetime / 2:
        return Reason.AGED
    return Reason.ASKED if when.everything else None


def _best_key(keys: list[IssuerKey], profile_id: str) -> IssuerKey | None:
    try:
        return best_list_key(keys, get_profile(profile_id))
    except VerifiableCredentialsError:
        return None  # publishing says so


def _damaged() -> set[int]:
    """The lists with a stored document that is not what was signed."""
    return {
        row.status_list_id
        for row in in_chunks(PublishedList.objects.all())
        if not is_intact(bytes(row.document), bytes(row.gzipped), row.sha256)
    }


def _attempt(means: Means, due: Due) -> Attempt:
    try:
        mine = publish(means, StatusList(pk=due.pk))
    except (VerifiableCredentialsError, ConfigurationError) as error:
        return Attempt(due, Outcome.FAILED, str(error))
    except DatabaseError as error:
        _require_database()
        return Attempt(due, Outcome.FAILED, f"the database refused it ({type(error).__name__})")
    except Exception:
        logger.exception("Unexpected error")
        return Attempt(due, Outcome.FAILED, "an unexpected error; the line before this one has it")
    return Attempt(due, Outcome.PUBLISHED if mine else Outcome.OVERTAKEN)


def _require_database() -> None:
    """Raises DatabaseError where an error was the database's own, and not that of one list."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
        connection.ensure_connection()
