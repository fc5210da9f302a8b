"""Who issues."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from openedx_verifiable_credentials.data import IssuerProfile
from openedx_verifiable_credentials.models.history import edits

ISSUERS_PATH = "/verifiable_credentials/issuers/"


class Issuer(models.Model):
    """
    An issuer and its DID.

    .. pii: May name an official and a contact address, which operators enter to be published; in its history the
       numbers of the accounts that edited it.
    .. pii_types: id, name, other
    .. pii_retirement: retained
    """

    slug = models.SlugField(max_length=64, unique=True, help_text=_("Part of its public addresses; never changes."))
    did = models.CharField(max_length=255, unique=True, help_text=_("did:key:… or did:web:…; never changes."))
    name = models.CharField(max_length=255)
    base_url = models.CharField(max_length=255, help_text=_("Public address of the service, without a trailing slash."))
    url = models.CharField(max_length=512, blank=True, help_text=_("Its home page; empty: its profile page here."))
    image_url = models.CharField(max_length=512, blank=True)
    official = models.CharField(max_length=255, blank=True, help_text=_("Who signs, where a certificate names nobody."))
    contact = models.EmailField(blank=True, help_text=_("Public address for questions about its credentials."))
    organization_key = models.CharField(
        max_length=240, blank=True, help_text=_("The organisation it is; empty: it speaks for a site. Never changes.")
    )
    site_id = models.PositiveIntegerField(
        null=True, default=None, help_text=_("The site it issues for; empty: every site.")
    )
    # "<organisation>@<site or *>" while certificates of that organisation or site are issued by it, NULL otherwise.
    scope_key = models.CharField(max_length=255, unique=True, null=True, default=None)
    # True or NULL, never False: a unique column then allows one default at most, on every database.
    is_default = models.BooleanField(null=True, unique=True, default=None)
    created = models.DateTimeField()
    history = edits()

    class Meta:
        verbose_name = "issuer"
        constraints = [
            # Who is asked where nobody else is named must not be an organisation: it would sign for others.
            models.CheckConstraint(
                condition=models.Q(is_default__isnull=True) | models.Q(organization_key=""),
                name="ovc_default_is_no_organization",
            )
        ]

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
            official=self.official,
            contact=self.contact,
        )
