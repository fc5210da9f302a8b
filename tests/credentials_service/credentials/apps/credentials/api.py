"""What other apps may ask of the credentials app."""

from credentials.apps.credentials.models import UserCredential
from credentials.apps.credentials.utils import filter_visible
from credentials.apps.credentials.utils import get_credential_visible_date
from credentials.apps.credentials.utils import get_credential_visible_dates


def get_user_credentials_by_content_type(request_username, course_cert_content_types, status):
    """The visible certificates of a learner, of these kinds, and of one status when one is given."""
    held = UserCredential.objects.filter(
        username=request_username, credential_content_type__in=course_cert_content_types
    )
    if status:
        held = held.filter(status=status)
    return filter_visible(held).distinct()


def get_credential_dates(user_credentials, many):
    """One date (which may be set by hand), or a dictionary of dates by certificate."""
    if many:
        return get_credential_visible_dates(user_credentials)
    return get_credential_visible_date(user_credentials, use_date_override=True)
