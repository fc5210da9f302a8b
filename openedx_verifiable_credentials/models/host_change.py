"""Work: the host changed a certificate."""

from django.db import models


class HostChange(models.Model):
    """
    A certificate was revoked or deleted by the host; ``vc_reconcile`` looks what follows.

    .. no_pii: The uuid of a certificate.
    """

    certificate_uuid = models.UUIDField()
    created = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "host change"

    def __str__(self) -> str:
        return str(self.certificate_uuid)
