"""Admin pages for users and site configurations."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from credentials.apps.core.models import SiteConfiguration
from credentials.apps.core.models import User


@admin.register(User)
class CustomUserAdmin(UserAdmin):
    """Django's user admin, showing the service's own columns too."""

    list_display = ("username", "email", "full_name", "is_staff")
    search_fields = ("username", "email", "full_name")


@admin.register(SiteConfiguration)
class SiteConfigurationAdmin(admin.ModelAdmin):
    """One configuration a site."""

    list_display = ("site", "platform_name", "lms_url_root")
