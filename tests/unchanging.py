"""
Generated examples that stay the same while the code around them changes. Hypothesis mixes constants of every module
that happens to be imported into what it draws, derandomized or not; with this backend it does not.
"""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck
from hypothesis import Phase
from hypothesis import settings
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS
from hypothesis.internal.conjecture.providers import HypothesisProvider


class _WithoutConstants(HypothesisProvider):
    def _maybe_draw_constant(self, *_args: Any, **_kwargs: Any) -> None:
        return None


AVAILABLE_PROVIDERS["without-constants"] = _WithoutConstants


def unchanging(max_examples: int) -> settings:
    """The same examples at every run, whatever else is imported; none is kept, none is made smaller."""
    return settings(
        max_examples=max_examples, backend="without-constants", derandomize=True, database=None, deadline=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
