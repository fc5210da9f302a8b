"""Issuers: making one, changing one, and which of them signs."""

from __future__ import annotations

import dataclasses
import uuid
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import transaction
from django.utils import timezone

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials.api.issuer_keys import NewKey
from openedx_verifiable_credentials.api.issuer_keys import PreparedKey
from openedx_verifiable_credentials.api.issuer_keys import prepare_key
from openedx_verifiable_credentials.api.means import get_means
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import text
from openedx_verifiable_credentials.exceptions import AwardError
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.flows.steps.events import append_event
from openedx_verifiable_credentials.flows.steps.issuers import IssuersInUse
from openedx_verifiable_credentials.models import Issuer

_DEFAULT_PORTS = {"https": ":443", "http": ":80"}
DID_METHODS = ("key", "web", "web-path")


@dataclasses.dataclass(frozen=True)
class NewIssuer:
    """
    What an issuer is made of. ``method``: "key" (the DID is the key), "web" (the DID is the host), or "web-path"
    (the DID is the host and the issuer's slug).

    ``organization_key`` and ``site_id`` say what it is for: an organisation (on one site, or on every), a site, or,
    with neither, nothing but what ``is_default`` says. ``replace`` takes that place from the issuer that has it.
    """

    name: str
    slug: str = "default"
    method: str = "key"
    base_url: str = ""
    url: str = ""
    image_url: str = ""
    official: str = ""
    contact: str = ""
    organization_key: str = ""
    site_id: int | None = None
    replace: bool = False
    is_default: bool = True
    allow_http: bool = False
    key: NewKey = dataclasses.field(default_factory=NewKey)


def create_issuer(new: NewIssuer, *, dry_run: bool = False) -> Issuer:
    """
    The issuer with its key (a fresh one, sealed at rest, unless ``new`` says otherwise); the first one becomes the
    default.

    Raises ConfigurationError saying what to change; SigningError or TransientError where a key store has trouble.
    """
    key = prepare_key(new.key)
    base_url = _base_url(new)
    issuer = Issuer(
        slug=_slug(new.slug),
        did=_did(new, base_url, key),
        name=text.clean_line(new.name),
        base_url=base_url,
        url=_address(new.url, "url"),
        image_url=_address(new.image_url, "image-url"),
        official=text.clean_line(new.official),
        contact=new.contact.strip(),
        organization_key=new.organization_key.strip(),
        site_id=new.site_id,
        created=timezone.now(),
    )
    issuer.scope_key = _scope_key(issuer)
    _require_new(issuer)
    _require_sound(issuer, replace=new.replace)
    if dry_run:
        return issuer
    with transaction.atomic():
        wanted = new.is_default or not Issuer.objects.filter(is_default=True).exists()
        _take_place(issuer, default=wanted and issuer.scope_key is None)
        issuer.save()
        key.save_for(issuer, issuer.created)
        append_event("issuer.created", issuer.created, issuer=issuer.did, key=key.uuid)
    return issuer


def place_of(issuer: Issuer) -> str:
    """What ``issuer`` issues, in words for operators."""
    site = "on every site" if issuer.site_id is None else f"on site {issuer.site_id}"
    places = []
    if issuer.scope_key is not None:
        whose = f"the certificates of {issuer.organization_key}" if issuer.organization_key else "certificates"
        places.append(f"{whose} {site}")
    if issuer.is_default:
        places.append("whatever no other issuer is for")
    return ", and ".join(places) or "nothing new"


@dataclasses.dataclass(frozen=True)
class IssuerChanges:
    """What to change of an issuer; None leaves a member as it is. ``in_use`` gives up its place, or takes it again."""

    name: str | None = None
    url: str | None = None
    image_url: str | None = None
    official: str | None = None
    contact: str | None = None
    in_use: bool | None = None
    is_default: bool = False
    replace: bool = False


def update_issuer(
    slug: str, changes: IssuerChanges, *, by: int | None = None, why: str = "", dry_run: bool = False
) -> Issuer:
    """
    The changed issuer. Slug, DID, base URL, organisation and site never change: documents that were signed name them.
    ``by`` is the number of a staff account, kept with ``why`` in the history.

    What was signed before keeps saying what it said. Raises ConfigurationError saying what is wrong.
    """
    issuer = get_issuer(slug)
    for member in ("name", "official"):
        if getattr(changes, member) is not None:
            setattr(issuer, member, text.clean_line(getattr(changes, member)))
    issuer.url = issuer.url if changes.url is None else _address(changes.url, "url")
    issuer.image_url = issuer.image_url if changes.image_url is None else _address(changes.image_url, "image-url")
    issuer.contact = issuer.contact if changes.contact is None else changes.contact.strip()
    if changes.in_use is not None:
        issuer.scope_key = _scope_key(issuer) if changes.in_use else None
    if changes.in_use is False:
        issuer.is_default = None
    if changes.is_default and issuer.organization_key:
        raise ConfigurationError("An organisation's issuer cannot be the default: it would sign for others.")
    _require_sound(issuer, replace=changes.replace)
    if not dry_run:
        with transaction.atomic():
            _take_place(issuer, default=changes.is_default)
            issuer._history_user, issuer._change_reason = by, why or None  # type: ignore[attr-defined]
            issuer.save()
            append_event("issuer.changed", timezone.now(), issuer=issuer.did)
    return issuer


