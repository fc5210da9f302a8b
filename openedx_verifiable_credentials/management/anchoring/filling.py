"""``vc_anchor backfill``: leaves of what was issued before anchoring was on."""

from __future__ import annotations

from django.core.management.base import CommandError
from django.core.management.base import OutputWrapper

from openedx_verifiable_credentials.api import anchor_leaves
from openedx_verifiable_credentials.management import running
from openedx_verifiable_credentials.management.bulk.display import Display

_SOMETHING_LEFT = 3


def backfill(stdout: OutputWrapper) -> None:
    """
    How far it is, how quick, and how much longer it takes. Raises CommandError: with status 1 where it was stopped, 3
    where some have no leaf; ConfigurationError, TransientError.
    """
    stopping, found, display = running.Stopping(), None, None
    with stopping.listening():
        for found in anchor_leaves.backfill():
            display = display or Display(stdout, "credentials", found.total)
            display.show(found.looked_at, f"{found.written} leaves written")
            if stopping:
                break
    if display is not None:
        display.end()
    _say(stdout, found)
    if stopping:
        raise CommandError("Stopped; what was done is kept, and the same command goes on from there.")
    if found is not None and found.failed:
        raise CommandError("Some have no leaf; the log says which.", returncode=_SOMETHING_LEFT)


def _say(stdout: OutputWrapper, found: anchor_leaves.Backfill | None) -> None:
    if found is None:
        stdout.write("Nothing is left to do: every credential of an issuer with a did:web has its leaf.")
        return
    stdout.write(
        f"{found.looked_at} credentials looked at: {found.written} leaves written, {found.passed} ended, were erased "
        "or got theirs meanwhile."
    )
    for code, count in found.failed.most_common():
        stdout.write(f"  {count} have none: {code}")
