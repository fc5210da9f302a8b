"""Learners and certificates come and go while the plugin is not installed but its tables are there."""
# ruff: noqa: F821  (given and result are put here by service.py)

from credentials.apps.core.models import User
from credentials.apps.credentials.models import CourseCertificate
from credentials.apps.credentials.models import UserCredential

certificate = UserCredential.objects.get(uuid=given["uuid"])
certificate.revoke()
certificate.delete()
User.objects.get(username=given["username"]).delete()
configuration = CourseCertificate.objects.first()
configuration.save()
result({"certificates": UserCredential.objects.count(), "users": User.objects.count()})
