"""How one setting is read: its value or the default, of the type and in the range that it must have."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from openedx_verifiable_credentials.app_settings.defaults import DEFAULTS
from openedx_verifiable_credentials.exceptions import ConfigurationError

PREFIX = "OPENEDX_VC_"


def get(name: str) -> Any:
    """As it is set, or the default."""
    return getattr(settings, PREFIX + name, DEFAULTS[name])


def typed(name: str, kind: type, what: str) -> Any:
    """One of type ``kind``, which ``what`` says for people; True and False are no numbers."""
    value = get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        del value  # a key in the wrong shape must not show in a traceback's variables
        raise ConfigurationError(f"{PREFIX}{name} must be {what}.")
    return value


def positive(name: str) -> int:
    """A whole number above 0."""
    value: int = typed(name, int, "a whole number above 0")
    if value < 1:
        raise ConfigurationError(f"{PREFIX}{name} must be a whole number above 0.")
    return value


def not_negative(name: str) -> int:
    """A whole number, 0 or more."""
    value: int = typed(name, int, "a whole number, 0 or more")
    if value < 0:
        raise ConfigurationError(f"{PREFIX}{name} must be a whole number, 0 or more.")
    return value


def boolean(name: str) -> bool:
    """True or False."""
    value = get(name)
    if not isinstance(value, bool):
        raise ConfigurationError(f"{PREFIX}{name} must be True or False.")
    return value


def at_most(name: str, value: int, most: int, called: str) -> int:
    """``value``, if it is not above ``most``, which is ``called`` so."""
    if value > most:
        raise ConfigurationError(f"{PREFIX}{name} must be at most {most}, {called}.")
    return value
