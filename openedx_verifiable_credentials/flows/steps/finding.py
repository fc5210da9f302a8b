"""Documents by their address, had once: ours from the database, given ones from the caller, others over the network."""

from __future__ import annotations

import datetime
import enum
import threading
from collections import OrderedDict
from collections.abc import Callable
from collections.abc import Mapping
from typing import Generic
from typing import TypeVar

from openedx_verifiable_credentials.exceptions import FetchError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.ports import Fetcher

_T = TypeVar("_T")


class Problem(enum.StrEnum):
    """Why a document could not be had."""

    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    OFFLINE = "offline"
    TOO_LARGE = "too_large"


class Recent(Generic[_T]):
    """The last values that were made, by name, at most ``size`` of them."""

    def __init__(self, size: int):
        self._size = size
        self._values: OrderedDict[str, _T] = OrderedDict()

    def get(self, name: str, make: Callable[[], _T]) -> _T:
        """The value called ``name``, made where it is not there."""
        if name not in self._values:
            value = make()
            self._values[name] = value
            while len(self._values) > self._size:
                self._values.popitem(last=False)
        self._values.move_to_end(name)
        return self._values[name]


class Finder:
    """``given``: documents that the caller brought, by address; they come before what is fetched."""

    def __init__(
        self, find_own: Callable[[str], bytes | None], given: Mapping[str, bytes], fetcher: Fetcher | None
    ):  # fmt: skip
        self._find_own = find_own
        self._given = given
        self._fetcher = fetcher

    def is_given(self, url: str) -> bool:
        """Whether the caller brought it: it then is as old as the caller says."""
        return url in self._given

    def find(self, url: str, max_bytes: int) -> bytes | Problem:
        """The document at ``url``, or why it could not be had."""
        if url in self._given:
            raw = self._given[url]
            return raw if len(raw) <= max_bytes else Problem.TOO_LARGE
        try:
            own = self._find_own(url)
            if own is not None:
                return own
            return Problem.OFFLINE if self._fetcher is None else self._fetcher.fetch(url, max_bytes=max_bytes)
        except FetchError as error:
            return _PROBLEMS.get(error.code, Problem.UNREACHABLE)
        except VerifiableCredentialsError:
            return Problem.UNREACHABLE


class SeenVersions:
    """
    The newest version of each status list that was seen, so that nobody can pass an older one off as the current one.
    Shared by the threads of a process; forgets the oldest entries beyond ``size``.
    """

    def __init__(self, size: int = 4096):
        self._size = size
        self._newest: OrderedDict[str, datetime.datetime] = OrderedDict()
        self._lock = threading.Lock()

    def is_older(self, url: str, version: datetime.datetime) -> bool:
        """Whether a newer one was seen; otherwise this one is remembered."""
        with self._lock:
            newest = self._newest.get(url, version)
            self._newest[url] = max(newest, version)
            self._newest.move_to_end(url)
            while len(self._newest) > self._size:
                self._newest.popitem(last=False)
        return version < newest


_PROBLEMS = {"address_refused": Problem.REFUSED, "too_large": Problem.TOO_LARGE}
