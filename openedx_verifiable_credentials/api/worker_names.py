"""
Workers have names that say which process of which machine they are, so that the leases of one that was killed need not
run out.
"""

from __future__ import annotations

import functools
import hashlib
import os
import re
import secrets
import socket

from openedx_verifiable_credentials.flows.steps.bulk import leases

_NAME = re.compile(r".*:([1-9][0-9]*):[0-9a-f]{8}")


@functools.cache
def here() -> str:
    """
    How the names of this machine's workers begin. Numbers of processes say nothing elsewhere: neither in a container
    beside, nor in another pod of a Deployment, whose long name begins alike.
    """
    host = socket.gethostname()
    try:
        numbers = os.readlink("/proc/self/ns/pid")
    except OSError:
        numbers = ""
    return f"{host[:24]}.{hashlib.sha256(f'{host} {numbers}'.encode()).hexdigest()[:12]}:"


def make() -> str:
    """A name for a worker of this process, or of one that it starts, that no other has."""
    return f"{here()}{os.getpid()}:{secrets.token_hex(4)}"


def free_dead() -> int:
    """
    End the leases of this machine's processes that are no more; how many. A number that stands for another process by
    now only keeps its lease until that runs out, and ending one too early costs work but no exactness.
    """
    return sum(leases.free(name) for name in leases.holders(here()) if _is_dead(name))


def _is_dead(name: str) -> bool:
    number = _NAME.fullmatch(name)
    if number is None:
        return False
    try:
        os.kill(int(number[1]), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        pass
    return False
