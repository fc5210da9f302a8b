"""The user and what a site says of itself."""

from django.contrib.auth.models import AbstractUser
from django.contrib.sites.models import Site
from django.db import models


class SiteConfiguration(models.Model):
    """
    One row a site; reached as ``site.siteconfiguration``.

    .. no_pii: A stand-in used in tests only.
    """

    site = models.OneToOneField(Site, on_delete=models.CASCADE)
    platform_name = models.CharField(max_length=255, null=True)
    segment_key = models.CharField(max_length=255, null=True, blank=True)
    theme_name = models.CharField(max_length=255, default="openedx")
    partner_from_address = models.EmailField(null=True, blank=True)
    lms_url_root = models.URLField()
    catalog_api_url = models.URLField()
    tos_url = models.URLField(null=True)
    privacy_policy_url = models.URLField(null=True)
    homepage_url = models.URLField(null=True)
    company_name = models.CharField(max_length=255, null=True)
    verified_certificate_url = models.URLField(null=True, blank=True)
    certificate_help_url = models.URLField(null=True)
    records_enabled = models.BooleanField(default=True)
    records_help_url = models.URLField(blank=True, default="")
    facebook_app_id = models.CharField(max_length=32, null=True, blank=True)
    twitter_username = models.CharField(max_length=15, null=True, blank=True)
    enable_facebook_sharing = models.BooleanField(default=False)
    enable_linkedin_sharing = models.BooleanField(default=True)
    enable_twitter_sharing = models.BooleanField(default=True)

    def __str__(self):
        return self.site.name

    @property
    def user_api_url(self):
        """Where the LMS answers questions about accounts."""
        return self.lms_url_root.strip("/") + "/api/user/v1/"


class User(AbstractUser):
    """
    The service's user model, ``core.User``.

    .. no_pii: A stand-in used in tests only.
    """

    full_name = models.CharField(max_length=255, null=True, blank=True, db_index=True)
    lms_user_id = models.IntegerField(null=True, db_index=True)

    class Meta:
        get_latest_by = "date_joined"
        indexes = [models.Index(fields=["is_staff", "is_superuser", "is_active"])]

    def __str__(self):
        return self.username

    def get_full_name(self):
        """The one full name when there is one, else Django's two-part name."""
        if self.full_name:
            return self.full_name
        return super().get_full_name()
