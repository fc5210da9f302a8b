"""
What verification answers: an ordered list of named checks, and the verdict that follows from them.

A check *failed* where the document itself, or what its issuer says of it, shows that it must not be accepted. It was
*not checked* where something that is needed could not be had or is not known here: that says nothing against the
document, and the two are never mixed. Codes and sentences are in ``codes.json``, which the verifier in the browser
reads too.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import functools
import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

from openedx_verifiable_credentials.core.moments import timestamp
from openedx_verifiable_credentials.data import JsonObject


class CheckName(enum.StrEnum):
    """The checks, in the order in which they are reported."""

    SCHEMA = "schema"
    SIGNATURE = "signature"
    ISSUER = "issuer"
    STATUS = "status"
    DATES = "dates"
    DISCLOSURE = "disclosure"


class Outcome(enum.StrEnum):
    """What became of one check."""

    PASSED = "passed"
    WARNING = "warning"
    FAILED = "failed"
    NOT_CHECKED = "not_checked"


class Verdict(enum.StrEnum):
    """What follows from all of them."""

    VALID = "valid"
    VALID_WITH_WARNINGS = "valid_with_warnings"
    INVALID = "invalid"
    COULD_NOT_BE_CHECKED = "could_not_be_checked"


@dataclasses.dataclass(frozen=True)
class Check:
    """``code`` is stable; ``message`` a sentence for people; ``detail`` plain JSON for those who want to know more."""

    name: CheckName
    outcome: Outcome
    code: str
    message: str
    detail: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def as_json(self) -> JsonObject:
        """As it goes over the wire."""
        return {
            "check": str(self.name),
            "outcome": str(self.outcome),
            "code": self.code,
            "message": self.message,
            "detail": dict(self.detail),
        }


@dataclasses.dataclass(frozen=True)
class Report:
    """
    ``checked_at``: the moment for which the document was judged. ``credentials``: of a presentation, the report of
    each credential in it.
    """

    checks: tuple[Check, ...]
    checked_at: datetime.datetime
    credentials: tuple[Report, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The worst that any check says; what only the issuer can know (disclosure) decides nothing."""
        verdicts = [_verdict([check.outcome for check in self.checks if check.name is not CheckName.DISCLOSURE])]
        verdicts += [credential.verdict for credential in self.credentials]
        return max(verdicts, key=_WORST_LAST.index)

    def get(self, name: CheckName) -> Check:
        """The check called ``name``. Raises KeyError."""
        for check in self.checks:
            if check.name is name:
                return check
        raise KeyError(name)

    def as_json(self) -> JsonObject:
        """As it goes over the wire; ``checkedAt`` in UTC."""
        shape: JsonObject = {
            "verdict": str(self.verdict),
            "checkedAt": timestamp(self.checked_at),
            "checks": [check.as_json() for check in self.checks],
        }
        if self.credentials:
            shape["credentials"] = [credential.as_json() for credential in self.credentials]
        return shape


_NOT_REACHED = (
    "schema_not_reached",
    "not_reached",
    "issuer_not_reached",
    "status_not_reached",
    "dates_not_reached",
    "disclosure_unknown",
)
_WORST_LAST = [
    Verdict.VALID,
    Verdict.VALID_WITH_WARNINGS,
    Verdict.COULD_NOT_BE_CHECKED,
    Verdict.INVALID,
]


def _verdict(outcomes: list[Outcome]) -> Verdict:
    if Outcome.FAILED in outcomes:
        return Verdict.INVALID
    if Outcome.NOT_CHECKED in outcomes or not outcomes:
        return Verdict.COULD_NOT_BE_CHECKED
    return Verdict.VALID_WITH_WARNINGS if Outcome.WARNING in outcomes else Verdict.VALID


def check(code: str, **detail: Any) -> Check:
    """The check that ``code`` is about, with its outcome and sentence. Raises KeyError for an unlisted code."""
    entry = codes()[code]
    return Check(
        name=CheckName(entry["check"]),
        outcome=Outcome(entry["outcome"]),
        code=code,
        message=entry["message"],
        detail=detail,
    )


@functools.cache
def codes() -> dict[str, dict[str, str]]:
    """Every code with its ``check``, ``outcome`` and ``message``."""
    text = resources.files(__package__).joinpath("codes.json").read_text(encoding="utf-8")
    entries: dict[str, dict[str, str]] = json.loads(text)
    return entries


def not_reached(why: Check, at: datetime.datetime) -> Report:
    """The report of a document that cannot be understood: ``why``, of the schema or the signature check, says why."""
    found = {one.name: one for one in map(check, _NOT_REACHED)}
    return Report(tuple({**found, why.name: why}.values()), checked_at=at)


def unreadable(at: datetime.datetime) -> Report:
    """The report of a document of which there is nothing to look at."""
    return not_reached(check("unreadable"), at)
