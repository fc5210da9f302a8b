"""A server whose learners have certificates: who is logged in where, and what its database has."""

from __future__ import annotations

import dataclasses
import sqlite3
from pathlib import Path
from typing import Any

from tests.browser.visits import Visit

_OURS = "openedx_verifiable_credentials_"
_OWN = "learner_id IN (SELECT id FROM {ours}learner WHERE user_id = (SELECT id FROM core_user WHERE username = ?))"
COOKIE = "credentials_sessionid"


@dataclasses.dataclass(frozen=True)
class Campus:
    """``sessions``: the key of each learner's session, by username."""

    service: dict[str, Any]
    database: Path
    sessions: dict[str, str]

    @property
    def page(self) -> str:
        """The address of the learner's page."""
        return str(self.service["learner_page_url"])

    def sign_in(self, visit: Visit, name: str) -> Visit:
        """``visit``, with the session of this learner."""
        context = visit.page.context
        context.add_cookies([{"name": COOKIE, "value": self.sessions[name], "url": self.service["base_url"]}])
        return visit

    def end_session(self, name: str) -> None:
        """As when its time is over."""
        self._change("DELETE FROM django_session WHERE session_key = ?", self.sessions[name])

    def expire_offers(self, name: str) -> None:
        """As if they had been made long ago."""
        self._change(f"UPDATE {{ours}}offer SET expires_at = created WHERE {_OWN}", name)

    def count(self, table: str, name: str, where: str = "1") -> int:
        """How many rows of this table are of the learner."""
        [[number]] = self._rows(f"SELECT COUNT(*) FROM {{ours}}{table} WHERE {where} AND {_OWN}", name)
        return int(number)

    def revocations(self, name: str) -> int:
        """How often something of the learner's was revoked, by the events."""
        own = f"SELECT uuid FROM {{ours}}credential WHERE {_OWN}"
        [[number]] = self._rows(
            f"SELECT COUNT(*) FROM {{ours}}event WHERE kind = 'credential.revoked' AND credential IN ({own})", name
        )
        return int(number)

    def _rows(self, statement: str, *values: str) -> list[Any]:
        with sqlite3.connect(self.database, timeout=30) as database:
            return list(database.execute(statement.format(ours=_OURS), values))

    def _change(self, statement: str, *values: str) -> None:
        with sqlite3.connect(self.database, timeout=30) as database:
            done = database.execute(statement.format(ours=_OURS), values)
            assert done.rowcount > 0
