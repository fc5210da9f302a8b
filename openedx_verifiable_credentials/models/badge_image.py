"""Pictures of badges, served at addresses that never change what they show."""

from django.db import models
from django.utils.translation import gettext_lazy as _

IMAGES_PATH = "/verifiable_credentials/images/"


class BadgeImage(models.Model):
    """
    A PNG or SVG that was checked and written anew, found by the hash of its bytes. Signed credentials name it: it is
    never changed, and not deleted while anything may name it.

    .. no_pii: A picture of a badge, which operators publish.
    """

    sha256 = models.CharField(max_length=64, unique=True, help_text=_("Of the bytes, hexadecimal."))
    media_type = models.CharField(max_length=32, choices=[("image/png", "PNG"), ("image/svg+xml", "SVG")])
    data = models.BinaryField()
    width = models.PositiveIntegerField(null=True, default=None)
    height = models.PositiveIntegerField(null=True, default=None)
    created = models.DateTimeField()

    class Meta:
        verbose_name = "badge image"

    def __str__(self) -> str:
        return self.path

    @property
    def path(self) -> str:
        """Where it is served, below the address of the service."""
        ending = "svg" if self.media_type == "image/svg+xml" else "png"
        return f"{IMAGES_PATH}{self.sha256}.{ending}"
