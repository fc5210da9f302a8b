"""What many credentials say alike, kept once."""

import hashlib

from django.db import models
from django.utils.translation import gettext_lazy as _


class DocumentShape(models.Model):
    """
    The signed JSON of a bulk credential without what is individual: with the values of its slots, which are sealed in
    each credential's row, it is the document byte for byte. Never changed, never deleted.

    .. no_pii: What all credentials of a course or program say.
    """

    digest = models.CharField(max_length=64, unique=True, help_text=_("SHA-256 of the outline and the terms."))
    outline = models.BinaryField()
    terms = models.JSONField()
    created = models.DateTimeField()

    class Meta:
        verbose_name = "document shape"

    def __str__(self) -> str:
        return self.digest

    @staticmethod
    def digest_of(outline: bytes, terms: bytes) -> str:
        """What a shape is found by."""
        return hashlib.sha256(hashlib.sha256(outline).digest() + terms).hexdigest()
