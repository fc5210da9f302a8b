"""
Every setting of the plugin: typed, with its default, read at use.

Nothing is kept between reads: the service's YAML arrives after the plugin's hooks, and tests override settings.
"""

from __future__ import annotations

import datetime
import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from openedx_verifiable_credentials.app_settings import anchoring
from openedx_verifiable_credentials.app_settings import queue
from openedx_verifiable_credentials.app_settings.bulk import bulk_profile
from openedx_verifiable_credentials.app_settings.bulk import keep_batch_parts
from openedx_verifiable_credentials.app_settings.bulk import mail_from
from openedx_verifiable_credentials.app_settings.bulk import mail_on_award
from openedx_verifiable_credentials.app_settings.bulk import mails_at_once
from openedx_verifiable_credentials.app_settings.defaults import DEFAULTS
from openedx_verifiable_credentials.app_settings.values import PREFIX
from openedx_verifiable_credentials.app_settings.values import at_most as _at_most
from openedx_verifiable_credentials.app_settings.values import boolean as _boolean
from openedx_verifiable_credentials.app_settings.values import get as _get
from openedx_verifiable_credentials.app_settings.values import not_negative as _not_negative
from openedx_verifiable_credentials.app_settings.values import positive as _positive
from openedx_verifiable_credentials.app_settings.values import typed as _typed
from openedx_verifiable_credentials.core.status_list import require_length
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import StatusListError

_RATE = re.compile(r"[1-9][0-9]*/[smhd][a-z]*")


_MAX_KEY_NAME = 64
_MINUTE = 60
_DAY = 86_400
_YEAR = 365 * _DAY
_OWN_CACHES = ("LocMemCache", "DummyCache")
_SHARED_CACHE_SECONDS = 5
_JOINT = ("lead", "site", "each")
_DIALECTS = ("dcc", "vc-api")
_LEAST_TOKEN = 32
_TOKEN = re.compile(rf"[!-~]{{{_LEAST_TOKEN},}}")
# Of 32 hexadecimal digits drawn at random, one in ten thousand times or so there are fewer that differ.
_LEAST_VARIETY = 10


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
    name = "OFFER_LIFETIME_SECONDS"
    return datetime.timedelta(seconds=_at_most(name, _positive(name), _DAY, "a day"))


def max_live_credentials() -> int:
    """Per certificate."""
    return _positive("MAX_LIVE_CREDENTIALS")


def max_certificates_per_offer() -> int:
    """Per offer."""
    return _positive("MAX_CERTIFICATES_PER_OFFER")


def bulk_sample() -> int:
    """Of a batch's credentials, one in so many is checked by the whole way."""
    return _positive("BULK_SAMPLE")


def supersede_on_new_claim() -> bool:
    """Whether a further claim ends a certificate's earlier credentials."""
    value = _get("ON_NEW_CLAIM")
    if value not in ("keep", "supersede"):
        raise ConfigurationError(f'{PREFIX}ON_NEW_CLAIM must be "keep" or "supersede".')
    return bool(value == "supersede")


def throttle_rate(scope: str) -> str:
    """``offer``, ``user``, ``address`` or ``verify``: a rate such as "60/min"."""
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


def joint_programs() -> Mapping[str, str]:
    """Site numbers to "lead", "site" or "each"; "default" for the other sites."""
    value = _get("JOINT_PROGRAMS")
    words = {str(site): word for site, word in value.items()} if isinstance(value, Mapping) else {"default": value}
    if not all(word in _JOINT for word in words.values()):
        raise ConfigurationError(
            f'{PREFIX}JOINT_PROGRAMS must be "lead", "site" or "each", or a mapping of site numbers to these words.'
        )
    return {"default": _JOINT[0], **words}


def linkedin_organizations() -> Mapping[str, int]:
    """Issuers' slugs or DIDs to the numbers of their pages at LinkedIn."""
    what = "a mapping of issuers' slugs or DIDs to whole numbers above 0"
    value: Mapping[str, int] = _typed("LINKEDIN_ORGANIZATIONS", Mapping, what)
    for issuer, number in value.items():
        if not isinstance(issuer, str) or not issuer or type(number) is not int or number < 1:
            raise ConfigurationError(f"{PREFIX}LINKEDIN_ORGANIZATIONS must be {what}.")
    return value


