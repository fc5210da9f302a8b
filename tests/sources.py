"""Certificate sources that are not the host's: what ``OPENEDX_VC_CERTIFICATE_SOURCE`` may name in tests."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from openedx_verifiable_credentials.host.certificates import CredentialsService

PATH = f"{__name__}."


class Down(CredentialsService):
    """The host's tables cannot be asked."""

    def statuses(self, certificate_uuids: Iterable[UUID]) -> dict[UUID, str]:
        raise ConnectionError("the host is down")
