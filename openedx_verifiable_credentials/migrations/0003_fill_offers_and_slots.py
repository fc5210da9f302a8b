"""Offers name their issuer and each credential's; slots are counted for each issuer."""

from django.db import migrations


def fill(apps, _schema_editor):
    offers = apps.get_model("openedx_verifiable_credentials", "Offer").objects
    for offer in offers.select_related("key").iterator():
        issuer = offer.key.issuer_id
        issuings = [{"certificate": value, "issuer": issuer, "organization": ""} for value in offer.certificate_uuids]
        offers.filter(pk=offer.pk).update(issuer_id=issuer, issuings=issuings)
    credentials = apps.get_model("openedx_verifiable_credentials", "Credential").objects
    for row in credentials.filter(live_key__isnull=False).only("live_key", "issuer_id").iterator():
        certificate, _, rest = row.live_key.partition(":")
        if ":" not in rest:
            credentials.filter(pk=row.pk).update(live_key=f"{certificate}:{row.issuer_id}:{rest}")


class Migration(migrations.Migration):
    dependencies = [("openedx_verifiable_credentials", "0002_issuers_keys_status")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
