"""What we say was achieved, served at its own address for as long as this service runs."""

import hashlib

from django.db import models

from openedx_verifiable_credentials.models.issuer import Issuer


class Achievement(models.Model):
    """
    The Achievement document behind the ``achievement.id`` of credentials, kept so that it needs no host to be served.

    .. no_pii: A course or program; of its issuer no more than operators enter to be published.
    """

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="achievements")
    address = models.TextField()
    # Addresses are longer than MySQL indexes, and its collations would join those that differ in case.
    address_digest = models.CharField(max_length=64, unique=True)
    document = models.JSONField()
    updated = models.DateTimeField()

    class Meta:
        verbose_name = "achievement"

    def __str__(self) -> str:
        return self.address

    @staticmethod
    def digest(address: str) -> str:
        """What ``address`` is found by."""
        return hashlib.sha256(address.encode("utf-8")).hexdigest()
