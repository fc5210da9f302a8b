"""The in-tree app's switch."""

from edx_toggles.toggles import SettingToggle

ENABLE_VERIFIABLE_CREDENTIALS = SettingToggle("ENABLE_VERIFIABLE_CREDENTIALS", default=False, module_name=__name__)


def is_verifiable_credentials_enabled():
    """Whether the in-tree app answers requests."""
    return ENABLE_VERIFIABLE_CREDENTIALS.is_enabled()
