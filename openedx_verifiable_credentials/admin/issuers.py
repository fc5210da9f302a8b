"""Issuers, of which people edit what is published about them, and their keys, of which they edit nothing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openedx_verifiable_credentials import models
from openedx_verifiable_credentials.admin.history import MAX_REASON
from openedx_verifiable_credentials.admin.history import WithHistory
from openedx_verifiable_credentials.admin.read_only import ReadOnly
from openedx_verifiable_credentials.api import issuers
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import text
from openedx_verifiable_credentials.exceptions import ConfigurationError

_EDITABLE = ("name", "url", "image_url", "official", "contact")
_ADMIN = "admin:openedx_verifiable_credentials"


class IssuerForm(forms.ModelForm):
    """What ``vc_update_issuer`` may change, by the same rules."""

    change_reason = forms.CharField(
        label=gettext_lazy("Reason for the change"),
        required=False,
        max_length=MAX_REASON,
        help_text=gettext_lazy("Kept in the history. No names of learners."),
    )

    class Meta:
        model = models.Issuer
        fields = _EDITABLE

    def clean_name(self) -> str:
        """Something that is seen."""
        name = text.clean_line(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(_("The issuer needs a name."))
        return name

    def clean_url(self) -> str:
        """A web address, or nothing."""
        return self._address("url")

    def clean_image_url(self) -> str:
        """A web address, or nothing."""
        return self._address("image_url")

    def clean(self) -> dict[str, Any] | None:
        """Whatever else is wrong, told as the command tells it."""
        cleaned = super().clean()
        if not self.errors:
            try:
                issuers.update_issuer(self.instance.slug, self.changes(), dry_run=True)
            except ConfigurationError as error:
                raise forms.ValidationError(str(error)) from error
        return cleaned

    def changes(self) -> issuers.IssuerChanges:
        """What was entered."""
        return issuers.IssuerChanges(**{name: self.cleaned_data[name] for name in _EDITABLE})

    def _address(self, name: str) -> str:
        value: str = self.cleaned_data[name].strip()
        if value and text.clean_web_address(value) is None:
            raise forms.ValidationError(_("This is not a web address: https://…"))
        return value


@admin.register(models.Issuer)
class IssuerAdmin(WithHistory):
    """Issuers; the private halves of their keys stay out of sight."""

    form = IssuerForm
    list_display = ("slug", "name", "did", "base_url", "organization_key", "is_default", "is_in_use", "created")
    search_fields = ("slug", "name", "did")
    fields = (
        "slug", *_EDITABLE, "change_reason", "did", "base_url", "organization_key", "site_id", "is_default",
        "is_in_use", "place", "created", "links",
    )  # fmt: skip
    readonly_fields = (
        "slug", "did", "base_url", "organization_key", "site_id", "is_default", "is_in_use", "place", "created",
        "links",
    )  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Made with a key, by ``vc_create_issuer``."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Credentials name it for ever."""
        return False

    def save_model(self, request: HttpRequest, obj: models.Issuer, form: IssuerForm, change: bool) -> None:
        """By the same way as the command, with its event; what was signed before keeps saying what it said."""
        why = text.clean_line(form.cleaned_data.get("change_reason", ""), MAX_REASON)
        if set(form.changed_data) & set(_EDITABLE):
            issuers.update_issuer(obj.slug, form.changes(), by=request.user.pk, why=why)

    @admin.display(boolean=True, description=gettext_lazy("in use"))
    def is_in_use(self, row: models.Issuer) -> bool:
        """Whether it signs anything new."""
        return bool(row.is_default or row.scope_key)

    @admin.display(description=gettext_lazy("issues"))
    def place(self, row: models.Issuer) -> str:
        """What it issues, in words."""
        return issuers.place_of(row)

    @admin.display(description=gettext_lazy("links"))
    def links(self, row: models.Issuer) -> SafeString:
        """Keys and lists here; profile, DID document and key history as the world sees them."""
        query = f"?issuer__id__exact={row.pk}"
        pairs = [
            (reverse(f"{_ADMIN}_issuerkey_changelist") + query, _("Its keys, public halves")),
            (reverse(f"{_ADMIN}_statuslist_changelist") + query, _("Its status lists")),
            (reverse(f"{_ADMIN}_credential_changelist") + query, _("Its credentials")),
            (row.profile_url, _("Its public profile")),
            (f"{row.profile_url}keys.json", _("Its key history")),
        ]
        if row.did.startswith("did:web:"):
            pairs.append((f"https://{''.join(dids.web_did_location(row.did))}", _("Its DID document")))
        return format_html_join("", '<p><a href="{}">{}</a></p>', pairs)


@admin.register(models.IssuerKey)
class IssuerKeyAdmin(ReadOnly):
    """Public halves, and where the private ones are; never what is sealed."""

    list_display = ("uuid", "issuer", "algorithm", "store", "signs", "created", "retired_at", "compromised_since")
    list_filter = ("algorithm", "store", "signs", "issuer")
    list_select_related = ("issuer",)
    search_fields = ("uuid", "public_key_multibase", "issuer__slug")
    ordering = ("-pk",)
    fields = (
        "uuid", "issuer_link", "algorithm", "public_key_multibase", "store", "reference", "signs", "created",
        "retired_at", "compromised_since",
    )  # fmt: skip
    readonly_fields = ("issuer_link",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.IssuerKey]:
        """What is not shown is not read."""
        return super().get_queryset(request).defer("sealed_seed")

    @admin.display(description=gettext_lazy("issuer"))
    def issuer_link(self, row: models.IssuerKey) -> SafeString:
        """Whose it is."""
        return format_html('<a href="{}">{}</a>', reverse(f"{_ADMIN}_issuer_change", args=[row.issuer_id]), row.issuer)
