"""What flows wrote is not edited by hand; and what a page does not show, its address does not tell either."""

from __future__ import annotations

from typing import Any
from typing import ClassVar

from django.contrib import admin
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import FieldDoesNotExist
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http import HttpResponseRedirect
from django.utils.translation import gettext as _

_MOST_DIGITS = 18


class Listed(admin.ModelAdmin):
    """Lists that answer what they offer, and nothing else; pages with styles of ours."""

    class Media:
        css: ClassVar[dict[str, Any]] = {"all": ("openedx_verifiable_credentials/admin.css",)}

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """
        Only columns with a filter. Otherwise whoever may look at a list learns what it hides, letter by letter: a
        sealed key by its beginning, which credentials are of one learner.
        """
        name = lookup.partition("__")[0]
        try:
            self.opts.get_field(name)
        except FieldDoesNotExist:
            return bool(super().lookup_allowed(lookup, value, request))
        filters = self.get_list_filter(request)
        offered = {one if isinstance(one, str) else getattr(one, "parameter_name", "") for one in filters}
        return name in offered and bool(super().lookup_allowed(lookup, value, request))

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **more: Any) -> Any:
        """What was sent as selected may be anything."""
        if all(map(_is_number, request.POST.getlist(ACTION_CHECKBOX_NAME))):
            return super().response_action(request, queryset, *args, **more)
        self.message_user(request, _("What was selected is not in this list. Select it again."), messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS


class ReadOnly(Listed):
    """Rows to look at."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


class ReadOnlyInline(admin.TabularInline):
    """Rows that belong to the one that is shown."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False