def status_list_length() -> int:
    """Bits of a new list: a power of two within the bounds of :mod:`..core.status_list`."""
    length = _positive("STATUS_LIST_LENGTH")
    try:
        require_length(length)
    except StatusListError as error:
        raise ConfigurationError(f"{PREFIX}STATUS_LIST_LENGTH: {error.message}") from error
    return length


def status_list_fill() -> float:
    """The part of a list that is handed out, above 0 and at most 1."""
    percent = _positive("STATUS_LIST_FILL_PERCENT")
    if percent > 100:
        raise ConfigurationError(f"{PREFIX}STATUS_LIST_FILL_PERCENT must be from 1 to 100.")
    return percent / 100


def status_list_lifetime() -> datetime.timedelta:
    """How long a signed list is valid: at least twice as long as it may be kept."""
    name = "STATUS_LIST_LIFETIME_SECONDS"
    lifetime = datetime.timedelta(seconds=_at_most(name, _positive(name), _YEAR, "a year"))
    if lifetime < 2 * status_list_ttl():
        raise ConfigurationError(f"{PREFIX}{name} must be twice the TTL at least.")
    return lifetime


def status_list_ttl() -> datetime.timedelta:
    """How long others may keep a list."""
    name = "STATUS_LIST_TTL_SECONDS"
    return datetime.timedelta(seconds=_at_most(name, _positive(name), _DAY, "a day"))


def status_coalesce() -> datetime.timedelta:
    """How long changes may gather."""
    name = "STATUS_COALESCE_SECONDS"
    return datetime.timedelta(seconds=_at_most(name, _not_negative(name), _DAY, "a day"))


def status_cache_seconds() -> int:
    """How long a served list stays in the cache; by default not in one that other processes cannot empty."""
    name = "STATUS_CACHE_SECONDS"
    if _get(name) is None:
        return 0 if settings.CACHES["default"]["BACKEND"].endswith(_OWN_CACHES) else _SHARED_CACHE_SECONDS
    return _at_most(name, _not_negative(name), _DAY, "a day")


def suspension() -> bool:
    """Whether new credentials can be suspended."""
    return _boolean("SUSPENSION")


def retired_username_prefix() -> str:
    """Never empty: every username starts with nothing."""
    value: str = _typed("RETIRED_USERNAME_PREFIX", str, "a string that is not empty")
    if not value:
        raise ConfigurationError(f"{PREFIX}RETIRED_USERNAME_PREFIX must be a string that is not empty.")
    return value


def pkcs11_module() -> str:
    """The path of the PKCS#11 library; "" where there is none."""
    value: str = _typed("PKCS11_MODULE", str, "the path of a PKCS#11 library")
    return value


def pkcs11_pin(token: str) -> Secret | None:
    """The user PIN of the token called ``token``; None where there is none."""
    return _secret("PKCS11_PASSWORD", "the user PIN as a string, or a mapping of token labels to such", token)


def signing_service_url() -> str:
    """Without a trailing slash; "" where it is not set."""
    value: str = _typed("SIGNING_SERVICE_URL", str, "a web address")
    allowed = ("https", "http") if signing_service_allow_http() else ("https",)
    if value and not _is_plain_address(value, allowed):
        raise ConfigurationError(
            f"{PREFIX}SIGNING_SERVICE_URL must be an https address without user, query and fragment; plain http is for "
            f"development, with {PREFIX}SIGNING_SERVICE_ALLOW_HTTP."
        )
    return value.rstrip("/")


def _is_plain_address(value: str, schemes: tuple[str, ...]) -> bool:
    """Whether it is an address with nothing but scheme, host, port and path."""
    if set("?#") & set(value):
        return False
    try:
        parts = urlsplit(value)
        # Reading the port refuses one that is no number.
        return parts.scheme in schemes and bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        return False


def signing_service_token() -> Secret | None:
    """The bearer token; None where there is none."""
    return _secret("SIGNING_SERVICE_TOKEN", "a string")


def signing_service_dialect() -> str:
    """How the signing service is asked: "dcc" or "vc-api"."""
    value = _get("SIGNING_SERVICE_DIALECT")
    if value not in _DIALECTS:
        raise ConfigurationError(f'{PREFIX}SIGNING_SERVICE_DIALECT must be "dcc" or "vc-api".')
    return str(value)


def signing_service_timeout() -> int:
    """Seconds."""
    return _positive("SIGNING_SERVICE_TIMEOUT_SECONDS")


