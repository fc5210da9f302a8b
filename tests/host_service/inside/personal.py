"""What our tables still hold of people; ``given``: secrets, in lower case."""
# ruff: noqa: F821  (given and result are put here by service.py)

from django.apps import apps
from django.db import connection

ours = apps.get_app_config("openedx_verifiable_credentials")
learner, credential = ours.get_model("learner"), ours.get_model("credential")
found = set()
with connection.cursor() as cursor:
    for model in ours.get_models():
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")
        for row in cursor.fetchall():
            cells = " ".join(cell.decode("latin-1") if isinstance(cell, bytes) else str(cell) for cell in row).lower()
            found |= {model._meta.db_table for secret in given["secrets"] if secret.lower() in cells}
result(
    {
        "learners": learner.objects.count(),
        "documents": credential.objects.filter(sealed_document__isnull=False).count(),
        "found": sorted(found),
    }
)
