"""``manage.py vc_revoke``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand
from django.core.management.base import CommandError
from django.core.management.base import CommandParser

from openedx_verifiable_credentials.api import revoking
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.management import running
from openedx_verifiable_credentials.management import selectors

_ASKS_ABOVE = 20
_SOMETHING_LEFT = 3


class Command(BaseCommand):
    """Revoke credentials for ever."""

    help = (
        "Revoke credentials for ever, and publish that at once. Name them by ids (--credential, --certificate, --file) "
        "or by facts (the other options, all of which must hold). Exit status: 0 done; 1 nothing was done; 3 done, but "
        "some ids are unknown or a status list could not be published yet."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """See --help."""
        selectors.add_arguments(parser)
        parser.add_argument("--reason", choices=sorted(revoking.REASONS), default="staff", help="Default: staff.")
        parser.add_argument("--by", metavar="ACCOUNT", help="Who decided: number or username of a staff account.")
        parser.add_argument("--yes", action="store_true", help=f"Do not ask, however many more than {_ASKS_ABOVE}.")
        parser.add_argument("--no-publish", action="store_true", help="Leave the lists to vc_publish_status.")
        parser.add_argument("--dry-run", action="store_true", help="Count only; change nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Counts, asks where there are many, revokes, publishes."""
        stopping = running.Stopping()
        try:
            by = None if options["by"] is None else revoking.get_staff_number(options["by"])
            with running.told_plainly("vc_revoke"):
                counted = self._last(_chunks(options, by, dry_run=True))
                self._say_unknown(counted.unknown)
                if not self._is_to_be_done(counted, options):
                    return
                with stopping.listening():
                    done = self._last(_chunks(options, by, dry_run=False), counted.revoked, stopping)
                    self._finish(done, options)
        except VerifiableCredentialsError as error:
            raise CommandError(str(error)) from error
        if stopping:
            raise CommandError("Stopped; what was done is kept, and the same command goes on from there.")

    def _is_to_be_done(self, counted: revoking.Revocation, options: dict[str, Any]) -> bool:
        if not counted.revoked and not counted.over:
            raise CommandError("There is no such credential; nothing was done.")
        if options["dry_run"]:
            self.stdout.write(f"{counted.revoked} credentials would be revoked, {counted.over} are over already.")
            self._say_unlisted(counted.unlisted)
            return False
        if counted.revoked > _ASKS_ABOVE and not options["yes"]:
            self._ask(counted.revoked, options["reason"])
        return True

    def _ask(self, count: int, reason: str) -> None:
        self.stdout.write(f"{count} credentials will be revoked for ever ({reason}). Go on? [yes/no] ", ending="")
        self.stdout.flush()
        try:
            answer = input()
        except EOFError:
            answer = ""
        if answer.strip().lower() != "yes":
            raise CommandError("Nothing was done. Give --yes where nobody can answer.")

    def _last(
        self, chunks: Iterator[revoking.Revocation], of: int = 0, stopping: running.Stopping | None = None
    ) -> revoking.Revocation:
        rate, so_far, said = running.Rate(), revoking.Revocation(), 0
        for so_far in chunks:
            if of and so_far.revoked > said:
                said = so_far.revoked
                self.stdout.write(f"… {said} of {of} credentials revoked ({rate.of(said)})")
            if stopping:
                break
        return so_far

    def _finish(self, done: revoking.Revocation, options: dict[str, Any]) -> None:
        self.stdout.write(f"{done.revoked} credentials revoked, {done.over} were over already.")
        self._say_unlisted(done.unlisted)
        waiting = 0
        if done.lists and not options["no_publish"]:
            waiting = revoking.publish_at_once(done.lists)
            self.stdout.write(f"{len(done.lists) - waiting} status lists published.")
        if waiting:
            raise CommandError(
                f"The revocation is recorded; {waiting} status lists wait for vc_publish_status. The log says why.",
                returncode=_SOMETHING_LEFT,
            )
        if done.unknown:
            raise CommandError(f"{len(done.unknown)} ids are unknown.", returncode=_SOMETHING_LEFT)

    def _say_unlisted(self, count: int) -> None:
        if count:
            self.stdout.write(f"{count} of these have no place in a status list: verifiers cannot learn that they end.")

    def _say_unknown(self, unknown: list[UUID]) -> None:
        for one in unknown:
            self.stderr.write(f"Unknown: {one}")


def _chunks(options: dict[str, Any], by: int | None, *, dry_run: bool) -> Iterator[revoking.Revocation]:
    more: dict[str, Any] = {"reason": options["reason"], "by": by, "dry_run": dry_run}
    named = selectors.read(options)
    if isinstance(named, revoking.Facts):
        return revoking.revoke_where(named, **more)
    kind, uuids = named
    by_ids = revoking.revoke_certificates if kind == "certificate" else revoking.revoke_credentials
    return by_ids(uuids, **more)
