"""The protocols that outside code implements. Settings name the classes; ``api`` loads them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Protocol
from uuid import UUID

from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.data import VerificationMethod


class CertificateSource(Protocol):
    """The host's certificates. N awards cost a constant number of queries."""

    def get_awards(self, certificate_uuids: Iterable[UUID], *, with_grades: bool = False) -> dict[UUID, Award]:
        """The awards that exist among ``certificate_uuids``; unknown ones and other kinds are left out."""
        ...

    def list_awards(self, user_id: int, site_id: int) -> list[Award]:
        """Every certificate of a learner on a site, whatever its status; one bad row is left out, never raised."""
        ...

    def statuses(self, certificate_uuids: Iterable[UUID]) -> dict[UUID, str]:
        """The host's status word of each certificate that exists."""
        ...


class Signer(Protocol):
    """An issuer's Ed25519 key, wherever it lives."""

    @property
    def method(self) -> VerificationMethod:
        """The public half."""
        ...

    def sign(self, message: bytes) -> bytes:
        """64 bytes of PureEdDSA over ``message``. Raises SigningError or TransientError."""
        ...


class Securer(Protocol):
    """Adds a proof to a credential."""

    def secure(self, document: JsonObject, *, suite: str, signer: Signer, created: datetime.datetime) -> JsonObject:
        """The proof of ``document``, value included. Raises SigningError or TransientError."""
        ...
