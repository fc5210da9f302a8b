"""What stays of a batch whose parts are gone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("openedx_verifiable_credentials", "0011_one_index_each"),
    ]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="has_parts",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="batch",
            name="totals",
            field=models.JSONField(default=None, null=True),
        ),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(fields=["has_parts", "finished_at"], name="ovc_batches_to_tidy"),
        ),
    ]
