"""What saving or deleting a policy would change, for the page."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence

from django.utils.translation import gettext as _

from openedx_verifiable_credentials.admin import policy_words
from openedx_verifiable_credentials.api import policies
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.models import ClaimPolicy

_MOST_GROUPS = 50


@dataclasses.dataclass(frozen=True)
class Example:
    """An unsigned credential of one profile, as it would be now and then; "" and a note where there would be none."""

    profile: str
    issuer: str
    before: str
    before_note: str
    after: str
    after_note: str

    @property
    def differs(self) -> bool:
        """Whether the policy changes it."""
        return (self.before, self.before_note) != (self.after, self.after_note)


@dataclasses.dataclass(frozen=True)
class Shown:
    """A preview as the page has it. ``more``: groups that are not listed."""

    found: policies.Preview | None = None
    groups: Sequence[tuple[str, str, int, Sequence[str]]] = ()
    more: int = 0
    examples: Sequence[Example] = ()
    problem: str = ""


def preview(policy: ClaimPolicy, *, deleted: bool = False) -> Shown:
    """What would change; in ``problem``, why that cannot be told. Never raises: a form must not be lost for it."""
    try:
        found = policies.preview(policy, deleted=deleted)
    except (ConfigurationError, VerifiableCredentialsError) as error:
        return Shown(problem=_("What would change cannot be told: %s") % error)
    listed = found.groups[:_MOST_GROUPS]
    return Shown(
        found=found,
        groups=[
            (one.group.title, _key(one.group), one.group.awarded, list(map(policy_words.change, one.changes)))
            for one in listed
        ],
        more=len(found.groups) - len(listed),
        examples=[
            Example(
                profile=before.profile_id,
                issuer=before.issuer,
                before=_written(before.document),
                before_note=before.note,
                after=_written(after.document),
                after_note=after.note,
            )
            for before, after in found.samples
        ],
        problem=found.problem and _(found.problem),
    )


def _key(group: object) -> str:
    case = group.case  # type: ignore[attr-defined]
    return case.course_run or str(case.program or "")


def _written(document: JsonObject | None) -> str:
    return "" if document is None else json.dumps(document, indent=2, ensure_ascii=False)
