"""
Files for a plain web server or a CDN, below one directory: each is replaced as a whole, and never by an older one.

What a process that dies leaves behind is the file that was there before, whole, and perhaps a temporary one, which the
next export removes.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from openedx_verifiable_credentials.exceptions import TransientError

_LOCK = ".vc-export.lock"
_VERSIONS = ".vc-export.json"
_PARTIAL = ".vc-export-partial-"
_WAIT_SECONDS = 30.0


class ExportDirectory:
    """
    A context: one process at a time has it. Raises TransientError: ``export_failed`` where it cannot be read or written
    to (a disk may have room again, and a directory come back), ``busy`` where another export takes too long.
    """

    def __init__(self, root: Path):
        self._root = root
        self._versions: dict[str, int] = {}

    def __enter__(self) -> ExportDirectory:
        with _told(self._root):
            self._root.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self._root / _LOCK, os.O_CREAT | os.O_RDWR, 0o666)
        try:
            with _told(self._root):
                _wait_for(self._lock)
                self._versions = self._read_versions()
        except BaseException:
            os.close(self._lock)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:  # fmt: skip
        os.close(self._lock)

    def version_of(self, path: str) -> int:
        """The version that was last written to ``path``; 0 where none was."""
        return self._versions.get(path, 0)

    def read(self, path: str) -> bytes | None:
        """What is at ``path``; None where nothing is."""
        with _told(self._root):
            return _content(self._root / path)

    def write(self, path: str, representations: dict[str, bytes], version: int) -> bool:
        """
        Put ``representations`` (by what is added to the file's name) at ``path``, which is relative; False where they
        are there already. The caller has looked at :meth:`version_of`.
        """
        with _told(self._root):
            changed = {
                suffix: content
                for suffix, content in representations.items()
                if _content(self._root / (path + suffix)) != content
            }
            if self.version_of(path) != version:
                # Before the file: a process that dies in between leaves an older file, and the next run replaces it.
                self._versions[path] = version
                self._replace(self._root / _VERSIONS, json.dumps(self._versions, indent=0, sort_keys=True).encode())
            for suffix, content in changed.items():
                self._replace(self._root / (path + suffix), content)
        return bool(changed)

    def _read_versions(self) -> dict[str, int]:
        raw = _content(self._root / _VERSIONS)
        try:
            known = json.loads(raw) if raw is not None else {}
        except ValueError:
            known = None
        if not isinstance(known, dict) or not all(isinstance(version, int) for version in known.values()):
            raise TransientError(
                "export_failed",
                f"{self._root / _VERSIONS} is damaged. Remove it, if no newer export went to this directory.",
            )
        return known

    def _replace(self, target: Path, content: bytes) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        for left_behind in target.parent.glob(f"{_PARTIAL}*"):
            left_behind.unlink(missing_ok=True)
        partial = target.parent / f"{_PARTIAL}{os.getpid()}"
        descriptor = os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, target)
        _sync(target.parent)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _sync(directory: Path) -> None:
    """The new name survives a power cut."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _wait_for(descriptor: int) -> None:
    until = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > until:
                raise TransientError("busy", "Another export to this directory takes too long; try again.") from None
            time.sleep(0.1)


@contextlib.contextmanager
def _told(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise TransientError("export_failed", f"The export to {root} failed: {error.strerror}.") from error
