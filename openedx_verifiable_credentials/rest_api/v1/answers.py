"""What answers of version 1 share."""

from __future__ import annotations

NOT_KEPT = {"Cache-Control": "no-store"}
AS_IT_IS = {"X-Content-Type-Options": "nosniff"}
