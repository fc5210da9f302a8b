"""How far a command is: one line that is written over on a terminal, elsewhere a line every few seconds."""

from __future__ import annotations

import shutil
import time

from django.core.management.base import OutputWrapper

from openedx_verifiable_credentials.management.running import Rate

_TERMINAL_SECONDS = 0.2
_PLAIN_SECONDS = 5.0
_BAR = 20


class Display:
    """``of``: how many there will be, None where nobody knows; ``before``: how many were done earlier."""

    def __init__(self, stdout: OutputWrapper, what: str, of: int | None = None, before: int = 0):
        self._stdout, self._what, self._of, self._before = stdout, what, of, before
        self._is_terminal = stdout.isatty()
        self._rate = Rate()
        self._shown_at = time.monotonic()
        self._width = 0

    def show(self, count: int, more: str = "", *, is_last: bool = False) -> None:
        """``count`` are done; ``more`` stands at the end. Not every call is seen, unless it is the last."""
        now = time.monotonic()
        every = _TERMINAL_SECONDS if self._is_terminal else _PLAIN_SECONDS
        if now - self._shown_at < every and not (is_last and self._is_terminal):
            return
        self._shown_at = now
        text = self._text(count) + (f"; {more}" if more else "")
        if self._is_terminal:
            self._write_over(text)
        else:
            self._stdout.write(f"… {text}")

    def end(self) -> None:
        """What is written next stands on a line of its own."""
        if self._width:
            self._stdout.write("")
            self._width = 0

    def _text(self, count: int) -> str:
        done = count - self._before
        if self._of is None:
            return f"{count} {self._what} ({self._rate.of(done)})"
        left = self._rate.left(done, self._of - self._before) if done else "?"
        bar = f"{_bar(count, self._of)} " if self._is_terminal else ""
        return f"{bar}{count} of {self._of} {self._what} ({self._rate.of(done)}, {left} left)"

    def _write_over(self, text: str) -> None:
        text = text[: shutil.get_terminal_size().columns - 1]
        self._stdout.write("\r" + text.ljust(self._width), ending="")
        self._stdout.flush()
        self._width = len(text)


def _bar(count: int, of: int) -> str:
    full = _BAR * min(count, of) // of if of else _BAR
    return f"[{'#' * full}{'.' * (_BAR - full)}]"
