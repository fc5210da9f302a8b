"""An account of staff that may edit claim policies of courses and programs, and nothing else."""
# ruff: noqa: F821  (given and result are put here by service.py)

from credentials.apps.core.models import User
from django.contrib.auth.models import Permission

account = User.objects.create(username=given["username"], is_staff=True)
permissions = Permission.objects.filter(
    content_type__app_label="openedx_verifiable_credentials",
    codename__in=("view_claimpolicy", "add_claimpolicy", "change_claimpolicy"),
)
account.user_permissions.set(permissions)
result({"permissions": len(permissions)})
