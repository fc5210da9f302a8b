"""Lists in pages of one size."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from typing import Generic
from typing import TypeVar

from openedx_verifiable_credentials.exceptions import OfferError

PAGE_SIZE = 20
_NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
_Item = TypeVar("_Item")


@dataclasses.dataclass(frozen=True)
class Page(Generic[_Item]):
    """One page: its ``number``, from 1 on, and how many ``items`` there are in all of them."""

    items: Sequence[_Item]
    number: int
    count: int

    @property
    def pages(self) -> int:
        """How many pages there are: one, where there is nothing."""
        return max(1, -(-self.count // PAGE_SIZE))


def read_number(text: str) -> int:
    """A page's number as it stands in an address. Raises OfferError ``invalid_request``."""
    if not _NUMBER.fullmatch(text):
        raise OfferError("invalid_request", "The page must be a whole number from 1 on.")
    return int(text)


def start_of(number: int) -> int:
    """Where the page begins: how many items come before it."""
    return (number - 1) * PAGE_SIZE


def require_page(number: int, count: int) -> None:
    """Refuse a page beyond the last. Raises OfferError ``invalid_request``."""
    if number > 1 and start_of(number) >= count:
        raise OfferError("invalid_request", "There is no such page; begin again with the first.")
