"""How much one request may make us fetch."""

from __future__ import annotations

import time

from openedx_verifiable_credentials.exceptions import FetchError
from openedx_verifiable_credentials.ports import Fetcher

_SECONDS = 20.0


class BoundedFetcher:
    """
    Implements :class:`..ports.Fetcher`: a fetcher that is asked so often, and begins nothing after a while. What one
    caller sends can then keep a worker busy, and others' servers, only so much.
    """

    def __init__(self, fetcher: Fetcher, most: int, seconds: float = _SECONDS):
        self._fetcher = fetcher
        self._left = most
        self._until = time.monotonic() + seconds

    def fetch(self, url: str, *, max_bytes: int) -> bytes:
        """What the fetcher fetches. Raises FetchError: ``fetch_failed`` beyond the bound, and what that one raises."""
        if self._left < 1 or time.monotonic() > self._until:
            raise FetchError("fetch_failed", "No further document is fetched for one request.")
        self._left -= 1
        return self._fetcher.fetch(url, max_bytes=max_bytes)
