"""The ledger."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.db.transaction import non_atomic_requests
from django.http import HttpRequest
from django.http import HttpResponse
from django.http import HttpResponseRedirect
from django.http import QueryDict
from django.urls import URLPattern
from django.urls import path
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from openedx_verifiable_credentials import models
from openedx_verifiable_credentials.admin import filters
from openedx_verifiable_credentials.admin import searching
from openedx_verifiable_credentials.admin.actions.erasure import Erasable
from openedx_verifiable_credentials.admin.actions.reissuing import Reissuable
from openedx_verifiable_credentials.admin.actions.revocation import Revocable
from openedx_verifiable_credentials.admin.actions.suspension import Suspendable
from openedx_verifiable_credentials.admin.credential_page import CredentialPage
from openedx_verifiable_credentials.admin.quick_list import QuickList
from openedx_verifiable_credentials.admin.read_only import ReadOnly
from openedx_verifiable_credentials.api import certificates
from openedx_verifiable_credentials.api.variables import without_variables

_LIST = "admin:openedx_verifiable_credentials_credential_changelist"
_NOT_FILTERS = ("csrfmiddlewaretoken", "q", "p", "all", "o", "e", searching.FOUND)


@admin.register(models.Credential)
class CredentialAdmin(CredentialPage, Revocable, Suspendable, Reissuable, Erasable, QuickList, ReadOnly):
    """The ledger, without the documents."""

    actions = ("revoke", "suspend", "reinstate", "reissue", "erase")
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
    list_filter = (
        searching.FoundFilter,
        "state",
        "suspended",
        "end_reason",
        filters.KIND,
        "issuer",
        filters.PROFILE,
        filters.WALLET,
        filters.SITE,
        filters.ORGANIZATION,
        filters.BATCH,
        # A hierarchy of dates would read every row's.
        "created",
    )
    list_select_related = ("issuer",)
    # What is searched is said by searching.narrowed; a search box needs a field to be there.
    search_fields = ("uuid",)
    search_help_text = gettext_lazy(
        "A whole username; the uuid of a credential, certificate or program; a course run key, its beginning, or "
        "Org+Number; the key of an organisation."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.Credential]:
        """What is not shown is not read."""
        return super().get_queryset(request).defer("sealed_document")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[models.Credential], search_term: str
    ) -> tuple[QuerySet[models.Credential], bool]:
        """Those that the term means."""
        return (searching.narrowed(queryset, search_term) if search_term.strip() else queryset), False

    def get_urls(self) -> list[URLPattern]:
        """The search has an address of its own."""
        search = self.admin_site.admin_view(sensitive_post_parameters("q")(self.search_view))
        return [path("search/", search, name="openedx_verifiable_credentials_credential_search"), *super().get_urls()]

    # What actions record must be committed before a key is used, whatever ATOMIC_REQUESTS of the service says.
    @non_atomic_requests
    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """A term in the address that may be somebody's name is taken out of it."""
        text = request.GET.get("q", "").strip()
        if text and request.method == "GET" and searching.as_uuid(text) is None and not searching.is_course(text):
            return self._search(request, request.GET)
        word = request.GET.get(searching.FOUND)
        if word and word != searching.NOTHING and searching.recall(request, word) is None:
            self.message_user(request, _("This search is over; search again."), messages.WARNING)
        return super().changelist_view(request, extra_context)

    def search_view(self, request: HttpRequest) -> HttpResponse:
        """What was typed, as an address without it where it may be somebody's name."""
        return self._search(request, request.POST)

    @without_variables
    def _search(self, request: HttpRequest, given: QueryDict) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        query = given.copy()
        text = query.get("q", "").strip()
        for name in _NOT_FILTERS:
            query.pop(name, None)
        if text:
            query.update(self._address_of(request, text))
        return HttpResponseRedirect(f"{reverse(_LIST)}?{query.urlencode()}")

    def _address_of(self, request: HttpRequest, text: str) -> dict[str, str]:
        """Keys and uuids first; a username, which may look like any of them, where these have nothing."""
        wanted = searching.as_uuid(text)
        if wanted is not None:
            return {"q": str(wanted)}
        if searching.is_course(text) and searching.narrowed(models.Credential.objects.all(), text).exists():
            return {"q": text}
        found = certificates.find_certificates_of(text)
        is_organization = searching.is_organization(text)
        if found:
            if is_organization:
                others = _("An organisation has this key as well: choose it among the filters.")
                self.message_user(request, others, messages.INFO)
            return {searching.FOUND: searching.remember(request, found)}
        if is_organization:
            return {"organization_key": text}
        self.message_user(request, _("Nothing was found. Usernames must be whole."), messages.WARNING)
        return {searching.FOUND: searching.NOTHING}
