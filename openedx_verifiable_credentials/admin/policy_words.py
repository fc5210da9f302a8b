"""
What a policy would change, in the language of the page. The same in English is :mod:`..core.explaining`, which commands
and programs get; what people typed into policies is shown as it does.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop
from django.utils.translation import ngettext

from openedx_verifiable_credentials.api.policies import Change
from openedx_verifiable_credentials.core import explaining
from openedx_verifiable_credentials.core import policies

# Its words, for translators.
LABELS = (
    gettext_noop("Issuing"),
    gettext_noop("Issued on award"),
    gettext_noop("Validity"),
    gettext_noop("Learner's name"),
    gettext_noop("Hashed e-mail identifier"),
    gettext_noop("Grade"),
    gettext_noop("Activity dates"),
    gettext_noop("Evidence link"),
    gettext_noop("Alignments"),
    gettext_noop("Signatories"),
    gettext_noop("Criteria"),
    gettext_noop("Description"),
    gettext_noop("Image"),
    gettext_noop("Tags"),
    gettext_noop("Achievement type"),
    gettext_noop("Field of study"),
    gettext_noop("Language"),
    gettext_noop("Aligned with"),
    gettext_noop("Credits"),
)
VALUES = (
    gettext_noop("on"),
    gettext_noop("off"),
    gettext_noop("yes"),
    gettext_noop("no"),
    gettext_noop("offered"),
    gettext_noop("not offered"),
    gettext_noop("allowed"),
    gettext_noop("withheld"),
    gettext_noop("without an end"),
    gettext_noop("none"),
    gettext_noop("made from the service's facts"),
)
PROBLEMS = (gettext_noop("No certificate of these has been awarded yet: there is no example."),)


def change(one: Change) -> str:
    """A point, as it stands and as it would be."""
    return gettext("%(point)s: %(before)s → %(after)s") % {
        "point": label(one.point),
        "before": in_words(one.point, one.before.value),
        "after": in_words(one.point, one.after.value),
    }


def label(point: str) -> str:
    """What a point is called."""
    what, _, member = point.partition(":")
    if not member:
        return gettext(explaining.label(point))
    return (gettext("Wallet %s") if what == policies.WALLET else gettext("Profile %s")) % member


def in_words(point: str, value: Any) -> str:
    """What ``value`` means for a point."""
    if point == policies.VALIDITY and value is not None:
        words = ngettext("%(days)d day from the award", "%(days)d days from the award", value)
        return words % {"days": value}
    english = explaining.in_words(point, value)
    return english if value and not isinstance(value, bool) else gettext(english)
