"""For development servers: keys that everybody can read here, so that a fresh checkout can issue at once."""

from typing import Any

_FOR_DEVELOPMENT_ONLY = {"development-only": "ZGV2ZWxvcG1lbnQtb25seS1rZXktMzItYnl0ZXMhISE="}


def plugin_settings(settings: Any) -> None:
    """Key-encryption keys for development, unless the service has its own."""
    if not getattr(settings, "OPENEDX_VC_KEY_ENCRYPTION_KEYS", None):
        settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS = dict(_FOR_DEVELOPMENT_ONLY)
    if not getattr(settings, "OPENEDX_VC_PUBLIC_BASE_URL", None):
        settings.OPENEDX_VC_PUBLIC_BASE_URL = "http://localhost:18150"
