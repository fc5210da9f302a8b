"""
What tables and columns are called for people, in their language.

Given here and not where the columns are defined: Django writes the names of those into migrations, and a word that is
changed, or translated at last, would ask for one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

TABLES: dict[str, tuple[Any, Any]] = {
    "batch": (_("batch"), _("batches")),
    "badgeimage": (_("badge image"), _("badge images")),
    "credential": (_("credential"), _("credentials")),
    "event": (_("event"), _("events")),
    "issuer": (_("issuer"), _("issuers")),
    "issuerkey": (_("issuer key"), _("issuer keys")),
    "statuslist": (_("status list"), _("status lists")),
}
COLUMNS: dict[str, Any] = {
    "achievement_key": _("achievement key"),
    "algorithm": _("algorithm"),
    "allocated": _("allocated"),
    "at": _("at"),
    "base_url": _("base url"),
    "bits_version": _("bits version"),
    "capacity": _("capacity"),
    "certificate_uuid": _("certificate uuid"),
    "changed_at": _("changed at"),
    "compromised_since": _("compromised since"),
    "contact": _("contact"),
    "created": _("created"),
    "credential": _("credential"),
    "did": _("did"),
    "end_reason": _("end reason"),
    "ended_at": _("ended at"),
    "ended_by": _("ended by"),
    "erased_at": _("erased at"),
    "final": _("final"),
    "height": _("height"),
    "ids": _("ids"),
    "image_url": _("image url"),
    "is_bound": _("is bound"),
    "is_default": _("is default"),
    "issued_at": _("issued at"),
    "issuer": _("issuer"),
    "issuer_organization": _("issuer organization"),
    "key": _("key"),
    "kind": _("kind"),
    "length": _("length"),
    "media_type": _("media type"),
    "modified": _("modified"),
    "name": _("name"),
    "official": _("official"),
    "organization_key": _("organization key"),
    "profile_id": _("profile id"),
    "public_key_multibase": _("public key multibase"),
    "reference": _("reference"),
    "retired_at": _("retired at"),
    "scope": _("scope"),
    "scope_key": _("scope key"),
    "sha256": _("sha256"),
    "signs": _("signs"),
    "site_id": _("site id"),
    "slug": _("slug"),
    "state": _("state"),
    "store": _("store"),
    "suspended": _("suspended"),
    "suspends": _("suspends"),
    "url": _("url"),
    "uuid": _("uuid"),
    "version": _("version"),
    "wallet_id": _("wallet id"),
    "width": _("width"),
}
# What happened to a row of a history. The service does not install the app whose words these are.
HISTORY = (gettext_noop("Created"), gettext_noop("Changed"), gettext_noop("Deleted"))


def give(tables: Iterable[type[models.Model]]) -> None:
    """Name ``tables``, and those of their columns that people see."""
    for table in tables:
        if names := TABLES.get(table._meta.model_name or ""):
            table._meta.verbose_name, table._meta.verbose_name_plural = names
        for column in table._meta.concrete_fields:
            if column.name in COLUMNS:
                column.verbose_name = COLUMNS[column.name]
