"""What a flow works with. ``api`` makes it from settings; a flow never reads a setting."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable
from collections.abc import Mapping

from openedx_verifiable_credentials.adapters.sealed import KeyEncryptionKeys
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.ports import CertificateSource
from openedx_verifiable_credentials.ports import Securer


@dataclasses.dataclass(frozen=True)
class StatusRules:
    """
    How status lists are made. ``length`` in bits; ``capacity``: how many of them are handed out; ``lifetime``: how long
    a signed list is valid; ``ttl``: how long others may keep it; ``suspension``: whether new lists can suspend.
    """

    length: int
    capacity: int
    lifetime: datetime.timedelta
    ttl: datetime.timedelta
    suspension: bool


@dataclasses.dataclass(frozen=True)
class Means:
    """
    Ports, keys, limits and the clock. ``verify_with_didkit`` tells what DIDKit finds wrong with a credential; of a
    batch's credentials one in ``sample`` is made the whole way, too; ``anchor_form``: how anchored credentials will be
    written (OPENEDX_VC_ANCHOR_FORM), None where what is issued is not to be anchored.
    """

    source: CertificateSource
    securer: Securer
    didkit_securer: Securer
    remote_securer: Securer
    verify_with_didkit: Callable[[JsonObject], list[str]]
    keks: KeyEncryptionKeys
    offer_key: Secret
    offer_lifetime: datetime.timedelta
    max_live: int
    max_certificates: int
    sample: int
    supersede: bool
    joint: Mapping[str, str]
    status: StatusRules
    retired_prefix: str
    anchor_form: str | None
    now: Callable[[], datetime.datetime]
