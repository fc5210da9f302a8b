"""Whether a document can be believed: the verifier, with our own documents read from the database."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable
from collections.abc import Iterator

from django.utils import timezone

from openedx_verifiable_credentials.api import own_documents
from openedx_verifiable_credentials.api.chain_reading import BoundedReader
from openedx_verifiable_credentials.api.chain_reading import get_chain_reader
from openedx_verifiable_credentials.api.fetching import BoundedFetcher
from openedx_verifiable_credentials.api.means import get_fetcher
from openedx_verifiable_credentials.app_settings.anchoring import anchor_networks
from openedx_verifiable_credentials.core.checks.report import Report
from openedx_verifiable_credentials.core.checks.report import unreadable
from openedx_verifiable_credentials.flows.steps.finding import SeenVersions
from openedx_verifiable_credentials.flows.verify import Expectations
from openedx_verifiable_credentials.flows.verify import Verifier
from openedx_verifiable_credentials.flows.verify import VerifyMeans

__all__ = ["Expectations", "verify", "verify_many"]

# The most that a document may have: in any form, which is a PNG's; and as JSON.
MAX_BYTES = 4 * 1024 * 1024
MAX_JSON_BYTES = 512 * 1024
_SEEN = SeenVersions()


def verify(
    document: bytes,
    *,
    at: datetime.datetime | None = None,
    offline: bool = False,
    expected: Expectations | None = None,
    most_fetches: int | None = None,
) -> Report:
    """
    The report of one credential or presentation: JSON-LD, PNG, SVG or compact JWS.

    ``at``: the moment to judge for, aware of its zone; now where it is None. ``offline``: nothing is fetched; issuers
    that are did:key, and ours, are known all the same. ``most_fetches``: how many documents of others may be fetched,
    and how many anchors looked up; those beyond count as unreachable. A bad document is a report, never an exception.

    Raises ConfigurationError.
    """
    means = _means(offline)
    if most_fetches is not None:
        means = _bounded(means, most_fetches)
    return Verifier(means).verify(document, at=at, expected=expected)


def verify_many(
    documents: Iterable[bytes | None], *, at: datetime.datetime | None = None, offline: bool = False
) -> Iterator[Report]:
    """
    The report of each, in their order; each DID document and status list is fetched once for all of them. One is taken
    from ``documents`` when the one before it is judged; None stands for one that could not be read.

    Raises ConfigurationError.
    """
    means = _means(offline)
    verifier = Verifier(means)
    for document in documents:
        yield unreadable(at or means.now()) if document is None else verifier.verify(document, at=at)


def _means(offline: bool) -> VerifyMeans:
    return VerifyMeans(
        find_own=own_documents.find_own_document,
        find_own_keys=own_documents.find_own_keys,
        fetcher=None if offline else get_fetcher(),
        chain=None if offline else get_chain_reader(),
        now=timezone.now,
        networks=anchor_networks(),
        seen=_SEEN,
    )


def _bounded(means: VerifyMeans, most: int) -> VerifyMeans:
    return dataclasses.replace(
        means,
        fetcher=None if means.fetcher is None else BoundedFetcher(means.fetcher, most),
        chain=None if means.chain is None else BoundedReader(means.chain, most),
    )
