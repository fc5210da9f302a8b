"""Processes that are killed before their nth statement, around their commit, and what they say until then."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import traceback
from collections.abc import Callable
from collections.abc import Iterator
from typing import Any


def say(*lines: str) -> None:
    """At once, in one piece."""
    os.write(1, "".join(f"{line}\n" for line in lines).encode())


def fork(work: Callable[[], None]) -> bool:
    """``work`` in a process of its own; whether it was killed."""
    child = os.fork()
    if not child:
        try:
            work()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "see the traceback above"
    return os.WIFSIGNALED(status)


@contextlib.contextmanager
def killed_at(number: int) -> Iterator[Callable[[str], None]]:
    """
    This process is killed at the point with this number: each statement is one, so are before and after the commit, and
    each call of what this yields. Says where, ``{"at": …}``; or ``{"at": "lived"}`` where there are fewer points.
    """
    from django.db import connection

    at = 0

    def reached(what: str) -> None:
        nonlocal at
        if at == number:
            say(json.dumps({"at": what}))
            os.kill(os.getpid(), signal.SIGKILL)
        at += 1

    def before_statement(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        # What is inserted in bulk may be said in bytes.
        text = sql.decode("latin-1") if isinstance(sql, bytes) else sql
        reached(text.split()[0])
        return execute(sql, params, many, context)

    def commit_and_die() -> None:
        reached("before COMMIT")
        commit()
        reached("after COMMIT")

    connection.ensure_connection()
    commit = connection._commit  # type: ignore[attr-defined]
    connection._commit = commit_and_die  # type: ignore[attr-defined]
    with connection.execute_wrapper(before_statement):
        yield reached
    say(json.dumps({"at": "lived"}))
