"""Status lists: the bits, and the signed documents that are served."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from openedx_verifiable_credentials.models.issuer import Issuer
from openedx_verifiable_credentials.models.key import IssuerKey


class StatusList(models.Model):
    """
    One bit an index, most significant bit first (Bitstring Status List v1.0 §3.2). Changed under a lock on its row.

    Indices are handed out in the order of a permutation that only ``sealed_order_key`` tells, sealed with ``uuid`` as
    associated data; ``allocated`` counts them. ``bits_version`` rises with every change of a bit, ``changed_at`` is
    when the first change came that is not published yet.

    .. no_pii: Bits.
    """

    uuid = models.UUIDField(unique=True)
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="status_lists")
    profile_id = models.CharField(max_length=32)
    length = models.PositiveIntegerField(help_text=_("Bits."))
    capacity = models.PositiveIntegerField(help_text=_("Indices that are handed out before the next list is opened."))
    allocated = models.PositiveIntegerField(default=0)
    # "<issuer>:<profile>", and ":suspends", while new credentials get their index here, NULL afterwards.
    open_key = models.CharField(max_length=64, unique=True, null=True)
    sealed_order_key = models.BinaryField()
    sealed_with = models.CharField(max_length=64)
    bits = models.BinaryField()
    suspends = models.BooleanField(default=False, help_text=_("Whether its credentials can be suspended."))
    suspension_bits = models.BinaryField(null=True, default=None)
    bits_version = models.PositiveBigIntegerField(default=0)
    changed_at = models.DateTimeField(null=True, default=None, db_index=True)
    created = models.DateTimeField()

    class Meta:
        verbose_name = "status list"

    def __str__(self) -> str:
        return str(self.uuid)


class PublishedList(models.Model):
    """
    One signed document of a status list as it is served, byte for byte.

    .. no_pii: Bits.
    """

    status_list = models.ForeignKey(StatusList, on_delete=models.PROTECT, related_name="published")
    form = models.CharField(max_length=32)
    version = models.PositiveBigIntegerField(help_text=_("Rises by one with every publication."))
    bits_version = models.PositiveBigIntegerField()
    key = models.ForeignKey(IssuerKey, on_delete=models.PROTECT, related_name="published_lists")
    document = models.BinaryField()
    gzipped = models.BinaryField()
    sha256 = models.CharField(max_length=64, help_text=_("Of the document."))
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(db_index=True)
    published_at = models.DateTimeField()

    class Meta:
        verbose_name = "published status list"
        constraints = [models.UniqueConstraint(fields=["status_list", "form"], name="ovc_one_of_each_form")]

    def __str__(self) -> str:
        return f"{self.status_list_id} {self.form}"
