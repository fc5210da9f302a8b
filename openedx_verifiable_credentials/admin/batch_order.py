"""Issue credentials in bulk from the admin: which certificates, what would come of them, and only then the order."""

from __future__ import annotations

import dataclasses
import hashlib
import uuid
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib import messages
from django.contrib.admin.models import ADDITION
from django.contrib.admin.models import LogEntry
from django.contrib.admin.widgets import AdminSplitDateTime
from django.contrib.sites.models import Site
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http import HttpResponse
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials.admin import policy_texts
from openedx_verifiable_credentials.api import batch_health
from openedx_verifiable_credentials.api import batches
from openedx_verifiable_credentials.core import policies
from openedx_verifiable_credentials.core import policy_content
from openedx_verifiable_credentials.core.policies import Scope
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.models import Batch
from openedx_verifiable_credentials.models.batch import BatchOrigin

MAY_ISSUE = "openedx_verifiable_credentials.issue_batch"
_TEMPLATE = "openedx_verifiable_credentials/admin/batch_order.html"
_ADMIN = "admin:openedx_verifiable_credentials"
# So many are looked at for the preview: a part of a batch, which takes a second.
MOST_FORESEEN = 500
# How long a preview may be ordered from (seconds).
_SEEN_FOR = 24 * 3600
# How the scopes of policies are called in the address of this page.
SCOPES = {
    Scope.SITE: "site",
    Scope.ORGANIZATION: "organization",
    Scope.PROGRAM: "program",
    Scope.COURSE: "course",
    Scope.COURSE_RUN: "course",
}


