"""Hypothesis runs here as it does for the core."""

from hypothesis import settings

from tests import properties  # noqa: F401  (registers the profile)

settings.load_profile("ours")
