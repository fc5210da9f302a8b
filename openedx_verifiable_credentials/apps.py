"""The app and how the Credentials service plugs it in. Imported while settings load: no models here."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy

PLUGIN_PROJECT = "credentials.djangoapp"
_USER_CREDENTIAL_SAVED = {
    "receiver_func_name": "note_certificate_saved",
    "signal_path": "django.db.models.signals.post_save",
    "sender_path": "credentials.apps.credentials.models.UserCredential",
    "dispatch_uid": "openedx_verifiable_credentials.certificate_saved",
}
_USER_CREDENTIAL_DELETED = {
    "receiver_func_name": "note_certificate_deleted",
    "signal_path": "django.db.models.signals.post_delete",
    "sender_path": "credentials.apps.credentials.models.UserCredential",
    "dispatch_uid": "openedx_verifiable_credentials.certificate_deleted",
}


class VerifiableCredentialsConfig(AppConfig):
    """Open Badges 3.0 verifiable credentials for the Credentials service."""

    name = "openedx_verifiable_credentials"
    label = "openedx_verifiable_credentials"
    verbose_name = gettext_lazy("Open edX Verifiable Credentials")
    default_auto_field = "django.db.models.BigAutoField"

    # The regex is empty because DID documents live at the root of the host (/.well-known/did.json); every other path
    # of ours starts with verifiable_credentials/.
    plugin_app = {
        "url_config": {
            PLUGIN_PROJECT: {"namespace": "openedx_verifiable_credentials", "regex": "^", "relative_path": "urls"}
        },
        "settings_config": {
            PLUGIN_PROJECT: {
                "base": {"relative_path": "settings.base"},
                "production": {"relative_path": "settings.production"},
                "devstack": {"relative_path": "settings.devstack"},
                "test": {"relative_path": "settings.test"},
            }
        },
        "signals_config": {
            PLUGIN_PROJECT: {
                "relative_path": "receivers",
                "receivers": [_USER_CREDENTIAL_SAVED, _USER_CREDENTIAL_DELETED],
            }
        },
    }

    def ready(self) -> None:
        """Register the system checks."""
        from openedx_verifiable_credentials import checks  # noqa: PLC0415  (models are ready only now)

        checks.register()
