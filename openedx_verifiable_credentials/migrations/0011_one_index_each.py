"""Indexes that other ones begin with are not kept twice."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("openedx_verifiable_credentials", "0010_policies_on_award"),
    ]

    operations = [
        migrations.AlterField(
            model_name="credential",
            name="offer",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="credentials",
                to="openedx_verifiable_credentials.offer",
            ),
        ),
        migrations.AlterField(
            model_name="credential",
            name="status_list",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="credentials",
                to="openedx_verifiable_credentials.statuslist",
            ),
        ),
    ]
