import uuid

import django.db.models.deletion
import django_extensions.db.fields
from django.db import migrations
from django.db import models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("credentials", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="IssuanceConfiguration",
            fields=[
                (
                    "created",
                    django_extensions.db.fields.CreationDateTimeField(auto_now_add=True, verbose_name="created"),
                ),
                (
                    "modified",
                    django_extensions.db.fields.ModificationDateTimeField(auto_now=True, verbose_name="modified"),
                ),
                ("enabled", models.BooleanField(default=False)),
                ("issuer_id", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("issuer_key", models.JSONField()),
                ("issuer_name", models.CharField(blank=True, max_length=255, null=True)),
            ],
            options={
                "ordering": ("enabled", "created"),
            },
        ),
        migrations.CreateModel(
            name="IssuanceLine",
            fields=[
                (
                    "created",
                    django_extensions.db.fields.CreationDateTimeField(auto_now_add=True, verbose_name="created"),
                ),
                (
                    "modified",
                    django_extensions.db.fields.ModificationDateTimeField(auto_now=True, verbose_name="modified"),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("processed", models.BooleanField(default=False)),
                ("issuer_id", models.CharField(max_length=255)),
                ("storage_id", models.CharField(max_length=128)),
                ("subject_id", models.CharField(max_length=255)),
                (
                    "data_model_id",
                    models.CharField(
                        blank=True,
                        choices=[("vc", "vc"), ("obv3", "obv3"), ("status-list-2021", "status-list-2021")],
                        max_length=255,
                        null=True,
                    ),
                ),
                ("expiration_date", models.DateTimeField(blank=True, db_index=True, null=True)),
                ("status_index", models.PositiveIntegerField(blank=True, null=True)),
                ("status", models.CharField(blank=True, max_length=255, null=True)),
                (
                    "user_credential",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="vc_issues",
                        to="credentials.usercredential",
                    ),
                ),
            ],
            options={
                "ordering": ("created",),
                "unique_together": {("issuer_id", "status_index")},
            },
        ),
    ]
