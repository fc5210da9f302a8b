"""What refusing something costs: time of this thread's processor, and memory."""

from __future__ import annotations

import contextlib
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError

SECONDS = 0.1
# The worst of them takes 0.05 s on an idle machine, and more while others use the same cores.
_BUSY = 3
_TRIES = 3
# What the machine on which this was measured takes for ``_unit``.
_UNIT_SECONDS = 0.005


def refuse(read: Callable[[Any], Any], value: Any, *, memory: int) -> str:
    """
    The code with which ``read`` refuses ``value``, in a tenth of a second and ``memory`` bytes beside the input.

    Time is what the processor spent on this thread, the best of some tries, with room for a machine that is busy with
    something else: what is looked for is a cost that grows without a bound. Memory is what Python allocated at most.
    """
    best = min(_time(read, value) for _ in range(_TRIES))
    most = SECONDS * _BUSY * pace()
    assert best < most, f"{best:.3f} s, more than {most:.3f} s"
    tracemalloc.start()
    try:
        code = _code(read, value)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < memory, f"{peak} bytes"
    return code


def pace() -> float:
    """How many times longer than where bounds were measured this processor takes for the same work just now; >= 1."""
    return max(1.0, min(_time(_unit, 100_000) for _ in range(_TRIES)) / _UNIT_SECONDS)


def _unit(times: int) -> None:
    assert sum(number * number for number in range(times))


def _time(read: Callable[[Any], Any], value: Any) -> float:
    began = time.thread_time()
    with contextlib.suppress(VerifiableCredentialsError):
        read(value)
    return time.thread_time() - began


def _code(read: Callable[[Any], Any], value: Any) -> str:
    try:
        read(value)
    except VerifiableCredentialsError as error:
        return error.code
    raise AssertionError("it was not refused")
