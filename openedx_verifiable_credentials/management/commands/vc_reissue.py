"""``manage.py vc_reissue``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.core.management.base import CommandError
from django.core.management.base import CommandParser

from openedx_verifiable_credentials.api import reissuing
from openedx_verifiable_credentials.api import revoking
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.management import running
from openedx_verifiable_credentials.management import selectors

_ASKS_ABOVE = 20
_SOMETHING_LEFT = 3
_WORTH_A_LINE = 500


class Command(BaseCommand):
    """Issue credentials anew, with today's facts and policies."""

    help = (
        "Issue credentials anew for the same holders, with today's facts and policies; the old ones are superseded, "
        "and that is published at once. What would say the same is left alone. Name them by ids (--credential, "
        "--certificate, --file) or by facts (the other options, all of which must hold). Exit status: 0 done; 1 "
        "nothing was done; 3 done, but some failed, ids are unknown or a status list could not be published yet."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """See --help."""
        selectors.add_arguments(parser)
        parser.add_argument("--reason", choices=sorted(reissuing.REASONS), required=True, help="Why.")
        parser.add_argument("--by", metavar="ACCOUNT", help="Who decided: number or username of a staff account.")
        parser.add_argument("--force", action="store_true", help="Also those that would say what they say already.")
        parser.add_argument("--yes", action="store_true", help=f"Do not ask, however many more than {_ASKS_ABOVE}.")
        parser.add_argument("--no-publish", action="store_true", help="Leave the lists to vc_publish_status.")
        parser.add_argument("--dry-run", action="store_true", help="Count only; change nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Counts, asks where there are many, issues anew, publishes."""
        stopping = running.Stopping()
        try:
            by = None if options["by"] is None else revoking.get_staff_number(options["by"])
            with running.told_plainly("vc_reissue"), stopping.listening():
                counted = self._last(_chunks(options, by, dry_run=True), 0, stopping)
                if not stopping and self._is_to_be_done(counted, options):
                    done = self._last(_chunks(options, by, dry_run=False), counted.looked_at, stopping)
                    self._finish(done, options)
        except VerifiableCredentialsError as error:
            raise CommandError(str(error)) from error
        if stopping:
            raise CommandError("Stopped; what was done is kept, and the same command goes on from there.")

    def _is_to_be_done(self, counted: reissuing.Reissue, options: dict[str, Any]) -> bool:
        for one in counted.unknown:
            self.stderr.write(f"Unknown: {one}")
        if not counted.looked_at:
            raise CommandError("There is no such credential; nothing was done.")
        if options["dry_run"]:
            self._say(counted, "would be issued anew")
            return False
        if counted.reissued > _ASKS_ABOVE and not options["yes"]:
            self._ask(counted.reissued, options["reason"])
        return True

    def _ask(self, count: int, reason: str) -> None:
        self.stdout.write(
            f"{count} credentials will be issued anew, and the old ones be over for ever ({reason}). Go on? [yes/no] ",
            ending="",
        )
        self.stdout.flush()
        try:
            answer = input()
        except EOFError:
            answer = ""
        if answer.strip().lower() != "yes":
            raise CommandError("Nothing was done. Give --yes where nobody can answer.")

    def _last(
        self, chunks: Iterator[reissuing.Reissue], of: int, stopping: running.Stopping
    ) -> reissuing.Reissue:  # fmt: skip
        rate, so_far, said = running.Rate(), reissuing.Reissue(), 0
        for so_far in chunks:
            at = so_far.looked_at
            if at - said >= _WORTH_A_LINE:
                said = at
                progress = f"of {of} done ({rate.of(at)}, {rate.left(at, of)} left)" if of else "looked at"
                self.stdout.write(f"… {at} {progress}")
            if stopping:
                break
        return so_far

    def _finish(self, done: reissuing.Reissue, options: dict[str, Any]) -> None:
        self._say(done, "issued anew")
        waiting = 0
        if done.lists and not options["no_publish"]:
            waiting = revoking.publish_at_once(done.lists)
            self.stdout.write(f"{len(done.lists) - waiting} status lists published.")
        if done.gave_up:
            raise CommandError("Given up: signing fails. The log says why; the same command goes on from there.")
        problems = {
            f"{waiting} status lists wait for vc_publish_status; the log says why.": waiting,
            f"{done.failed.total()} credentials could not be issued anew.": done.failed.total(),
            f"{len(done.unknown)} ids are unknown.": len(done.unknown),
        }
        if any(problems.values()):
            sentences = [sentence for sentence, count in problems.items() if count]
            raise CommandError(" ".join(sentences), returncode=_SOMETHING_LEFT)

    def _say(self, result: reissuing.Reissue, verb: str) -> None:
        left, failed = result.skipped.total(), result.failed.total()
        self.stdout.write(f"{result.reissued} credentials {verb}, {left} left as they are, {failed} failed.")
        for counts, what in ((result.skipped, "left"), (result.failed, "failed")):
            self._say_why(counts, what, result.sentences)
        if result.unlisted:
            self.stdout.write(
                f"{result.unlisted} old ones have no place in a status list: verifiers cannot learn that they end."
            )

    def _say_why(self, counts: Counter[str], what: str, sentences: dict[str, str]) -> None:
        for code, count in counts.most_common():
            self.stdout.write(f"  {count} {what}: {sentences[code]} [{code}]")


def _chunks(options: dict[str, Any], by: int | None, *, dry_run: bool) -> Iterator[reissuing.Reissue]:
    more = {"reason": options["reason"], "by": by, "force": options["force"], "dry_run": dry_run}
    named = selectors.read(options)
    if isinstance(named, reissuing.Facts):
        return reissuing.reissue_where(named, **more)
    kind, uuids = named
    by_ids = reissuing.reissue_certificates if kind == "certificate" else reissuing.reissue_credentials
    return by_ids(uuids, **more)
