"""Status lists: publishing those whose time has come, looking after them, exporting them. Switch on or off."""

from __future__ import annotations

import dataclasses
import datetime
import logging
from collections import Counter
from collections.abc import Iterable
from collections.abc import Iterator
from pathlib import Path

from django.db import DatabaseError
from django.db.models import Min
from django.db.models import Q
from django.utils import timezone

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials.adapters.export_directory import ExportDirectory
from openedx_verifiable_credentials.api import documents
from openedx_verifiable_credentials.api import status
from openedx_verifiable_credentials.api.means import get_means
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.flows import audit_status
from openedx_verifiable_credentials.flows import export_status
from openedx_verifiable_credentials.flows import publish_status
from openedx_verifiable_credentials.flows.audit_status import Rebuilt
from openedx_verifiable_credentials.flows.export_status import Exported
from openedx_verifiable_credentials.flows.publish_status import Attempt
from openedx_verifiable_credentials.flows.publish_status import Outcome
from openedx_verifiable_credentials.flows.publish_status import Plan
from openedx_verifiable_credentials.flows.publish_status import When
from openedx_verifiable_credentials.models import Issuer
from openedx_verifiable_credentials.models import StatusList
from openedx_verifiable_credentials.models.issuer import ISSUERS_PATH

__all__ = ["Attempt", "Exported", "Outcome", "Plan", "Published", "Rebuilt"]

logger = logging.getLogger(__name__)

_PATIENCE = datetime.timedelta(minutes=10)


@dataclasses.dataclass(frozen=True)
class Published:
    """
    How many lists were published (by this call or, meanwhile, by another), have changes that gather a little longer,
    and failed.
    """

    published: int
    waiting: int
    failed: int


def plan(*, everything: bool = False, now: bool = False) -> Plan:
    """
    Which lists to publish: changed (long enough ago, or ``now``), new, damaged, incomplete, half over. ``everything``:
    the others, too. Raises ConfigurationError.
    """
    coalesce = datetime.timedelta() if now else app_settings.status_coalesce()
    lifetime = app_settings.status_list_lifetime()
    return publish_status.plan(When(timezone.now(), lifetime, coalesce, everything))


def publish_planned(planned: Plan) -> Iterator[Attempt]:
    """Publish what ``planned`` says; what became of each list. Raises ConfigurationError, DatabaseError."""
    if not planned.due:
        return
    for attempt in publish_status.publish_each(get_means(), planned.due):
        status.forget([attempt.due.uuid])
        yield attempt


def publish_due(*, everything: bool = False, now: bool = False) -> Published:
    """Plan and publish at once. Raises ConfigurationError, DatabaseError."""
    planned = plan(everything=everything, now=now)
    return _counted(planned, publish_planned(planned))


def publish_now(status_list_ids: Iterable[int]) -> Published:
    """
    Publish these lists (primary keys), whatever their state: after a revocation. What fails stays waiting, and is done
    by the next :func:`publish_due`.

    Never raises: what is wrong with keys, signers or the database must not look as if the change itself had failed. The
    log says what it was.
    """
    wanted, done = set(status_list_ids), 0
    try:
        for attempt in publish_planned(Plan(publish_status.named(wanted), 0)):
            done += attempt.outcome is not Outcome.FAILED
    except ConfigurationError as error:
        logger.error("%s status lists wait to be published: %s", len(wanted) - done, error)
    except DatabaseError as error:
        name = type(error).__name__
        logger.error(
            "%s status lists wait to be published: the database does not answer (%s)", len(wanted) - done, name
        )
    return Published(done, 0, len(wanted) - done)


def find_problems() -> Iterator[str]:
    """What is wrong with bits and served documents, held to the ledger: a sentence each."""
    return audit_status.find_problems(timezone.now())


def rebuild(*, dry_run: bool = False) -> Iterator[Rebuilt]:
    """Set the bits that are missing, make damaged ones anew; see :func:`..flows.audit_status.rebuild`."""
    return audit_status.rebuild(timezone.now, dry_run=dry_run)


def export(directory: Path) -> Exported:
    """
    Every served list, DID document and key history as a file below ``directory``, at the path of its address, with a
    gzip beside it.

    Raises TransientError ``export_failed`` where the directory cannot be had, and ``busy``; DatabaseError.
    """
    with ExportDirectory(directory) as held:
        return export_status.export(held, _key_documents(), timezone.now())


def waits_too_long(changed_at: datetime.datetime | None, now: datetime.datetime) -> bool:
    """Whether a change that is not published since then should have been long ago. Raises ConfigurationError."""
    return changed_at is not None and changed_at < now - app_settings.status_coalesce() - _PATIENCE


def changes_wait_since() -> datetime.datetime | None:
    """Since when a change of a bit has waited much longer than it should; None where none has."""
    oldest: datetime.datetime | None = StatusList.objects.aggregate(oldest=Min("changed_at"))["oldest"]
    return oldest if waits_too_long(oldest, timezone.now()) else None


def count_ending() -> tuple[int, int]:
    """How many lists have a document that ends soon (three quarters of its lifetime are over), and that is over."""
    now = timezone.now()
    soon = now + app_settings.status_list_lifetime() / 4
    lists = StatusList.objects.all()
    ending = lists.filter(published__valid_until__gt=now, published__valid_until__lte=soon).distinct().count()
    # One that was never published is as bad, once credentials refer to it.
    over = lists.filter(Q(published__valid_until__lte=now) | Q(published=None, credentials__isnull=False))
    return ending, over.distinct().count()


def _counted(planned: Plan, attempts: Iterable[Attempt]) -> Published:
    outcomes = Counter(attempt.outcome for attempt in attempts)
    failed = outcomes[Outcome.FAILED]
    return Published(outcomes.total() - failed, planned.waiting, failed)


def _key_documents() -> dict[str, bytes]:
    """By path. Where two hosts have a DID document each at their root, neither: one directory is one host's."""
    found: dict[str, list[bytes]] = {}
    for slug, did in Issuer.objects.order_by("pk").values_list("slug", "did"):
        document = documents.find_did_document(did)
        if document is not None:
            found.setdefault(dids.web_did_location(did)[1], []).append(json_text.write(document))
        history = documents.find_key_history(slug)
        if history is not None:
            found.setdefault(f"{ISSUERS_PATH}{slug}/keys.json", []).append(json_text.write(history))
    return {path.strip("/"): versions[0] for path, versions in found.items() if len(versions) == 1}
