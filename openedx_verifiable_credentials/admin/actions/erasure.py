"""Erase what is held about the learners of credentials, without ever naming them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http import HttpResponse
from django.utils.translation import gettext_lazy
from django.utils.translation import ngettext

from openedx_verifiable_credentials.admin.actions.confirming import Deed
from openedx_verifiable_credentials.admin.actions.confirming import Outcome
from openedx_verifiable_credentials.admin.actions.confirming import WithDeeds
from openedx_verifiable_credentials.api import erasing
from openedx_verifiable_credentials.api.erasing import Erased
from openedx_verifiable_credentials.models import Credential


class Erase(Deed):
    """All of their credentials, not only the selected ones. What they were given stays valid."""

    name = "erase"
    permission = "erase_credential"
    title = gettext_lazy("Erase learners")
    warning = gettext_lazy(
        "Everything that is held about these learners is destroyed, their other credentials and their offers included. "
        "This cannot be taken back. What they were given stays valid; to end it, revoke it."
    )
    submit = gettext_lazy("Erase")
    too_many = gettext_lazy(
        "At most %(count)s credentials can be selected for this at once; the command vc_erase erases one learner."
    )
    number_label = gettext_lazy("Type the number of learners")

    def preview(self, uuids: Sequence[UUID]) -> Outcome:
        """Learners, credentials and offers; those of nobody are left."""
        counted = erasing.erase_learners_of(uuids, dry_run=True)
        sentence = ngettext(
            "All that is held about %(learners)s learner is erased: %(credentials)s credentials, %(offers)s offers.",
            "All that is held about %(learners)s learners is erased: %(credentials)s credentials, %(offers)s offers.",
            counted.learners,
        )
        return Outcome(counted.learners, _filled(sentence, counted), _skipped(uuids), expected=counted.learners)

    def perform(self, uuids: Sequence[UUID], *, reason: str, by: int) -> Outcome:
        """Learner by learner. Raises TransientError ``busy``: what was done before is kept."""
        skipped = _skipped(uuids)
        done = erasing.erase_learners_of(uuids)
        sentence = ngettext(
            "What was held about %(learners)s learner was erased: %(credentials)s credentials, %(offers)s offers.",
            "What was held about %(learners)s learners was erased: %(credentials)s credentials, %(offers)s offers.",
            done.learners,
        )
        return Outcome(done.learners, _filled(sentence, done), skipped)


class Erasable(WithDeeds):
    """Credentials whose learners can be erased."""

    def has_erase_permission(self, request: HttpRequest) -> bool:
        """Of its own."""
        return self.may(request, Erase())

    @admin.action(description=gettext_lazy("Erase the learners of selected credentials"), permissions=["erase"])
    def erase(self, request: HttpRequest, queryset: QuerySet[Credential]) -> HttpResponse | None:
        """Asks for the number of learners; erases when it is right."""
        return self.run(request, queryset, Erase())


def _filled(sentence: str, counted: Erased) -> str:
    return sentence % {
        "learners": counted.learners,
        "credentials": counted.credentials,
        "offers": counted.offers,
    }


def _skipped(uuids: Sequence[UUID]) -> list[str]:
    count = Credential.objects.filter(uuid__in=uuids, learner=None).count()
    sentence = ngettext(
        "%d credential is erased already.",
        "%d credentials are erased already.",
        count,
    )
    return [sentence % count] if count else []
