"""
Every setting of the plugin: typed, with its default, read at use.

Nothing is kept between reads: the service's YAML arrives after the plugin's hooks, and tests override settings.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from openedx_verifiable_credentials.exceptions import ConfigurationError

PREFIX = "OPENEDX_VC_"
_RATE = re.compile(r"[1-9][0-9]*/[smhd][a-z]*")

# .. setting_name: OPENEDX_VC_PUBLIC_BASE_URL
# .. setting_default: ""
# .. setting_description: Where the service is reached from outside, e.g. ``https://credentials.example.edu``. It goes
#    into signed documents, links and QR codes; the Host header never does. Issuers keep the value they were made with.
# .. setting_name: OPENEDX_VC_KEY_ENCRYPTION_KEYS
# .. setting_default: {}
# .. setting_description: Names to base64 of 32 bytes (``manage.py vc_generate_kek``). They encrypt issuer keys and
#    learners' document keys at rest. The first one encrypts, all decrypt.
# .. setting_name: OPENEDX_VC_OFFER_KEY
# .. setting_default: "" (a key derived from SECRET_KEY)
# .. setting_description: Base64 of 32 bytes: makes the one-time challenges of offers. All processes need the same.
# .. setting_name: OPENEDX_VC_OFFER_LIFETIME_SECONDS
# .. setting_default: 600
# .. setting_description: How long an offer can be claimed.
# .. setting_name: OPENEDX_VC_MAX_LIVE_CREDENTIALS
# .. setting_default: 5
# .. setting_description: How many live credentials one certificate may have (wallets, phones).
# .. setting_name: OPENEDX_VC_ON_NEW_CLAIM
# .. setting_default: "keep"
# .. setting_description: What a further claim does to a certificate's earlier credentials: ``keep`` or ``supersede``.
# .. setting_name: OPENEDX_VC_MAX_CERTIFICATES_PER_OFFER
# .. setting_default: 20
# .. setting_description: How many certificates one offer may hold.
# .. setting_name: OPENEDX_VC_THROTTLE_OFFER
# .. setting_default: "120/min"
# .. setting_description: Wallet requests for one offer.
# .. setting_name: OPENEDX_VC_THROTTLE_USER
# .. setting_default: "60/min"
# .. setting_description: Requests that make an offer or a download, for one learner.
# .. setting_name: OPENEDX_VC_THROTTLE_ADDRESS
# .. setting_default: "1200/min"
# .. setting_description: Anonymous requests from one address: a lecture hall shares one.
# .. setting_name: OPENEDX_VC_NUM_PROXIES
# .. setting_default: None (the REST framework's NUM_PROXIES)
# .. setting_description: How many proxies stand before the service, so that a client's address can be told.
# .. setting_name: OPENEDX_VC_CERTIFICATE_SOURCE
# .. setting_default: "openedx_verifiable_credentials.host.certificates.CredentialsService"
# .. setting_description: The class that reads certificates (ports.CertificateSource).
# .. setting_name: OPENEDX_VC_SECURER
# .. setting_default: "openedx_verifiable_credentials.adapters.own_suites.OwnSuites"
# .. setting_description: The class that makes proofs (ports.Securer).
# .. setting_name: OPENEDX_VC_DIDKIT_SECURER
# .. setting_default: "openedx_verifiable_credentials.adapters.didkit.DidkitSecurer"
# .. setting_description: The class that makes Ed25519Signature2020 proofs of did:key issuers.
DEFAULTS: dict[str, Any] = {
    "PUBLIC_BASE_URL": "",
    "KEY_ENCRYPTION_KEYS": {},
    "OFFER_KEY": "",
    "OFFER_LIFETIME_SECONDS": 600,
    "MAX_LIVE_CREDENTIALS": 5,
    "ON_NEW_CLAIM": "keep",
    "MAX_CERTIFICATES_PER_OFFER": 20,
    "THROTTLE_OFFER": "120/min",
    "THROTTLE_USER": "60/min",
    "THROTTLE_ADDRESS": "1200/min",
    "NUM_PROXIES": None,
    "CERTIFICATE_SOURCE": "openedx_verifiable_credentials.host.certificates.CredentialsService",
    "SECURER": "openedx_verifiable_credentials.adapters.own_suites.OwnSuites",
    "DIDKIT_SECURER": "openedx_verifiable_credentials.adapters.didkit.DidkitSecurer",
}


_MAX_KEY_NAME = 64
_DAY = 86_400


def _get(name: str) -> Any:
    return getattr(settings, PREFIX + name, DEFAULTS[name])


def _typed(name: str, kind: type, what: str) -> Any:
    value = _get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        del value  # a key in the wrong shape must not show in a traceback's variables
        raise ConfigurationError(f"{PREFIX}{name} must be {what}.")
    return value


def _positive(name: str) -> int:
    value: int = _typed(name, int, "a whole number above 0")
    if value < 1:
        raise ConfigurationError(f"{PREFIX}{name} must be a whole number above 0.")
    return value


def unknown_settings() -> list[str]:
    """Names that start like ours and are none of ours: most often a typing error."""
    known = {PREFIX + name for name in DEFAULTS}
    return sorted(name for name in dir(settings) if name.startswith(PREFIX) and name not in known)


def public_base_url() -> str:
    """Without a trailing slash; "" where it is not set."""
    value: str = _typed("PUBLIC_BASE_URL", str, "a web address")
    return value.rstrip("/")


def key_encryption_keys() -> Mapping[str, str]:
    """Names to base64."""
    what = f"a mapping of names (strings of up to {_MAX_KEY_NAME} characters) to base64 of 32 bytes"
    value: Mapping[str, str] = _typed("KEY_ENCRYPTION_KEYS", Mapping, what)
    if not all(isinstance(name, str) and 0 < len(name) <= _MAX_KEY_NAME for name in value):
        del value  # as above
        raise ConfigurationError(f"{PREFIX}KEY_ENCRYPTION_KEYS must be {what}.")
    return value


def offer_key() -> str:
    """Base64, or "" for the derived one."""
    value: str = _typed("OFFER_KEY", str, "base64 of 32 bytes")
    return value


def secret_key() -> str:
    """The service's own secret."""
    return str(settings.SECRET_KEY)


