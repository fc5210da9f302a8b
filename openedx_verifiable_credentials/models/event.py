"""What happened: appended, never changed."""

from django.db import models


class Event(models.Model):
    """
    One thing a flow did: what, which ids, when.

    .. no_pii: Ids of rows and certificates; no username, name, email, DID.
    """

    kind = models.CharField(max_length=64, db_index=True)
    ids = models.JSONField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "event"

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M:%S}"
