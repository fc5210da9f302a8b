"""The ledger: one row a credential, written before the key is used."""

from django.db import models

from openedx_verifiable_credentials.models.issuer import Issuer
from openedx_verifiable_credentials.models.key import IssuerKey
from openedx_verifiable_credentials.models.learner import Learner
from openedx_verifiable_credentials.models.offer import Offer


class CredentialState(models.TextChoices):
    """``INTENDED``: its bytes are recorded, its signature is not. ``ABANDONED``: never signed, its offer is over."""

    INTENDED = "intended"
    ISSUED = "issued"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    ABANDONED = "abandoned"


LIVE_STATES = (CredentialState.INTENDED, CredentialState.ISSUED)


class Credential(models.Model):
    """
    A credential and the facts we filter by. The document is sealed under the learner's key, ``uuid`` as associated
    data: unsigned while the row is INTENDED, signed afterwards.

    .. pii: The sealed document names the learner and their wallet; nothing in clear does.
    .. pii_types: name, other
    .. pii_retirement: local_api
    """

    uuid = models.UUIDField(unique=True, help_text="The credential's id is urn:uuid: and this.")
    certificate_uuid = models.UUIDField(db_index=True, help_text="The host's certificate.")
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="credentials")
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="credentials")
    key = models.ForeignKey(IssuerKey, on_delete=models.PROTECT, related_name="credentials")
    offer = models.ForeignKey(Offer, on_delete=models.SET_NULL, null=True, related_name="credentials")
    profile_id = models.CharField(max_length=32)
    wallet_id = models.CharField(max_length=64)
    is_bound = models.BooleanField(help_text="Whether the subject is a wallet's DID.")
    kind = models.CharField(max_length=16)
    achievement_key = models.CharField(max_length=255, db_index=True, help_text="Course run key or program uuid.")
    organization_key = models.CharField(max_length=255, blank=True, db_index=True)
    site_id = models.PositiveIntegerField(db_index=True)
    terms = models.JSONField()
    state = models.CharField(max_length=16, choices=CredentialState.choices, db_index=True)
    # "<certificate>:<slot>" while the credential is live, NULL afterwards: slots bound the live ones of a certificate.
    live_key = models.CharField(max_length=40, unique=True, null=True)
    sealed_document = models.BinaryField()
    created = models.DateTimeField(help_text="Of the intent; its proof says the same, to the second.")
    issued_at = models.DateTimeField(null=True, default=None)
    ended_at = models.DateTimeField(null=True, default=None)

    class Meta:
        verbose_name = "credential"
        constraints = [models.UniqueConstraint(fields=["offer", "certificate_uuid"], name="ovc_once_per_offer")]

    def __str__(self) -> str:
        return str(self.uuid)
