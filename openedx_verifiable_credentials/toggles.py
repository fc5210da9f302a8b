"""The switch."""

from edx_toggles.toggles import WaffleSwitch
from waffle import switch_is_active

# .. toggle_name: openedx_verifiable_credentials.enabled
# .. toggle_implementation: WaffleSwitch
# .. toggle_default: False
# .. toggle_description: Offers and issues verifiable credentials. While it is off nothing new is offered or issued and
#    the learners' endpoints answer 404; what was issued keeps being served, revoked and reconciled.
# .. toggle_use_cases: open_edx
# .. toggle_creation_date: 2026-11-22
_ENABLED = WaffleSwitch("openedx_verifiable_credentials.enabled", module_name=__name__)

SWITCH_NAME = "openedx_verifiable_credentials.enabled"


def is_enabled() -> bool:
    """Read at every request."""
    return _ENABLED.is_enabled()


def is_enabled_now() -> bool:
    """Read anew. The toggle keeps what it read until a request ends, and a worker has none."""
    return bool(switch_is_active(SWITCH_NAME))
