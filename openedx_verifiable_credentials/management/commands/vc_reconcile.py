"""``manage.py vc_reconcile``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand
from django.core.management.base import CommandError
from django.core.management.base import CommandParser

from openedx_verifiable_credentials.api import erasing
from openedx_verifiable_credentials.api import reconciling
from openedx_verifiable_credentials.api import revoking
from openedx_verifiable_credentials.exceptions import LedgerError
from openedx_verifiable_credentials.management import running

_WORTH_A_LINE = 500


class Command(BaseCommand):
    """End the credentials of certificates that the host revoked or deleted, and erase retired learners."""

    help = (
        "End the credentials of certificates that were revoked or deleted, and erase retired learners. Run it every "
        "few minutes; it works while the switch is off, too. Stopped anywhere, it goes on where it was."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """See --help."""
        parser.add_argument(
            "--all", action="store_true", help="Compare every certificate that has credentials, not only noted changes."
        )
        parser.add_argument("--course", help="With --all: only credentials of this course run.")
        parser.add_argument("--program", type=UUID, help="With --all: only credentials of this program.")
        parser.add_argument("--organization", help="With --all: only those issued for this organisation (its key).")
        parser.add_argument("--site", type=int, help="With --all: only those of this site (its number).")
        parser.add_argument("--issuer", help="With --all: only those of this issuer (its slug).")
        parser.add_argument("--restart", action="store_true", help="With --all: begin anew, not where one was stopped.")
        parser.add_argument(
            "--accept-deletions",
            action="store_true",
            help="With --all: end credentials also where many of their certificates are gone in the service.",
        )
        parser.add_argument("--every", type=float, metavar="SECONDS", help="Go on until SIGTERM, this often.")
        parser.add_argument(
            "--no-publish", action="store_true", help="Leave the lists that changed to vc_publish_status."
        )
        parser.add_argument("--dry-run", action="store_true", help="Count only; change nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Progress, then a summary; exit status 1 where it was stopped, refused, or the database went away."""
        facts = _facts(options)
        stopping = running.Stopping()
        with stopping.listening():
            if options["every"] is None:
                with running.told_plainly("vc_reconcile"):
                    self._run(facts, options, stopping)
                if stopping:
                    raise CommandError("Stopped; what was done is kept, and the same command goes on from there.")
            else:
                running.repeat("vc_reconcile", lambda: self._run(facts, options, stopping), options["every"], stopping)

    def _run(self, facts: reconciling.Facts, options: dict[str, Any], stopping: running.Stopping) -> None:
        dry_run = options["dry_run"]
        total = reconciling.Reconciled()
        if not facts.is_given():
            self._drain(reconciling.changes(dry_run=dry_run), "looked at", total, stopping)
        refused = self._compare(facts, options, total, stopping) if options["all"] and not stopping else None
        tidied = 0 if facts.is_given() or stopping else reconciling.tidy(dry_run=dry_run)
        self._summary(total, tidied, options)
        if not facts.is_given() and not stopping:
            self._tidy_batches(options["dry_run"])
            self._erase(options, stopping)
        if refused is not None:
            raise refused

    def _compare(
        self, facts: reconciling.Facts, options: dict[str, Any], total: reconciling.Reconciled, stopping: Any
    ) -> LedgerError | None:
        """What it was refused for: what was done before is published, and the rest of the run goes on."""
        try:
            chunks = reconciling.comparison(
                facts,
                dry_run=options["dry_run"],
                restart=options["restart"],
                accept_deletions=options["accept_deletions"],
            )
        except LedgerError as error:
            raise CommandError(str(error)) from error
        if not options["restart"] and not options["dry_run"]:
            if last := reconciling.stopped_at(facts):
                self.stdout.write(f"An earlier comparison was stopped after row {last}: going on there (or --restart).")
            elif reconciling.is_outdated(facts):
                self.stdout.write("An earlier comparison was stopped, but not in the last 6 hours: beginning anew.")
        try:
            self._drain(chunks, "compared", total, stopping)
        except LedgerError as error:
            return error
        return None

    def _drain(
        self, chunks: Iterable[reconciling.Reconciled], verb: str, total: reconciling.Reconciled, stopping: Any
    ) -> None:
        """Every chunk, or those until asked to stop; added to ``total``."""
        rate, so_far = running.Rate(), reconciling.Reconciled()
        try:
            for so_far in chunks:
                if verb == "compared" or so_far.looked_at >= _WORTH_A_LINE:
                    self.stdout.write(
                        f"… {so_far.looked_at} certificates {verb} ({rate.of(so_far.looked_at)}), "
                        f"{so_far.revoked} credentials over"
                    )
                if stopping:
                    break
        finally:
            total.looked_at += so_far.looked_at
            total.reasons += so_far.reasons
            total.lists |= so_far.lists

    def _summary(self, total: reconciling.Reconciled, tidied: int, options: dict[str, Any]) -> None:
        self.stdout.write(
            f"{total.looked_at} certificates looked at, {total.revoked} credentials "
            f"{'would end' if options['dry_run'] else 'ended'}{_reasons(total.reasons)}; "
            f"{tidied} rows of abandoned offers."
        )
        if options["no_publish"] or not total.lists:
            return
        waiting = revoking.publish_at_once(total.lists)
        self.stdout.write(f"{len(total.lists) - waiting} status lists published.")
        if waiting:
            self.stderr.write(f"{waiting} status lists wait for vc_publish_status; the log says why.")

    def _tidy_batches(self, dry_run: bool) -> None:
        if count := reconciling.tidy_batches(dry_run=dry_run):
            verb = "would be deleted" if dry_run else "deleted"
            self.stdout.write(f"{count} parts, refusals and mails of batches that have long been over {verb}.")

    def _erase(self, options: dict[str, Any], stopping: running.Stopping) -> None:
        dry_run, rate, erased = options["dry_run"], running.Rate(), erasing.Erased()
        for erased in erasing.erase_retired(dry_run=dry_run):
            if erased.looked_at >= _WORTH_A_LINE:
                self.stdout.write(
                    f"… {erased.looked_at} learners looked at ({rate.of(erased.looked_at)}), "
                    f"{erased.learners} of them retired"
                )
            if stopping:
                break
        tidied = 0 if stopping else erasing.tidy_learners(everything=options["all"], dry_run=dry_run)
        verb = "would be erased" if dry_run else "erased"
        self.stdout.write(
            f"{erased.looked_at} learners looked at, {erased.learners} retired ones {verb} with {erased.credentials} "
            f"credentials and {erased.offers} offers; {tidied} rows that hold nothing."
        )
        if erased.waiting:
            self.stdout.write(f"{erased.waiting} retired learners are in use just now and wait for the next run.")


def _facts(options: dict[str, Any]) -> reconciling.Facts:
    if options["course"] is not None and options["program"] is not None:
        raise CommandError("A credential is of a course or of a program: give one of --course and --program.")
    facts = reconciling.Facts(
        achievement=options["course"] if options["program"] is None else str(options["program"]),
        organization=options["organization"],
        site_id=options["site"],
        issuer=options["issuer"],
    )
    if not options["all"] and (facts.is_given() or options["restart"] or options["accept_deletions"]):
        raise CommandError(
            "What is noted is worked through as a whole; filters, --restart and --accept-deletions go with --all."
        )
    if options["every"] is not None and options["every"] <= 0:
        raise CommandError("--every takes a number of seconds above 0.")
    return facts


def _reasons(reasons: Counter[str]) -> str:
    said = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()) if count)
    return f" ({said})" if said else ""
