"""One credential of the ledger to look at: never its document, its learner, or the holder."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openedx_verifiable_credentials import models
from openedx_verifiable_credentials.api.public_credentials import page_address
from openedx_verifiable_credentials.core import policies
from openedx_verifiable_credentials.models.credential import CredentialState

_NOTHING = "–"
_MOST = 100
_TERMS = "openedx_verifiable_credentials/admin/terms.html"
_EVENTS = "openedx_verifiable_credentials/admin/credential_events.html"
_ADMIN = "admin:openedx_verifiable_credentials"
_CLAIMS = {
    "name": gettext_lazy("Learner's name"),
    "email": gettext_lazy("E-mail address, hashed"),
    "grade": gettext_lazy("Grade"),
    "activity_dates": gettext_lazy("Dates of the activity"),
    "evidence": gettext_lazy("Evidence: link to the shared record"),
    "alignments": gettext_lazy("Alignments"),
    "signatories": gettext_lazy("Signatories"),
}


@dataclasses.dataclass(frozen=True)
class Term:
    """
    One point of the terms: what holds, whether it does because the learner left it out, and which version of which
    policy decided. No version: the default; no policy: it was deleted.
    """

    point: str
    value: Any
    is_left_out: bool
    policy: models.ClaimPolicy | None
    version: str
    address: str

    @property
    def label(self) -> str:
        """For people."""
        return str(_CLAIMS.get(self.point) or self.point.replace("_", " ").capitalize())


class CredentialPage(admin.ModelAdmin):
    """What the page of one credential shows."""

    fieldsets = (
        (
            None,
            {
                "fields": (
                    "uuid", "state", "suspended", "end_reason", "ended_at", "ended_by", "created", "issued_at",
                    "erased_at",
                )
            },
        ),
        (
            gettext_lazy("What it is for"),
            {"fields": ("certificate_uuid", "kind", "achievement_key", "organization_key", "site_id")},
        ),
        (
            gettext_lazy("How it was made"),
            {
                "fields": (
                    "issuer_link", "issuer_organization", "key_link", "profile_id", "wallet_id", "is_bound",
                    "status_list_link", "batch_link",
                )
            },
        ),
        (gettext_lazy("What it says"), {"fields": ("terms_table",)}),
        (
            gettext_lazy("What belongs to it"),
            {
                "fields": (
                    "public_page", "came_from_link", "replaces_link", "replaced_by_links", "other_credentials",
                    "what_happened",
                )
            },
        ),
    )  # fmt: skip
    readonly_fields = (
        "issuer_link", "key_link", "status_list_link", "batch_link", "terms_table", "public_page", "came_from_link",
        "replaces_link",
        "replaced_by_links", "other_credentials", "what_happened",
    )  # fmt: skip

    @admin.display(description=gettext_lazy("issuer"))
    def issuer_link(self, row: models.Credential) -> SafeString:
        """Its issuer."""
        return link_to(row.issuer)

    @admin.display(description=gettext_lazy("key"))
    def key_link(self, row: models.Credential) -> SafeString:
        """The public half of the key that signed."""
        return _link(
            "issuerkey", row.key_id, models.IssuerKey.objects.values_list("uuid", flat=True).get(pk=row.key_id)
        )

    @admin.display(description=gettext_lazy("status list"))
    def status_list_link(self, row: models.Credential) -> SafeString | str:
        """Where its status is told."""
        if row.status_list_id is None:
            return _NOTHING
        name = models.StatusList.objects.values_list("uuid", flat=True).get(pk=row.status_list_id)
        return _link("statuslist", row.status_list_id, name)

    @admin.display(description=gettext_lazy("terms"))
    def terms_table(self, row: models.Credential) -> SafeString:
        """Every claim that is released or withheld, the validity and the content, with the rule that decided."""
        terms = list(_terms(row.said_terms))
        context = {
            "claims": [one for one in terms if one.point in policies.CLAIMS],
            "others": [one for one in terms if one.point not in policies.CLAIMS],
        }
        return render_to_string(_TERMS, context)

    @admin.display(description=gettext_lazy("public page"))
    def public_page(self, row: models.Credential) -> SafeString | str:
        """Where the learner shares it; none where they do not."""
        share_id = models.Share.objects.filter(credential=row, live=True).values_list("share_id", flat=True).first()
        if share_id is None:
            return _("The learner does not share it.")
        page = page_address(row.issuer.base_url, share_id)
        html = '<a href="{}">{}</a> · <a href="{}credential.json">{}</a>'
        return format_html(html, page, _("Public page"), page, _("its JSON"))

    @admin.display(description=gettext_lazy("batch"))
    def batch_link(self, row: models.Credential) -> SafeString | str:
        """The batch that issued it, before any wallet was known."""
        if row.batch_id is None:
            return _NOTHING
        return _link("batch", row.batch_id, models.Batch.objects.values_list("uuid", flat=True).get(pk=row.batch_id))

    @admin.display(description=gettext_lazy("came from"))
    def came_from_link(self, row: models.Credential) -> SafeString | str:
        """The credential of a batch that its learner claimed into a wallet by this one."""
        return _credentials(Q(pk=row.came_from_id)) if row.came_from_id else _NOTHING

    @admin.display(description=gettext_lazy("replaces"))
    def replaces_link(self, row: models.Credential) -> SafeString | str:
        """The credential that it was issued for anew."""
        return _credentials(Q(pk=row.replaces_id)) if row.replaces_id else _NOTHING

    @admin.display(description=gettext_lazy("replaced by"))
    def replaced_by_links(self, row: models.Credential) -> SafeString | str:
        """Those that were issued anew for it."""
        return _credentials(Q(replaces=row.pk))

    @admin.display(description=gettext_lazy("other credentials of the certificate"))
    def other_credentials(self, row: models.Credential) -> SafeString | str:
        """Of other wallets, issuers, times."""
        return _credentials(Q(certificate_uuid=row.certificate_uuid) & ~Q(pk=row.pk))

    @admin.display(description=gettext_lazy("what happened"))
    def what_happened(self, row: models.Credential) -> SafeString:
        """Its events, the newest first: their kind and time."""
        events = models.Event.objects.filter(credential=row.uuid).order_by("-pk")[:_MOST]
        return render_to_string(_EVENTS, {"events": events})


def link_to(row: Model) -> SafeString:
    """A link to the page of ``row``."""
    return _link(row._meta.model_name or "", row.pk, row)


def _link(model: str, pk: int, text: object) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse(f"{_ADMIN}_{model}_change", args=[pk]), text)


def _credentials(condition: Q) -> SafeString | str:
    rows = models.Credential.objects.filter(condition).order_by("-pk").values_list("pk", "uuid", "state")[:_MOST]
    links = ((_link("credential", pk, uuid), CredentialState(state).label) for pk, uuid, state in rows)
    return format_html_join("", "<p>{} ({})</p>", links) or _NOTHING


def _terms(terms: dict[str, Any]) -> Iterator[Term]:
    """In the order in which policies say them; those of old credentials say fewer."""
    rules = {point: ref.partition(".") for point, ref in terms.get("rules", {}).items()}
    pks = {int(pk) for pk, _dot, _version in rules.values() if pk.isdecimal()}
    known = models.ClaimPolicy.objects.only("scope", "key").in_bulk(pks) if pks else {}
    said = {**terms, **terms.get("content", {})}
    for point in policies.DEFAULTS:
        if point not in said and point not in rules:
            continue
        pk, _dot, version = rules.get(point, ("", "", ""))
        policy = known.get(int(pk)) if pk.isdecimal() else None
        is_left_out = point in terms.get("left_out", ())
        yield Term(point, said.get(point), is_left_out, policy, version, _address(policy))


def _address(policy: models.ClaimPolicy | None) -> str:
    if policy is None or not admin.site.is_registered(models.ClaimPolicy):
        return ""
    return reverse(f"{_ADMIN}_claimpolicy_change", args=[policy.pk])
