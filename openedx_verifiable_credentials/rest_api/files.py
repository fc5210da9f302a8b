"""What answers with files that browsers may open as documents share."""

from __future__ import annotations

# They hold no script; here they could not run one, and would fetch nothing.
_SANDBOXED = {"Content-Security-Policy": "default-src 'none'; sandbox"}
FILE_POLICIES = {"svg": _SANDBOXED, "pdf": _SANDBOXED}
