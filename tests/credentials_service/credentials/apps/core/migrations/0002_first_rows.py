"""The rows a fresh service has: its site with a configuration, its group, its own account."""

from django.conf import settings
from django.db import migrations


def create(apps, schema_editor):
    """Rows of the default site."""
    site, _ = apps.get_model("sites", "Site").objects.get_or_create(
        pk=settings.SITE_ID, defaults={"domain": "example.com", "name": "example.com"}
    )
    apps.get_model("core", "SiteConfiguration").objects.get_or_create(
        site=site,
        defaults={
            "platform_name": "Stand-in Academy",
            "company_name": "Stand-in Academy Ltd.",
            "homepage_url": "https://academy.example",
            "lms_url_root": "https://lms.academy.example",
            "catalog_api_url": "https://catalog.academy.example/api/v1/",
        },
    )
    groups = apps.get_model("auth", "Group").objects
    admins, _ = groups.get_or_create(name="Admins")
    account, _ = apps.get_model("core", "User").objects.get_or_create(
        username=settings.CREDENTIALS_SERVICE_USER, defaults={"is_staff": True}
    )
    account.groups.add(admins)


class Migration(migrations.Migration):
    """Needs the tables of sites and groups."""

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("core", "0001_initial"),
        ("sites", "0002_alter_domain_unique"),
    ]

    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
