"""Issuers' keys: another one, one that signs no more, all of them under a new key-encryption key."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from uuid import UUID

from django.utils import timezone

from openedx_verifiable_credentials.api.means import get_key_encryption_keys
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.flows import retire_key as retiring
from openedx_verifiable_credentials.flows import rewrap_keys as rewrapping
from openedx_verifiable_credentials.flows import rotate_key as rotating
from openedx_verifiable_credentials.flows.retire_key import Retired
from openedx_verifiable_credentials.flows.rewrap_keys import Progress
from openedx_verifiable_credentials.flows.steps import new_keys
from openedx_verifiable_credentials.flows.steps.events import append_event
from openedx_verifiable_credentials.flows.steps.new_keys import NewKey
from openedx_verifiable_credentials.flows.steps.new_keys import PreparedKey
from openedx_verifiable_credentials.models import Issuer
from openedx_verifiable_credentials.models import IssuerKey
from openedx_verifiable_credentials.models.key import KeyAlgorithm
from openedx_verifiable_credentials.models.key import KeyStore

STORES = tuple(KeyStore.values)
ALGORITHMS = tuple(KeyAlgorithm.values)
__all__ = ("ALGORITHMS", "STORES", "NewKey", "PreparedKey", "Progress", "Retired")


def prepare_key(new: NewKey) -> PreparedKey:
    """
    The key, made or found in its store; nothing is stored. Raises ConfigurationError saying what to change,
    SigningError, TransientError.
    """
    return new_keys.prepare_key(new, get_key_encryption_keys())


def get_issuer(slug: str) -> Issuer:
    """The issuer. Raises ConfigurationError."""
    issuer = Issuer.objects.filter(slug=slug).first()
    if issuer is None:
        known = ", ".join(Issuer.objects.order_by("slug").values_list("slug", flat=True)) or "none"
        raise ConfigurationError(f"There is no issuer {slug!r}; there is: {known}.")
    return issuer


def get_key(slug: str, name: str) -> IssuerKey:
    """An issuer's key by its uuid or its public half in Multikey form. Raises ConfigurationError."""
    keys = IssuerKey.objects.filter(issuer=get_issuer(slug)).select_related("issuer")
    try:
        key = keys.filter(uuid=UUID(name)).first()
    except ValueError:
        key = keys.filter(public_key_multibase=name).first()
    if key is None:
        known = ", ".join(str(row.uuid) for row in keys.order_by("-created")) or "none"
        raise ConfigurationError(f"The issuer {slug!r} has no such key; it has: {known}.")
    return key


def rotate_key(slug: str, new: NewKey, *, dry_run: bool = False) -> tuple[Issuer, PreparedKey]:
    """
    A new key for a did:web issuer, from now on; see :func:`..flows.rotate_key.rotate_key`.

    Raises ConfigurationError saying what to do, SigningError, TransientError.
    """
    issuer = get_issuer(slug)
    rotating.require_rotatable(issuer)
    key = prepare_key(new)
    if not dry_run:
        rotating.rotate_key(issuer, key, timezone.now())
    return issuer, key


def retire_key(
    slug: str, name: str, *, compromised_since: datetime.datetime | None = None, dry_run: bool = False
) -> Retired:
    """
    The key called ``name`` (uuid or Multikey) signs nothing from now on; see :func:`..flows.retire_key.retire_key`.

    Raises ConfigurationError, TransientError.
    """
    key = get_key(slug, name)
    return retiring.retire_key(key, timezone.now(), compromised_since=compromised_since, dry_run=dry_run)


def count_keys_to_rewrap() -> int:
    """How many sealed values are not under the current key-encryption key. Raises ConfigurationError."""
    return rewrapping.count_left(get_key_encryption_keys())


def rewrap_keys() -> Iterator[Progress]:
    """
    Seal everything anew under the current key-encryption key; progress after every batch.

    Raises ConfigurationError, TransientError.
    """
    keks = get_key_encryption_keys()
    progress = Progress()
    for progress in rewrapping.rewrap(keks):
        yield progress
    if progress.rewrapped:
        append_event("keys.rewrapped", timezone.now(), kek=keks.current)