def signing_service_allow_http() -> bool:
    """Whether plain http will do."""
    return _boolean("SIGNING_SERVICE_ALLOW_HTTP")


def fetch_timeout() -> int:
    """Seconds."""
    name = "FETCH_TIMEOUT_SECONDS"
    return _at_most(name, _positive(name), _MINUTE, "a minute")


def fetch_cache_seconds() -> int:
    """How long fetched documents of others are kept."""
    name = "FETCH_CACHE_SECONDS"
    return _at_most(name, _not_negative(name), _DAY, "a day")


def fetch_loopback() -> bool:
    """Whether this machine itself may be asked, over http too."""
    return _boolean("FETCH_LOOPBACK")


def vc_api_tokens() -> tuple[bytes, ...]:
    """SHA-256 of each bearer token of the VC API, in no variable of this function as it is; empty: there is no such."""
    if not _are_tokens(_get("VC_API_TOKENS")):
        raise ConfigurationError(
            f"{PREFIX}VC_API_TOKENS must be a list of strings of {_LEAST_TOKEN} printable ASCII characters or more, "
            "without spaces."
        )
    return tuple(map(_sha256, _get("VC_API_TOKENS")))


def has_weak_vc_api_tokens() -> bool:
    """Whether one of them looks as if nobody had drawn it at random."""
    return any(len(set(token)) < _LEAST_VARIETY for token in _get("VC_API_TOKENS")) if vc_api_tokens() else False


def _are_tokens(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(_is_text(one) and bool(_TOKEN.fullmatch(one)) for one in value)


def _sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode("ascii")).digest()


def asks_itself() -> bool:
    """The same, outside of DEBUG, where it should not be."""
    return fetch_loopback() and not settings.DEBUG


def _secret(name: str, what: str, part: str | None = None) -> Secret | None:
    """A setting, or the environment variable of its name. Its value is in no variable of this function."""
    if _is_text(_get(name)):
        return Secret(_bytes(_get(name) or os.environ.get(PREFIX + name, ""))) if _has(name) else None
    if part is not None and isinstance(_get(name), Mapping) and all(map(_is_text, _get(name).values())):
        return Secret(_bytes(_get(name)[part])) if _get(name).get(part) else None
    raise ConfigurationError(f"{PREFIX}{name} must be {what}.")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _has(name: str) -> bool:
    return bool(_get(name) or os.environ.get(PREFIX + name))


def pdf_fonts() -> tuple[Path, ...]:
    """Font files for certificates in PDF, beside our own."""
    value = _get("PDF_FONTS")
    if not isinstance(value, list | tuple) or not all(isinstance(path, str) and path for path in value):
        raise ConfigurationError(f"{PREFIX}PDF_FONTS must be a list of paths.")
    return tuple(map(Path, value))


def class_path(name: str) -> str:
    """The dotted path of a pluggable class: CERTIFICATE_SOURCE, FETCHER, LEDGER, ANCHOR_SIGNER, or a securer."""
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
    bulk_sample,
    supersede_on_new_claim,
    lambda: throttle_rate("offer"),
    lambda: throttle_rate("user"),
    lambda: throttle_rate("address"),
    lambda: throttle_rate("verify"),
    num_proxies,
    joint_programs,
    linkedin_organizations,
    status_list_length,
    status_list_fill,
    status_list_lifetime,
    status_list_ttl,
    status_coalesce,
    status_cache_seconds,
    suspension,
    bulk_profile,
    retired_username_prefix,
    lambda: class_path("CERTIFICATE_SOURCE"),
    lambda: class_path("SECURER"),
    lambda: class_path("DIDKIT_SECURER"),
    lambda: class_path("REMOTE_SECURER"),
    lambda: class_path("FETCHER"),
    lambda: class_path("LEDGER"),
    lambda: class_path("ANCHOR_SIGNER"),
    pkcs11_module,
    lambda: pkcs11_pin(""),
    signing_service_url,
    signing_service_token,
    signing_service_dialect,
    signing_service_timeout,
    signing_service_allow_http,
    fetch_timeout,
    fetch_cache_seconds,
    fetch_loopback,
    vc_api_tokens,
    pdf_fonts,
    *queue.READERS,
    *anchoring.READERS,
    mail_on_award,
    mail_from,
    mails_at_once,
    keep_batch_parts,
)
