"""One page: what is well, what is not, and what to do. In words; colours only repeat them."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.core.checks import ERROR
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import HttpRequest
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openedx_verifiable_credentials import checks
from openedx_verifiable_credentials.api import health
from openedx_verifiable_credentials.api.health import Freshness
from openedx_verifiable_credentials.api.health import Health
from openedx_verifiable_credentials.api.health import KeyState
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.models import ClaimPolicy

_TEMPLATE = "openedx_verifiable_credentials/admin/health.html"
_ADMIN = "admin:openedx_verifiable_credentials"
GREEN, AMBER, RED = "green", "amber", "red"


@dataclasses.dataclass(frozen=True)
class Line:
    """One fact. ``state``: green (well), amber (look at it), red (it stops something)."""

    state: str
    about: str
    sentence: str
    todo: str = ""
    link: str = ""

    @property
    def word(self) -> str:
        """The state, for people."""
        return {GREEN: _("well"), AMBER: _("look at it"), RED: _("act now")}[self.state]


def health_page(model_admin: admin.ModelAdmin[Any], request: HttpRequest) -> HttpResponse:
    """The page; who may look at status lists may look at it."""
    if not model_admin.has_view_or_change_permission(request):
        raise PermissionDenied
    lines = [*_facts(), *_checks()]
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Health"),
        "opts": model_admin.opts,
        "lines": lines,
        "red": sum(line.state == RED for line in lines),
        "amber": sum(line.state == AMBER for line in lines),
    }
    return TemplateResponse(request, _TEMPLATE, context)


def _facts() -> Iterator[Line]:
    try:
        found = health.look()
    except ConfigurationError as error:
        yield Line(RED, _("Settings"), str(error), _("See the settings page of the documentation."))
        return
    yield _switch(found)
    yield from _issuers(found)
    yield from _lists(found)
    yield from _host_changes(found)
    yield _policies(found)


def _switch(found: Health) -> Line:
    if found.is_on:
        return Line(GREEN, _("Switch"), _("On: learners can claim."))
    return Line(
        AMBER,
        _("Switch"),
        _("Off: nothing new is offered or issued. What was issued is served, revoked and reconciled."),
        _("Turn on the waffle switch openedx_verifiable_credentials.enabled when everything else is well."),
    )


def _issuers(found: Health) -> Iterator[Line]:
    if not found.issuers:
        yield Line(
            RED if found.is_on else AMBER,
            _("Issuers"),
            _("No issuer is in use: nothing can be signed."),
            _("Run vc_create_issuer; see the operators' quickstart."),
        )
    for slug, state in found.issuers.items():
        colour, sentence, todo = _key_words(state)
        yield Line(colour, _("Issuer %s") % slug, sentence, todo, reverse(f"{_ADMIN}_issuer_changelist"))


def _key_words(state: KeyState) -> tuple[str, str, str]:
    return {
        KeyState.USABLE: (GREEN, _("Its signing keys are there."), ""),
        KeyState.ELSEWHERE: (
            GREEN,
            _("A signing key is in a security module or with a signing service, which is not asked here."),
            _("vc_doctor tries it."),
        ),
        KeyState.COMPROMISED: (RED, _("A signing key is compromised."), _("Run vc_rotate_key.")),
        KeyState.UNREACHABLE: (
            RED,
            _("The file or environment variable of a signing key is not there for this process."),
            _("Bring it back, or run vc_rotate_key."),
        ),
        KeyState.SEALED: (
            RED,
            _("A signing key is sealed with a key-encryption key that is not configured."),
            _("Put that key back into OPENEDX_VC_KEY_ENCRYPTION_KEYS."),
        ),
        KeyState.NONE: (RED, _("It is in use and has no signing key."), _("Run vc_rotate_key.")),
    }[state]


def _lists(found: Health) -> Iterator[Line]:
    about, link = _("Status lists"), reverse(f"{_ADMIN}_statuslist_changelist")
    todo = _("Does vc_publish_status run every minute? Run it now: it says what is wrong.")
    last = _("The newest was published at %s.") % _moment(found.last_published) if found.last_published else ""
    fresh = ngettext("%d is fresh.", "%d are fresh.", found.lists[Freshness.FRESH]) % found.lists[Freshness.FRESH]
    yield Line(GREEN, about, f"{fresh} {last}".strip(), link=link)
    bad = {
        Freshness.OVER: (RED, _("No longer valid: %d. Verifiers cannot tell what is revoked.")),
        Freshness.UNPUBLISHED: (RED, _("Never published: %d. Verifiers cannot tell what is revoked.")),
        Freshness.WAITING: (RED, _("With a change that waits too long: %d. Verifiers do not know of it.")),
        Freshness.ENDING: (AMBER, _("Valid for a short time only: %d.")),
    }
    for state, (colour, sentence) in bad.items():
        if found.lists[state]:
            yield Line(colour, about, sentence % found.lists[state], todo, link)


def _host_changes(found: Health) -> Iterator[Line]:
    about = _("Changes of certificates")
    if found.oldest_change is None:
        yield Line(GREEN, about, _("None waits: vc_reconcile has run since the last one."))
    else:
        sentence = ngettext(
            "%(count)d waits, since %(since)s.", "%(count)d wait, the oldest since %(since)s.", found.changes_waiting
        ) % {"count": found.changes_waiting, "since": _moment(found.oldest_change)}
        todo = _("Run vc_reconcile every few minutes; run it now, and see whether it fails.")
        late = found.changes_overdue
        yield Line(RED if late else GREEN, about, sentence, todo if late else "")
    if found.stopped:
        sentence = ngettext("%d comparison was stopped.", "%d comparisons were stopped.", found.stopped)
        todo = _("The next vc_reconcile --all goes on there.")
        yield Line(AMBER, about, sentence % found.stopped, todo)


def _policies(found: Health) -> Line:
    labels = dict(ClaimPolicy.ScopeChoices.choices)
    counts = ", ".join(f"{labels.get(scope, scope)}: {count}" for scope, count in found.policies.items())
    return Line(GREEN, _("Policies"), counts or _("None: the defaults hold everywhere."))


def _checks() -> Iterator[Line]:
    messages = checks.check_configuration()
    for check in checks.QUICK_CHECKS:
        try:
            messages += check()
        except (ConfigurationError, DatabaseError):
            continue  # another check says so
    for message in messages:
        colour = RED if message.level >= ERROR else AMBER
        yield Line(colour, _("Check %s") % (message.id or "").rpartition(".")[2], message.msg, message.hint or "")
    if not messages:
        yield Line(GREEN, _("Checks"), _("Settings and addresses are as they should be."))


def _moment(moment: datetime.datetime) -> str:
    return date_format(timezone.localtime(moment), "Y-m-d H:i")
