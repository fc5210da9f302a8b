"""Filters whose choices are known or few: none reads every row to find out what there is."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.sites.models import Site
from django.db.models import Model
from django.db.models import Q
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from openedx_verifiable_credentials.core.profiles import PROFILES
from openedx_verifiable_credentials.core.wallets import WALLETS
from openedx_verifiable_credentials.data import CertificateKind
from openedx_verifiable_credentials.models import Batch

_MOST = 50
_MOST_BATCHES = 10
_Choices = Callable[[type[Model]], Iterable[tuple[Any, Any]]]


class Bounded(admin.SimpleListFilter):
    """One column's rows with one value, chosen among ``offered``; another value may stand in the address."""

    field: str
    offered: _Choices

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, Any]]:
        """What is offered, and what was chosen."""
        offered = [(str(value), label) for value, label in self.offered(model_admin.model)]
        chosen = self.value()
        if chosen and chosen not in dict(offered):
            offered.append((chosen, chosen))
        return offered

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those with the value, letter by letter."""
        chosen = self.value()
        return queryset if chosen is None else queryset.filter(exactly(queryset.model, self.field, chosen))


def exactly(model: type[Model], field: str, value: str) -> Q:
    """
    The condition that ``field`` is ``value``: by its index, then letter by letter, since MySQL's collations take
    "École" for "ecole".
    """
    if model._meta.get_field(field).get_internal_type() != "CharField":
        return Q(**{field: int(value)}) if value.isdecimal() and len(value) < 10 else Q(pk__in=[])
    return Q(**{field: value}) & Q(**{f"{field}__startswith": value})


def bounded(title: Any, field: str, offered: _Choices) -> type[Bounded]:
    """A filter for ``field``."""
    return type(
        f"{field.title().replace('_', '')}Filter",
        (Bounded,),
        {"title": title, "parameter_name": field, "field": field, "offered": staticmethod(offered)},
    )


def values_of(field: str) -> _Choices:
    """The first values of an indexed column, in their order: indexes tell them without reading rows."""

    def offered(model: type[Model]) -> list[tuple[str, str]]:
        values = model._default_manager.order_by(field).values_list(field, flat=True).distinct()[:_MOST]
        return [(value, value) for value in values if value]

    return offered


KIND = bounded(_("kind"), "kind", lambda _model: [(kind.value, kind.value) for kind in CertificateKind])
PROFILE = bounded(_("profile"), "profile_id", lambda _model: [(profile, profile) for profile in PROFILES])
WALLET = bounded(_("wallet"), "wallet_id", lambda _model: [(one.id, one.name) for one in WALLETS.values()])
SITE = bounded(
    _("site"), "site_id", lambda _model: Site.objects.order_by("pk").values_list("pk", "domain")[:_MOST]
)  # fmt: skip
ORGANIZATION = bounded(_("organisation"), "organization_key", values_of("organization_key"))
BATCH = bounded(
    _("batch"),
    "batch",
    lambda _model: [(row.pk, f"{row.created:%Y-%m-%d %H:%M}") for row in Batch.objects.order_by("-pk")[:_MOST_BATCHES]],
)
EVENT_KIND = bounded(_("kind"), "kind", values_of("kind"))
