"""Settings → what flows work with."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django.utils.module_loading import import_string

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials.adapters.sealed import KEY_BYTES
from openedx_verifiable_credentials.adapters.sealed import KeyEncryptionKeys
from openedx_verifiable_credentials.adapters.sealed import read_key
from openedx_verifiable_credentials.app_settings import anchoring
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.flows.steps.means import StatusRules
from openedx_verifiable_credentials.ports import CertificateSource
from openedx_verifiable_credentials.ports import Fetcher

_OFFER_KEY_LABEL = b"openedx_verifiable_credentials offer key v1"


def get_means() -> Means:
    """Made anew each time: settings are read at use. Raises ConfigurationError."""
    return Means(
        source=get_certificate_source(),
        securer=_make("SECURER"),
        didkit_securer=_make("DIDKIT_SECURER"),
        remote_securer=_make("REMOTE_SECURER"),
        verify_with_didkit=_verify_with_didkit,
        keks=get_key_encryption_keys(),
        offer_key=_offer_key(),
        offer_lifetime=app_settings.offer_lifetime(),
        max_live=app_settings.max_live_credentials(),
        max_certificates=app_settings.max_certificates_per_offer(),
        sample=app_settings.bulk_sample(),
        supersede=app_settings.supersede_on_new_claim(),
        joint=app_settings.joint_programs(),
        status=get_status_rules(),
        retired_prefix=app_settings.retired_username_prefix(),
        anchor_form=anchoring.anchor_form() if anchoring.anchoring() else None,
        now=timezone.now,
    )


def get_certificate_source() -> CertificateSource:
    """Where certificates are read. Raises ConfigurationError."""
    source: CertificateSource = _make("CERTIFICATE_SOURCE")
    return source


def get_fetcher() -> Fetcher:
    """What asks the network for documents of others. Raises ConfigurationError."""
    fetcher: Fetcher = _make("FETCHER")
    return fetcher


def get_status_rules() -> StatusRules:
    """How status lists are made. Raises ConfigurationError."""
    length = app_settings.status_list_length()
    return StatusRules(
        length=length,
        capacity=max(1, int(length * app_settings.status_list_fill())),
        lifetime=app_settings.status_list_lifetime(),
        ttl=app_settings.status_list_ttl(),
        suspension=app_settings.suspension(),
    )


def get_key_encryption_keys() -> KeyEncryptionKeys:
    """The operator's key-encryption keys. Raises ConfigurationError."""
    return KeyEncryptionKeys(app_settings.key_encryption_keys())


def _make(name: str) -> Any:
    path = app_settings.class_path(name)
    try:
        return import_string(path)()
    except ImportError as error:
        raise ConfigurationError(f"{app_settings.PREFIX}{name}: {path} cannot be imported.") from error


def _verify_with_didkit(document: JsonObject) -> list[str]:
    # Imported where it is needed: few installations have keys that DIDKit cannot sign with.
    verify: Callable[[JsonObject], list[str]] = import_string("openedx_verifiable_credentials.adapters.didkit.verify")
    return verify(document)


def _offer_key() -> Secret:
    configured = app_settings.offer_key()
    if not configured:
        return Secret(hmac.digest(app_settings.secret_key().encode("utf-8"), _OFFER_KEY_LABEL, hashlib.sha256))
    key = read_key(configured)
    del configured  # debug pages and error trackers show the variables of every frame
    if key is None:
        raise ConfigurationError(f"OPENEDX_VC_OFFER_KEY is not base64 of {KEY_BYTES} bytes.")
    return key
