"""For production: runs before the service reads its YAML file."""

from typing import Any


def plugin_settings(settings: Any) -> None:
    """Nothing to add: see the package's docstring."""
    del settings
