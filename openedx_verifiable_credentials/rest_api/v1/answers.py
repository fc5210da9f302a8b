"""What answers of version 1 share."""

from __future__ import annotations

import datetime
from typing import Any

from openedx_verifiable_credentials.api.paging import Page

NOT_KEPT = {"Cache-Control": "no-store"}
AS_IT_IS = {"X-Content-Type-Options": "nosniff"}


def paged(page: Page[Any]) -> dict[str, int]:
    """How many items there are in all, which page this is, and of how many."""
    return {"count": page.count, "page": page.number, "pages": page.pages}


def moment(at: datetime.datetime | None) -> str | None:
    """ISO 8601, in UTC."""
    return None if at is None else at.astimezone(datetime.UTC).isoformat()
