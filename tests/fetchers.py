"""A fetcher that has what it is given: for tests of what is done with fetched documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import web_addresses
from openedx_verifiable_credentials.exceptions import FetchError


class FakeFetcher:
    """
    Implements ports.Fetcher. ``documents``: by URL, bytes, or what can be written as JSON, or the error to raise.

    ``asked``: every URL it was asked for, in order. Held to the contract of the real one by tests/adapters/test_https.
    """

    def __init__(self, documents: Mapping[str, Any] | None = None):
        self.documents = dict(documents or {})
        self.asked: list[str] = []

    def fetch(self, url: str, *, max_bytes: int) -> bytes:
        self.asked.append(url)
        web_addresses.read(url)
        document = self.documents.get(url)
        if document is None:
            raise FetchError("fetch_failed", "There is nothing at that address.")
        if isinstance(document, FetchError):
            raise document
        body = document if isinstance(document, bytes) else json_text.write(document)
        if len(body) > max_bytes:
            raise FetchError("too_large", "The document is larger than is accepted.")
        return body
