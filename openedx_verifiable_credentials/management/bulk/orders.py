"""Which certificates a command issues for, and how: options → order."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError
from django.core.management.base import CommandParser

from openedx_verifiable_credentials.api import batches
from openedx_verifiable_credentials.api import revoking
from openedx_verifiable_credentials.management import selectors

NEWEST = "newest"
# What is named stands in one row of the database.
_MOST_NAMED = 100_000
# What every database has room for.
_DIGITS = 9
_WHICH = ("course", "program", "organization", "site", "all", "certificate", "file", "since")
_HOW = ("profile", "limit", "throttle", "mail", "by", "dry_run")


def above_zero(text: str) -> int:
    """A whole number above 0, for argparse."""
    if not text.isdecimal() or len(text) > _DIGITS or int(text) < 1:
        raise argparse.ArgumentTypeError("must be a whole number above 0, of nine digits at most")
    return int(text)


def add_arguments(parser: CommandParser) -> None:
    """The options that say which certificates, and how."""
    _add_which(parser)
    parser.add_argument("--profile", help="The credential profile: obv3-vc1 or obv3-vc2 (OPENEDX_VC_BULK_PROFILE).")
    parser.add_argument("--limit", type=above_zero, metavar="N", help="No more certificates than these.")
    parser.add_argument(
        "--throttle", type=above_zero, metavar="PER_SECOND", help="Credentials a second, all processes together."
    )
    parser.add_argument("--mail", action="store_true", help="Tell the learners by e-mail, once; vc_work sends them.")
    parser.add_argument("--by", metavar="ACCOUNT", help="Who ordered it: number or username of a staff account.")


def _add_which(parser: CommandParser) -> None:
    parser.add_argument("--course", metavar="KEY", help="Of this course run, or of all runs of ORGANIZATION+NUMBER.")
    parser.add_argument("--program", type=UUID, metavar="UUID", help="Of this program, not of its courses.")
    parser.add_argument("--organization", metavar="KEY", help="Of the courses and programs of this organisation.")
    parser.add_argument("--site", type=int, metavar="ID", help="Of this site (its number).")
    parser.add_argument("--all", action="store_true", help="Every certificate there is.")
    ids = parser.add_mutually_exclusive_group()
    ids.add_argument("--certificate", nargs="+", type=UUID, metavar="UUID", help="These certificates.")
    ids.add_argument("--file", type=Path, help="The certificates in this file, one uuid a line.")
    parser.add_argument(
        "--since",
        type=selectors.moment,
        metavar="DATE",
        help="Only those that were created or changed then or later (ISO 8601, UTC).",
    )


def refuse_with_resume(options: dict[str, Any]) -> None:
    """A batch that goes on is what was ordered. Raises CommandError."""
    given = [name for name in (*_WHICH, *_HOW) if options[name] not in (None, False)]
    if given:
        said = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise CommandError(f"--resume goes on with what was ordered; it does not go with {said}.")


def read(options: dict[str, Any]) -> batches.Order:
    """
    What is ordered. Raises CommandError where the options contradict each other, the file is none or nothing is named;
    LedgerError where the account is none of staff.
    """
    return batches.Order(
        selection=_selection(options),
        profile_id=batches.profile(options["profile"]),
        most=options["limit"],
        throttle=options["throttle"],
        mail=options["mail"],
        ordered_by=None if options["by"] is None else revoking.get_staff_number(options["by"]),
    )


def _selection(options: dict[str, Any]) -> batches.Selection:
    facts = batches.Selection(
        course=options["course"],
        program=options["program"],
        organization=options["organization"],
        site_id=options["site"],
        since=options["since"],
    )
    has_facts = dataclasses.replace(facts, since=None) != batches.Selection()
    has_ids = options["certificate"] is not None or options["file"] is not None
    if has_facts + has_ids + options["all"] > 1:
        raise CommandError("Name certificates in one way: by ids, by facts, or --all.")
    if not (has_facts or has_ids or options["all"]):
        raise CommandError("Name certificates: by ids, by facts, or --all for every one there is.")
    if options["course"] is not None and options["program"] is not None:
        raise CommandError("A certificate is of a course or of a program: give one of --course and --program.")
    return dataclasses.replace(facts, certificates=_named(options)) if has_ids else facts


def _named(options: dict[str, Any]) -> tuple[UUID, ...]:
    found = options["certificate"] if options["file"] is None else selectors.uuids_in(options["file"])
    if len(found) > _MOST_NAMED:
        raise CommandError(f"These are more than {_MOST_NAMED} certificates; make several files of them.")
    return tuple(dict.fromkeys(found))


def resumed(text: str) -> UUID:
    """
    The batch to go on with. Raises CommandError, BatchError ``unknown_batch``, ``batch_over``; OfferError
    ``switched_off``.
    """
    if text == NEWEST:
        newest = batches.newest()
        if newest is None:
            raise CommandError("Every batch is done; there is none to go on with.")
        batch_uuid = newest
    else:
        try:
            batch_uuid = UUID(text)
        except ValueError as error:
            raise CommandError("--resume takes the uuid of a batch.") from error
    batches.resume(batch_uuid)
    return batch_uuid
