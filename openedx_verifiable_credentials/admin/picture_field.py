"""A form field for badge images: what is wrong with an upload is said beside it, before anything is kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from openedx_verifiable_credentials.core.images import MAX_BYTES
from openedx_verifiable_credentials.core.images import Picture
from openedx_verifiable_credentials.core.images import accept_picture
from openedx_verifiable_credentials.exceptions import PictureError

HELP = _(
    "PNG of 90 to 2,000 pixels each way, or SVG without scripts, links, animations and embedded pictures; at most "
    "512 KiB. It is written anew, and published at an address that never changes."
)
# What each code means. Where and why is in the refusal's own sentence, which is English.
REFUSALS = {
    "picture_too_large": gettext_noop("This picture is too large or has too much in it."),
    "picture_not_readable": gettext_noop("This file is damaged, or no PNG or SVG picture."),
    "picture_not_allowed": gettext_noop("Something in this picture is not accepted in a badge image."),
}


class PictureField(forms.FileField):
    """
    Its cleaned value is a checked :class:`..core.images.Picture`, for :func:`..api.badge_images.keep`; None where a
    field that is not required was left empty.
    """

    widget = forms.FileInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", HELP)
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """What the browser offers to choose from."""
        return {**super().widget_attrs(widget), "accept": "image/png,image/svg+xml,.png,.svg"}

    def to_python(self, data: Any) -> Picture | None:  # type: ignore[override]
        """The picture in an uploaded file. Whatever its name and type say, its bytes decide."""
        uploaded = super().to_python(data)
        if uploaded is None:
            return None
        try:
            # One byte more than is accepted is enough to see that it is too large.
            return accept_picture(uploaded.read(MAX_BYTES + 1))
        except PictureError as error:
            raise forms.ValidationError(_sentence(error), code=error.code) from None

    def clean(self, data: Any, initial: Any = None) -> Picture | None:
        """No upload is None, whatever was there before."""
        if not data and not self.required:
            return None
        picture: Picture | None = super().clean(data, initial)
        return picture


def _sentence(error: PictureError) -> str:
    english = REFUSALS.get(error.code, "")
    translated = gettext(english) if english else ""
    # The detail stands by itself, so that it reads from left to right in a line of Arabic.
    return error.message if translated == english else f"{translated} \u2068{error.message}\u2069"
