"""Which site a request is for."""

from __future__ import annotations

from django.contrib.sites.shortcuts import get_current_site
from django.http import HttpRequest


def site_id_of(request: HttpRequest) -> int:
    """The number of the request's site, as the service tells sites apart; 0, which no site has, where it cannot."""
    return int(getattr(get_current_site(request), "pk", None) or 0)
