"""``manage.py vc_issue``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand
from django.core.management.base import CommandError
from django.core.management.base import CommandParser

from openedx_verifiable_credentials.api import batches
from openedx_verifiable_credentials.api import switch
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.management import running
from openedx_verifiable_credentials.management.bulk import orders
from openedx_verifiable_credentials.management.bulk import sending
from openedx_verifiable_credentials.management.bulk import working
from openedx_verifiable_credentials.management.bulk.display import Display
from openedx_verifiable_credentials.management.bulk.issuing import Issuing
from openedx_verifiable_credentials.management.bulk.summary import RefusalsFile
from openedx_verifiable_credentials.management.bulk.summary import say_refused

_ASKS_ABOVE = 20


class Command(BaseCommand):
    """Issue the credentials of many certificates, before any wallet is known."""

    help = (
        "Issue the credentials of many certificates, before any wallet is known: each learner can download theirs at "
        "once, or claim it with a wallet later. A certificate that has its credential gets no second one, so the same "
        "command can be given again. Name certificates by facts (--course, --program, --organization, --site, all of "
        "which must hold), by ids (--certificate, --file), or --all. Exit status: 0 done; 1 nothing was issued, or it "
        "was stopped; 3 the batch or its workers gave up, or ids are unknown; what was done is kept."
    )
    _is_own_process = False

    def run_from_argv(self, argv: list[str]) -> None:
        """By manage.py: only then the process is the command's own, and may give way to others."""
        self._is_own_process = True
        super().run_from_argv(argv)

    def add_arguments(self, parser: CommandParser) -> None:
        """See --help."""
        orders.add_arguments(parser)
        working.add_arguments(parser)
        parser.add_argument(
            "--resume",
            nargs="?",
            const=orders.NEWEST,
            metavar="UUID",
            help="Go on with this batch, or with the newest that is not done.",
        )
        parser.add_argument("--celery", action="store_true", help="Have Celery workers issue, and wait for them.")
        parser.add_argument("--refusals", type=Path, metavar="FILE", help="Write every refusal to this CSV file.")
        parser.add_argument("--yes", action="store_true", help=f"Do not ask, however many more than {_ASKS_ABOVE}.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would be done; write nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Counts, asks where there are many, issues, and says what became of all."""
        self._options, self._stopping = options, running.Stopping()
        try:
            with running.told_plainly("vc_issue"):
                self._refuse_what_contradicts()
                switch.require_enabled()
                if options["resume"] is not None:
                    self._issue(lambda: orders.resumed(options["resume"]))
                else:
                    self._order()
        except (VerifiableCredentialsError, ConfigurationError) as error:
            raise CommandError(str(error)) from error

    def _refuse_what_contradicts(self) -> None:
        if self._options["resume"] is not None:
            orders.refuse_with_resume(self._options)
        if self._options["dry_run"] and self._options["refusals"] is not None:
            raise CommandError("--refusals lists what was refused; it does not go with --dry-run.")
        if self._options["celery"]:
            if self._options["processes"] > 1:
                raise CommandError("--celery has other processes work; it does not go with --processes.")
            sending.require_broker()

    def _order(self) -> None:
        order = orders.read(self._options)
        counted = batches.count(order.selection)
        self.stdout.write(
            f"{counted.certificates} certificates: of {counted.courses} courses and {counted.programs} programs."
        )
        if not counted.certificates:
            raise CommandError("There is no such certificate that was awarded; nothing was done.")
        count = min(counted.certificates, order.most or counted.certificates)
        if self._options["dry_run"]:
            with self._stopping.listening():
                self._foresee(order, count)
            return
        if count > _ASKS_ABOVE and not self._options["yes"]:
            self._ask(count, order.profile_id)
        named = order.selection.certificates
        unknown = 0 if named is None else len(named) - counted.certificates
        self._issue(lambda: batches.create(order), unknown)

    def _ask(self, count: int, profile_id: str) -> None:
        self.stdout.write(f"Up to {count} credentials ({profile_id}) will be issued. Go on? [yes/no] ", ending="")
        self.stdout.flush()
        try:
            # Nothing listens to signals yet: one that ends the command ends it here, too.
            answer = input()
        except (EOFError, KeyboardInterrupt):
            answer = ""
        if answer.strip().lower() != "yes":
            raise CommandError("Nothing was done. Give --yes where nobody can answer.")

    def _foresee(self, order: batches.Order, count: int) -> None:
        display = Display(self.stdout, "certificates looked at", count)
        foreseen = batches.Foreseen()
        for foreseen in batches.foresee(order):
            display.show(foreseen.looked_at, f"{foreseen.refused.total()} refused")
            if self._stopping:
                break
        display.end()
        self.stdout.write(
            f"{foreseen.looked_at} certificates: {foreseen.to_issue} credentials would be issued, {foreseen.held} have "
            f"theirs already, {foreseen.refused.total()} would be refused."
        )
        say_refused(self.stdout, foreseen.refused, foreseen.sentences)
        if self._stopping:
            raise CommandError("Stopped. Nothing was written.")

    def _issue(self, begin: Callable[[], UUID], unknown: int = 0) -> None:
        """Of the batch that ``begin`` orders or lets go on, which it does once nothing is in the way any more."""
        path = self._options["refusals"]
        file = None if path is None else RefusalsFile(path)
        with self._stopping.listening():
            batch_uuid = begin()
            self.stdout.write(f"Batch {batch_uuid}.")
            issuing = Issuing(self.stdout, batch_uuid, self._stopping)
            issuing.run(self._worked_by(batch_uuid), file, unknown)

    def _worked_by(self, batch_uuid: UUID) -> working.Working | sending.Sending:
        if self._options["celery"]:
            return sending.Sending("vc_issue", batch_uuid, self.stderr.write)
        return working.Working(
            "vc_issue",
            batch=batch_uuid,
            processes=self._options["processes"],
            nice=self._options["nice"] if self._is_own_process or self._options["processes"] > 1 else None,
        )
