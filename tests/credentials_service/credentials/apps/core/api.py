"""What other apps may ask of the core app."""

from django.contrib.auth import get_user_model


def get_user_by_username(username):
    """The user of that name, or None."""
    return get_user_model().objects.filter(username=username).first()
