"""Who issues."""

from django.db import models

from openedx_verifiable_credentials.data import IssuerProfile

ISSUERS_PATH = "/verifiable_credentials/issuers/"


class Issuer(models.Model):
    """
    An issuer and its DID.

    .. no_pii: An organisation.
    """

    slug = models.SlugField(max_length=64, unique=True, help_text="Part of its public addresses; never changes.")
    did = models.CharField(max_length=255, unique=True, help_text="did:key:… or did:web:…; never changes.")
    name = models.CharField(max_length=255)
    base_url = models.CharField(max_length=255, help_text="Public address of the service, without a trailing slash.")
    url = models.CharField(max_length=512, blank=True, help_text="Its home page; empty: its profile page here.")
    image_url = models.CharField(max_length=512, blank=True)
    # True or NULL, never False: a unique column then allows one default at most, on every database.
    is_default = models.BooleanField(null=True, unique=True, default=None)
    created = models.DateTimeField()

    class Meta:
        verbose_name = "issuer"

    def __str__(self) -> str:
        return self.slug

    @property
    def profile_url(self) -> str:
        """Where its Profile is served."""
        return f"{self.base_url}{ISSUERS_PATH}{self.slug}/"

    @property
    def profile(self) -> IssuerProfile:
        """What goes into credentials."""
        return IssuerProfile(
            did=self.did,
            name=self.name,
            base_url=self.base_url,
            url=self.url or self.profile_url,
            image_url=self.image_url or None,
        )
