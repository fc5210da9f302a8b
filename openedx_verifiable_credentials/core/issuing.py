"""Which issuers sign for a certificate: organisation, then site, then the default. One answer, with its reason."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence

from openedx_verifiable_credentials.exceptions import SigningError


class Joint(enum.StrEnum):
    """Who issues what several organisations award together: the first of them, the site, or each for itself."""

    LEAD = "lead"
    SITE = "site"
    EACH = "each"


class Reason(enum.StrEnum):
    """Why an issuer was chosen."""

    ORGANIZATION_ON_SITE = "organization_on_site"
    ORGANIZATION = "organization"
    SITE = "site"
    DEFAULT = "default"


@dataclasses.dataclass(frozen=True)
class IssuerScope:
    """
    What an issuer is for: an organisation (on one site, or on every), a site, or whatever nobody else is for.

    An issuer that is an organisation is never chosen for another one, nor as a site's or the default.
    """

    issuer_id: int
    organization_key: str = ""
    site_id: int | None = None
    is_default: bool = False


@dataclasses.dataclass(frozen=True)
class Issuing:
    """One credential to come: by whom, for which organisation ("" where the host names none), and why."""

    issuer_id: int
    organization_key: str
    reason: Reason


def resolve(
    scopes: Iterable[IssuerScope], *, organizations: Sequence[str], site_id: int, joint: str = Joint.LEAD
) -> list[Issuing]:
    """
    The issuers for a certificate of ``organizations`` (their keys, the lead first) on a site.

    One, unless several organisations issue ``each`` for itself; those without an issuer of their own share the site's.
    Raises SigningError ``no_issuer``.
    """
    scopes = list(scopes)
    lead = organizations[0] if organizations else ""
    if len(organizations) > 1 and joint == Joint.SITE:
        return [_choose(scopes, "", site_id, lead)]
    asked = organizations if joint == Joint.EACH else (lead,)
    chosen: dict[int, Issuing] = {}
    for organization in asked or ("",):
        issuing = _choose(scopes, organization, site_id, organization)
        chosen.setdefault(issuing.issuer_id, issuing)
    return list(chosen.values())


def _choose(scopes: Sequence[IssuerScope], organization: str, site_id: int, for_organization: str) -> Issuing:
    for reason, fits in _order(organization, site_id):
        for scope in scopes:
            if fits(scope):
                return Issuing(scope.issuer_id, for_organization, reason)
    raise SigningError("no_issuer", "No issuer is set up for this certificate; run `manage.py vc_create_issuer`.")


def _order(organization: str, site_id: int) -> Sequence[tuple[Reason, Callable[[IssuerScope], bool]]]:
    own = organization or None
    return (
        (Reason.ORGANIZATION_ON_SITE, lambda s: s.organization_key == own and s.site_id == site_id),
        (Reason.ORGANIZATION, lambda s: s.organization_key == own and s.site_id is None),
        (Reason.SITE, lambda s: not s.organization_key and s.site_id == site_id),
        (Reason.DEFAULT, lambda s: not s.organization_key and s.is_default),
    )
