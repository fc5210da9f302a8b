"""What a flow works with. ``api`` makes it from settings; a flow never reads a setting."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable

from openedx_verifiable_credentials.adapters.sealed import KeyEncryptionKeys
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.ports import CertificateSource
from openedx_verifiable_credentials.ports import Securer


@dataclasses.dataclass(frozen=True)
class Means:
    """Ports, keys, limits and the clock."""

    source: CertificateSource
    securer: Securer
    didkit_securer: Securer
    keks: KeyEncryptionKeys
    offer_key: Secret
    offer_lifetime: datetime.timedelta
    max_live: int
    max_certificates: int
    supersede: bool
    now: Callable[[], datetime.datetime]
