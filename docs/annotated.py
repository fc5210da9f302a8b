"""The annotations of settings and toggles in source code. Used by conf.py, and by a test that holds code to them."""

from __future__ import annotations

import re
from pathlib import Path

_LINE = re.compile(r"^# \.\. (?P<token>[a-z_]+): ?(?P<text>.*)$")
_MORE = re.compile(r"^#    (?P<text>.+)$")


def read(path: Path, kind: str) -> list[dict[str, str]]:
    """
    One dict for each ``<kind>_name`` in the comments of ``path``, in their order, its members without ``<kind>_``.

    ``kind`` is "setting" or "toggle".
    """
    entries: list[dict[str, str]] = []
    member = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if match := _LINE.match(line):
            member = match["token"].removeprefix(f"{kind}_")
            if member == "name":
                entries.append({})
            if entries:
                entries[-1][member] = match["text"]
        elif (match := _MORE.match(line)) and entries and member:
            entries[-1][member] += f" {match['text']}"
        else:
            member = ""
    return entries
