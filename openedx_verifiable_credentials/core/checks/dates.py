"""
The dates check (VCDM 1.1 §4.6 and §4.7, VCDM 2.0 §4.9): a document is in force from its first moment to its last.

Clocks differ: five minutes either way are let pass.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from openedx_verifiable_credentials.core.checks.report import Check
from openedx_verifiable_credentials.core.checks.report import check
from openedx_verifiable_credentials.core.moments import SKEW
from openedx_verifiable_credentials.core.moments import read_moment
from openedx_verifiable_credentials.core.moments import timestamp
from openedx_verifiable_credentials.data import JsonObject

# Each data model has its own names; a document that has both is held to both.
_FROM = ("issuanceDate", "validFrom")
_UNTIL = ("expirationDate", "validUntil")


def judge(document: JsonObject, at: datetime.datetime, proofs_created: Sequence[datetime.datetime] = ()) -> Check:
    """The check of ``document`` for the moment ``at``; ``proofs_created``: the dates that its proofs bear."""
    # Moments are subtracted from each other, which is possible for all of them: there is a last one.
    written = {name: read_moment(document[name]) for name in _FROM + _UNTIL if name in document}
    if None in written.values():
        return check("malformed_dates", members=sorted(name for name, moment in written.items() if moment is None))
    moments = {name: moment for name, moment in written.items() if moment is not None}
    starts, ends = _latest(moments), _earliest(moments)
    detail = {name: timestamp(moment) for name, moment in moments.items()}
    if starts is not None and ends is not None and ends < starts:
        return check("malformed_dates", members=sorted(moments), **detail)
    if ends is not None and at - ends > SKEW:
        return check("expired", **detail)
    if starts is not None and starts - at > SKEW:
        return check("not_yet_valid", **detail)
    if any(created - at > SKEW for created in proofs_created):
        return check("proof_in_the_future", **detail)
    return check("in_force", **detail)


def valid_from(document: JsonObject) -> datetime.datetime | None:
    """Since when the document says to be in force."""
    moments = [read_moment(document[name]) for name in _FROM if name in document]
    return max((moment for moment in moments if moment is not None), default=None)


def _latest(moments: dict[str, datetime.datetime]) -> datetime.datetime | None:
    return max((moment for name, moment in moments.items() if name in _FROM), default=None)


def _earliest(moments: dict[str, datetime.datetime]) -> datetime.datetime | None:
    return min((moment for name, moment in moments.items() if name in _UNTIL), default=None)
