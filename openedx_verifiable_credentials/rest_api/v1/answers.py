"""What answers of version 1 share."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from openedx_verifiable_credentials.api.anchored import Anchor
from openedx_verifiable_credentials.api.http_status import ANCHOR_WAIT_SECONDS
from openedx_verifiable_credentials.api.paging import Page

NOT_KEPT = {"Cache-Control": "no-store"}
AS_IT_IS = {"X-Content-Type-Options": "nosniff"}


def paged(page: Page[Any]) -> dict[str, int]:
    """How many items there are in all, which page this is, and of how many."""
    return {"count": page.count, "page": page.number, "pages": page.pages}


def moment(at: datetime.datetime | None) -> str | None:
    """ISO 8601, in UTC."""
    return None if at is None else at.astimezone(datetime.UTC).isoformat()


def until_anchored(anchors: Iterable[Anchor | None]) -> dict[str, str]:
    """When to ask again, while one of them is to be anchored and is in no block; no header otherwise."""
    is_waited_for = any(one is not None and not one.is_in_block for one in anchors)
    return {"Retry-After": str(ANCHOR_WAIT_SECONDS)} if is_waited_for else {}
