"""The service revokes certificates; ``given``: uuids."""
# ruff: noqa: F821  (given and result are put here by service.py)

from credentials.apps.credentials.models import UserCredential

for certificate in UserCredential.objects.filter(uuid__in=given["uuids"]):
    certificate.revoke()
result(len(given["uuids"]))
