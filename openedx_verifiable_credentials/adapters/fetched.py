"""What was fetched a moment ago, and what was not: bounded in number and in bytes, one for each process."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic
from typing import TypeVar

MAX_ENTRIES = 256
MAX_BYTES = 16 * 1024 * 1024
Key = tuple[str, int]
Value = TypeVar("Value")


class FetchedCache(Generic[Value]):
    """
    Values for a time; the one that was not used for longest leaves first. From any thread; to be cleared after a fork.

    ``weigh`` says how many bytes a value takes.
    """

    def __init__(
        self, weigh: Callable[[Value], int], *, entries: int = MAX_ENTRIES, size: int = MAX_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ):  # fmt: skip
        self._weigh = weigh
        self._max_entries = entries
        self._max_bytes = size
        self._clock = clock
        self.clear()

    def clear(self) -> None:
        """Forgets everything; the lock is a new one, since in a forked child nobody may be left to open the old one."""
        self._lock = threading.Lock()
        self._entries: OrderedDict[Key, tuple[float, Value]] = OrderedDict()
        self._bytes = 0

    def find(self, key: Key) -> Value | None:
        """None where there is none, or where its time is over."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            if entry[0] <= self._clock():
                self._drop(key)
                return None
            self._entries.move_to_end(key)
            return entry[1]

    def put(self, key: Key, value: Value, seconds: float) -> None:
        """Keeps ``value`` for ``seconds``, unless it is larger than a quarter of all there is room for."""
        size = self._weigh(value)
        if seconds <= 0 or size > self._max_bytes // 4:
            return
        with self._lock:
            self._drop(key)
            self._entries[key] = (self._clock() + seconds, value)
            self._bytes += size
            while self._bytes > self._max_bytes or len(self._entries) > self._max_entries:
                self._drop(next(iter(self._entries)))

    def _drop(self, key: Key) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._bytes -= self._weigh(entry[1])
