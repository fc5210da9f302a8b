"""An offer: one click of a learner, good for minutes."""

from django.db import models

from openedx_verifiable_credentials.models.key import IssuerKey
from openedx_verifiable_credentials.models.learner import Learner


class Offer(models.Model):
    """
    One certificate or several, offered to their owner's wallet.

    Holds neither challenge nor holder: the first is computed, the second is inside the sealed credential.

    .. no_pii: Refers to the learner's row; holds nothing personal itself.
    """

    uuid = models.UUIDField(unique=True)
    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="offers")
    key = models.ForeignKey(IssuerKey, on_delete=models.PROTECT, related_name="offers")
    site_id = models.PositiveIntegerField()
    wallet_id = models.CharField(max_length=64)
    certificate_uuids = models.JSONField(help_text="In the order in which they are handed over.")
    # One offer at a time for the same wallet and certificates: a double click finds the first click's offer.
    reuse_key = models.CharField(max_length=64, unique=True, null=True, default=None)
    created = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "offer"

    def __str__(self) -> str:
        return str(self.uuid)
