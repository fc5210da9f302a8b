"""Whether a document can be believed: the verifier, with our own documents read from the database."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from collections.abc import Iterator

from openedx_verifiable_credentials.core.checks.report import Report
from openedx_verifiable_credentials.flows.verify import Expectations
from openedx_verifiable_credentials.flows.verify import Verifier
from openedx_verifiable_credentials.flows.verify import VerifyMeans


def verify(
    document: bytes,
    *,
    at: datetime.datetime | None = None,
    offline: bool = False,
    expected: Expectations | None = None,
) -> Report:
    """
    The report of one credential or presentation: JSON-LD, PNG, SVG or compact JWS.

    ``at``: the moment to judge for, aware of its zone; now where it is None. ``offline``: nothing is fetched; issuers
    that are did:key, and ours, are known all the same. A bad document is a report, never an exception.

    Raises ConfigurationError.
    """
    return Verifier(_means(offline)).verify(document, at=at, expected=expected)


def verify_many(
    documents: Iterable[bytes], *, at: datetime.datetime | None = None, offline: bool = False
) -> Iterator[Report]:
    """
    The report of each, in their order; each DID document and status list is fetched once for all of them.

    Raises ConfigurationError.
    """
    verifier = Verifier(_means(offline))
    for document in documents:
        yield verifier.verify(document, at=at)


def _means(offline: bool) -> VerifyMeans:
    raise NotImplementedError
