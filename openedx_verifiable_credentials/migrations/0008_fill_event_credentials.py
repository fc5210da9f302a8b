"""Events name their credential in a column of its own."""

import uuid

from django.db import migrations

_CHUNK = 2_000


def fill(apps, _schema_editor):
    events = apps.get_model("openedx_verifiable_credentials", "Event").objects
    last = 0
    while rows := list(events.filter(pk__gt=last).order_by("pk").only("ids")[:_CHUNK]):
        last = rows[-1].pk
        named = [row for row in rows if "credential" in row.ids]
        for row in named:
            row.credential = uuid.UUID(row.ids["credential"])
        events.bulk_update(named, ["credential"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("openedx_verifiable_credentials", "0007_quick_lists")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
