"""
Brings the anchors of a learner's credentials so far, in the sandbox of a running server: ``python -m
tests.browser.anchoring NAME STATE`` in its environment.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import django

from tests.servers import running


def main() -> None:
    """A leaf for each that has none, a batch for all that wait, and what is said of that."""
    django.setup()

    from credentials.apps.core.models import User

    from openedx_verifiable_credentials.models import Credential
    from openedx_verifiable_credentials.models.anchor import AnchorBatch
    from openedx_verifiable_credentials.models.anchor import AnchorLeaf
    from tests import anchored_rows

    _, name, state = sys.argv
    own = Credential.objects.filter(learner__user_id=User.objects.get(username=name).pk)
    for credential in own.filter(anchor_leaf=None):
        anchored_rows.leaf(credential)
    leaves = AnchorLeaf.objects.filter(credential__in=own)
    if state == "waiting":
        return
    waiting = list(leaves.filter(batch=None))
    if waiting:
        anchored_rows.batch(*waiting, others=6)
    for batch in AnchorBatch.objects.filter(leaves__in=leaves).distinct():
        anchored_rows.come_to(batch, state)


def bring(database: Path, name: str, state: str) -> None:
    """The same, in the sandbox that has this database."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.browser.anchoring", name, state],
        cwd=running.ROOT, env=running.sandbox_environment(database.parent), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


if __name__ == "__main__":
    main()
