"""Dates as documents write them: XML Schema dateTimeStamp (XML Schema 1.1 Part 2 §3.4.28)."""

from __future__ import annotations

import datetime
import re

# Clocks of issuer and verifier are this far apart at most.
SKEW = datetime.timedelta(minutes=5)
_DATE_TIME_STAMP = re.compile(
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){2}"
    r"(?:\.[0-9]{1,12})?(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)"
)


def read_moment(value: object) -> datetime.datetime | None:
    """
    The moment, in UTC; None where ``value`` is no dateTimeStamp. Without a zone it would be a different moment for
    every reader, so it is none. Fractions beyond microseconds are dropped.
    """
    if not isinstance(value, str) or not _DATE_TIME_STAMP.fullmatch(value):
        return None
    try:
        return datetime.datetime.fromisoformat(value).astimezone(datetime.UTC)
    except (ValueError, OverflowError):
        return None
