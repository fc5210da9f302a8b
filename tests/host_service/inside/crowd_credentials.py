"""What was issued of the crowd's certificates; ``given["courses"]``: their course run keys."""
# ruff: noqa: F821  (given and result are put here by service.py)

from credentials.apps.credentials.models import UserCredential
from django.apps import apps

credentials = apps.get_model("openedx_verifiable_credentials", "credential").objects
ours = credentials.filter(achievement_key__in=given["courses"])
live = ours.filter(state="issued", is_bound=False, live_key__isnull=False, ended_at__isnull=True)
certificates = UserCredential.objects.filter(course_credentials__course_id__in=given["courses"], status="awarded")
issued = set(live.values_list("certificate_uuid", flat=True))
result(
    {
        "all": ours.count(),
        "live": live.count(),
        "places": len(set(live.values_list("status_list", "status_index"))),
        "missing": len(set(certificates.values_list("uuid", flat=True)) ^ issued),
    }
)