def offer_lifetime() -> datetime.timedelta:
    """How long an offer can be claimed."""
    seconds = _positive("OFFER_LIFETIME_SECONDS")
    if seconds > _DAY:
        raise ConfigurationError(f"{PREFIX}OFFER_LIFETIME_SECONDS must be at most {_DAY}, a day.")
    return datetime.timedelta(seconds=seconds)


def max_live_credentials() -> int:
    """Per certificate."""
    return _positive("MAX_LIVE_CREDENTIALS")


def max_certificates_per_offer() -> int:
    """Per offer."""
    return _positive("MAX_CERTIFICATES_PER_OFFER")


def supersede_on_new_claim() -> bool:
    """Whether a further claim ends a certificate's earlier credentials."""
    value = _get("ON_NEW_CLAIM")
    if value not in ("keep", "supersede"):
        raise ConfigurationError(f'{PREFIX}ON_NEW_CLAIM must be "keep" or "supersede".')
    return bool(value == "supersede")


def throttle_rate(scope: str) -> str:
    """``offer``, ``user`` or ``address``: a rate such as "60/min"."""
    name, what = f"THROTTLE_{scope.upper()}", 'a rate such as "60/min"'
    value: str = _typed(name, str, what)
    if not _RATE.fullmatch(value):
        raise ConfigurationError(f"{PREFIX}{name} must be {what}.")
    return value


def num_proxies() -> int | None:
    """Proxies before the service."""
    if _get("NUM_PROXIES") is None:
        return None
    value: int = _typed("NUM_PROXIES", int, "a whole number, or None")
    if value < 0:
        raise ConfigurationError(f"{PREFIX}NUM_PROXIES must be a whole number, or None.")
    return value


def knows_its_proxies() -> bool:
    """Whether a client's address can be told; in DEBUG it does not matter."""
    framework = getattr(settings, "REST_FRAMEWORK", {}).get("NUM_PROXIES")
    return bool(settings.DEBUG) or num_proxies() is not None or framework is not None


def class_path(name: str) -> str:
    """The dotted path of a pluggable class: CERTIFICATE_SOURCE, SECURER or DIDKIT_SECURER."""
    value: str = _typed(name, str, "a dotted path")
    return value


# Every reader that can refuse a value, for the system check.
READERS = (
    public_base_url,
    key_encryption_keys,
    offer_key,
    offer_lifetime,
    max_live_credentials,
    max_certificates_per_offer,
    supersede_on_new_claim,
    lambda: throttle_rate("offer"),
    lambda: throttle_rate("user"),
    lambda: throttle_rate("address"),
    num_proxies,
    lambda: class_path("CERTIFICATE_SOURCE"),
    lambda: class_path("SECURER"),
    lambda: class_path("DIDKIT_SECURER"),
)
