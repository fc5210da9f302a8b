"""Status lists, and what is served of them; publishing them at once; the page that says how everything is."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib import messages
from django.db.models import OuterRef
from django.db.models import QuerySet
from django.db.models import Subquery
from django.db.transaction import non_atomic_requests
from django.http import HttpRequest
from django.http import HttpResponse
from django.urls import URLPattern
from django.urls import path
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import ngettext

from openedx_verifiable_credentials import models
from openedx_verifiable_credentials.admin.health import health_page
from openedx_verifiable_credentials.admin.quick_list import QuickList
from openedx_verifiable_credentials.admin.read_only import ReadOnly
from openedx_verifiable_credentials.admin.read_only import ReadOnlyInline
from openedx_verifiable_credentials.api import health
from openedx_verifiable_credentials.api import publishing
from openedx_verifiable_credentials.core.status_list import ListForm
from openedx_verifiable_credentials.core.status_list import list_url
from openedx_verifiable_credentials.exceptions import ConfigurationError

_ADMIN = "admin:openedx_verifiable_credentials"
_MOST_AT_ONCE = 50
_PERMISSION = "openedx_verifiable_credentials.change_statuslist"
_WORDS = {
    health.Freshness.FRESH: gettext_lazy("fresh"),
    health.Freshness.ENDING: gettext_lazy("ends soon"),
    health.Freshness.WAITING: gettext_lazy("overdue: a change waits"),
    health.Freshness.UNPUBLISHED: gettext_lazy("overdue: never published"),
    health.Freshness.OVER: gettext_lazy("overdue: no longer valid"),
}


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
class StatusListAdmin(QuickList, ReadOnly):
    """Status lists and what is served of them: neither bits nor the order of indices."""

    # Lists are few, and their time has no index.
    by_time = ""
    list_display = (
        "uuid",
        "issuer",
        "profile_id",
        "length",
        "allocated",
        "suspends",
        "is_open",
        "freshness",
        "changed_at",
        "created",
    )
    list_filter = ("profile_id", "suspends", "issuer")
    list_select_related = ("issuer",)
    search_fields = ("uuid",)
    fields = (
        "uuid", "issuer_link", "profile_id", "length", "capacity", "allocated", "is_open", "suspends", "bits_version",
        "freshness", "changed_at", "created", "links",
    )  # fmt: skip
    readonly_fields = ("is_open", "issuer_link", "freshness", "links")
    inlines = (PublishedListInline,)
    actions = ("publish_now",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.StatusList]:
        """What is not shown is not read; when the first of its documents ends is."""
        documents = models.PublishedList.objects.filter(status_list=OuterRef("pk")).order_by("valid_until")
        ends = Subquery(documents.values("valid_until")[:1])
        return super().get_queryset(request).defer(*_SEALED).annotate(ends=ends)

    def get_urls(self) -> list[URLPattern]:
        """The page that says how everything is hangs on the lists: who may look at these may look at it."""
        view = self.admin_site.admin_view(self.health_view)
        return [path("health/", view, name="openedx_verifiable_credentials_health"), *super().get_urls()]

    def health_view(self, request: HttpRequest) -> HttpResponse:
        """See :mod:`.health`."""
        return health_page(self, request)

    # Nothing is locked while a list is signed, whatever ATOMIC_REQUESTS of the service says.
    @non_atomic_requests
    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """As ever."""
        return super().changelist_view(request, extra_context)

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """Rows cannot be changed here, but who may change them may publish them."""
        return bool(request.user.has_perm(_PERMISSION))

    @admin.action(description=gettext_lazy("Publish selected status lists now"), permissions=["publish"])
    def publish_now(self, request: HttpRequest, queryset: QuerySet[models.StatusList]) -> None:
        """Signed anew and served; how many, and how many have to wait. Harmless, so nothing is asked."""
        pks = list(queryset.values_list("pk", flat=True)[: _MOST_AT_ONCE + 1])
        if len(pks) > _MOST_AT_ONCE:
            text = _("At most %(count)s lists can be published here at once; the command vc_publish_status takes more.")
            self.message_user(request, text % {"count": _MOST_AT_ONCE}, messages.ERROR)
            return
        done = publishing.publish_now(pks)
        if done.published:
            text = ngettext("%d list was published.", "%d lists were published.", done.published)
            self.message_user(request, text % done.published, messages.SUCCESS)
        if done.failed:
            text = ngettext(
                "%d list could not be published; the log says why.",
                "%d lists could not be published; the log says why.",
                done.failed,
            )
            self.message_user(request, text % done.failed, messages.ERROR)

    @admin.display(boolean=True, description=gettext_lazy("open"))
    def is_open(self, row: models.StatusList) -> bool:
        """Whether new credentials get their place here."""
        return row.open_key is not None

    @admin.display(description=gettext_lazy("freshness"))
    def freshness(self, row: Any) -> str:
        """Whether what is served is good."""
        try:
            return str(_WORDS[health.freshness(row, row.ends, timezone.now())])
        except ConfigurationError:
            return _("unknown: a setting of status lists is wrong")

    @admin.display(description=gettext_lazy("issuer"))
    def issuer_link(self, row: models.StatusList) -> SafeString:
        """Whose it is."""
        return format_html('<a href="{}">{}</a>', reverse(f"{_ADMIN}_issuer_change", args=[row.issuer_id]), row.issuer)

    @admin.display(description=gettext_lazy("links"))
    def links(self, row: models.StatusList) -> SafeString:
        """What verifiers get, and how everything is."""
        forms = (ListForm.REVOCATION, ListForm.SUSPENSION) if row.suspends else (ListForm.REVOCATION,)
        pairs = [
            (list_url(row.issuer.base_url, str(row.uuid), form), _("What verifiers get: %s") % form) for form in forms
        ]
        pairs.append((reverse("admin:openedx_verifiable_credentials_health"), _("Health")))
        return format_html_join("", '<p><a href="{}">{}</a></p>', pairs)
