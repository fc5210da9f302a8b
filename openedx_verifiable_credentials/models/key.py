"""An issuer's signing keys."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from openedx_verifiable_credentials.models.issuer import Issuer


class KeyStore(models.TextChoices):
    """Where the private half is. Only ``DATABASE`` keeps it here, sealed."""

    DATABASE = "database", _("Database")
    FILE = "file", _("File")
    ENVIRONMENT = "environment", _("Environment")
    PKCS11 = "pkcs11", _("Pkcs11")
    REMOTE = "remote", _("Remote")


class KeyAlgorithm(models.TextChoices):
    """What the key is for."""

    ED25519 = "Ed25519"
    P256 = "P-256"


class IssuerKey(models.Model):
    """
    A signing key: its public half; and its private half sealed under a key-encryption key with ``uuid`` as associated
    data, or where that is (``reference``, never a secret).

    .. no_pii: A key of an organisation.
    """

    uuid = models.UUIDField(unique=True)
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="keys")
    algorithm = models.CharField(max_length=16, choices=KeyAlgorithm.choices, default=KeyAlgorithm.ED25519)
    public_key_multibase = models.CharField(max_length=64)
    store = models.CharField(max_length=16, choices=KeyStore.choices, default=KeyStore.DATABASE)
    reference = models.CharField(max_length=512, blank=True, help_text=_("File, variable, label or tenant of the key."))
    sealed_seed = models.BinaryField(null=True)
    sealed_with = models.CharField(max_length=64, blank=True)
    # True or NULL: one key of an algorithm at a time signs for an issuer.
    signs = models.BooleanField(null=True, default=True)
    created = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, default=None, help_text=_("It signs nothing new since then."))
    compromised_since = models.DateTimeField(
        null=True, default=None, help_text=_("Nothing it signed since then is to be believed.")
    )

    class Meta:
        verbose_name = "issuer key"
        constraints = [models.UniqueConstraint(fields=["issuer", "algorithm", "signs"], name="ovc_one_signing_key")]

    def __str__(self) -> str:
        return str(self.uuid)
