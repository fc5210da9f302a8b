"""Which documents a command is given: files, what is below directories, standard input."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Iterable
from collections.abc import Iterator
from pathlib import Path

STANDARD_INPUT = "-"
# What is looked for below a directory; a file that is named itself may be called anything.
ENDINGS = (".json", ".jsonld", ".jws", ".jwt", ".pdf", ".png", ".svg", ".vc", ".vp")


@dataclasses.dataclass(frozen=True)
class Named:
    """A document that is named on the command line; ``path`` None: standard input."""

    path: Path | None

    @property
    def name(self) -> str:
        """As it is shown: nothing in it can move a terminal's cursor or break a line of JSON."""
        name = STANDARD_INPUT if self.path is None else str(self.path)
        return printable(name)

    def find_bytes(self, most: int) -> bytes | None:
        """The first ``most`` bytes and one more, if there is one; None where they cannot be read."""
        try:
            if self.path is None:
                return sys.stdin.buffer.read(most + 1)
            with self.path.open("rb") as file:
                return file.read(most + 1)
        except (OSError, ValueError):
            return None


def named_documents(names: Iterable[str]) -> Iterator[Named]:
    """
    A directory stands for the files below it, at any depth and in the order of their names, that have one of
    ``ENDINGS``; hidden ones are left out, links to directories are not followed.
    """
    for name in names:
        if name == STANDARD_INPUT:
            yield Named(None)
        elif os.path.isdir(name):
            yield from _below(Path(name))
        else:
            yield Named(Path(name))


def _below(directory: Path) -> Iterator[Named]:
    for folder, folders, files in os.walk(directory):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        for file in sorted(files):
            if not file.startswith(".") and file.lower().endswith(ENDINGS):
                yield Named(Path(folder, file))


def printable(text: str) -> str:
    """``text`` with every character that is not for reading written as an escape."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )
