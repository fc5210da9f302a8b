"""The learner, as far as we know one."""

from django.db import models


class Learner(models.Model):
    """
    The key under which a learner's documents are sealed. Destroying it erases them.

    .. pii: The number of the learner's account in this service; no name, no email, no DID. The row goes when they are
       erased, and when it holds nothing.
    .. pii_types: id
    .. pii_retirement: local_api
    """

    uuid = models.UUIDField(unique=True)
    user_id = models.PositiveBigIntegerField(unique=True)
    sealed_key = models.BinaryField()
    sealed_with = models.CharField(max_length=64)
    created = models.DateTimeField()

    class Meta:
        verbose_name = "learner"

    def __str__(self) -> str:
        return str(self.uuid)
