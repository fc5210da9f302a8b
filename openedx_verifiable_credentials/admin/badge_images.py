"""Badge images: to look at and to upload. Signed credentials name them, so they are neither changed nor deleted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http import HttpResponse
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openedx_verifiable_credentials import models
from openedx_verifiable_credentials.admin.picture_field import PictureField
from openedx_verifiable_credentials.admin.read_only import ReadOnly
from openedx_verifiable_credentials.api import badge_images

_PREVIEW_PIXELS = 64
_LARGE_PIXELS = 320
_KEPT = _("Badge images are not deleted: signed credentials may name them, and they must go on showing what they show.")


class UploadForm(forms.ModelForm):
    """One file."""

    picture = PictureField(label=_("Picture"))

    class Meta:
        model = models.BadgeImage
        fields: tuple[str, ...] = ()

    def save(self, commit: bool = True) -> models.BadgeImage:
        """The row of the picture; the one that is there, where the same was uploaded before."""
        self.save_m2m = lambda: None  # type: ignore[method-assign]
        return badge_images.keep(self.cleaned_data["picture"])


@admin.register(models.BadgeImage)
class BadgeImageAdmin(ReadOnly):
    """The pictures, with previews from their own addresses."""

    list_display = ("preview", "sha256", "media_type", "width", "height", "created")
    list_display_links = ("preview", "sha256")
    list_filter = ("media_type",)
    search_fields = ("sha256",)
    ordering = ("-created", "-pk")
    fields = ("large_preview", "address", "sha256", "media_type", "width", "height", "created", "kept")
    readonly_fields = ("large_preview", "address", "kept")

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.BadgeImage]:
        """What is not shown is not read."""
        return super().get_queryset(request).defer("data")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who has the permission to add badge images."""
        return admin.ModelAdmin.has_add_permission(self, request)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """An upload, where there is no picture yet."""
        return super().get_form(request, obj, change, **kwargs) if obj else UploadForm

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A file, or what became of it."""
        return super().get_fieldsets(request, obj) if obj else [(None, {"fields": ["picture"]})]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The form has kept it."""

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Says why there is none."""
        if not self.has_view_permission(request):
            return super().delete_view(request, object_id, extra_context)
        self.message_user(request, _KEPT, messages.ERROR)
        return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))

    @admin.display(description=_("preview"))
    def preview(self, row: models.BadgeImage) -> str:
        """Small, for the list."""
        return _image(row, _PREVIEW_PIXELS)

    @admin.display(description=_("picture"))
    def large_preview(self, row: models.BadgeImage) -> str:
        """As large as fits beside the facts."""
        return _image(row, _LARGE_PIXELS)

    @admin.display(description=_("address"))
    def address(self, row: models.BadgeImage) -> str:
        """Below the address of the issuer."""
        return format_html('<a href="{0}">{0}</a>', row.path)

    @admin.display(description=_("deleting"))
    def kept(self, row: models.BadgeImage) -> str:
        """Why it cannot be deleted."""
        return str(_KEPT)


def _image(row: models.BadgeImage, pixels: int) -> str:
    text = gettext("Badge image %(start)s") % {"start": row.sha256[:8]}
    return format_html('<img src="{}" alt="{}" style="max-width:{}px;max-height:{}px">', row.path, text, pixels, pixels)
