"""Admin pages of the catalog, as far as other pages link to them."""

from django.contrib import admin

from credentials.apps.catalog.models import Course
from credentials.apps.catalog.models import CourseRun
from credentials.apps.catalog.models import Organization
from credentials.apps.catalog.models import Pathway
from credentials.apps.catalog.models import Program


@admin.register(Course, CourseRun, Organization, Program)
class CatalogAdmin(admin.ModelAdmin):
    """Search by key or uuid is what autocomplete fields need."""

    search_fields = ("uuid",)


admin.site.register(Pathway)
