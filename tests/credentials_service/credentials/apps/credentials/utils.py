"""When a learner's certificate may be seen."""

from django.db.models import Q
from django.utils import timezone

from credentials.apps.credentials.models import UserCredential


def filter_visible(qs):
    """The course and program certificates of a queryset whose date has come; every other kind drops out."""
    now = timezone.now()
    course_date = "course_credentials__certificate_available_date"
    courses = qs.filter(course_credentials__isnull=False).filter(
        Q(**{f"{course_date}__isnull": True}) | Q(**{f"{course_date}__lte": now})
    )
    shown = []
    for candidate in qs.filter(program_credentials__isnull=False):
        date = _program_date(candidate)
        if date is not None and date <= now:
            shown.append(candidate.pk)
    return courses | UserCredential.objects.filter(pk__in=shown)


def get_credential_visible_dates(user_credentials, use_date_override=False):
    """The date of each certificate, keyed by certificate; None where there is none."""
    return {
        user_credential: get_credential_visible_date(user_credential, use_date_override)
        for user_credential in user_credentials
    }


def get_credential_visible_date(user_credential, use_date_override=False):
    """The date of one certificate. A date set by hand counts for course certificates, when asked for."""
    if user_credential.course_credentials.exists():
        if use_date_override and hasattr(user_credential, "date_override"):
            return user_credential.date_override.date
        return _course_date(user_credential)
    if user_credential.program_credentials.exists():
        return _program_date(user_credential)
    return None


def _course_date(user_credential):
    return user_credential.credential.certificate_available_date or user_credential.created


def _program_date(user_credential):
    """The latest date among the learner's certificates for the program's runs; None without any."""
    dates = []
    for run in user_credential.credential.program.course_runs.all():
        held = UserCredential.objects.filter(
            username=user_credential.username, course_credentials__course_run=run
        ).first()
        if held is not None:
            dates.append(_course_date(held))
    return max(dates, default=None)
