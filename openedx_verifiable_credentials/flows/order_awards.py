"""Order the credentials of new awards, page by page; whoever dies or is too late, no award is lost or issued twice."""

from __future__ import annotations

import dataclasses
import functools

from openedx_verifiable_credentials.flows.steps.bulk import awards
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.flows.steps.races import until_settled

_AT_ONCE = 500


@dataclasses.dataclass
class Drained:
    """Of the rows that were looked at: certificates ``ordered``, rows ``postponed``, rows ``dropped``."""

    ordered: int = 0
    postponed: int = 0
    dropped: int = 0


def order_awards(means: Means, *, profile_id: str, mail: bool) -> Drained:
    """
    Everything that is due. Raises TransientError ``busy`` where the database resolves one race after the other against
    us; ConfigurationError; what the host raises.
    """
    result = Drained()
    while rows := awards.due(means.now(), _AT_ONCE):
        found = awards.sort(means, rows, profile_id)

        settle = functools.partial(awards.settle, rows, found, profile_id=profile_id, mail=mail, now=means.now())
        try:
            ordered = until_settled(settle, "New awards could not be taken now; the next run does it.")
        except awards.TakenError:
            continue
        postponed = sum(row.certificate_uuid in found.later for row in rows)
        result.ordered += ordered
        result.postponed += postponed
        result.dropped += len(rows) - ordered - postponed
    return result
