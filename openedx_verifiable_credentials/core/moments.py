"""Dates as documents write them: XML Schema dateTimeStamp (XML Schema 1.1 Part 2 §3.4.28)."""

from __future__ import annotations

import datetime
import re

from openedx_verifiable_credentials.exceptions import CompositionError

# Clocks of issuer and verifier are this far apart at most.
SKEW = datetime.timedelta(minutes=5)
_FOUR_DIGITS = 1000
_DATE_TIME_STAMP = re.compile(
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){2}"
    r"(?:\.[0-9]{1,12})?(Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
)


def read_moment(value: object, *, without_zone: bool = False) -> datetime.datetime | None:
    """
    The moment, in UTC; None where ``value`` is no dateTimeStamp. Without a zone it would be a different moment for
    every reader, so it is none; ``without_zone``: it then is in UTC. Fractions beyond microseconds are dropped.
    """
    match = _DATE_TIME_STAMP.fullmatch(value) if isinstance(value, str) else None
    if match is None or (match[1] is None and not without_zone):
        return None
    try:
        moment = datetime.datetime.fromisoformat(match[0])
        return (moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)).astimezone(datetime.UTC)
    except (ValueError, OverflowError):
        return None


def timestamp(moment: datetime.datetime) -> str:
    """
    ``moment`` as dateTimeStamp in UTC, to the second. Raises CompositionError ``naive_date`` where it has no zone.
    """
    # Nearly every date is in UTC and of our days, and the general way takes four times as long.
    if moment.tzinfo is datetime.UTC and moment.year >= _FOUR_DIGITS:
        return moment.isoformat()[:19] + "Z"
    if moment.tzinfo is None:
        raise CompositionError("naive_date", "A date without a time zone cannot be written.")
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
