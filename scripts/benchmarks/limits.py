"""What must be reached, told after the last figure."""

from __future__ import annotations


class Limits:
    """What was met, and what was missed."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.missed: list[str] = []

    def hold(self, name: str, kept: bool) -> None:
        """Told at the end, so that every figure is printed."""
        if not kept:
            self.missed.append(name)

    def at_most(self, name: str, figure: float, limit: float) -> None:
        """``figure`` may be ``limit``."""
        self._tell(f"{name}: {figure:,.2f} (at most {limit:,.2f})", figure <= limit, figure / limit - 1)

    def at_least(self, name: str, figure: float, limit: float) -> None:
        """``figure`` must be ``limit``."""
        self._tell(f"{name}: {figure:,.2f} (at least {limit:,.2f})", figure >= limit, 1 - figure / limit)

    def unknown(self, name: str, reason: str) -> None:
        """Neither met nor missed."""
        self.told.append(f"not measured: {name} ({reason})")

    def _tell(self, sentence: str, is_met: bool, by: float) -> None:
        if is_met:
            self.told.append(f"met: {sentence}")
        else:
            self.missed.append(f"by {by:.1%}: {sentence}")

    def status(self) -> int:
        """The exit status; each limit in a line, those that were missed last."""
        for sentence in self.told:
            print(sentence, flush=True)
        for name in self.missed:
            print(f"MISSED: {name}", flush=True)
        return 1 if self.missed else 0
