"""Anchors: batches of leaves, and the transactions that carry their roots. To look at; commands do the rest."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openedx_verifiable_credentials import models
from openedx_verifiable_credentials.admin.quick_list import QuickList
from openedx_verifiable_credentials.admin.read_only import ReadOnly
from openedx_verifiable_credentials.admin.read_only import ReadOnlyInline
from openedx_verifiable_credentials.app_settings import anchoring
from openedx_verifiable_credentials.core import networks
from openedx_verifiable_credentials.core import wei
from openedx_verifiable_credentials.core.networks import Network
from openedx_verifiable_credentials.exceptions import ConfigurationError

_ADMIN = "admin:openedx_verifiable_credentials"
_DIGITS = frozenset("0123456789abcdef")
_HASH_DIGITS = 64


def _network(row: models.AnchorBatch) -> str:
    """Where it goes, for people; a test network is called one."""
    network = _found(row)
    if network is None:
        return row.network
    return _("%s (test network)") % network.title if network.is_test else network.title


def _page_of(row: models.AnchorBatch, transaction_hash: str) -> str:
    """A public page about the transaction; "" where none is known."""
    network = _found(row)
    return "" if network is None else network.explorer.replace("{}", f"0x{transaction_hash}")


def _found(row: models.AnchorBatch) -> Network | None:
    try:
        return networks.find(anchoring.anchor_networks(), row.network, row.chain_id)
    except ConfigurationError:
        return None


def _transaction(batch: models.AnchorBatch, transaction_hash: str) -> SafeString | str:
    page = _page_of(batch, transaction_hash)
    shown = f"0x{transaction_hash}"
    return format_html('<a href="{}" rel="noreferrer">{}</a>', page, shown) if page else shown


def _ether(amount: Decimal | None) -> str:
    return "–" if amount is None else _("%s ether") % wei.in_ether(int(amount))


class AnchorTransactionInline(ReadOnlyInline):
    """All that were signed for the batch, without their bytes."""

    model = models.AnchorTransaction
    fk_name = "batch"
    fields = readonly_fields = ("shown_hash", "costs_at_most", "created", "sent_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.AnchorTransaction]:
        """Without their bytes."""
        return super().get_queryset(request).select_related("batch").defer("raw").order_by("pk")

    @admin.display(description=gettext_lazy("transaction"))
    def shown_hash(self, row: models.AnchorTransaction) -> SafeString | str:
        """Its hash, with a page about it."""
        return _transaction(row.batch, row.hash)

    @admin.display(description=gettext_lazy("costs at most"))
    def costs_at_most(self, row: models.AnchorTransaction) -> str:
        """In ether."""
        return _ether(row.most)


class _Anchors(QuickList, ReadOnly):
    """Found by a whole hash, with or without 0x."""

    by_hash: str

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """An index holds what is looked for."""
        term = search_term.strip().lower().removeprefix("0x")
        if not term:
            return queryset, False
        if len(term) != _HASH_DIGITS or not _DIGITS.issuperset(term):
            return queryset.none(), False
        return queryset.filter(**{self.by_hash: term}), False


@admin.register(models.AnchorBatch)
class AnchorBatchAdmin(_Anchors):
    """Batches, newest first."""

    by_hash = "root"
    list_display = ("created", "where", "state", "problem", "leaf_count", "root", "paid")
    list_filter = ("state",)
    search_fields = ("root",)
    search_help_text = gettext_lazy("A whole root.")
    fields = (
        "uuid", "where", "root", "leaf_count", "state", "problem", "sender", "nonce", "in_block", "block_number",
        "shown_block_hash", "block_time", "paid", "created", "changed",
    )  # fmt: skip
    readonly_fields = ("where", "sender", "in_block", "shown_block_hash", "paid")
    inlines = (AnchorTransactionInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.AnchorBatch]:
        """What is shown beside."""
        rows = super().get_queryset(request)
        return rows.select_related("transaction", "account__key").defer("transaction__raw")

    @admin.display(description=gettext_lazy("network"))
    def where(self, row: models.AnchorBatch) -> str:
        """For people."""
        return _network(row)

    @admin.display(description=gettext_lazy("sender"))
    def sender(self, row: models.AnchorBatch) -> str:
        """The account that pays."""
        return str(row.account) if row.account else "–"

    @admin.display(description=gettext_lazy("transaction in a block"))
    def in_block(self, row: models.AnchorBatch) -> SafeString | str:
        """Its hash, with a page about it."""
        return _transaction(row, row.transaction.hash) if row.transaction else "–"

    @admin.display(description=gettext_lazy("block hash"))
    def shown_block_hash(self, row: models.AnchorBatch) -> str:
        """As explorers write it."""
        return f"0x{row.block_hash}" if row.block_hash else "–"

    @admin.display(description=gettext_lazy("paid"))
    def paid(self, row: models.AnchorBatch) -> str:
        """In ether."""
        return _ether(row.fee)


@admin.register(models.AnchorTransaction)
class AnchorTransactionAdmin(_Anchors):
    """Transactions, newest first, without their bytes."""

    by_hash = "hash"
    list_display = ("created", "shown_hash", "batch_link", "costs_at_most", "sent_at")
    search_fields = ("hash",)
    search_help_text = gettext_lazy("A whole hash of a transaction.")
    fields = ("shown_hash", "batch_link", "gas", "fee", "tip", "costs_at_most", "created", "sent_at")
    readonly_fields = ("shown_hash", "batch_link", "fee", "tip", "costs_at_most")

    def get_queryset(self, request: HttpRequest) -> QuerySet[models.AnchorTransaction]:
        """Without their bytes."""
        return super().get_queryset(request).select_related("batch").defer("raw")

    @admin.display(description=gettext_lazy("transaction"))
    def shown_hash(self, row: models.AnchorTransaction) -> SafeString | str:
        """Its hash, with a page about it."""
        return _transaction(row.batch, row.hash)

    @admin.display(description=gettext_lazy("batch"))
    def batch_link(self, row: models.AnchorTransaction) -> SafeString:
        """Whose root it carries."""
        return format_html(
            '<a href="{}">{}</a>', reverse(f"{_ADMIN}_anchorbatch_change", args=[row.batch_id]), row.batch
        )

    @admin.display(description=gettext_lazy("most for a unit of gas"))
    def fee(self, row: models.AnchorTransaction) -> str:
        """In gwei."""
        return _("%s gwei") % wei.in_gwei(int(row.max_fee_per_gas))

    @admin.display(description=gettext_lazy("of it for the block's maker"))
    def tip(self, row: models.AnchorTransaction) -> str:
        """In gwei."""
        return _("%s gwei") % wei.in_gwei(int(row.max_priority_fee_per_gas))

    @admin.display(description=gettext_lazy("costs at most"))
    def costs_at_most(self, row: models.AnchorTransaction) -> str:
        """In ether."""
        return _ether(row.most)
