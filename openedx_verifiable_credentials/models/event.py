"""What happened: appended, never changed, but for a number that an erasure takes out."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """
    One thing a flow did: what, which ids, when.

    .. pii: Ids of rows and certificates, and the number of the staff account that suspended a credential or lifted
       that. It stays; where learners did so to their own, it goes once they are erased. No other number of an account,
       no username, name, email, DID.
    .. pii_types: id
    .. pii_retirement: local_api, retained
    """

    kind = models.CharField(max_length=64, db_index=True)
    ids = models.JSONField()
    credential = models.UUIDField(
        null=True, default=None, db_index=True, help_text=_("The credential it is about, also in ids: to be found by.")
    )
    at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "event"

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M:%S}"
