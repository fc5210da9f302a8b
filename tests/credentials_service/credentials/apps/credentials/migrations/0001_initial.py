import uuid

import django.db.models.deletion
import django_extensions.db.fields
from django.db import migrations
from django.db import models

import credentials.apps.credentials.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalog", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("sites", "0002_alter_domain_unique"),
    ]

    operations = [
        migrations.CreateModel(
            name="Signatory",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "created",
                    django_extensions.db.fields.CreationDateTimeField(auto_now_add=True, verbose_name="created"),
                ),
                (
                    "modified",
                    django_extensions.db.fields.ModificationDateTimeField(auto_now=True, verbose_name="modified"),
                ),
                ("name", models.CharField(max_length=255)),
                ("title", models.CharField(max_length=255)),
                ("organization_name_override", models.CharField(blank=True, max_length=255, null=True)),
                (
                    "image",
                    models.ImageField(
                        upload_to=credentials.apps.credentials.models.signatory_assets_path,
                        validators=[credentials.apps.credentials.models.validate_image],
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "Signatories",
            },
        ),
        migrations.CreateModel(
            name="UserCredential",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "created",
                    django_extensions.db.fields.CreationDateTimeField(auto_now_add=True, verbose_name="created"),
                ),
                (
                    "modified",
                    django_extensions.db.fields.ModificationDateTimeField(auto_now=True, verbose_name="modified"),
                ),
                ("credential_id", models.PositiveIntegerField(db_index=True)),
                ("username", models.CharField(db_index=True, max_length=255)),
                (
                    "status",
                    models.CharField(
                        choices=[("awarded", "awarded"), ("revoked", "revoked")], default="awarded", max_length=255
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "credential_content_type",
                    models.ForeignKey(
                        limit_choices_to={
                            "model__in": (
                                "coursecertificate",
                                "programcertificate",
                                "credlybadgetemplate",
                                "accrediblegroup",
                            )
                        },
                        on_delete=django.db.models.deletion.CASCADE,
                        to="contenttypes.contenttype",
                    ),
                ),
            ],
            options={
                "unique_together": {("username", "credential_content_type", "credential_id")},
            },
        ),
        migrations.CreateModel(
            name="UserCredentialDateOverride",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "created",
                    django_extensions.db.fields.CreationDateTimeField(auto_now_add=True, verbose_name="created"),
                ),
                (
                    "modified",
                    django_extensions.db.fields.ModificationDateTimeField(auto_now=True, verbose_name="modified"),
                ),
                ("date", models.DateTimeField()),
                (
                    "user_credential",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="date_override",
                        to="credentials.usercredential",
                    ),
                ),
            ],
            options={
                "get_latest_by": "modified",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ProgramCertificate",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "created",
                    django_extensions.db.fields.CreationDateTimeField(auto_now_add=True, verbose_name="created"),
                ),
                (
                    "modified",
                    django_extensions.db.fields.ModificationDateTimeField(auto_now=True, verbose_name="modified"),
                ),
                ("is_active", models.BooleanField(default=False)),
                ("title", models.CharField(blank=True, max_length=255, null=True)),
                ("program_uuid", models.UUIDField(db_index=True)),
                ("use_org_name", models.BooleanField(default=False)),
                ("include_hours_of_effort", models.BooleanField(default=False)),
                ("language", models.CharField(max_length=8, null=True)),
                (
                    "program",
                    models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, to="catalog.program"),
                ),
                ("site", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="sites.site")),
                ("signatories", models.ManyToManyField(to="credentials.signatory")),
            ],
            options={
                "verbose_name": "Program certificate configuration",
                "unique_together": {("site", "program_uuid")},
            },
        ),
        migrations.CreateModel(
            name="CourseCertificate",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "created",
                    django_extensions.db.fields.CreationDateTimeField(auto_now_add=True, verbose_name="created"),
                ),
                (
                    "modified",
                    django_extensions.db.fields.ModificationDateTimeField(auto_now=True, verbose_name="modified"),
                ),
                ("is_active", models.BooleanField(default=False)),
                ("title", models.CharField(blank=True, max_length=255, null=True)),
                (
                    "course_id",
                    models.CharField(
                        max_length=255, validators=[credentials.apps.credentials.models.validate_course_key]
                    ),
                ),
                ("certificate_available_date", models.DateTimeField(blank=True, null=True)),
                (
                    "certificate_type",
                    models.CharField(
                        choices=[
                            ("honor", "honor"),
                            ("professional", "professional"),
                            ("verified", "verified"),
                            ("no-id-professional", "no-id-professional"),
                            ("masters", "masters"),
                        ],
                        max_length=255,
                    ),
                ),
                (
                    "course_run",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="catalog.courserun"
                    ),
                ),
                ("site", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="sites.site")),
                ("signatories", models.ManyToManyField(blank=True, to="credentials.signatory")),
            ],
            options={
                "verbose_name": "Course certificate configuration",
                "unique_together": {("course_id", "certificate_type", "site")},
            },
        ),
        migrations.CreateModel(
            name="UserCredentialAttribute",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "created",
                    django_extensions.db.fields.CreationDateTimeField(auto_now_add=True, verbose_name="created"),
                ),
                (
                    "modified",
                    django_extensions.db.fields.ModificationDateTimeField(auto_now=True, verbose_name="modified"),
                ),
                ("name", models.CharField(max_length=255)),
                ("value", models.CharField(max_length=255)),
                (
                    "user_credential",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attributes",
                        to="credentials.usercredential",
                    ),
                ),
            ],
            options={
                "unique_together": {("user_credential", "name")},
            },
        ),
    ]
