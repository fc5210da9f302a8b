"""For the service's own test suite, and ours."""

from typing import Any

_FOR_TESTS_ONLY = {"tests-only": "dGVzdHMtb25seS1rZXktdGhhdC1oYXMtMzItYnl0ZXM="}


def plugin_settings(settings: Any) -> None:
    """Key-encryption keys and an address for tests. Runs twice in the service's test settings."""
    settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS = dict(_FOR_TESTS_ONLY)
    settings.OPENEDX_VC_PUBLIC_BASE_URL = "https://credentials.example.edu"
    settings.OPENEDX_VC_NUM_PROXIES = 0
