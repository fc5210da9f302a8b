"""What became of a batch, as a command says it and writes it to a file."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from django.core.management.base import CommandError
from django.core.management.base import OutputWrapper

from openedx_verifiable_credentials.api import batches

_SOMETHING_LEFT = 3
# A spreadsheet takes a cell that begins like this for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS = ("certificate", "code", "sentence")


def say_refused(stdout: OutputWrapper, counts: Counter[str], sentences: Mapping[str, str]) -> None:
    """A line for each code, the most frequent first."""
    for code, count in counts.most_common():
        stdout.write(f"  {count} refused: {sentences[code]} [{code}]")


def say_seconds(seconds: float, count: int) -> str:
    """How long it took, and how many a second that were."""
    return f"{seconds:.1f} s, {count / seconds:.0f}/s" if seconds > 0 else "0 s"


class RefusalsFile:
    """A CSV file; opened before anything is done, so that it can be written when all is."""

    def __init__(self, path: Path):
        try:
            self._file = path.open("w", encoding="utf-8", newline="")
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {type(error).__name__}. Nothing was done.") from error

    def write(self, batch_uuid: UUID) -> int:
        """Every refusal of the batch, a line each; how many. Raises CommandError where there is no room for them."""
        try:
            return self._write(batch_uuid)
        except OSError as error:
            message = f"The refusals could not be written ({type(error).__name__}); the admin has them, with the batch."
            raise CommandError(message, returncode=_SOMETHING_LEFT) from error

    def _write(self, batch_uuid: UUID) -> int:
        count = 0
        with self._file:
            rows = csv.writer(self._file)
            rows.writerow(_COLUMNS)
            for one in batches.refusals(batch_uuid):
                rows.writerow([cell(str(one.certificate_uuid)), cell(one.code), cell(one.sentence)])
                count += 1
        return count


def cell(text: str) -> str:
    """``text`` as a cell that no spreadsheet calculates."""
    return f"'{text}" if text.startswith(_FORMULA) else text
