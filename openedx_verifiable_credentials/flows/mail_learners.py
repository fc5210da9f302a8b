"""
Tell learners by mail what a batch issued to them: one mail for each learner and batch, at most once, after the batch is
over. A mail that was being handed over when its process died is never sent again.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Exists
from django.db.models import QuerySet

from openedx_verifiable_credentials.adapters import outbox
from openedx_verifiable_credentials.adapters.outbox import Handed
from openedx_verifiable_credentials.adapters.outbox import Outbox
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import Detail
from openedx_verifiable_credentials.flows.steps import mail_texts
from openedx_verifiable_credentials.flows.steps.claimable import is_claimable
from openedx_verifiable_credentials.flows.steps.issuers import IssuersInUse
from openedx_verifiable_credentials.flows.steps.mail_texts import Letter
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.models import BatchMail
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models.batch import BatchState
from openedx_verifiable_credentials.models.credential import CredentialState

# One that was stopped by a failed check is looked into before anybody is told of it.
_TOLD = (BatchState.DONE, BatchState.CANCELLED)
_AGAIN = datetime.timedelta(minutes=15)
_PATIENCE = datetime.timedelta(days=3)
_HANDING_OVER = datetime.timedelta(minutes=10)
_State = BatchMail.State


@dataclasses.dataclass
class Mailed:
    """
    Mails of one round: ``sent``, ``failed`` (refused for good, or no address), ``dropped`` (nothing to tell any more).
    ``unsure``: all whose process died, or whose server broke off, while they were handed over; never sent again.
    """

    sent: int = 0
    failed: int = 0
    dropped: int = 0
    unsure: int = 0


def mail_learners(means: Means, *, sender: str, most: int) -> Mailed:
    """
    Up to ``most`` mails, over one connection. Raises TransientError ``mail_server_down``, ConfigurationError, what the
    host raises; whatever was not handed over waits.
    """
    now = means.now()
    result = Mailed(unsure=unsure(now))
    rows = list(_due(now).select_related("batch", "learner")[:most])
    if not rows:
        return result
    letters = _letters(means, rows)
    dropped = [row.pk for row in rows if row.pk not in letters]
    result.dropped, _ = BatchMail.objects.filter(pk__in=dropped, state=_State.WAITING).delete()
    if not letters:
        return result
    with Outbox() as open_outbox:
        for row in rows:
            if row.pk in letters:
                _send(open_outbox, row, letters[row.pk], result, sender=sender, now=means.now())
            if open_outbox.is_down:
                raise open_outbox.down()
    return result


def unsure(now: datetime.datetime) -> int:
    """Mails of which nobody knows whether they went out."""
    return BatchMail.objects.filter(state=_State.SENDING, changed__lt=now - _HANDING_OVER).count()


def _due(now: datetime.datetime) -> QuerySet[BatchMail]:
    return BatchMail.objects.filter(state=_State.WAITING, batch__state__in=_TOLD, changed__lte=now).order_by("pk")


def _letters(means: Means, rows: Sequence[BatchMail]) -> dict[int, tuple[Letter, str]]:
    """What each is told, and where; those to whom there is nothing to tell are left out. Queries: for each batch."""
    found = {}
    by_batch: dict[int, list[BatchMail]] = defaultdict(list)
    for row in rows:
        by_batch[row.batch_id].append(row)
    for batch_id, some in by_batch.items():
        credentials = _credentials(batch_id, [row.learner_id for row in some])
        awards = means.source.get_awards({one.certificate_uuid for of in credentials.values() for one in of})
        completed = means.source.complete(list(awards.values()), {Detail.MAILBOX})
        told = {one.certificate_uuid: one for one in completed if is_claimable(one, means.now(), means.retired_prefix)}
        issuers = IssuersInUse()
        for row in some:
            own = [
                (one, told[one.certificate_uuid])
                for one in credentials[row.learner_id]
                if one.certificate_uuid in told and told[one.certificate_uuid].learner.user_id == row.learner.user_id
            ]
            if own and own[0][1].learner.mailbox:
                found[row.pk] = _letter(row, own, issuers), own[0][1].learner.mailbox
    return found


def _good(**which: object) -> QuerySet[Credential]:
    """Those that still count."""
    return Credential.objects.filter(state=CredentialState.ISSUED, suspended=False, **which)


def _credentials(batch_id: int, learner_ids: Sequence[int]) -> dict[int, list[Credential]]:
    """By learner."""
    rows = _good(batch=batch_id, learner__in=learner_ids)
    found: dict[int, list[Credential]] = defaultdict(list)
    for one in rows.select_related("issuer").defer("sealed_document").order_by("pk"):
        if one.learner_id is not None:
            found[one.learner_id].append(one)
    return found


def _letter(row: BatchMail, own: Sequence[tuple[Credential, Award]], issuers: IssuersInUse) -> Letter:
    credential, award = own[0]
    front = issuers.front(award.platform.site_id, credential.issuer)
    return Letter(
        titles=list(dict.fromkeys(award.title for _, award in own)),
        platform=award.platform.name or award.platform.domain,
        language=award.platform.language,
        base_url=front.base_url,
        contact=credential.issuer.contact or front.contact,
        name=f"{row.batch.uuid}.{row.pk}",
    )


def _send(
    open_outbox: Outbox, row: BatchMail, letter: tuple[Letter, str], result: Mailed, *, sender: str,
    now: datetime.datetime,
) -> None:  # fmt: skip
    what, mailbox = letter
    if not outbox.is_address(mailbox):
        result.failed += _change(row, _State.WAITING, _State.FAILED, now)
        return
    message = mail_texts.write(what, sender, mailbox)
    open_outbox.refresh()
    # Committed before it is handed over; whoever did that first sends it. Many mails take minutes: what was revoked
    # since they were written is seen here, and its mail is dropped by the next round.
    if not _change(row, _State.WAITING, _State.SENDING, now, Exists(_good(batch=row.batch_id, learner=row.learner_id))):
        return
    became = open_outbox.hand_over(message)
    if became is Handed.SENT:
        result.sent += _change(row, _State.SENDING, _State.SENT, now)
    elif became is Handed.REFUSED or (became is Handed.LATER and row.batch.created < now - _PATIENCE):
        result.failed += _change(row, _State.SENDING, _State.FAILED, now)
    elif became is Handed.LATER:
        _change(row, _State.SENDING, _State.WAITING, now + _AGAIN)


def _change(row: BatchMail, before: str, after: str, at: datetime.datetime, *conditions: Exists) -> int:
    return BatchMail.objects.filter(*conditions, pk=row.pk, state=before).update(state=after, changed=at)
