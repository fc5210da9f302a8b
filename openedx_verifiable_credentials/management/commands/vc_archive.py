"""``manage.py vc_archive``."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand
from django.core.management.base import CommandError
from django.core.management.base import CommandParser

from openedx_verifiable_credentials.api import archiving
from openedx_verifiable_credentials.exceptions import LedgerError
from openedx_verifiable_credentials.management import running
from openedx_verifiable_credentials.management import selectors

_WORTH_A_LINE = 10_000
_SOMETHING_LEFT = 3


class Command(BaseCommand):
    """Write credentials into an archive, or check one."""

    help = (
        "Write issued credentials into an archive: what the ledger says of each, and its document, encrypted as it is "
        "at rest. Learners' keys stay in the database: whoever is erased there is erased in every archive. Nothing is "
        "deleted. With --check: open what an archive holds, and verify it. Exit status: 0 done; 1 nothing was done; "
        "3 the archive holds credentials that do not open or verify."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """See --help."""
        parser.add_argument("file", type=Path, help="The archive, such as credentials-2026.jsonl.gz.")
        parser.add_argument("--course", help="Only credentials of this course run.")
        parser.add_argument("--program", type=UUID, metavar="UUID", help="Only those of this program.")
        parser.add_argument("--batch", type=UUID, metavar="UUID", help="Only those of this batch.")
        parser.add_argument(
            "--before", type=selectors.moment, metavar="DATE", help="Only those issued before (ISO 8601, UTC)."
        )
        parser.add_argument("--check", action="store_true", help="Read the archive and verify what it holds.")
        parser.add_argument("--dry-run", action="store_true", help="Count only; write nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Progress, then a summary."""
        with running.told_plainly("vc_archive"):
            if options["check"]:
                self._check(options["file"])
            else:
                self._export(options["file"], _wanted(options), dry_run=options["dry_run"])

    def _export(self, file: Path, wanted: archiving.Wanted, *, dry_run: bool) -> None:
        total = archiving.count(wanted)
        if not total:
            raise CommandError("There is no such credential; nothing was written.")
        if dry_run:
            self.stdout.write(f"{total} credentials would be archived.")
            return
        rate, written, said = running.Rate(), 0, 0
        for written in archiving.export(file, wanted):
            if written - said >= _WORTH_A_LINE:
                said = written
                self.stdout.write(f"… {written} of {total} ({rate.of(written)}, {rate.left(written, total)} left)")
        self.stdout.write(f"{written} credentials archived in {file}. Check it with --check.")

    def _check(self, file: Path) -> None:
        checked = archiving.Checked()
        said = 0
        try:
            for checked in archiving.check(file):
                if checked.looked_at - said >= _WORTH_A_LINE:
                    said = checked.looked_at
                    self.stdout.write(f"… {said} looked at")
        except LedgerError as error:
            raise CommandError(str(error), returncode=_SOMETHING_LEFT) from error
        self.stdout.write(
            f"{checked.looked_at} credentials: {checked.good} open and verify, {checked.erased} of erased learners, "
            f"{checked.changed} do not open or verify."
        )
        for credential, code in checked.problems.items():
            self.stderr.write(f"{credential}: {code}")
        if checked.changed:
            raise CommandError("The archive does not hold what was issued.", returncode=_SOMETHING_LEFT)


def _wanted(options: dict[str, Any]) -> archiving.Wanted:
    if options["course"] is not None and options["program"] is not None:
        raise CommandError("A credential is of a course or of a program: give one of --course and --program.")
    return archiving.Wanted(
        achievement=options["course"] if options["program"] is None else str(options["program"]),
        batch=None if options["batch"] is None else str(options["batch"]),
        before=options["before"],
    )
