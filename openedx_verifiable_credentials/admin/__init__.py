"""Django admin: rows to look at, none to write, nothing sealed shown."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from openedx_verifiable_credentials import models


class _ReadOnly(admin.ModelAdmin):
    """What flows wrote is not edited by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


@admin.register(models.Issuer)
class IssuerAdmin(_ReadOnly):
    """Issuers; their keys stay out of sight."""

    list_display = ("slug", "name", "did", "base_url", "is_default", "created")
    search_fields = ("slug", "name", "did")


@admin.register(models.Credential)
class CredentialAdmin(_ReadOnly):
    """The ledger, without the documents."""

    list_display = (
        "uuid",
        "state",
        "kind",
        "achievement_key",
        "organization_key",
        "profile_id",
        "wallet_id",
        "created",
    )
    list_filter = ("state", "kind", "profile_id", "wallet_id")
    search_fields = ("uuid", "certificate_uuid", "achievement_key")
    exclude = ("sealed_document", "learner")
    date_hierarchy = "created"


@admin.register(models.Event)
class EventAdmin(_ReadOnly):
    """What happened, newest first."""

    list_display = ("at", "kind", "ids")
    list_filter = ("kind",)
    ordering = ("-at", "-pk")
