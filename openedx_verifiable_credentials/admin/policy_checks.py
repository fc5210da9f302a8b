"""What the form of a claim policy checks beyond its fields: what belongs into a credential, and contradictions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openedx_verifiable_credentials.admin import policy_texts
from openedx_verifiable_credentials.admin.policy_fields import require_share
from openedx_verifiable_credentials.core import markdown
from openedx_verifiable_credentials.core import policies
from openedx_verifiable_credentials.core import policy_content
from openedx_verifiable_credentials.core import text
from openedx_verifiable_credentials.core.achievements import language
from openedx_verifiable_credentials.core.policies import Scope
from openedx_verifiable_credentials.core.wallets import WALLETS
from openedx_verifiable_credentials.models import ClaimPolicy

# Who lacks the permission to govern edits policies of these, and never marks one final.
LOWER_SCOPES = (Scope.COURSE, Scope.COURSE_RUN, Scope.PROGRAM)
OTHER = "other"
_FORMS_OF_KEYS = {
    Scope.ORGANIZATION: _("An organisation's key is letters, digits, “.”, “-” and “_”, such as “ExampleX”."),
    Scope.PROGRAM_TYPE: _("A program type's slug is letters, digits and “-”, such as “micromasters”."),
    Scope.PROGRAM: _("A program's uuid is 32 digits and letters a to f, with or without dashes."),
    Scope.COURSE: _(
        "A course is an organisation and a number, such as “ExampleX+CS101”. For a single run choose “Course run”."
    ),
    Scope.COURSE_RUN: _("A course run's key is such as “course-v1:ExampleX+CS101+2026”."),
}
_FAULTS = {
    markdown.Fault.HTML: _("HTML cannot be used here. For text with “<”, write “\\<”, or put it between backquotes."),
    markdown.Fault.IMAGE: _("Images cannot be used here. The achievement's own image is chosen below."),
    markdown.Fault.LINK: _("Links may lead to http:// and https:// addresses without a password, and to mailboxes."),
}


class PolicyChecks(forms.BaseModelForm):
    """``may_govern``: whether policies of every scope may be edited, and marked final."""

    may_govern = False
    is_new = True

    def clean_criteria(self) -> str:
        """Markdown without what does not belong there."""
        criteria = text.clean_markdown(self.cleaned_data["criteria"], policy_content.MAX_CRITERIA)
        fault = markdown.find_fault(criteria)
        if fault is not None:
            raise ValidationError(_FAULTS[fault], code=fault.value)
        require_share("criteria", criteria)
        return criteria

    def clean_description(self) -> str:
        """Not more than its share."""
        require_share("description", self.cleaned_data["description"])
        return str(self.cleaned_data["description"])

    def clean_language(self) -> str:
        """In the spelling of the standard."""
        value = self.cleaned_data["language"]
        tag = language(value) if value else ""
        if tag is None:
            raise ValidationError(gettext("This is no language tag, such as “en” or “pt-BR”."), code="language")
        return tag

    def clean_credits(self) -> Decimal | None:
        """There is no zero below zero: credentials are not to say "-0.0"."""
        given: Decimal | None = self.cleaned_data["credits"]
        return None if given is None else given + 0

    def clean(self) -> dict[str, Any]:
        """What no field can tell alone."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.is_new:
            self._clean_place(data)
        scope = data.get("scope") if self.is_new else self.instance.scope
        self._clean_wallets(data)
        self._clean_type(data)
        if data.get("picture") and data.get("image"):
            self.add_error("picture", gettext("Choose a picture above, or upload one here; not both."))
        if data.get("speaks_for_courses") and scope != Scope.PROGRAM:
            self.add_error("speaks_for_courses", gettext("Only a policy of a program can speak for its courses."))
        if not self.may_govern and self.data.get(self.add_prefix("final")):
            self.add_error(None, gettext("Your account may not mark policies final."))
        if not self.is_new and data.get("seen_version") not in (None, self.instance.version):
            self.add_error(
                None,
                gettext("Somebody else has changed this policy since you opened it. Open it again."),
            )
        return data

    def _clean_place(self, data: dict[str, Any]) -> None:
        if {"scope", "site", "key"} & self.fields.keys() - data.keys():
            return
        scope, site, given = Scope(data["scope"]), data.get("site"), data["key"]
        if scope is Scope.SITE:
            self._clean_site(data, given)
        elif site is not None:
            self.add_error("site", gettext("Choose a site only for a policy of a site."))
        else:
            data["key"] = policy_content.read_key(scope, given)
            if data["key"] is None:
                self.add_error("key", _FORMS_OF_KEYS[scope])
        if data.get("key"):
            self._require_first(scope, data["key"])

    def _clean_site(self, data: dict[str, Any], given: str) -> None:
        if data["site"] is None:
            self.add_error("site", gettext("Choose the site."))
        elif given:
            self.add_error("key", gettext("Leave this empty: the site is chosen above."))
        else:
            data["key"] = str(data["site"].pk)

    def _require_first(self, scope: Scope, key: str) -> None:
        """Letter by letter, whatever the database's collation."""
        if ClaimPolicy.objects.filter(scope_digest=ClaimPolicy.digest(scope.value, key)).exists():
            at = "site" if scope is Scope.SITE else "key"
            self.add_error(at, gettext("There is a policy for this already. Change that one."))

    def _clean_wallets(self, data: dict[str, Any]) -> None:
        profiles, wallets = data.get("profiles"), data.get("wallets")
        if not profiles or not wallets:
            return
        for wallet in (WALLETS[one] for one in wallets):
            if wallet.profile_id not in profiles:
                said = {
                    "wallet": wallet.name,
                    "profile": policy_texts.name_of(policies.PROFILE, wallet.profile_id),
                }
                message = gettext("%(wallet)s needs the profile “%(profile)s”, which is not ticked above.")
                self.add_error("wallets", message % said)

    def _clean_type(self, data: dict[str, Any]) -> None:
        own = data.get("other_achievement_type", "")
        if data.get("achievement_type") == OTHER:
            data["achievement_type"] = own
            if not policy_content.is_own_word(own):
                self.add_error(
                    "other_achievement_type",
                    gettext("Write “ext:” and a word of letters, digits, “.”, “-” and “_”, such as “ext:Workshop”."),
                )
        elif own:
            self.add_error("other_achievement_type", gettext("Choose “another type” beside this, or leave it empty."))