def get_issuer(slug: str) -> Issuer:
    """The issuer called ``slug``. Raises ConfigurationError."""
    issuer = Issuer.objects.filter(slug=slug).first()
    if issuer is None:
        known = ", ".join(Issuer.objects.order_by("slug").values_list("slug", flat=True)[:20]) or "none"
        raise ConfigurationError(f"There is no issuer {slug!r}; known: {known}.")
    return issuer


def explain(certificate_uuid: uuid.UUID) -> list[tuple[Issuer, str, str]]:
    """
    Who would sign for a certificate: ``(issuer, organisation, reason)`` of each credential.

    Raises AwardError ``unknown_certificate``, SigningError ``no_issuer``.
    """
    means = get_means()
    award = means.source.get_awards([certificate_uuid]).get(certificate_uuid)
    if award is None:
        raise AwardError("unknown_certificate", "The service has no such course or program certificate.")
    return [(plan.issuer, plan.organization_key, plan.reason) for plan in IssuersInUse().plan(means, award)]


def _take_place(issuer: Issuer, *, default: bool) -> None:
    """Whoever has the place gives it up first: two cannot have it, on any database."""
    if issuer.scope_key is not None:
        Issuer.objects.filter(scope_key=issuer.scope_key).exclude(pk=issuer.pk).update(scope_key=None)
    if default:
        Issuer.objects.filter(is_default=True).exclude(pk=issuer.pk).update(is_default=None)
        issuer.is_default = True


def _base_url(new: NewIssuer) -> str:
    base_url = (new.base_url or app_settings.public_base_url()).rstrip("/")
    parts = urlsplit(text.clean_web_address(base_url) or "")
    scheme = parts.scheme.lower()
    netloc = parts.netloc.lower().removesuffix(_DEFAULT_PORTS.get(scheme, ""))
    if not netloc or parts.path or set("?#") & set(base_url):
        raise ConfigurationError(
            "Say where the service is reached from outside: --base-url https://credentials.example.edu, or "
            "OPENEDX_VC_PUBLIC_BASE_URL."
        )
    if scheme != "https" and not new.allow_http:
        raise ConfigurationError("The base URL must be https; --allow-http makes an exception for development.")
    return f"{scheme}://{netloc}"


def _did(new: NewIssuer, base_url: str, key: PreparedKey) -> str:
    host = urlsplit(base_url).netloc
    if new.method == "key":
        return dids.key_did(key.public_key)
    if new.method not in DID_METHODS:
        raise ConfigurationError(f"The DID method must be one of: {', '.join(DID_METHODS)}.")
    path = ("verifiable_credentials", "issuers", new.slug) if new.method == "web-path" else ()
    try:
        return dids.web_did(host, path)
    except ValueError as error:
        raise ConfigurationError("The base URL's host cannot be part of a did:web.") from error


def _slug(slug: str) -> str:
    try:
        validate_slug(slug)
    except ValidationError as error:
        raise ConfigurationError("The slug may hold letters, digits, hyphens and underscores only.") from error
    return slug


def _address(value: str, option: str) -> str:
    if value and text.clean_web_address(value) is None:
        raise ConfigurationError(f"--{option} is not a web address.")
    return value.strip()


def _scope_key(issuer: Issuer) -> str | None:
    if not issuer.organization_key and issuer.site_id is None:
        return None
    return f"{issuer.organization_key}@{'*' if issuer.site_id is None else issuer.site_id}"


def _require_sound(issuer: Issuer, *, replace: bool) -> None:
    if not issuer.name:
        raise ConfigurationError("The issuer needs a name.")
    try:
        issuer.clean_fields(exclude=["is_default", "site_id", "scope_key"])
    except ValidationError as error:
        options = ", ".join(f"--{field.replace('_', '-')}" for field in error.message_dict)
        raise ConfigurationError(f"Too long, or not what belongs there: {options}.") from error
    others = Issuer.objects.exclude(pk=issuer.pk)
    holder = others.filter(scope_key=issuer.scope_key).first() if issuer.scope_key else None
    if holder is not None and not replace:
        raise ConfigurationError(f"The issuer {holder.slug!r} has that place; --replace takes it over.")


def _require_new(issuer: Issuer) -> None:
    if Issuer.objects.filter(slug=issuer.slug).exists():
        raise ConfigurationError(f"There is an issuer {issuer.slug!r} already; choose another --slug.")
    if Issuer.objects.filter(did=issuer.did).exists():
        raise ConfigurationError(f"There is an issuer {issuer.did} already; use --did-method web-path for another.")
