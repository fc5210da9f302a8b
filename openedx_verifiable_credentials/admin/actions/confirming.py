"""What all actions on credentials share: a page that asks first, what it counts, what is noted of it afterwards."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence
from typing import Any
from typing import ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib import messages
from django.contrib.admin.models import CHANGE
from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openedx_verifiable_credentials.api import revoking
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.models import Credential

_TEMPLATE = "openedx_verifiable_credentials/admin/confirm.html"
_APP = "openedx_verifiable_credentials"


@dataclasses.dataclass(frozen=True)
class Outcome:
    """
    How many credentials change, or changed; sentences for people: that, and what is left as it is and why. ``lists``:
    the status lists to publish (primary keys). ``expected``: the number that the form asks to be typed, if any.
    """

    changes: int
    sentence: str
    skipped: Sequence[str] = ()
    lists: frozenset[int] = frozenset()
    expected: int | None = None


class Confirmation(forms.Form):
    """Why; for the gravest, also how many."""

    reason = forms.ChoiceField(label=gettext_lazy("Reason"))
    number = forms.IntegerField(label="", min_value=0)

    def __init__(self, deed: Deed, expected: int | None, data: Any = None):
        super().__init__(data)
        self._expected = expected
        if deed.reasons:
            choices = [("", _("Choose one")), *deed.reasons]
            self.fields["reason"] = forms.ChoiceField(label=_("Reason"), choices=choices)
        else:
            del self.fields["reason"]
        if expected is None:
            del self.fields["number"]
        else:
            self.fields["number"].label = deed.number_label
            self.fields["number"].widget.attrs["autocomplete"] = "off"

    def clean_number(self) -> int:
        """As many as there are now."""
        number: int = self.cleaned_data["number"]
        if number != self._expected:
            raise forms.ValidationError(_("That is not the number above; nothing was done."))
        return number


class Deed:
    """One thing that can be done to credentials. Doing it twice does nothing more."""

    name: ClassVar[str]
    permission: ClassVar[str]
    title: Any
    warning: Any
    submit: Any
    # With %(count)s, naming the command that takes more.
    too_many: Any
    most: ClassVar[int] = 500
    number_label: Any = ""

    @property
    def reasons(self) -> list[tuple[str, Any]]:
        """The reasons to choose from; none where there is nothing to choose."""
        return []

    def preview(self, uuids: Sequence[UUID]) -> Outcome:
        """What would be done; changes nothing."""
        raise NotImplementedError

    def perform(self, uuids: Sequence[UUID], *, reason: str, by: int) -> Outcome:
        """Do it; ``by`` is the number of the account. Raises VerifiableCredentialsError, ConfigurationError."""
        raise NotImplementedError


class WithDeeds(admin.ModelAdmin):
    """Runs a deed for an action: asks, does, tells, publishes."""

    def may(self, request: HttpRequest, deed: Deed) -> bool:
        """Rows cannot be changed here; each deed has a permission of its own."""
        return bool(request.user.has_perm(f"{_APP}.{deed.permission}"))

    def run(self, request: HttpRequest, queryset: QuerySet[Credential], deed: Deed) -> HttpResponse | None:
        """The page that asks, or, once it is answered, what is told in the list."""
        chosen = list(queryset.order_by("pk").values_list("pk", "uuid")[: deed.most + 1])
        if len(chosen) > deed.most:
            self.message_user(request, deed.too_many % {"count": deed.most}, messages.ERROR)
            return None
        try:
            return self._asked(request, chosen, deed)
        except (VerifiableCredentialsError, ConfigurationError) as error:
            self.message_user(request, str(error), messages.ERROR)
            return None

    def _asked(self, request: HttpRequest, chosen: list[Any], deed: Deed) -> HttpResponse | None:
        outcome = deed.preview([row[1] for row in chosen])
        is_answered = request.POST.get("confirmed") == "yes"
        form = Confirmation(deed, outcome.expected, request.POST if is_answered else None)
        if is_answered and not outcome.changes:
            self._tell(request, outcome, messages.WARNING)
        elif is_answered and form.is_valid():
            self._do(request, chosen, deed, form.cleaned_data.get("reason", ""))
        else:
            return self._page(request, chosen, deed, form, outcome)
        return None

    def _do(self, request: HttpRequest, chosen: list[Any], deed: Deed, reason: str) -> None:
        by = request.user.pk
        assert by is not None
        pks = [row[0] for row in chosen]
        before = _standing(pks)
        try:
            done = deed.perform([row[1] for row in chosen], reason=reason, by=by)
        finally:
            # Also where it was stopped half-way.
            changed = [pk for pk, standing in _standing(pks).items() if standing != before.get(pk)]
            _log(by, changed, f"{deed.name}: {reason}" if reason else deed.name)
        # After the request's transaction, where it has one: publishing must see what is committed.
        transaction.on_commit(functools.partial(revoking.publish_at_once, done.lists))
        self._tell(request, done, messages.SUCCESS if done.changes else messages.WARNING)

    def _tell(self, request: HttpRequest, outcome: Outcome, level: int) -> None:
        self.message_user(request, " ".join([outcome.sentence, *outcome.skipped]), level)

    def _page(
        self, request: HttpRequest, chosen: list[Any], deed: Deed, form: Confirmation, outcome: Outcome
    ) -> HttpResponse:  # fmt: skip
        context = {
            **self.admin_site.each_context(request),
            "title": deed.title,
            "opts": self.opts,
            "deed": deed,
            "selected": [row[0] for row in chosen],
            "form": form,
            "outcome": outcome,
        }
        return TemplateResponse(request, _TEMPLATE, context)


def _standing(pks: list[int]) -> dict[int, tuple[Any, ...]]:
    rows = Credential.objects.filter(pk__in=pks).values_list("pk", "state", "suspended", "erased_at")
    return {row[0]: row[1:] for row in rows}


def _log(by: int, pks: list[int], message: str) -> None:
    rows = Credential.objects.filter(pk__in=pks).only("uuid")
    if pks:
        LogEntry.objects.log_actions(by, rows, CHANGE, change_message=message)
