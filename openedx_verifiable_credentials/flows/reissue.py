"""
Issue credentials anew: same holder, today's facts and terms. The new one supersedes the old one, which is revoked.

What says the same as it would today is left alone, so that a run that was stopped goes on where it was.
"""

from __future__ import annotations

import dataclasses
import logging
from collections import Counter
from collections.abc import Iterator
from collections.abc import Sequence
from uuid import UUID

from openedx_verifiable_credentials.exceptions import AwardError
from openedx_verifiable_credentials.exceptions import LedgerError
from openedx_verifiable_credentials.exceptions import OfferError
from openedx_verifiable_credentials.exceptions import SigningError
from openedx_verifiable_credentials.exceptions import StatusListError
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.flows.steps.revoking import Ending
from openedx_verifiable_credentials.flows.steps.selecting import Facts
from openedx_verifiable_credentials.flows.steps.successor_plans import SuccessorPlan
from openedx_verifiable_credentials.flows.steps.successor_plans import Today
from openedx_verifiable_credentials.flows.steps.successor_plans import look_at
from openedx_verifiable_credentials.flows.steps.successor_plans import plan_successor
from openedx_verifiable_credentials.flows.steps.successors import succeed
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models.credential import CredentialState

logger = logging.getLogger(__name__)

# So many are looked at before the result so far is told; their facts are read at once.
_CHUNK = 50
# One after the other: then it is the signer, not the credentials, and each try costs a place in a status list.
_MOST_FAILURES = 20


@dataclasses.dataclass
class Reissue:
    """
    How far a re-issue has come: credentials that were issued anew, those of them whose old ones have no place in a
    status list (of which verifiers cannot learn that they are over); by code how many were left as they are, and how
    many should have been issued anew and could not be; what each code says; ids that nothing has; the primary keys of
    the status lists that changed; and whether so many failed, one after the other, that the rest was not tried.
    """

    reissued: int = 0
    unlisted: int = 0
    skipped: Counter[str] = dataclasses.field(default_factory=Counter)
    failed: Counter[str] = dataclasses.field(default_factory=Counter)
    sentences: dict[str, str] = dataclasses.field(default_factory=dict)
    unknown: list[UUID] = dataclasses.field(default_factory=list)
    lists: set[int] = dataclasses.field(default_factory=set)
    gave_up: bool = False

    @property
    def looked_at(self) -> int:
        """How many credentials were looked at."""
        return self.reissued + self.skipped.total() + self.failed.total()


@dataclasses.dataclass(frozen=True)
class Wish:
    """Why and by whom (``ending``), also where nothing changed (``force``), or only counted (``dry_run``)."""

    ending: Ending
    force: bool = False
    dry_run: bool = False


def reissue_by_ids(means: Means, ids: Sequence[UUID], field: str, wish: Wish) -> Iterator[Reissue]:
    """
    Issue the credentials anew whose ``field`` (``uuid`` or ``certificate_uuid``) is one of ``ids``; yields what is done
    so far after each chunk, the last one included. Raises ConfigurationError.
    """
    work = _Work(means, wish)
    distinct = list(dict.fromkeys(ids))
    for start in range(0, len(distinct), _CHUNK):
        part = distinct[start : start + _CHUNK]
        # The ids are looked up as they were when the chunk began: a successor is not issued anew by the same run.
        found = list(Credential.objects.filter(**{f"{field}__in": part}).order_by("pk").values_list("pk", field))
        known = {one for _, one in found}
        work.result.unknown += [one for one in part if one not in known]
        yield from work.through([pk for pk, _ in found])
        yield work.result
        if work.result.gave_up:
            return


def reissue_by_facts(means: Means, facts: Facts, wish: Wish) -> Iterator[Reissue]:
    """The same for every issued credential of which ``facts`` hold; others are not counted."""
    work = _Work(means, wish)
    last = Credential.objects.order_by("-pk").values_list("pk", flat=True).first()
    # Successors come after that one: without it, they would be issued anew for ever.
    for rows in facts.chunks(states=(CredentialState.ISSUED,), until=last or 0):
        yield from work.through([pk for pk, _ in rows])
        if work.result.gave_up:
            break
    yield work.result


class _Work:
    """What is done so far, and how it goes on."""

    def __init__(self, means: Means, wish: Wish):
        self.result = Reissue()
        self._means, self._wish = means, wish
        self._in_a_row = 0

    def through(self, pks: Sequence[int]) -> Iterator[Reissue]:
        """The credentials with these primary keys."""
        for start in range(0, len(pks), _CHUNK):
            if self._gave_up():
                return
            rows = list(
                Credential.objects.filter(pk__in=pks[start : start + _CHUNK])
                .select_related("learner", "issuer", "key", "shape")
                .order_by("pk")
            )
            today = look_at(self._means, rows)
            for row in rows:
                if not self._gave_up():
                    self._note(row, today)
            yield self.result

    def _gave_up(self) -> bool:
        return self.result.gave_up

    def _note(self, row: Credential, today: Today) -> None:
        try:
            plan = plan_successor(self._means, row, today, force=self._wish.force)
            if not self._wish.dry_run:
                self._succeed(plan)
        except (AwardError, OfferError, LedgerError) as error:
            self._count(self.result.skipped, error)
        except VerifiableCredentialsError as error:
            self._count(self.result.failed, error)
            logger.error("Credential %s was not issued anew: %s", row.uuid, error)
        else:
            self.result.reissued += 1
            self.result.unlisted += row.status_list_id is None

    def _succeed(self, plan: SuccessorPlan) -> None:
        try:
            succeed(self._means, plan, self._wish.ending)
        except (SigningError, StatusListError, TransientError):
            self._in_a_row += 1
            self.result.gave_up = self._in_a_row >= _MOST_FAILURES
            raise
        self._in_a_row = 0
        if plan.old.status_list_id is not None:
            self.result.lists.add(plan.old.status_list_id)

    def _count(self, counts: Counter[str], error: VerifiableCredentialsError) -> None:
        counts[error.code] += 1
        self.result.sentences.setdefault(error.code, error.message)
