"""
Lists that stay quick over many rows: newest first and in no other order, each page found through an index, rows read
only for what is shown.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Page
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest


class QuickPaginator(Paginator):
    """
    The page's primary keys first, from the nearer end, then its rows. Otherwise the database reads every row, document
    included, that stands before a page.
    """

    object_list: QuerySet[Any]
    # The column whose index the whole list is counted through: the rows' own order is that of their documents.
    by_time = ""

    def page(self, number: int | str) -> Page[Any]:
        """Raises InvalidPage."""
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        pks = self._pks(first, min(first + self.per_page, self.count))
        rows = {row.pk: row for row in self.object_list.order_by().filter(pk__in=pks)}
        return Page([rows[pk] for pk in pks if pk in rows], number, self)

    def _pks(self, first: int, end: int) -> list[int]:
        is_narrowed = bool(self.object_list.query.where)
        order = ["-pk"] if is_narrowed or not self.by_time else [f"-{self.by_time}", "-pk"]
        newest_first = self.object_list.order_by(*order).values_list("pk", flat=True)
        if first <= self.count // 2:
            return list(newest_first[first:end])
        oldest_first = list(newest_first.reverse()[self.count - end : self.count - first])
        return oldest_first[::-1]


class QuickChangeList(ChangeList):
    """No column of a query string puts hundreds of thousands of rows in order."""

    def get_ordering(self, request: HttpRequest, queryset: Any) -> list[Any]:
        """Newest first."""
        return ["-pk"]

    def get_results(self, request: HttpRequest) -> None:
        """A list that fits one page is read as others are."""
        super().get_results(request)
        if not self.multi_page:
            self.result_list = self.paginator.page(1).object_list


class QuickList(admin.ModelAdmin):
    """A ModelAdmin whose list is quick: an index holds its rows' primary keys in order, so one a filter is enough."""

    by_time = "created"
    ordering = ("-pk",)
    sortable_by = ()
    paginator = QuickPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 500

    def get_paginator(self, *args: Any, **kwargs: Any) -> Paginator[Any]:
        """Ours, which knows the column of time."""
        made = super().get_paginator(*args, **kwargs)
        made.by_time = self.by_time  # type: ignore[attr-defined]
        return made

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Ours."""
        return QuickChangeList
