"""For every settings type."""

from typing import Any

_PUBLIC = r"/verifiable_credentials/(?:status|achievements|images|issuers|c)/|/\.well-known/did\.json$"


def plugin_settings(settings: Any) -> None:
    """
    Leave preflights for public documents to our own answer, which lets any origin read them: django-cors-headers
    would answer in our place, and for the service's own front ends only. A value of the service's own stays.
    """
    if not hasattr(settings, "CORS_URLS_REGEX"):
        settings.CORS_URLS_REGEX = rf"^(?!{_PUBLIC}).*$"
