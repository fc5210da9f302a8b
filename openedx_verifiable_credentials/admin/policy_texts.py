"""What the points of claim policies are called in the admin, and what each releases, in words for course admins."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any

from django.utils.functional import lazy
from django.utils.text import capfirst
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from openedx_verifiable_credentials.core import policies
from openedx_verifiable_credentials.core.profiles import PROFILES
from openedx_verifiable_credentials.core.wallets import WALLETS

# What a wallet of :data:`..core.wallets.WALLETS` is called that has no name of its own, here and on learners' pages.
WALLET_NAMES = (gettext_noop("Download or other wallet"),)
LABELS: Mapping[str, Any] = {
    "scope": _("Speaks about"),
    "key": _("Which one"),
    "final": _("Final"),
    "speaks_for_courses": _("Speaks for its courses"),
    "issuing": _("Issuing"),
    "on_award": _("Issued on award"),
    "profiles": _("Credential profiles"),
    "wallets": _("Wallets"),
    "name": _("Learner's name"),
    "email": _("Hashed e-mail identifier"),
    "grade": _("Grade"),
    "activity_dates": _("Activity dates"),
    "evidence": _("Evidence link"),
    "alignments": _("Alignments"),
    "signatories": _("Signatories"),
    "validity_days": _("Valid for days"),
    "criteria": _("Criteria"),
    "description": _("Description"),
    "image": _("Image"),
    "tags": _("Tags"),
    "achievement_type": _("Type of achievement"),
    "field_of_study": _("Field of study"),
    "language": _("Language"),
    "aligned_with": _("Aligned with"),
    "credits": _("Credits"),
}
_ALLOWED = _("Where no policy says anything, it is allowed.")
_WITHHELD = _("Where no policy says anything, it is withheld.")
CLAIM_HELP: Mapping[str, tuple[Any, Any]] = {
    "name": (_("The full name, for everybody to read. The learner may still leave it out."), _ALLOWED),
    "email": (
        _("Not the address itself: whoever knows the address can find out that the credential is its owner's."),
        _WITHHELD,
    ),
    "grade": (_("The final grade in per cent and as a letter. Courses only."), _WITHHELD),
    "activity_dates": (_("When the course, or the courses of the program, started and ended."), _WITHHELD),
    "evidence": (
        _("A link to the learner's program record, where the learner has shared that record. Programs only."),
        _WITHHELD,
    ),
    "alignments": (_("What the achievement is aligned with, as this or another policy names it below."), _ALLOWED),
    "signatories": (_("The name and title of who signs the certificate in the service."), _ALLOWED),
}
CONTENT_HELP: Mapping[str, Any] = {
    "criteria": _(
        "What a learner did to earn it, in Markdown: no HTML, no images. Links lead to http(s) or a mailbox."
    ),
    "description": _("What the achievement is, in a few plain sentences."),
    "image": _("What wallets and pages show."),
    "tags": _("Separated by commas, or one a line."),
    "achievement_type": _("From the list of Open Badges 3.0. Do not call something a degree that is none."),
    "other_achievement_type": _("Only for “another type”: a word of your own that starts with “ext:”."),
    "field_of_study": _("Such as “Computer science”."),
    "language": _("A BCP 47 tag such as “en”, “pt-BR” or “zh-Hans”. Some wallets do not show it."),
    "aligned_with": _(
        "What it corresponds to in a framework of skills such as ESCO, CASE or CTDL. An address and a name each; "
        "empty rows are left out."
    ),
    "credits": _("How many are available for it. This says nothing about who recognises them."),
}


def claim_help(name: str) -> Any:
    """What a claim releases, and what holds where nobody says anything."""
    return format_lazy("{} {}", *CLAIM_HELP[name])


def name_of(kind: str, one: str) -> str:
    """What a profile or wallet is called."""
    names = {policies.WALLET: _wallets(), policies.PROFILE: _profiles()}
    return names[kind].get(one, one)


def _wallets() -> dict[str, str]:
    return {wallet.id: gettext(wallet.name) for wallet in WALLETS.values()}


def _profiles() -> dict[str, str]:
    versions = {
        True: gettext("Open Badges 3.0, data model 2.0 (%s)"),
        False: gettext("Open Badges 3.0, data model 1.1 (%s)"),
    }
    return {profile.id: versions[profile.extended] % profile.id for profile in PROFILES.values()}


_name_when_shown = lazy(name_of, str)


def choices_of(kind: str) -> list[tuple[str, Any]]:
    """All profiles or wallets, for people to choose from."""
    return [(one, _name_when_shown(kind, one)) for one in (WALLETS if kind == policies.WALLET else PROFILES)]


def shown(name: str, value: Any) -> str:
    """What a policy's field says, for people; "" where it says nothing."""
    if value is None or value == "":
        return ""
    if name in ("final", "speaks_for_courses"):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, bool):
        return _answer(name, value)
    if name == "aligned_with" and isinstance(value, list):
        return "\n".join(map(_alignment, value))
    if isinstance(value, Iterable) and not isinstance(value, str):
        kinds = {"profiles": policies.PROFILE, "wallets": policies.WALLET}
        return ", ".join(name_of(kinds[name], str(one)) if name in kinds else str(one) for one in value)
    return str(value)


def summary(policy: Any) -> str:
    """What a policy says, on one line: each point that it speaks on; long texts by their name alone."""
    said = [(name, shown(name, getattr(policy, name))) for name in _SUMMED]
    points = [f"{LABELS[name]}: {value.lower()}" for name, value in said if value]
    named = [str(LABELS[name]) for name in _NAMED if getattr(policy, _stored(name)) not in (None, "")]
    return "; ".join(points + named) or gettext("nothing yet")


def _stored(name: str) -> str:
    return "image_id" if name == "image" else name


def _answer(name: str, value: bool) -> str:
    if name == "issuing":
        return gettext("On") if value else gettext("Off")
    if name == "on_award":
        return gettext("Yes") if value else gettext("No")
    return gettext("Allow") if value else gettext("Withhold")


def _alignment(one: Any) -> str:
    if not isinstance(one, dict):
        return str(one)
    parts = (one.get("framework"), one.get("code"), one.get("name"), one.get("url"))
    return str(capfirst(" · ".join(str(part) for part in parts if part)))


_SUMMED = ("issuing", "on_award", "profiles", "wallets", *policies.CLAIMS, "validity_days", "credits", "language")
_NAMED = ("criteria", "description", "image", "tags", "achievement_type", "field_of_study", "aligned_with")
