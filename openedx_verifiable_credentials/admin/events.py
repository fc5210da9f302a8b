"""What happened."""

from __future__ import annotations

from django.contrib import admin

from openedx_verifiable_credentials import models
from openedx_verifiable_credentials.admin import filters
from openedx_verifiable_credentials.admin.quick_list import QuickList
from openedx_verifiable_credentials.admin.read_only import ReadOnly


@admin.register(models.Event)
class EventAdmin(ReadOnly, QuickList):
    """What happened, newest first."""

    list_display = ("at", "kind", "ids")
    by_time = "at"
    list_filter = (filters.EVENT_KIND,)
