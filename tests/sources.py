"""Certificate sources that are not the host's: what ``OPENEDX_VC_CERTIFICATE_SOURCE`` may name in tests."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from openedx_verifiable_credentials.data import Selection
from openedx_verifiable_credentials.data import SelectionCount
from openedx_verifiable_credentials.host.certificates import CredentialsService

PATH = f"{__name__}."


class Down(CredentialsService):
    """The host's tables cannot be asked."""

    def select(self, selection: Selection) -> Iterator[list[tuple[str, UUID]]]:
        raise ConnectionError("the host is down")

    def count(self, selection: Selection) -> SelectionCount:
        raise ConnectionError("the host is down")

    def statuses(self, certificate_uuids: Iterable[UUID]) -> dict[UUID, str]:
        raise ConnectionError("the host is down")

    def retired(self, certificate_uuids: Iterable[UUID], prefix: str) -> set[UUID]:
        raise ConnectionError("the host is down")

    def retired_users(self, user_ids: Iterable[int], prefix: str) -> set[int]:
        raise ConnectionError("the host is down")

    def certificates_of(self, username: str) -> tuple[set[UUID], int | None]:
        raise ConnectionError("the host is down")


def _nothing(question: str) -> None:
    """Where a test has no work of its own."""


class Scripted(CredentialsService):
    """As the service's, with a piece of work of a test's after each answer."""

    after: Callable[[str], None] = staticmethod(_nothing)

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name.startswith("_") or name == "after":
            return found

        def ask(*args: Any, **kwargs: Any) -> Any:
            answer = found(*args, **kwargs)
            type(self).after(name)
            return answer

        return ask
