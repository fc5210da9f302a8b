"""Which site a request is for, and what sites are called."""

from __future__ import annotations

from django.contrib.sites.models import Site
from django.contrib.sites.shortcuts import get_current_site
from django.http import HttpRequest

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials.exceptions import ConfigurationError


def site_id_of(request: HttpRequest) -> int:
    """The number of the request's site, as the service tells sites apart; 0, which no site has, where it cannot."""
    return int(getattr(get_current_site(request), "pk", None) or 0)


def get_site_id(domain_or_id: str) -> int:
    """The number of the site with a domain or number. Raises ConfigurationError."""
    sites = Site.objects.filter(domain__iexact=domain_or_id)
    if domain_or_id.isdecimal():
        sites = Site.objects.filter(pk=int(domain_or_id))
    site = sites.first()
    if site is None:
        known = ", ".join(Site.objects.order_by("pk").values_list("domain", flat=True)[:10])
        raise ConfigurationError(f"There is no such site; known: {known}.")
    return int(site.pk)


def site_ids() -> list[int]:
    """The numbers of all sites."""
    return list(Site.objects.order_by("pk").values_list("pk", flat=True))


def may_ask_loopback() -> bool:
    """Whether browsers may ask their own machine, over http too: where a developer has everything on one."""
    try:
        return app_settings.fetch_loopback() or app_settings.public_base_url().startswith("http:")
    except ConfigurationError:
        return False
