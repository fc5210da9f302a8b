"""``manage.py vc_publish_status``."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.core.management.base import CommandError
from django.core.management.base import CommandParser

from openedx_verifiable_credentials.api import publishing
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.management import running


class Command(BaseCommand):
    """Sign the status lists whose time has come, and serve that from then on."""

    help = (
        "Sign the status lists that changed, that are new, or that are half over, and serve that from then on. Run it "
        "every minute, or once with --every; it works while the switch is off, too. Exit status 1 when a list failed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """See --help."""
        parser.add_argument("--all", action="store_true", help="Every list, whether it changed or not.")
        parser.add_argument("--now", action="store_true", help="Do not wait for changes to gather.")
        parser.add_argument("--every", type=float, metavar="SECONDS", help="Go on until a signal ends it.")
        parser.add_argument("--export", type=Path, metavar="DIR", help="Write what is served to files below DIR, too.")
        parser.add_argument("--dry-run", action="store_true", help="Say what is due; change nothing.")
        parser.add_argument(
            "--check", action="store_true", help="Only compare the ledger with bits and served documents."
        )
        parser.add_argument(
            "--rebuild",
            action="store_true",
            help="First set the bits that the ledger says are set, clearing none, and begin new lists: for after a "
            "restore.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """A line for each list, then a summary."""
        self._options = options
        self._stopping = running.Stopping()
        if options["every"] is not None and options["every"] <= 0:
            raise CommandError("--every needs a number of seconds above 0.")
        if options["check"]:
            self._check()
        elif options["every"] is not None and not options["dry_run"]:
            with self._stopping.listening():
                running.repeat("vc_publish_status", self._run, options["every"], self._stopping)
        else:
            self._run_once()

    def _check(self) -> None:
        count = 0
        for problem in publishing.find_problems():
            count += 1
            self.stdout.write(problem)
        if count:
            raise CommandError(f"{count} problem(s) with status lists.")
        self.stdout.write("The ledger, the bits and the served documents agree.")

    def _run_once(self) -> None:
        with running.told_plainly("vc_publish_status"):
            if self._run():
                raise CommandError("Some status lists were not published or exported; the log tells why.")

    def _run(self) -> int:
        """How many lists were not published or exported."""
        try:
            return self._publish() + self._export()
        except ConfigurationError as error:
            raise CommandError(str(error)) from error

    def _publish(self) -> int:
        rebuilt = self._rebuild()
        planned = publishing.plan(everything=self._options["all"], now=self._options["now"] or rebuilt)
        if self._options["dry_run"]:
            for due in planned.due:
                self.stdout.write(f"{due.uuid}: {due.reason}")
            self.stdout.write(f"{len(planned.due)} status lists due, {planned.waiting} waiting.")
            return 0
        done = failed = 0
        for attempt in publishing.publish_planned(planned):
            failed += attempt.outcome is publishing.Outcome.FAILED
            done += attempt.outcome is not publishing.Outcome.FAILED
            if self._options["verbosity"] > 1 or attempt.problem:
                told = attempt.problem or f"{attempt.outcome} ({attempt.due.reason})"
                self.stdout.write(f"{attempt.due.uuid}: {told}")
            if self._stopping:
                break
        if planned.due or self._options["every"] is None:
            self.stdout.write(f"{done} status lists published, {planned.waiting} waiting, {failed} failed.")
        return failed

    def _rebuild(self) -> bool:
        """Whether bits were changed."""
        if not self._options["rebuild"]:
            return False
        verb = "would be" if self._options["dry_run"] else "were"
        lists = list(publishing.rebuild(dry_run=self._options["dry_run"]))
        for rebuilt in lists:
            damaged = "; damaged bits made anew" if rebuilt.damaged else ""
            self.stdout.write(f"{rebuilt.uuid}: {rebuilt.bits} bits {verb} set{damaged}")
        self.stdout.write(f"{len(lists)} status lists {verb} rebuilt.")
        return bool(lists)

    def _export(self) -> int:
        directory = self._options["export"]
        if directory is None or self._options["dry_run"]:
            return 0
        exported = publishing.export(directory)
        if exported.written or exported.refused or self._options["every"] is None:
            self.stdout.write(
                f"{exported.written} documents exported, {exported.unchanged} unchanged, {exported.refused} refused."
            )
        return exported.refused
