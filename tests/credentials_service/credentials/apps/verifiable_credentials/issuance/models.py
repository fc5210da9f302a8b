"""The tables of the in-tree app."""

import uuid

from django.db import models
from django_extensions.db.models import TimeStampedModel

from credentials.apps.credentials.models import UserCredential


class IssuanceLine(TimeStampedModel):
    """
    One issuance of a certificate to one storage.

    .. no_pii: A stand-in used in tests only.
    """

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user_credential = models.ForeignKey(
        UserCredential, null=True, blank=True, related_name="vc_issues", on_delete=models.PROTECT
    )
    processed = models.BooleanField(default=False)
    issuer_id = models.CharField(max_length=255)
    storage_id = models.CharField(max_length=128)
    subject_id = models.CharField(max_length=255)
    data_model_id = models.CharField(
        max_length=255,
        null=True,
        blank=True,
        choices=[(name, name) for name in ("vc", "obv3", "status-list-2021")],
    )
    expiration_date = models.DateTimeField(null=True, blank=True, db_index=True)
    status_index = models.PositiveIntegerField(null=True, blank=True)
    status = models.CharField(max_length=255, null=True, blank=True)

    class Meta:
        ordering = ("created",)
        unique_together = [("issuer_id", "status_index")]

    @property
    def credential_content_type(self):
        """The model name of the certificate's kind."""
        return self.user_credential.credential_content_type.model


class IssuanceConfiguration(TimeStampedModel):
    """
    An issuer: its DID, its key and its name.

    .. no_pii: A stand-in used in tests only.
    """

    enabled = models.BooleanField(default=False)
    issuer_id = models.CharField(primary_key=True, max_length=255)
    issuer_key = models.JSONField()
    issuer_name = models.CharField(max_length=255, null=True, blank=True)

    class Meta:
        ordering = ("enabled", "created")
