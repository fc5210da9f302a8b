"""
A document → a report: read it, find what is said of it elsewhere, run the named checks.

The only flow that asks the network, and only through the port it is given. One :class:`Verifier` serves a whole batch:
each DID document and status list is had once.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable
from collections.abc import Sequence

from openedx_verifiable_credentials.core.checks.report import Report
from openedx_verifiable_credentials.core.key_history import KeyRecord
from openedx_verifiable_credentials.ports import ChainReader
from openedx_verifiable_credentials.ports import Fetcher


@dataclasses.dataclass(frozen=True)
class VerifyMeans:
    """
    What verification works with.

    ``find_own``: the bytes of a document of ours by its address, None for any other; ``find_own_keys``: the key history
    of an issuer of ours by its DID, None for any other. ``fetcher`` None: nothing is asked of the network.
    """

    find_own: Callable[[str], bytes | None]
    find_own_keys: Callable[[str], Sequence[KeyRecord] | None]
    fetcher: Fetcher | None
    chain: ChainReader | None
    now: Callable[[], datetime.datetime]


@dataclasses.dataclass(frozen=True)
class Expectations:
    """Of a presentation: what its proof must have been made for; None: anything."""

    challenge: str | None = None
    domain: str | None = None


class Verifier:
    """Judges documents, one after the other, and keeps what it fetched for the next one."""

    def __init__(self, means: VerifyMeans):
        self._means = means

    def verify(
        self, raw: bytes, *, at: datetime.datetime | None = None, expected: Expectations | None = None
    ) -> Report:
        """
        The report of a credential or presentation in any form that is known: JSON-LD, PNG, SVG, compact JWS.

        ``at``: the moment to judge for; now where it is None. A bad document is a report, never an exception.
        """
        raise NotImplementedError
