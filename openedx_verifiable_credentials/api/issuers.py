"""Issuers: making one."""

from __future__ import annotations

import dataclasses
import uuid
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import transaction
from django.utils import timezone

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials.adapters import local_keys
from openedx_verifiable_credentials.api.means import get_key_encryption_keys
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import text
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.flows.steps.events import append_event
from openedx_verifiable_credentials.models import Issuer
from openedx_verifiable_credentials.models import IssuerKey

_DEFAULT_PORTS = {"https": ":443", "http": ":80"}
DID_METHODS = ("key", "web", "web-path")


@dataclasses.dataclass(frozen=True)
class NewIssuer:
    """
    What an issuer is made of. ``method``: "key" (the DID is the key), "web" (the DID is the host), or "web-path"
    (the DID is the host and the issuer's slug).
    """

    name: str
    slug: str = "default"
    method: str = "key"
    base_url: str = ""
    url: str = ""
    image_url: str = ""
    is_default: bool = True
    allow_http: bool = False


def create_issuer(new: NewIssuer, *, dry_run: bool = False) -> Issuer:
    """
    The issuer with a fresh Ed25519 key, sealed at rest; the first one becomes the default.

    Raises ConfigurationError saying what to change.
    """
    keks = get_key_encryption_keys()
    seed = local_keys.generate_seed()
    base_url = _base_url(new)
    issuer = Issuer(
        slug=_slug(new.slug),
        did=_did(new, base_url, seed),
        name=text.clean_line(new.name),
        base_url=base_url,
        url=_address(new.url, "url"),
        image_url=_address(new.image_url, "image-url"),
        created=timezone.now(),
    )
    _require_new(issuer)
    if dry_run:
        return issuer
    key_uuid = uuid.uuid4()
    kek, sealed_seed = keks.seal(seed, key_uuid.bytes)
    with transaction.atomic():
        if new.is_default or not Issuer.objects.exists():
            Issuer.objects.filter(is_default=True).update(is_default=None)
            issuer.is_default = True
        issuer.save()
        IssuerKey.objects.create(
            uuid=key_uuid,
            issuer=issuer,
            public_key_multibase=dids.multikey(local_keys.public_key(seed)),
            sealed_seed=sealed_seed,
            sealed_with=kek,
            created=issuer.created,
        )
        append_event("issuer.created", issuer.created, issuer=issuer.did, key=key_uuid)
    return issuer


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


def _did(new: NewIssuer, base_url: str, seed: Secret) -> str:
    host = urlsplit(base_url).netloc
    if new.method == "key":
        return dids.key_did(local_keys.public_key(seed))
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


def _require_new(issuer: Issuer) -> None:
    if not issuer.name:
        raise ConfigurationError("The issuer needs a name.")
    try:
        issuer.clean_fields(exclude=["is_default"])
    except ValidationError as error:
        options = ", ".join(f"--{field.replace('_', '-')}" for field in error.message_dict)
        raise ConfigurationError(f"Too long, or not what belongs there: {options}.") from error
    if Issuer.objects.filter(slug=issuer.slug).exists():
        raise ConfigurationError(f"There is an issuer {issuer.slug!r} already; choose another --slug.")
    if Issuer.objects.filter(did=issuer.did).exists():
        raise ConfigurationError(f"There is an issuer {issuer.did} already; use --did-method web-path for another.")
