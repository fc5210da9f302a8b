"""A public page of one credential: what its holder turned on."""

from django.db import models

from openedx_verifiable_credentials.models.credential import Credential


class Share(models.Model):
    """
    One time that a learner shares a credential: from a click on to the next. The page has an id of its own, which says
    nothing about the credential and never comes back once it has ended.

    .. pii: The random id of a page that shows the credential while it is shared, and its times. An erasure leaves the
       row, and nothing that leads from it to a person: the page then says that the holder withholds the credential.
    .. pii_types: other
    .. pii_retirement: retained
    """

    # MySQL's collations join ids that differ in case: whoever looks one up compares it once more.
    share_id = models.CharField(max_length=22, unique=True, help_text="128 random bits in base64url.")
    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="shares")
    # True or NULL: one share of a credential at a time.
    live = models.BooleanField(null=True, default=True)
    sha256 = models.CharField(max_length=64, help_text="Of the signed document; it outlives an erasure.")
    created = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, default=None)

    class Meta:
        verbose_name = "share"
        constraints = [models.UniqueConstraint(fields=["credential", "live"], name="ovc_one_live_share")]

    def __str__(self) -> str:
        return str(self.pk)
