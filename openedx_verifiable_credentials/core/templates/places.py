"""
Which places values take among others that are sorted: all that the order of a document's statements depends on.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence

from openedx_verifiable_credentials.core.templates.slots import not_templatable

Places = tuple[int, ...]


def among(known: Sequence[bytes]) -> Callable[[list[bytes]], Places]:
    """
    A function of values → the place of each among all of them and ``known``, counted from 0.

    It raises CompositionError ``not_templatable`` where a value is one of ``known``. Values that are equal have one
    place: whoever meets places for the first time calls :func:`require_distinct`.
    """
    ordered = sorted(known)
    is_new = frozenset(known).isdisjoint

    def places(values: list[bytes]) -> Places:
        if not is_new(values):
            raise not_templatable("Two things that a template tells apart are the same here.")
        return tuple(map(sorted(ordered + values).index, values))

    return places


def require_distinct(places: Places) -> None:
    """Raises CompositionError ``not_templatable`` where two have one place."""
    if len(set(places)) != len(places):
        raise not_templatable("Two things that a template tells apart are the same here.")
