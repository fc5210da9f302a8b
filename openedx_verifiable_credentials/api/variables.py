"""
What an exception must not carry out of here. Debug pages, error mails and error trackers show the variables of every
frame that an exception came through: documents, names, DIDs.
"""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable
from typing import ParamSpec
from typing import TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")


def forget_variables(error: BaseException) -> None:
    """
    Empty the frames that ``error``, and what it came from, went through, but those that are still running. Type,
    message, files and lines stay: enough to find the cause.
    """
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        traceback.clear_frames(one.__traceback__)
        waiting += [one.__cause__, one.__context__, *(one.exceptions if isinstance(one, BaseExceptionGroup) else ())]


def without_variables(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """For a function that handles personal data: whatever it raises tells nothing of it by variables."""

    @functools.wraps(function)
    def call(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return function(*args, **kwargs)
        except BaseException as error:
            del args, kwargs
            forget_variables(error)
            raise

    return call
