"""Alignments in a form: rows of controls that work without a script, read into the keys of a data record."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openedx_verifiable_credentials.admin.policy_fields import TEMPLATES
from openedx_verifiable_credentials.admin.policy_fields import Group
from openedx_verifiable_credentials.admin.policy_fields import clean_plain
from openedx_verifiable_credentials.admin.policy_fields import require_share
from openedx_verifiable_credentials.core import policy_content
from openedx_verifiable_credentials.core import text

_SPARE_ROWS = 3

# Keys of :class:`..data.Alignment`, and what they are called.
ALIGNMENT_PARTS: Mapping[str, Any] = {
    "framework": _("Framework"),
    "url": _("Address"),
    "code": _("Code"),
    "name": _("Name"),
}


class AlignmentRows(Group):
    """A row of four controls for each alignment, and some empty ones."""

    template_name = f"{TEMPLATES}alignments.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """With rows; each control has its own label."""
        context = super().get_context(name, value, attrs)
        given = [one for one in value or [] if isinstance(one, dict)]
        context["rows"] = [
            [(f"{name}-{number}-{part}", part, label, row.get(part, "")) for part, label in ALIGNMENT_PARTS.items()]
            for number, row in enumerate([*given, *({} for _ in range(_SPARE_ROWS))])
        ]
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[dict[str, str]]:
        """The rows in which something stands."""
        control = re.compile(rf"{re.escape(name)}-([0-9]{{1,4}})-({'|'.join(ALIGNMENT_PARTS)})")
        rows: dict[int, dict[str, str]] = {}
        for key in data:
            match = control.fullmatch(key)
            if match and data[key].strip():
                rows.setdefault(int(match[1]), {})[match[2]] = data[key]
        return [rows[number] for number in sorted(rows)]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Never: no row at all takes the last one away."""
        return False

    def id_for_label(self, id_: str) -> str:
        """The controls have their own."""
        return ""


class Alignments(forms.Field):
    """A list of objects with the keys of :class:`..data.Alignment`, or None, which says nothing."""

    widget = AlignmentRows

    def __init__(self, **more: Any):
        super().__init__(required=False, **more)

    def clean(self, value: Any) -> list[dict[str, str]] | None:
        """Every mistake in every row is told at once."""
        rows = value or []
        if len(rows) > policy_content.MAX_ALIGNMENTS:
            limit = {"limit": policy_content.MAX_ALIGNMENTS}
            raise ValidationError(gettext("At most %(limit)d alignments.") % limit, code="too_many")
        cleaned, errors = [], []
        for number, row in enumerate(rows, start=1):
            try:
                cleaned.append(_alignment(row))
            except ValidationError as error:
                said = gettext("Alignment %(number)d: %(message)s")
                errors += [said % {"number": number, "message": message} for message in error.messages]
        if errors:
            raise ValidationError(errors)
        require_share("aligned_with", cleaned)
        return cleaned or None

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether something else is there."""
        try:
            return bool((initial or None) != self.clean(data))
        except ValidationError:
            return True


def _alignment(row: Mapping[str, str]) -> dict[str, str]:
    """One row, cleaned. Raises ValidationError with everything that is wrong in it."""
    found, errors = {}, []
    for part, label in ALIGNMENT_PARTS.items():
        read = _address if part == "url" else _part
        try:
            found[part] = read(row.get(part, ""))
        except ValidationError as error:
            errors += [f"{label}: {message}" for message in error.messages]
    if not errors and not found["name"]:
        errors.append(f"{ALIGNMENT_PARTS['name']}: {gettext('Say what it is called there.')}")
    if errors:
        raise ValidationError(errors)
    return {part: value for part, value in found.items() if value}


def _part(value: str) -> str:
    if "\x00" in value:
        raise ValidationError(gettext("Null characters are not allowed."), code="null")
    if len(value) > policy_content.MAX_LINE:
        raise ValidationError(
            gettext("At most %(limit)d characters.") % {"limit": policy_content.MAX_LINE}, code="too_long"
        )
    return clean_plain(value, policy_content.MAX_LINE)


def _address(value: str) -> str:
    address = text.clean_web_address(value) if len(value) <= policy_content.MAX_ADDRESS else None
    if address is None:
        raise ValidationError(
            gettext("Give the whole address, with https:// or http://, and without a user name or password in it."),
            code="address",
        )
    return address
