"""Claim policies: edited by course admins, previewed before they are saved, with their history."""

from __future__ import annotations

import contextlib
import uuid
from typing import Any

from django.contrib import admin
from django.contrib import messages
from django.contrib.admin.views.main import ChangeList
from django.contrib.sites.models import Site
from django.db import IntegrityError
from django.db.models import Field
from django.db.models import Q
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http import HttpResponse
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openedx_verifiable_credentials.admin import policy_texts
from openedx_verifiable_credentials.admin.batch_order import MAY_ISSUE
from openedx_verifiable_credentials.admin.batch_order import order_address
from openedx_verifiable_credentials.admin.history import WithHistory
from openedx_verifiable_credentials.admin.policy_checks import LOWER_SCOPES
from openedx_verifiable_credentials.admin.policy_form import PolicyForm
from openedx_verifiable_credentials.admin.policy_preview import preview
from openedx_verifiable_credentials.api import badge_images
from openedx_verifiable_credentials.api import policies as api
from openedx_verifiable_credentials.core.policies import CLAIMS
from openedx_verifiable_credentials.core.policies import Scope
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.models import ClaimPolicy

_GOVERN = "openedx_verifiable_credentials.govern_claimpolicy"
_UPLOAD = "openedx_verifiable_credentials.add_badgeimage"
_SHOWN_APART = ("scope", "key", "final", "speaks_for_courses")
_TEMPLATES = "openedx_verifiable_credentials/admin/"
_CONTENT = (
    "criteria", "description", "image", "picture", "tags", ("achievement_type", "other_achievement_type"),
    "field_of_study", "language", "credits", "aligned_with",
)  # fmt: skip
_CLAIMED = ("issuing", "on_award", "profiles", "wallets", "validity_days")
_UUID_DIGITS = 32


class IssuingFilter(admin.SimpleListFilter):
    """On, off, or nothing said."""

    title = gettext_lazy("issuing")
    parameter_name = "issuing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """In words."""
        return [("on", _("On")), ("off", _("Off")), ("none", _("Says nothing"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ClaimPolicy]) -> QuerySet[ClaimPolicy]:
        """Those that say so."""
        wanted = {"on": Q(issuing=True), "off": Q(issuing=False), "none": Q(issuing__isnull=True)}
        return queryset.filter(wanted.get(self.value() or "", Q()))


class PolicyList(ChangeList):
    """The page's rows know the names of their sites, by one query."""

    def get_results(self, request: HttpRequest) -> None:
        """The rows of this page."""
        super().get_results(request)
        numbers = {int(row.key) for row in self.result_list if row.scope == Scope.SITE and row.key.isdecimal()}
        sites = Site.objects.in_bulk(numbers) if numbers else {}
        for row in self.result_list:
            site = sites.get(int(row.key)) if row.scope == Scope.SITE and row.key.isdecimal() else None
            row.site_domain = site.domain if site else ""


