import django.db.models.deletion
from django.db import migrations
from django.db import models


class Migration(migrations.Migration):
    dependencies = [("openedx_verifiable_credentials", "0004_offers_name_issuers")]

    operations = [
        migrations.CreateModel(
            name="Share",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("share_id", models.CharField(help_text="128 random bits in base64url.", max_length=22, unique=True)),
                ("live", models.BooleanField(default=True, null=True)),
                (
                    "sha256",
                    models.CharField(help_text="Of the signed document; it outlives an erasure.", max_length=64),
                ),
                ("created", models.DateTimeField()),
                ("ended_at", models.DateTimeField(default=None, null=True)),
                (
                    "credential",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shares",
                        to="openedx_verifiable_credentials.credential",
                    ),
                ),
            ],
            options={
                "verbose_name": "share",
                "constraints": [models.UniqueConstraint(fields=("credential", "live"), name="ovc_one_live_share")],
            },
        ),
    ]
