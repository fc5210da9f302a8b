"""Archives as files: whole, or told to be damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from openedx_verifiable_credentials.adapters.archive_file import ArchiveWriter
from openedx_verifiable_credentials.adapters.archive_file import read_archive
from openedx_verifiable_credentials.exceptions import LedgerError

MEMBERS = [{"number": number, "text": f"{number * 7919:x}" * 5} for number in range(40)]
# Of RFC 1952's header: time, extra flags and operating system, which say nothing of the content.
_NO_MATTER = range(4, 10)


@pytest.fixture(name="archive")
def make_archive(tmp_path: Path) -> Path:
    """With these members."""
    path = tmp_path / "archive.gz"
    with ArchiveWriter(path) as writer:
        for member in MEMBERS:
            writer.write(member)
    return path


def test_what_was_written_is_read(archive):
    assert list(read_archive(archive)) == MEMBERS


def test_any_changed_byte_is_told_as_damage(archive):
    raw = archive.read_bytes()
    for at in set(range(len(raw))) - set(_NO_MATTER):
        archive.write_bytes(raw[:at] + bytes([raw[at] ^ 0xFF]) + raw[at + 1 :])
        with pytest.raises(LedgerError) as damaged:
            list(read_archive(archive))
        assert damaged.value.code == "archive_damaged"


def test_any_end_too_early_is_told_as_damage(archive):
    raw = archive.read_bytes()
    for length in range(len(raw)):
        archive.write_bytes(raw[:length])
        with pytest.raises(LedgerError) as damaged:
            list(read_archive(archive))
        assert damaged.value.code == "archive_damaged"
