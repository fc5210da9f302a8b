"""Admin pages of certificates, as far as other pages link to them."""

from django.contrib import admin

from credentials.apps.credentials.models import CourseCertificate
from credentials.apps.credentials.models import ProgramCertificate
from credentials.apps.credentials.models import Signatory
from credentials.apps.credentials.models import UserCredential


@admin.register(UserCredential)
class UserCredentialAdmin(admin.ModelAdmin):
    """Found by username; the uuid is for reading."""

    list_display = ("username", "uuid", "status", "credential_content_type")
    list_filter = ("status",)
    readonly_fields = ("uuid", "created", "modified")
    search_fields = ("username",)


@admin.register(CourseCertificate)
class CourseCertificateAdmin(admin.ModelAdmin):
    """Found by course key."""

    list_display = ("course_id", "certificate_type", "site", "is_active")
    search_fields = ("course_id",)


@admin.register(ProgramCertificate)
class ProgramCertificateAdmin(admin.ModelAdmin):
    """Found by the program's uuid or title."""

    list_display = ("program_uuid", "site", "is_active", "program")
    search_fields = ("program_uuid", "program__title")


admin.site.register(Signatory)
