"""What may be claimed, and what credentials may say: rules that people edit."""

import dataclasses
import hashlib
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from openedx_verifiable_credentials.core import policies
from openedx_verifiable_credentials.core.policies import Rule
from openedx_verifiable_credentials.core.policies import Scope
from openedx_verifiable_credentials.data import Alignment
from openedx_verifiable_credentials.models.badge_image import BadgeImage
from openedx_verifiable_credentials.models.history import edits


class ClaimPolicy(models.Model):
    """
    One scope's rule (:mod:`..core.policies`). NULL and empty fields say nothing: wider scopes decide.

    .. pii: In its history the numbers of the accounts that edited it. No username, no name.
    .. pii_types: id
    .. pii_retirement: retained
    """

    class ScopeChoices(models.TextChoices):
        """As :class:`..core.policies.Scope`, from the widest to the nearest."""

        SITE = Scope.SITE.value, _("Site")
        ORGANIZATION = Scope.ORGANIZATION.value, _("Organisation")
        PROGRAM_TYPE = Scope.PROGRAM_TYPE.value, _("Program type (degree)")
        PROGRAM = Scope.PROGRAM.value, _("Program")
        COURSE = Scope.COURSE.value, _("Course, all its runs")
        COURSE_RUN = Scope.COURSE_RUN.value, _("Course run")

    scope = models.CharField(max_length=16, choices=ScopeChoices)
    key = models.CharField(max_length=255, db_index=True)
    # Collations of MySQL join keys that differ in case or accents.
    scope_digest = models.CharField(max_length=64, unique=True, editable=False)
    final = models.BooleanField(default=False)
    speaks_for_courses = models.BooleanField(default=False)

    issuing = models.BooleanField(null=True, default=None)
    # Asked at every award of the host: whether any policy says so.
    on_award = models.BooleanField(null=True, default=None, db_index=True)
    profiles = models.JSONField(null=True, default=None, blank=True)
    wallets = models.JSONField(null=True, default=None, blank=True)
    name = models.BooleanField(null=True, default=None)
    email = models.BooleanField(null=True, default=None)
    grade = models.BooleanField(null=True, default=None)
    activity_dates = models.BooleanField(null=True, default=None)
    evidence = models.BooleanField(null=True, default=None)
    alignments = models.BooleanField(null=True, default=None)
    signatories = models.BooleanField(null=True, default=None)
    validity_days = models.PositiveIntegerField(null=True, default=None, blank=True)

    criteria = models.TextField(blank=True, default="")
    description = models.TextField(blank=True, default="")
    image = models.ForeignKey(
        BadgeImage, on_delete=models.PROTECT, null=True, default=None, blank=True, related_name="policies"
    )
    tags = models.JSONField(null=True, default=None, blank=True)
    achievement_type = models.CharField(max_length=255, blank=True, default="")
    field_of_study = models.CharField(max_length=255, blank=True, default="")
    language = models.CharField(max_length=16, blank=True, default="")
    aligned_with = models.JSONField(null=True, default=None, blank=True)
    credits = models.DecimalField(max_digits=7, decimal_places=2, null=True, default=None, blank=True)

    version = models.PositiveIntegerField(default=0, editable=False)
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)
    history = edits()

    class Meta:
        verbose_name = _("claim policy")
        verbose_name_plural = _("claim policies")
        permissions = [
            ("govern_claimpolicy", "Can edit policies of sites, organisations, program types, and final ones")
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Every save is a version of its own: ledger rows name it."""
        self.scope_digest = self.digest(self.scope, self.key)
        self.version += 1
        super().save(*args, **kwargs)

    @staticmethod
    def digest(scope: str, key: str) -> str:
        """What the policy of a scope and key is found by."""
        return hashlib.sha256(f"{scope}:{key}".encode()).hexdigest()

    @property
    def rule(self) -> Rule:
        """What it says, for :func:`..core.policies.resolve`; nothing, where somebody damaged the row."""
        is_readable = self._is_readable()
        return Rule(
            ref=f"{self.pk}.{self.version}",
            scope=Scope(self.scope),
            key=self.key,
            says=self._says() if is_readable else {},
            final=self.final,
            speaks_for_courses=self.speaks_for_courses,
            is_readable=is_readable,
        )

    def _is_readable(self) -> bool:
        """Whether the columns that may hold any JSON hold what :meth:`_says` reads."""
        lists = (self.profiles, self.wallets, self.tags)
        alignments = self.aligned_with
        return all(map(_are_texts, lists)) and (
            alignments is None or (isinstance(alignments, list) and all(map(_is_alignment, alignments)))
        )

    def _says(self) -> dict[str, Any]:
        content = {
            "image_path": self.image.path if self.image else None,
            "tags": None if self.tags is None else tuple(self.tags),
            "aligned_with": None if self.aligned_with is None else tuple(Alignment(**one) for one in self.aligned_with),
            "credits": None if self.credits is None else float(self.credits),
            **{name: getattr(self, name) or None for name in _TEXTS},
        }
        said = {
            policies.ISSUING: self.issuing,
            policies.ON_AWARD: self.on_award,
            policies.VALIDITY: self.validity_days,
            policies.PROFILE: None if self.profiles is None else frozenset(self.profiles),
            policies.WALLET: None if self.wallets is None else frozenset(self.wallets),
            **{name: getattr(self, name) for name in policies.CLAIMS},
            **content,
        }
        return {point: value for point, value in said.items() if value is not None}


def _are_texts(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(one, str) for one in value))


def _is_alignment(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and {"url", "name"} <= value.keys() <= _OF_ALIGNMENT
        and all(isinstance(one, str) for one in value.values())
    )


_OF_ALIGNMENT = {field.name for field in dataclasses.fields(Alignment)}
_TEXTS = ("criteria", "description", "achievement_type", "field_of_study", "language")
