"""The form fields of claim policies: what Django has no field for. All of them work without a script."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openedx_verifiable_credentials.core import policy_content
from openedx_verifiable_credentials.core import text

TEMPLATES = "openedx_verifiable_credentials/admin/widgets/"
_MARKUP = _("HTML cannot be used here. Write it without characters such as “<b>” or “&lt;”.")
_TOO_LARGE = _("This is too much for a credential. Shorten it.")


class ThreeWay(forms.TypedChoiceField):
    """True, False or None, which says nothing."""

    def __init__(self, *, yes: Any = None, no: Any = None, **more: Any):
        choices = [("", _("Says nothing")), ("yes", yes or _("Allow")), ("no", no or _("Withhold"))]
        super().__init__(choices=choices, coerce=_yes_or_no, empty_value=None, required=False, **more)

    def prepare_value(self, value: Any) -> Any:
        """The choice that stands for a value."""
        return {True: "yes", False: "no", None: ""}.get(value, value) if _is_hashable(value) else ""


def _yes_or_no(value: Any) -> bool:
    answers: dict[Any, bool] = {"yes": True, "no": False, True: True, False: False}
    if value not in answers:
        raise ValueError
    return answers[value]


def _is_hashable(value: Any) -> bool:
    return isinstance(value, bool | str | None)


class Group(forms.Widget):
    """For widgets of several controls: the form tells them what they are called and described by."""

    use_fieldset = True
    group_label: Any = ""
    group_help: Any = ""
    described_by = ""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """With the name of the group, and its help, which belongs inside it."""
        context = super().get_context(name, value, attrs)
        context["group"] = {"label": self.group_label, "help": self.group_help, "described_by": self.described_by}
        context["group_id"] = f"id_{name}"
        return context


class ChosenWidget(Group, forms.MultiWidget):
    """Whether there is a set, and what is in it."""

    template_name = f"{TEMPLATES}chosen.html"

    def decompress(self, value: list[str] | None) -> list[Any]:
        """None: no set."""
        return ["", []] if value is None else ["only", value]


class Chosen(forms.MultiValueField):
    """A set of ids, or None, which says nothing."""

    def __init__(self, *, choices: Iterable[tuple[str, Any]], **more: Any):
        choices = list(choices)
        said = [("", _("Says nothing")), ("only", _("Offers only those ticked"))]
        fields = (
            forms.ChoiceField(choices=said, required=False),
            forms.MultipleChoiceField(choices=choices, required=False),
        )
        widget = ChosenWidget(
            {
                "said": forms.Select(choices=said, attrs={"aria-label": _("What is said")}),
                "ids": forms.CheckboxSelectMultiple(choices=choices),
            }
        )
        super().__init__(fields, widget=widget, required=False, require_all_fields=False, **more)

    def prepare_value(self, value: Any) -> list[Any]:
        """What is shown, of a set or of what was sent."""
        sent = isinstance(value, list) and len(value) == len(self.fields) and isinstance(value[-1], list)
        return value if sent else self.widget.decompress(value)

    def has_changed(self, initial: list[str] | None, data: Any) -> bool:
        """Whether there is another set."""
        return super().has_changed(self.widget.decompress(initial), data)

    def compress(self, data_list: list[Any]) -> list[str] | None:
        """A set has members, and what has members is a set: everything else is a mistake."""
        said, ids = (data_list or ["", []])[:2]
        if said and not ids:
            raise ValidationError(
                gettext("Tick at least one. To let nothing be claimed, switch issuing off instead."), code="empty"
            )
        if ids and not said:
            raise ValidationError(
                gettext("Some are ticked, but this says nothing. Choose “Offers only those ticked”, or untick them."),
                code="ambiguous",
            )
        return list(ids) if said else None


class Images(forms.ModelChoiceField):
    """A choice among pictures, told by what can be seen of them in a list."""

    def label_from_instance(self, obj: Any) -> str:
        """Kind, size in pixels, day of the upload, and the start of its name."""
        size = f"{obj.width} × {obj.height}, " if obj.width and obj.height else ""
        return f"{obj.get_media_type_display()}, {size}{obj.created:%Y-%m-%d}, {obj.sha256[:8]}"


class PlainText(forms.CharField):
    """Text without markup, cleaned as credentials clean it. ``lines``: of several lines."""

    def __init__(self, *, max_length: int, lines: bool = False, **more: Any):
        self.lines = lines
        super().__init__(max_length=max_length, **{"required": False, **more})

    def clean(self, value: Any) -> Any:
        """What is too long is said before anything is done to it."""
        value = clean_plain(super().clean(value), self.max_length or 0, lines=self.lines)
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")
        return value


def clean_plain(value: str, limit: int, *, lines: bool = False) -> str:
    """``value`` without invisible characters. Raises ValidationError where it has markup."""
    cleaned = (text.clean_block if lines else text.clean_line)(value, limit)
    if policy_content.has_markup(cleaned):
        raise ValidationError(_MARKUP, code="markup")
    return cleaned


def require_share(point: str, value: Any) -> None:
    """Raises ValidationError where a part of the content would make credentials too large."""
    if policy_content.is_too_large(point, value):
        raise ValidationError(_TOO_LARGE, code="too_large")


def _require_sorted_alike(tags: list[str]) -> None:
    """All pairs: neighbours are not enough where one is the beginning of another."""
    for one, other in itertools.combinations(tags, 2):
        if not text.sorts_alike(one, other):
            said = {"one": text.clean_line(one, 20), "other": text.clean_line(other, 20)}
            message = gettext(
                "“%(one)s” and “%(other)s” cannot stand together: not every verifier sorts them alike. Begin one of "
                "them with another character."
            )
            raise ValidationError(message % said, code="not_sorted_alike")


class Tags(forms.CharField):
    """A list of words, separated by commas or line breaks; None, which says nothing, where there is none."""

    widget = forms.Textarea

    def __init__(self, **more: Any):
        # All of them, and twice as much for what separates them.
        limit = 3 * policy_content.MAX_TAGS * policy_content.MAX_TAG
        super().__init__(required=False, max_length=limit, empty_value=None, **more)

    def prepare_value(self, value: Any) -> Any:
        """One a line."""
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str] | None:
        """Each once, in their order."""
        given = re.split(r"[,\n\r;]", super().clean(value) or "")
        tags = list(dict.fromkeys(filter(None, (clean_plain(one, 2 * len(one) + 1) for one in given))))
        if len(tags) > policy_content.MAX_TAGS:
            limit = {"limit": policy_content.MAX_TAGS, "count": len(tags)}
            raise ValidationError(gettext("At most %(limit)d tags; these are %(count)d.") % limit, code="too_many")
        for tag in tags:
            if len(tag) > policy_content.MAX_TAG:
                said = {"limit": policy_content.MAX_TAG, "tag": text.clean_line(tag, 20)}
                raise ValidationError(gettext("“%(tag)s” has more than %(limit)d characters.") % said, code="too_long")
        _require_sorted_alike(tags)
        require_share("tags", tags)
        return tags or None

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether other words are there."""
        try:
            return bool((initial or None) != self.clean(data))
        except ValidationError:
            return True
