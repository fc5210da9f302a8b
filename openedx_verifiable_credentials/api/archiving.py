"""Credentials as archives: files that hold what the ledger says, documents sealed as they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.utils import timezone

from openedx_verifiable_credentials.api.means import get_key_encryption_keys
from openedx_verifiable_credentials.flows import archive
from openedx_verifiable_credentials.flows.archive import Checked as Checked
from openedx_verifiable_credentials.flows.archive import Wanted as Wanted


def count(wanted: Wanted) -> int:
    """How many credentials an archive would have."""
    return archive.count(wanted)


def export(path: Path, wanted: Wanted) -> Iterator[int]:
    """
    Write an archive; yields how many credentials are in it so far. Raises LedgerError ``file_exists``, TransientError
    ``export_failed``.
    """
    return archive.export(path, wanted, timezone.now)


def check(path: Path) -> Iterator[Checked]:
    """
    Open and verify what is in an archive; yields the same object, further on each time. Raises LedgerError
    ``archive_damaged``, TransientError ``export_failed``, ConfigurationError.
    """
    return archive.check(path, get_key_encryption_keys())
