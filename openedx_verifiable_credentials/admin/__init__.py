"""Django admin: rows to look at, nothing sealed shown. One thing can be done: revoke credentials."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from openedx_verifiable_credentials import models
from openedx_verifiable_credentials.admin.read_only import ReadOnly
from openedx_verifiable_credentials.admin.read_only import ReadOnlyInline
from openedx_verifiable_credentials.admin.revocation import Revocable


@admin.register(models.Issuer)
class IssuerAdmin(ReadOnly):
    """Issuers; the private halves of their keys stay out of sight."""

    list_display = ("slug", "name", "did", "base_url", "is_default", "created")
    search_fields = ("slug", "name", "did")


@admin.register(models.IssuerKey)
class IssuerKeyAdmin(ReadOnly):
    """Public halves, and where the private ones are; never what is sealed."""

    list_display = ("uuid", "issuer", "algorithm", "store", "signs", "created", "retired_at", "compromised_since")
    list_filter = ("algorithm", "store", "signs", "issuer")
    list_select_related = ("issuer",)
    search_fields = ("uuid", "public_key_multibase", "issuer__slug")
    fields = (
        "uuid", "issuer", "algorithm", "public_key_multibase", "store", "reference", "signs", "created", "retired_at",
        "compromised_since",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.IssuerKey]:
        """What is not shown is not read."""
        return super().get_queryset(request).defer("sealed_seed")


class PublishedListInline(ReadOnlyInline):
    """The documents that are served, without their bytes."""

    model = models.PublishedList
    fields = readonly_fields = (
        "form", "version", "bits_version", "key", "sha256", "valid_from", "valid_until", "published_at",
    )  # fmt: skip
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.PublishedList]:
        """Without their bytes."""
        rows = super().get_queryset(request).select_related("key", "status_list")
        return rows.defer("document", "gzipped", "key__sealed_seed", *(f"status_list__{name}" for name in _SEALED))


# The bits are public, but whose is which is not to be read off them; the order of indices is a secret.
_SEALED = ("bits", "suspension_bits", "sealed_order_key")


@admin.register(models.StatusList)
class StatusListAdmin(ReadOnly):
    """Status lists and what is served of them: neither bits nor the order of indices."""

    list_display = (
        "uuid",
        "issuer",
        "profile_id",
        "length",
        "allocated",
        "suspends",
        "is_open",
        "changed_at",
        "created",
    )
    list_filter = ("profile_id", "suspends", "issuer")
    list_select_related = ("issuer",)
    search_fields = ("uuid",)
    fields = (
        "uuid", "issuer", "profile_id", "length", "capacity", "allocated", "is_open", "suspends", "bits_version",
        "changed_at", "created",
    )  # fmt: skip
    readonly_fields = ("is_open",)
    inlines = (PublishedListInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.StatusList]:
        """What is not shown is not read."""
        return super().get_queryset(request).defer(*_SEALED)

    @admin.display(boolean=True, description=gettext_lazy("open"))
    def is_open(self, row: models.StatusList) -> bool:
        """Whether new credentials get their place here."""
        return row.open_key is not None


@admin.register(models.Credential)
class CredentialAdmin(Revocable):
    """The ledger, without the documents."""

    list_display = (
        "uuid",
        "state",
        "suspended",
        "end_reason",
        "kind",
        "achievement_key",
        "organization_key",
        "site_id",
        "issuer",
        "profile_id",
        "wallet_id",
        "created",
    )
    list_filter = ("state", "suspended", "end_reason", "issuer", "site_id", "kind", "profile_id", "wallet_id")
    list_select_related = ("issuer",)
    search_fields = ("uuid", "certificate_uuid", "achievement_key")
    exclude = ("sealed_document", "learner")
    date_hierarchy = "created"

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.Credential]:
        """What is not shown is not read."""
        return super().get_queryset(request).defer("sealed_document")


@admin.register(models.Event)
class EventAdmin(ReadOnly):
    """What happened, newest first."""

    list_display = ("at", "kind", "ids")
    list_filter = ("kind",)
    ordering = ("-at", "-pk")