class OrderForm(forms.Form):
    """Every condition that is given must hold; at least one is."""

    course = forms.CharField(
        required=False,
        max_length=policy_content.MAX_LINE,
        label=gettext_lazy("Course or course run"),
        help_text=gettext_lazy("A course run's key, or “ExampleX+CS101” for all runs. Capital letters count."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    program = forms.UUIDField(
        required=False,
        label=gettext_lazy("Program"),
        help_text=gettext_lazy("Its uuid. Its own certificates, not those of its courses."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    organization = forms.CharField(
        required=False,
        max_length=policy_content.MAX_LINE,
        label=gettext_lazy("Organisation"),
        help_text=gettext_lazy("Its key. Its courses, and the programs that it authors."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    site = forms.ModelChoiceField(Site.objects.order_by("domain"), required=False, label=gettext_lazy("Site"))
    since = forms.SplitDateTimeField(
        required=False,
        label=gettext_lazy("Since"),
        help_text=gettext_lazy("Only certificates that were awarded or changed then or later."),
        widget=AdminSplitDateTime(),
    )
    profile = forms.ChoiceField(
        label=gettext_lazy("Credential profile"), choices=policy_texts.choices_of(policies.PROFILE)
    )
    mail = forms.BooleanField(
        required=False, label=gettext_lazy("Tell learners by e-mail, once, with the link to their page")
    )

    def clean_course(self) -> str:
        """As keys of policies are written."""
        given = self.cleaned_data["course"].strip()
        known = not given or any(policy_content.read_key(one, given) for one in (Scope.COURSE_RUN, Scope.COURSE))
        if not known:
            raise forms.ValidationError(_("This is no key of a course run, and no organisation and number."))
        return str(given)

    def clean_organization(self) -> str:
        """Likewise."""
        given = self.cleaned_data["organization"].strip()
        if given and not policy_content.read_key(Scope.ORGANIZATION, given):
            raise forms.ValidationError(_("This is no key of an organisation."))
        return str(given)

    def clean(self) -> dict[str, Any]:
        """Everything there is, is ordered with the command."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not any(data.get(name) for name in ("course", "program", "organization", "site")):
            self.add_error(None, _("Say which: a course, a program, an organisation or a site."))
        if data.get("course") and data.get("program"):
            self.add_error("program", _("Choose a course or a program: no certificate is of both."))
        return data

    def order(self, by: int | None, most: int | None = None) -> batches.Order:
        """What was filled in."""
        data = self.cleaned_data
        site: Site | None = data["site"]
        selection = batches.Selection(
            course=data["course"] or None,
            program=data["program"],
            organization=data["organization"] or None,
            site_id=None if site is None else site.pk,
            since=data["since"],
        )
        return batches.Order(
            selection, data["profile"], most=most, mail=data["mail"], origin=BatchOrigin.ADMIN.value, ordered_by=by
        )


@dataclasses.dataclass(frozen=True)
class Preview:
    """How many are meant; of the first of them, what would come of it. ``refused``: code, how many, what it says."""

    count: batches.SelectionCount
    foreseen: batches.Foreseen
    refused: Sequence[tuple[str, int, str]]

    @property
    def is_whole(self) -> bool:
        """Whether every certificate was looked at."""
        return self.foreseen.looked_at >= self.count.certificates


def order_page(model_admin: admin.ModelAdmin[Batch], request: HttpRequest) -> HttpResponse:
    """The page; for whoever may issue in bulk. What is sent from it is looked at first, and ordered only then."""
    if not request.user.has_perm(MAY_ISSUE):
        raise PermissionDenied
    form = OrderForm(request.POST if request.method == "POST" else None, initial=_initial(request))
    preview, seen = None, ""
    try:
        if form.is_bound and form.is_valid():
            batch_uuid = _seen(request, form) if "_order" in request.POST else None
            if batch_uuid is not None:
                return _ordered(model_admin, request, form, batch_uuid)
            preview, seen = _preview(form), _seal(form)
    except (VerifiableCredentialsError, ConfigurationError) as error:
        model_admin.message_user(request, str(error), messages.ERROR)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Issue credentials in bulk"),
        "opts": model_admin.opts,
        "media": model_admin.media + form.media,
        "form": form,
        "preview": preview,
        "seen": seen,
        "stands_still": batch_health.stands_still(),
    }
    return TemplateResponse(request, _TEMPLATE, context)


def order_address(scope: str, key: str) -> str:
    """The address of this page for what a policy speaks about; "" where that is no way to choose certificates."""
    name = SCOPES.get(Scope(scope))
    if name is None:
        return ""
    return f"{reverse(f'{_ADMIN}_batch_order', query={name: key})}"


def _initial(request: HttpRequest) -> dict[str, Any]:
    try:
        profile = app_settings.bulk_profile()
    except ConfigurationError:
        profile = ""
    given = {name: request.GET[name] for name in set(SCOPES.values()) if name in request.GET}
    return {"profile": profile, **given}


def _preview(form: OrderForm) -> Preview:
    order = form.order(None, MOST_FORESEEN)
    count = batches.count(order.selection)
    foreseen = batches.Foreseen()
    for foreseen in batches.foresee(order):  # noqa: B007  (the last one counts)
        pass
    refused = [(code, number, foreseen.sentences[code]) for code, number in foreseen.refused.most_common()]
    return Preview(count, foreseen, refused)


def _seal(form: OrderForm) -> str:
    """What a preview has shown, and the uuid of the one batch that may be ordered from it, however often it is sent."""
    return signing.dumps([str(uuid.uuid4()), _digest(form)], salt=_TEMPLATE)


def _seen(request: HttpRequest, form: OrderForm) -> UUID | None:
    """That uuid; None where it is another order than the preview has shown, or none was looked at."""
    try:
        said, digest = signing.loads(request.POST.get("seen", ""), salt=_TEMPLATE, max_age=_SEEN_FOR)
    except signing.BadSignature:
        return None
    return UUID(said) if digest == _digest(form) else None


def _digest(form: OrderForm) -> str:
    return hashlib.sha256(repr(form.order(None)).encode()).hexdigest()


def _ordered(
    model_admin: admin.ModelAdmin[Batch], request: HttpRequest, form: OrderForm, batch_uuid: UUID
) -> HttpResponse:
    by = request.user.pk
    assert by is not None
    is_known = Batch.objects.filter(uuid=batch_uuid).exists()
    batches.create(form.order(by), batch_uuid)
    row = Batch.objects.get(uuid=batch_uuid)
    if is_known:
        return _to_batch(model_admin, request, row)
    LogEntry.objects.log_actions(by, [row], ADDITION, change_message="issue in bulk")
    text = _("Batch %s was ordered. Workers issue it: vc_work, or Celery workers; this page tells how far they are.")
    model_admin.message_user(request, text % batch_uuid, messages.SUCCESS)
    return _to_batch(model_admin, request, row)


def _to_batch(model_admin: admin.ModelAdmin[Batch], request: HttpRequest, row: Batch) -> HttpResponse:
    may_look = model_admin.has_view_or_change_permission(request)
    page = reverse(f"{_ADMIN}_batch_change", args=[row.pk]) if may_look else reverse(f"{_ADMIN}_batch_order")
    return HttpResponseRedirect(page)
