import django.db.models.deletion
from django.db import migrations
from django.db import models


class Migration(migrations.Migration):
    dependencies = [("openedx_verifiable_credentials", "0003_fill_offers_and_slots")]

    operations = [
        migrations.RemoveField(model_name="offer", name="key"),
        migrations.AlterField(
            model_name="offer",
            name="issuer",
            field=models.ForeignKey(
                help_text="Whose addresses its links have.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="offers",
                to="openedx_verifiable_credentials.issuer",
            ),
        ),
        migrations.AlterField(
            model_name="offer",
            name="issuings",
            field=models.JSONField(help_text="Certificate, issuer and organisation of each credential, in that order."),
        ),
    ]
