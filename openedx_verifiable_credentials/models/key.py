"""An issuer's signing keys."""

from django.db import models

from openedx_verifiable_credentials.models.issuer import Issuer


class IssuerKey(models.Model):
    """
    An Ed25519 key: its public half, and its seed sealed under a key-encryption key with ``uuid`` as associated data.

    .. no_pii: A key of an organisation.
    """

    uuid = models.UUIDField(unique=True)
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="keys")
    public_key_multibase = models.CharField(max_length=64)
    sealed_seed = models.BinaryField()
    sealed_with = models.CharField(max_length=64)
    # True or NULL: one key a time signs for an issuer.
    signs = models.BooleanField(null=True, default=True)
    created = models.DateTimeField()

    class Meta:
        verbose_name = "issuer key"
        constraints = [models.UniqueConstraint(fields=["issuer", "signs"], name="ovc_one_signing_key")]

    def __str__(self) -> str:
        return str(self.uuid)
