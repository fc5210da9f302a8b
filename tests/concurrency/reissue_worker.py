"""
One process that issues a credential anew and is killed in the middle: ``python -m tests.concurrency.reissue_worker
UUID``, on the database that DB_* names.

Before its first statement, before its second, and so on, around each commit, until one lives; each goes on with what
the one before it has left. One line each: ``{"at": …}``, and ``{"states": …}`` with the states of the certificate's
credentials, oldest first, which of them have their bit, and whether those that are issued replace another.
"""

from __future__ import annotations

import json
import sys
from uuid import UUID

from tests.concurrency.dying import fork
from tests.concurrency.dying import killed_at
from tests.concurrency.dying import say


def _reissue_and_die(certificate: UUID, number: int) -> None:
    from openedx_verifiable_credentials.api import reissuing

    with killed_at(number):
        *_, done = reissuing.reissue_certificates([certificate], reason="name_corrected")
        assert not done.failed, done


def _tell(certificate: UUID) -> None:
    from openedx_verifiable_credentials.models import Credential
    from tests import ledgers

    rows = list(Credential.objects.filter(certificate_uuid=certificate).order_by("pk"))
    marked = [ledgers.is_marked(row) for row in rows]
    successors = [row.replaces_id is not None for row in rows if row.state == "issued"]
    say(json.dumps({"states": [row.state for row in rows], "marked": marked, "successor": successors}))


def main() -> int:
    """The exit status."""
    certificate = UUID(sys.argv[1])
    import django

    django.setup()
    number, killed = 0, True
    while killed:
        killed = fork(lambda number=number: _reissue_and_die(certificate, number))  # type: ignore[misc]
        assert not fork(lambda: _tell(certificate))
        number += 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
