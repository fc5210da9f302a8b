"""Lists of the admin are found by indexes, and so are the events of a credential."""

from django.db import migrations
from django.db import models

_REASONS = [
    ("certificate_revoked", "Host Revoked"),
    ("certificate_deleted", "Host Deleted"),
    ("superseded", "Superseded"),
    ("name_corrected", "Name Corrected"),
    ("content_updated", "Content Updated"),
    ("staff", "Staff"),
    ("holder", "Holder"),
    ("key_compromised", "Key Compromised"),
    ("never_signed", "Never Signed"),
]


class Migration(migrations.Migration):
    dependencies = [("openedx_verifiable_credentials", "0006_claim_policies")]

    operations = [
        migrations.AddField(
            "event",
            "credential",
            models.UUIDField(
                db_index=True,
                default=None,
                help_text="The credential it is about, also in ids: to be found by.",
                null=True,
            ),
        ),
        migrations.AlterField(
            "credential",
            "created",
            models.DateTimeField(db_index=True, help_text="Of the intent; its proof says the same, to the second."),
        ),
        migrations.AlterField(
            "credential",
            "end_reason",
            models.CharField(blank=True, choices=_REASONS, db_index=True, max_length=32),
        ),
        migrations.AlterField("credential", "kind", models.CharField(db_index=True, max_length=16)),
        migrations.AlterField("credential", "profile_id", models.CharField(db_index=True, max_length=32)),
        migrations.AlterField("credential", "suspended", models.BooleanField(db_index=True, default=False)),
        migrations.AlterField("credential", "wallet_id", models.CharField(db_index=True, max_length=64)),
    ]
