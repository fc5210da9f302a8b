"""What becomes of all batches while workers work: how far each is, and when it is over."""

from __future__ import annotations

import time
from uuid import UUID

from django.core.management.base import OutputWrapper

from openedx_verifiable_credentials.api import batches
from openedx_verifiable_credentials.management.bulk.summary import say_refused

_WORTH_A_LINE_SECONDS = 30.0


class Watching:
    """Says so on ``stdout``."""

    def __init__(self, stdout: OutputWrapper):
        self._stdout = stdout
        self._seen: dict[UUID, batches.BatchProgress] = {}
        self._said_at = time.monotonic()

    def look(self) -> object:
        """One query where nothing is to be done. What it returns differs as long as work is done."""
        now = {one.uuid: one for one in batches.unfinished()}
        for over in [uuid for uuid in self._seen if uuid not in now]:
            self._say_end(batches.look(over))
        self._seen = now
        if now and time.monotonic() - self._said_at >= _WORTH_A_LINE_SECONDS:
            self._said_at = time.monotonic()
            for one in now.values():
                self._stdout.write(f"… {one.uuid}: {one.looked_at} of {one.selected} certificates")
        return tuple(now.values())

    def _say_end(self, one: batches.BatchProgress) -> None:
        problem = f" ({one.problem})" if one.problem else ""
        self._stdout.write(
            f"{one.uuid}: {one.state}{problem}; {one.looked_at} of {one.selected} certificates, {one.issued} "
            f"credentials issued, {one.held} had theirs already, {one.refused} refused."
        )
        if one.refused:
            say_refused(self._stdout, *batches.refusals_by_code(one.uuid))


def say_table(stdout: OutputWrapper) -> None:
    """Every batch that goes on, a line each, the oldest first."""
    found = batches.unfinished()
    if not found:
        stdout.write("No batch goes on.")
        return
    columns = ("batch", "ordered", "state", "profile", "done", "of", "issued", "held", "refused", "parts left")
    rows = [columns] + [
        (
            str(one.uuid),
            one.created.strftime("%Y-%m-%d %H:%M"),
            one.state,
            one.profile_id,
            *map(str, (one.looked_at, one.selected, one.issued, one.held, one.refused, one.waiting)),
        )
        for one in found
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        stdout.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
