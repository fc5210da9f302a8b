"""Which credentials a command is about: by ids, or by the facts that their rows carry."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError
from django.core.management.base import CommandParser

from openedx_verifiable_credentials.api.revoking import Facts

_MOST_SHOWN = 20


def add_arguments(parser: CommandParser) -> None:
    """The options that name credentials."""
    ids = parser.add_mutually_exclusive_group()
    ids.add_argument("--credential", nargs="+", type=UUID, metavar="UUID", help="These credentials.")
    ids.add_argument(
        "--certificate", nargs="+", type=UUID, metavar="UUID", help="Every credential of these certificates."
    )
    ids.add_argument("--file", type=Path, help="The credentials in this file, one uuid a line.")
    parser.add_argument("--course", help="Those of this course run.")
    parser.add_argument("--program", type=UUID, metavar="UUID", help="Those of this program.")
    parser.add_argument("--organization", metavar="KEY", help="Those issued for this organisation.")
    parser.add_argument("--site", type=int, metavar="ID", help="Those of this site (its number).")
    parser.add_argument("--issuer", metavar="SLUG", help="Those of this issuer.")
    parser.add_argument("--key", type=UUID, metavar="UUID", help="Those signed with this key of an issuer.")
    parser.add_argument(
        "--since", type=moment, metavar="DATE", help="With --key: only those signed then or later (ISO 8601, UTC)."
    )


def read(options: dict[str, Any]) -> tuple[str, list[UUID]] | Facts:
    """
    What is named: "credential" or "certificate" with uuids, or facts, perhaps none. Raises CommandError where the
    options contradict each other, or the file is none.
    """
    facts = _facts(options)
    by_ids = [name for name in ("credential", "certificate", "file") if options[name] is not None]
    if by_ids and facts.is_given():
        raise CommandError("Name credentials either by ids or by facts.")
    if options["certificate"] is not None:
        return "certificate", options["certificate"]
    if options["file"] is not None:
        return "credential", uuids_in(options["file"])
    return facts if options["credential"] is None else ("credential", options["credential"])


def _facts(options: dict[str, Any]) -> Facts:
    if options["course"] is not None and options["program"] is not None:
        raise CommandError("A credential is of a course or of a program: give one of --course and --program.")
    if options["since"] is not None and options["key"] is None:
        raise CommandError("--since goes with --key.")
    return Facts(
        achievement=options["course"] if options["program"] is None else str(options["program"]),
        organization=options["organization"],
        site_id=options["site"],
        issuer=options["issuer"],
        key=options["key"],
        since=options["since"],
    )


def uuids_in(file: Path) -> list[UUID]:
    """
    Of a file with one uuid a line, ``urn:uuid:`` before it or not; empty lines are passed over. Raises CommandError.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} cannot be read as text: {type(error).__name__}.") from error
    found, bad = [], []
    for number, line in enumerate(lines, 1):
        text = line.strip().strip('"')
        if not text:
            continue
        try:
            found.append(UUID(text))
        except ValueError:
            bad.append(str(number))
    if bad:
        shown = ", ".join(bad[:_MOST_SHOWN]) + (", …" if len(bad) > _MOST_SHOWN else "")
        raise CommandError(f"No uuid in line {shown}; nothing was done.")
    if not found:
        raise CommandError("There is no uuid in the file; nothing was done.")
    return found


def moment(text: str) -> datetime.datetime:
    """An ISO 8601 date or time, UTC where it names no zone. Argparse turns a ValueError into a sentence."""
    said = datetime.datetime.fromisoformat(text)
    try:
        return said.astimezone(datetime.UTC) if said.tzinfo else said.replace(tzinfo=datetime.UTC)
    except OverflowError as error:
        raise ValueError("That is no moment of the years 1 to 9999 in UTC.") from error
