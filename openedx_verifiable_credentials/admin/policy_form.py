"""The form of a claim policy. Every mistake is told at its field; nothing that contradicts itself can be saved."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.sites.models import Site
from django.utils.translation import gettext_lazy as _

from openedx_verifiable_credentials.admin import policy_texts
from openedx_verifiable_credentials.admin.history import MAX_REASON
from openedx_verifiable_credentials.admin.picture_field import PictureField
from openedx_verifiable_credentials.admin.policy_alignments import Alignments
from openedx_verifiable_credentials.admin.policy_checks import LOWER_SCOPES
from openedx_verifiable_credentials.admin.policy_checks import OTHER
from openedx_verifiable_credentials.admin.policy_checks import PolicyChecks
from openedx_verifiable_credentials.admin.policy_fields import Chosen
from openedx_verifiable_credentials.admin.policy_fields import Group
from openedx_verifiable_credentials.admin.policy_fields import Images
from openedx_verifiable_credentials.admin.policy_fields import PlainText
from openedx_verifiable_credentials.admin.policy_fields import Tags
from openedx_verifiable_credentials.admin.policy_fields import ThreeWay
from openedx_verifiable_credentials.core import policies
from openedx_verifiable_credentials.core import policy_content
from openedx_verifiable_credentials.core.checks import structure
from openedx_verifiable_credentials.core.policies import Scope
from openedx_verifiable_credentials.models import BadgeImage
from openedx_verifiable_credentials.models import ClaimPolicy


def _claim(name: str) -> ThreeWay:
    return ThreeWay(label=policy_texts.LABELS[name], help_text=policy_texts.claim_help(name))


class PolicyForm(PolicyChecks, forms.ModelForm):
    """
    ``may_govern``: whether all scopes may be edited; ``may_upload``: pictures; ``saves``: whether what is sent is to be
    saved, or only to be looked at. :class:`.policies.ClaimPolicyAdmin` sets all of them.
    """

    may_upload = False
    saves = True

    scope = forms.ChoiceField(label=policy_texts.LABELS["scope"], help_text=_("The nearest that speaks decides."))
    site = forms.ModelChoiceField(
        Site.objects.order_by("domain"), required=False, label=_("Which site"), help_text=_("Only for a site.")
    )
    key = forms.CharField(
        required=False,
        max_length=policy_content.MAX_LINE,
        label=policy_texts.LABELS["key"],
        help_text=_(
            "An organisation's key, a program type's slug, a program's uuid, “ExampleX+CS101” for a course, or a "
            "course run's key; capital letters count. For a site, leave this empty."
        ),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    issuing = ThreeWay(
        label=policy_texts.LABELS["issuing"],
        yes=_("On"),
        no=_("Off"),
        help_text=_("Off: nothing new can be claimed. Credentials that are issued stay. Where no policy speaks: on."),
    )
    on_award = ThreeWay(
        label=policy_texts.LABELS["on_award"],
        yes=_("Yes"),
        no=_("No"),
        help_text=_(
            "Yes: as soon as a certificate is awarded and can be seen, its credential is issued without being asked "
            "for. The learner finds it on their page. Where no policy speaks: no."
        ),
    )
    profiles = Chosen(
        choices=policy_texts.choices_of(policies.PROFILE),
        label=policy_texts.LABELS["profiles"],
        help_text=_("In which form credentials are made. Where no policy speaks: all."),
    )
    wallets = Chosen(
        choices=policy_texts.choices_of(policies.WALLET),
        label=policy_texts.LABELS["wallets"],
        help_text=_("What learners can choose. Where no policy speaks: all."),
    )
    name = _claim("name")
    email = _claim("email")
    grade = _claim("grade")
    activity_dates = _claim("activity_dates")
    evidence = _claim("evidence")
    alignments = _claim("alignments")
    signatories = _claim("signatories")
    validity_days = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=policy_content.MAX_VALIDITY_DAYS,
        label=policy_texts.LABELS["validity_days"],
        help_text=_("Counted from the award. Empty: this policy says nothing. Where no policy speaks: without an end."),
    )
    criteria = forms.CharField(
        required=False,
        max_length=policy_content.MAX_CRITERIA,
        label=policy_texts.LABELS["criteria"],
        help_text=policy_texts.CONTENT_HELP["criteria"],
        widget=forms.Textarea(attrs={"rows": 10, "class": "vLargeTextField"}),
    )
    description = PlainText(
        max_length=policy_content.MAX_DESCRIPTION,
        lines=True,
        label=policy_texts.LABELS["description"],
        help_text=policy_texts.CONTENT_HELP["description"],
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )
    image = Images(
        BadgeImage.objects.defer("data").order_by("-created", "-pk"),
        required=False,
        label=policy_texts.LABELS["image"],
        help_text=policy_texts.CONTENT_HELP["image"],
        empty_label=_("Says nothing"),
    )
    picture = PictureField(required=False, label=_("Upload a picture"))
    tags = Tags(
        label=policy_texts.LABELS["tags"],
        help_text=policy_texts.CONTENT_HELP["tags"],
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )
    achievement_type = forms.ChoiceField(
        required=False,
        label=policy_texts.LABELS["achievement_type"],
        help_text=policy_texts.CONTENT_HELP["achievement_type"],
        choices=[
            ("", _("Says nothing")),
            *((word, word) for word in structure.enumeration("achievementType")),
            (OTHER, _("Another type, named beside this")),
        ],
    )
    other_achievement_type = forms.CharField(
        required=False,
        max_length=policy_content.MAX_LINE,
        label=_("Another type"),
        help_text=policy_texts.CONTENT_HELP["other_achievement_type"],
    )
    field_of_study = PlainText(
        max_length=policy_content.MAX_LINE,
        label=policy_texts.LABELS["field_of_study"],
        help_text=policy_texts.CONTENT_HELP["field_of_study"],
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    language = forms.CharField(
        required=False,
        max_length=16,
        label=policy_texts.LABELS["language"],
        help_text=policy_texts.CONTENT_HELP["language"],
    )
    aligned_with = Alignments(
        label=policy_texts.LABELS["aligned_with"], help_text=policy_texts.CONTENT_HELP["aligned_with"]
    )
    credits = forms.DecimalField(
        required=False,
        min_value=Decimal(0),
        max_digits=7,
        decimal_places=2,
        label=policy_texts.LABELS["credits"],
        help_text=policy_texts.CONTENT_HELP["credits"],
    )
    change_reason = PlainText(
        max_length=MAX_REASON,
        label=_("Why you change this"),
        help_text=_("For the history. May be left empty."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = ClaimPolicy
        fields = ("final", "speaks_for_courses")
        labels = {name: policy_texts.LABELS[name] for name in ("final", "speaks_for_courses")}
        help_texts = {
            "final": _("On what this policy says, nearer policies are not asked."),
            "speaks_for_courses": _("Programs only: it also decides about the certificates of the program's courses."),
        }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.is_new = self.instance.pk is None
        self.initial["seen_version"] = self.instance.version
        if self.is_new:
            scope: Any = self.fields["scope"]
            scope.choices = self._scopes()
            if not self.may_govern:
                # Whose only use is for policies of sites.
                del self.fields["site"]
        else:
            # What a policy speaks about stays: ledger rows name the policy by its number.
            for name in ("scope", "site", "key"):
                self.fields.pop(name, None)
        if not self.may_govern:
            self.fields.pop("final", None)
        if not self.may_upload:
            self.fields.pop("picture", None)
        self._show_own_type()

    def is_valid(self) -> bool:
        """Whether it can be saved: what is only to be looked at cannot."""
        return super().is_valid() and self.saves

    def show_upload(self) -> None:
        """Let the policy name the uploaded picture, which is not kept yet."""
        picture = self.cleaned_data.get("picture")
        if picture is not None:
            sha256 = hashlib.sha256(picture.data).hexdigest()
            self.instance.image = BadgeImage(sha256=sha256, media_type=picture.media_type)

    def tie_groups(self) -> None:
        """Tell groups of controls their name, their help and their mistakes, for who cannot see the page."""
        for bound in self:
            widget = bound.field.widget
            if isinstance(widget, Group):
                widget.group_label, widget.group_help = bound.label, bound.help_text
                bound.help_text = ""
                tied = ["helptext"] + (["error"] if bound.errors else [])
                widget.described_by = " ".join(f"{bound.auto_id}_{what}" for what in tied)

    def _scopes(self) -> list[tuple[str, Any]]:
        allowed = tuple(Scope) if self.may_govern else LOWER_SCOPES
        return [(one.value, one.label) for one in ClaimPolicy.ScopeChoices if one.value in allowed]

    def _show_own_type(self) -> None:
        own = self.instance.achievement_type
        if policy_content.is_own_word(own):
            self.initial.update(achievement_type=OTHER, other_achievement_type=own)
