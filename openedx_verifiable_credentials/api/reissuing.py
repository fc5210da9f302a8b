"""
Issuing credentials anew, because a name was corrected or what they say was updated. It makes something new, so it needs
the switch; the learner finds the new one among what was handed to them.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone

from openedx_verifiable_credentials.api.means import get_means
from openedx_verifiable_credentials.api.switch import require_enabled
from openedx_verifiable_credentials.api.variables import forget_variables
from openedx_verifiable_credentials.exceptions import LedgerError
from openedx_verifiable_credentials.flows import reissue
from openedx_verifiable_credentials.flows.reissue import Reissue
from openedx_verifiable_credentials.flows.reissue import Wish
from openedx_verifiable_credentials.flows.steps.revoking import Ending
from openedx_verifiable_credentials.flows.steps.selecting import Facts
from openedx_verifiable_credentials.models.credential import EndReason

__all__ = ["REASONS", "Facts", "Reissue", "reissue_certificates", "reissue_credentials", "reissue_where"]

REASONS = {reason.value: reason for reason in (EndReason.NAME_CORRECTED, EndReason.CONTENT_UPDATED)}


def reissue_credentials(
    uuids: Sequence[UUID], *, reason: str, by: int | None = None, dry_run: bool = False, force: bool = False
) -> Iterator[Reissue]:
    """
    Issue credentials anew, for one of :data:`REASONS`; ``by`` is the number of a staff account. With ``force`` also
    those that would say what they say already.

    Yields what is done so far after each chunk. The old ones are superseded; publishes nothing: hand ``lists`` of what
    came last to :func:`..revoking.publish_at_once`. A dry run counts, and writes nothing. Where signing fails many
    times in a row the rest is not tried (``gave_up``). Raises OfferError ``switched_off``, ConfigurationError.
    """
    wish = _wish(reason, by, dry_run, force)
    return _without_variables(reissue.reissue_by_ids(get_means(), uuids, "uuid", wish))


def reissue_certificates(
    uuids: Sequence[UUID], *, reason: str, by: int | None = None, dry_run: bool = False, force: bool = False
) -> Iterator[Reissue]:
    """The same for every credential of these certificates."""
    wish = _wish(reason, by, dry_run, force)
    return _without_variables(reissue.reissue_by_ids(get_means(), uuids, "certificate_uuid", wish))


def reissue_where(
    facts: Facts, *, reason: str, by: int | None = None, dry_run: bool = False, force: bool = False
) -> Iterator[Reissue]:
    """
    The same for every issued credential of which ``facts`` hold. Raises LedgerError, too: nothing asked, unknown
    issuer, key.
    """
    wish = _wish(reason, by, dry_run, force)
    if not facts.is_given():
        raise LedgerError("nothing_selected", "Say which credentials.")
    facts.require_known()
    return _without_variables(reissue.reissue_by_facts(get_means(), facts, wish))


def _wish(reason: str, by: int | None, dry_run: bool, force: bool) -> Wish:
    require_enabled()
    return Wish(Ending(reason=REASONS[reason], at=timezone.now(), by=by), force=force, dry_run=dry_run)


def _without_variables(chunks: Iterator[Reissue]) -> Iterator[Reissue]:
    """Documents are at work in there: whatever it raises tells nothing of them by variables."""
    try:
        yield from chunks
    except BaseException as error:
        forget_variables(error)
        raise
