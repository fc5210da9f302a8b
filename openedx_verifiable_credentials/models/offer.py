"""An offer: one click of a learner, good for minutes."""

from django.db import models

from openedx_verifiable_credentials.models.issuer import Issuer
from openedx_verifiable_credentials.models.learner import Learner


class Offer(models.Model):
    """
    One certificate or several, offered to their owner's wallet.

    Holds neither challenge nor holder: the first is computed, the second is inside the sealed credential.

    .. pii: Which certificates a learner (by their row) offered to which wallet, and when. Goes with the learner.
    .. pii_types: id
    .. pii_retirement: local_api
    """

    uuid = models.UUIDField(unique=True)
    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="offers")
    issuer = models.ForeignKey(
        Issuer, on_delete=models.PROTECT, related_name="offers", help_text="Whose addresses its links have."
    )
    site_id = models.PositiveIntegerField()
    wallet_id = models.CharField(max_length=64)
    certificate_uuids = models.JSONField(help_text="In the order in which they are handed over.")
    issuings = models.JSONField(help_text="Certificate, issuer and organisation of each credential, in that order.")
    left_out = models.JSONField(default=list, help_text="Claims that the learner left out.")
    # One offer at a time for the same wallet and certificates: a double click finds the first click's offer.
    reuse_key = models.CharField(max_length=64, unique=True, null=True, default=None)
    created = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "offer"

    def __str__(self) -> str:
        return str(self.uuid)
