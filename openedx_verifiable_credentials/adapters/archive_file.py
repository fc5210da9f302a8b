"""
An archive as a file: gzip of JSON, one object a line, the last one a digest of all before it.

It appears under its name when it is whole: until then it has another one, and a process that dies leaves only that.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from openedx_verifiable_credentials.exceptions import LedgerError
from openedx_verifiable_credentials.exceptions import TransientError

_PARTIAL = ".partial"
_MOST_BYTES = 16 * 1024 * 1024
_DAMAGED = "The archive is damaged or cut off: its digest is not that of its lines."


class ArchiveWriter:
    """
    A context that writes ``path``, which must not be there yet. Raises LedgerError ``file_exists``; TransientError
    ``export_failed`` where it cannot be written.
    """

    def __init__(self, path: Path):
        self._path = path
        self._partial = path.with_name(path.name + _PARTIAL)
        self._digest = hashlib.sha256()

    def __enter__(self) -> ArchiveWriter:
        if self._path.exists():
            raise LedgerError("file_exists", "There is such a file already; an archive never replaces another one.")
        with _told():
            # Sealed or not, whose credentials these are is nobody else's business on this machine.
            descriptor = os.open(self._partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            self._raw = os.fdopen(descriptor, "wb")
            self._file = gzip.GzipFile(fileobj=self._raw, mode="wb", compresslevel=6, mtime=0)
        return self

    def write(self, member: dict[str, Any]) -> None:
        """One line."""
        line = json.dumps(member, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"
        self._digest.update(line)
        with _told():
            self._file.write(line)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:  # fmt: skip
        if kind is None:
            self.write({"sha256": self._digest.hexdigest()})
        with _told() if kind is None else contextlib.suppress(OSError):
            self._file.close()
            self._raw.flush()
            os.fsync(self._raw.fileno())
            self._raw.close()
            if kind is None:
                self._partial.rename(self._path)
            else:
                self._partial.unlink()


def read_archive(path: Path) -> Iterator[dict[str, Any]]:
    """
    The lines of an archive without the last. Raises LedgerError ``archive_damaged``, at the end at the latest, also
    where it is no archive; TransientError ``export_failed`` where the file cannot be read.
    """
    digest, held = hashlib.sha256(), b""
    try:
        with gzip.open(path, "rb") as file:
            while line := file.readline(_MOST_BYTES):
                if held:
                    digest.update(held)
                    yield json.loads(held)
                held = line
            is_whole = json.loads(held) == {"sha256": digest.hexdigest()}
    except (EOFError, ValueError, gzip.BadGzipFile, zlib.error) as error:
        raise LedgerError("archive_damaged", _DAMAGED) from error
    except OSError as error:
        raise TransientError("export_failed", f"The archive cannot be read: {type(error).__name__}.") from error
    if not is_whole:
        raise LedgerError("archive_damaged", _DAMAGED)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise TransientError("export_failed", f"The archive cannot be written: {type(error).__name__}.") from error
