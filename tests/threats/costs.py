"""What refusing something costs: time of this thread's processor, and memory."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from typing import Any

from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError

SECONDS = 0.1
_TRIES = 3


def refuse(read: Callable[[Any], Any], value: Any, *, memory: int) -> str:
    """
    The code with which ``read`` refuses ``value``, in a tenth of a second and ``memory`` bytes beside the input.

    Time is what the processor spent on this thread, the best of some tries: a machine that is busy with something else
    makes no failure. Memory is what Python allocated at most.
    """
    best = min(_time(read, value) for _ in range(_TRIES))
    assert best < SECONDS, f"{best:.3f} s"
    tracemalloc.start()
    try:
        code = _code(read, value)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < memory, f"{peak} bytes"
    return code


def _time(read: Callable[[Any], Any], value: Any) -> float:
    began = time.thread_time()
    _code(read, value)
    return time.thread_time() - began


def _code(read: Callable[[Any], Any], value: Any) -> str:
    try:
        read(value)
    except VerifiableCredentialsError as error:
        return error.code
    raise AssertionError("it was not refused")
