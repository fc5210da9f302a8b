"""Which credentials of the ledger: by ids, or by the facts that their rows carry."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
from collections.abc import Collection
from collections.abc import Iterator
from uuid import UUID

from django.db.models import Q

from openedx_verifiable_credentials.exceptions import LedgerError
from openedx_verifiable_credentials.flows.steps.revoking import REVOCABLE
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Issuer
from openedx_verifiable_credentials.models import IssuerKey

CHUNK = 500


@dataclasses.dataclass(frozen=True)
class Facts:
    """
    What a credential's row must say; all of those that are given.

    ``achievement``: course run key or program uuid; ``organization``: the key of the one it was issued for; ``issuer``:
    a slug; ``key``: the uuid of the issuer's key that signed; ``since``: the moment of its proof, or later.
    """

    achievement: str | None = None
    organization: str | None = None
    site_id: int | None = None
    issuer: str | None = None
    key: UUID | None = None
    since: datetime.datetime | None = None

    def is_given(self) -> bool:
        """Whether anything is asked for: all credentials never are."""
        return self != Facts()

    def digest(self) -> str:
        """The same for the same facts; part of the name of a piece of work."""
        return hashlib.sha256(json.dumps(dataclasses.asdict(self), default=str).encode("utf-8")).hexdigest()[:32]

    def require_known(self) -> None:
        """Raises LedgerError ``unknown_issuer``, ``unknown_key``: most often a typing error."""
        if self.issuer is not None and not Issuer.objects.filter(slug=self.issuer).exists():
            raise LedgerError("unknown_issuer", "There is no such issuer.")
        if self.key is not None and not IssuerKey.objects.filter(uuid=self.key).exists():
            raise LedgerError("unknown_key", "There is no such key of an issuer.")

    def count_over(self) -> int:
        """How many credentials there are that are over already."""
        rows = Credential.objects.filter(self._condition()).exclude(state__in=REVOCABLE)
        return sum(self._is_meant(*row) for row in rows.values_list("achievement_key", "organization_key").iterator())

    def chunks(
        self, after: int = 0, *, states: Collection[str] = REVOCABLE, until: int | None = None
    ) -> Iterator[list[tuple[int, UUID]]]:
        """
        Primary key and certificate of the credentials that can end, in the order of the first, beginning after
        ``after`` and going as far as ``until``; of those in other ``states`` where these are given. A chunk may be
        empty.
        """
        last = {} if until is None else {"pk__lte": until}
        while True:
            rows = list(
                Credential.objects.filter(self._condition(), pk__gt=after, state__in=states, **last)
                .order_by("pk")
                .values_list("pk", "certificate_uuid", "achievement_key", "organization_key")[:CHUNK]
            )
            if not rows:
                return
            after = rows[-1][0]
            yield [(row[0], row[1]) for row in rows if self._is_meant(*row[2:])]

    def _condition(self) -> Q:
        given = {
            "achievement_key": self.achievement,
            "organization_key": self.organization,
            "site_id": self.site_id,
            "issuer__slug": self.issuer,
            "key__uuid": self.key,
            "created__gte": self.since,
        }
        return Q(**{name: value for name, value in given.items() if value is not None})

    def _is_meant(self, achievement: str, organization: str) -> bool:
        # MySQL takes "École" for "ecole": with another's credentials that would be fatal.
        return self.achievement in (None, achievement) and self.organization in (None, organization)
