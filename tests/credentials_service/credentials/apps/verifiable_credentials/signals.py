"""Lines follow their certificate's status."""

from django.db.models.signals import post_save
from django.dispatch import receiver

from credentials.apps.credentials.models import UserCredential
from credentials.apps.verifiable_credentials.issuance.models import IssuanceLine


@receiver(post_save, sender=UserCredential)
def follow_status(instance, created, **_kwargs):
    """A certificate that is new has no lines yet."""
    if not created:
        IssuanceLine.objects.filter(user_credential=instance).update(status=instance.status)
