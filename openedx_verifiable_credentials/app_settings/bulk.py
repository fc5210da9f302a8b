"""The settings of bulk issuance and of its mails."""

from __future__ import annotations

import datetime
from email.utils import parseaddr

from openedx_verifiable_credentials.app_settings.values import PREFIX
from openedx_verifiable_credentials.app_settings.values import at_most
from openedx_verifiable_credentials.app_settings.values import boolean
from openedx_verifiable_credentials.app_settings.values import positive
from openedx_verifiable_credentials.app_settings.values import typed
from openedx_verifiable_credentials.core.profiles import PROFILES
from openedx_verifiable_credentials.exceptions import ConfigurationError

_MOST_MAILS = 10_000
_MOST_DAYS = 36_500


def bulk_profile() -> str:
    """The id of the credential profile that is issued where nobody names another one."""
    value: str = typed("BULK_PROFILE", str, "a credential profile's name")
    if value not in PROFILES:
        raise ConfigurationError(f"{PREFIX}BULK_PROFILE must be one of: {', '.join(PROFILES)}.")
    return value


def mail_on_award() -> bool:
    """Whether learners are told of credentials that are issued on award."""
    return boolean("MAIL_ON_AWARD")


def mail_from() -> str:
    """Who sends the mails; "" for the service's own sender."""
    what = "an e-mail address, with or without a name"
    value: str = typed("MAIL_FROM", str, what)
    if value and (value.splitlines() != [value] or "@" not in parseaddr(value)[1]):
        raise ConfigurationError(f"{PREFIX}MAIL_FROM must be {what}.")
    return value


def mails_at_once() -> int:
    """How many are sent in one round."""
    return at_most("MAILS_AT_ONCE", positive("MAILS_AT_ONCE"), _MOST_MAILS, "ten thousand")


def keep_batch_parts() -> datetime.timedelta:
    """How long a batch that is over keeps its parts and its list of refusals."""
    name = "KEEP_BATCH_PARTS_DAYS"
    return datetime.timedelta(days=at_most(name, positive(name), _MOST_DAYS, "a hundred years"))