@admin.register(ClaimPolicy)
class ClaimPolicyAdmin(WithHistory):
    """
    What may be claimed, and what credentials say. Who has not the permission ``govern_claimpolicy`` edits policies of
    courses, course runs and programs that are not final, and looks at the others.
    """

    form = PolicyForm
    change_form_template = f"{_TEMPLATES}policy_form.html"
    delete_confirmation_template = f"{_TEMPLATES}policy_delete.html"
    change_list_template = f"{_TEMPLATES}policy_list.html"
    list_display = ("scope", "which", "says", "final", "modified")
    list_display_links = ("scope", "which")
    list_filter = ("scope", "final", IssuingFilter)
    search_fields = ("key",)
    ordering = ("scope", "key", "pk")
    # Deleted one by one, after a look at what would change.
    actions = None
    untold = WithHistory.untold | {"version"}

    @admin.display(description=gettext_lazy("key"), ordering="key")
    def which(self, row: ClaimPolicy) -> str:
        """The key; of a site its domain, too."""
        domain = getattr(row, "site_domain", "")
        return f"{row.key} – {domain}" if domain else row.key

    @admin.display(description=gettext_lazy("what it says"))
    def says(self, row: ClaimPolicy) -> str:
        """In short."""
        return policy_texts.summary(row)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """With the names of sites."""
        return PolicyList

    def get_queryset(self, request: HttpRequest) -> QuerySet[ClaimPolicy]:
        """Without the bytes of images."""
        return super().get_queryset(request).select_related("image").defer("image__data")

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> ClaimPolicy | None:
        """Whoever saves or deletes the same one at the same time waits, and is told then."""
        found = super().get_object(request, object_id, from_field)
        if found is None or request.method != "POST":
            return found
        return ClaimPolicy.objects.select_for_update().filter(pk=found.pk).first()

    def get_history(self, request: HttpRequest) -> QuerySet[Any]:
        """Without the bytes of images."""
        return super().get_history(request).select_related("image").defer("image__data")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ClaimPolicy], search_term: str
    ) -> tuple[QuerySet[ClaimPolicy], bool]:
        """By the key or its beginning."""
        term = search_term.strip().replace("\x00", "")
        found = Q(key__startswith=term)
        if len(term) == _UUID_DIGITS:
            with contextlib.suppress(ValueError):
                found |= Q(key=str(uuid.UUID(term)))
        return (queryset.filter(found) if term else queryset), False

    def has_change_permission(self, request: HttpRequest, obj: ClaimPolicy | None = None) -> bool:
        """Those of wider scopes, and final ones, need the permission to govern."""
        return super().has_change_permission(request, obj) and self._may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: ClaimPolicy | None = None) -> bool:
        """Likewise."""
        return super().has_delete_permission(request, obj) and self._may_touch(request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: ClaimPolicy | None = None) -> Any:
        """What can be edited; for who only looks, what is said."""
        if obj is not None and not self.has_change_permission(request, obj):
            return [(None, {"fields": ("scope", "which", "final", "speaks_for_courses", "said", "modified")})]
        site = ("site",) if self._may_govern(request) else ()
        place: tuple[Any, ...] = ("scope", *site, "key") if obj is None else ("scope", "which")
        final = ("final",) if self._may_govern(request) else ()
        content = [name for name in _CONTENT if name != "picture" or self._may_upload(request)]
        return [
            (_("What it speaks about"), {"fields": (*place, "speaks_for_courses", *final)}),
            (_("What may be claimed"), {"fields": _CLAIMED}),
            (_("What a credential may say"), {"fields": CLAIMS}),
            (_("The achievement"), {"fields": content}),
            (_("This change"), {"fields": ("change_reason", "seen_version")}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: ClaimPolicy | None = None) -> Any:
        """What a policy speaks about stays."""
        return () if obj is None else ("scope", "which", "said", "modified")

    @admin.display(description=gettext_lazy("what it says"))
    def said(self, row: ClaimPolicy) -> str:
        """Everything, a line each."""
        fields = {name: getattr(row, name) for name in policy_texts.LABELS if name not in _SHOWN_APART}
        shown = ((name, policy_texts.shown(name, value)) for name, value in fields.items())
        return "\n".join(f"{policy_texts.LABELS[name]}: {value}" for name, value in shown if value)

    def get_form(
        self, request: HttpRequest, obj: ClaimPolicy | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """A form that knows what its user may, and whether it is to be saved."""
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.may_govern = self._may_govern(request)
        form.may_upload = self._may_upload(request)
        form.saves = not {"_preview", "_rows"}.intersection(request.POST)
        return form

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Two who add the same policy at once: the second is told."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError:
            text = _("Somebody else has just saved a policy for this. Nothing of yours was saved; change that one.")
            self.message_user(request, text, messages.ERROR)
            return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **more: Any) -> HttpResponse:
        """With the preview, where it is asked for and the form has no mistake."""
        form = context["adminform"].form
        if isinstance(form, PolicyForm) and (more.get("add") or self.has_change_permission(request, more.get("obj"))):
            context["show_preview"] = True
        if request.user.has_perm(MAY_ISSUE) and more.get("obj") is not None:
            context["order_address"] = order_address(more["obj"].scope, more["obj"].key)
        if context.get("show_preview"):
            form.tie_groups()
            if "_preview" in request.POST and not form.errors:
                form.show_upload()
                context |= {"preview": preview(form.instance), "has_upload": bool(form.cleaned_data.get("picture"))}
        return super().render_change_form(request, context, *args, **more)

    def render_delete_form(self, request: HttpRequest, context: Any) -> HttpResponse:
        """With what would change."""
        return super().render_delete_form(request, context | {"preview": preview(context["object"], deleted=True)})

    def save_model(self, request: HttpRequest, obj: ClaimPolicy, form: Any, change: bool) -> None:
        """Says, too, where a policy is of no effect."""
        if form.cleaned_data.get("picture"):
            obj.image = badge_images.keep(form.cleaned_data["picture"])
        super().save_model(request, obj, form, change)
        if not obj.rule.says:
            self.message_user(request, _("This policy says nothing yet."), messages.WARNING)
        if not _concerns_anything(obj):
            text = _("The service has no certificate that this policy speaks about. Is the key right?")
            self.message_user(request, text, messages.WARNING)

    def label_in_history(self, field: Field) -> str:
        """As in the form."""
        return str(policy_texts.LABELS.get(field.name, field.name))

    def shown_in_history(self, row: Any, field: Field) -> str:
        """In the words of the form."""
        if field.name == "scope":
            return str(dict(ClaimPolicy.ScopeChoices.choices).get(row.scope, "")) if row.scope else ""
        if field.name == "image":
            return str(row.image) if row.image else str(row.image_id or "")
        return policy_texts.shown(field.name, getattr(row, field.attname))

    def _may_touch(self, request: HttpRequest, obj: ClaimPolicy | None) -> bool:
        return obj is None or self._may_govern(request) or (obj.scope in LOWER_SCOPES and not obj.final)

    @staticmethod
    def _may_upload(request: HttpRequest) -> bool:
        return bool(request.user.has_perm(_UPLOAD))

    @staticmethod
    def _may_govern(request: HttpRequest) -> bool:
        return bool(request.user.has_perm(_GOVERN))


def _concerns_anything(policy: ClaimPolicy) -> bool:
    try:
        return api.concerns_anything(policy)
    except ConfigurationError:
        return True  # cannot be told: no warning
