"""A row for each thing that was measured: as a line of the table, and in ``build/bench.json``."""

from __future__ import annotations

import dataclasses
import json
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

RAW, DIDKIT = "raw_ed25519", "didkit_sign"
_WIDTH = 48


@dataclasses.dataclass
class Row:
    """
    Microseconds of one operation, of which there were ``rate_per_s`` in all ``processes`` together, and the most memory
    that one of these held, in MB. ``more`` is said beside it.
    """

    name: str
    processes: int
    median_us: float
    p10_us: float
    rate_per_s: float
    peak_mb: float
    more: dict[str, Any] = dataclasses.field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """One flat object."""
        said = dataclasses.asdict(self)
        return {**{name: _rounded(one) for name, one in said.items() if name != "more"}, **self.more}

    @classmethod
    def load(cls, said: dict[str, Any]) -> Row:
        """What :meth:`as_json` gave."""
        names = [field.name for field in dataclasses.fields(cls) if field.name != "more"]
        more = {name: one for name, one in said.items() if name not in names}
        return cls(**{name: said[name] for name in names}, more=more)


def row_of(
    name: str, micros: Sequence[float], peak_mb: float, *, processes: int = 1, rate: float | None = None, **more: Any
) -> Row:
    """Of what one operation took, again and again. Without a ``rate`` it is that of the median."""
    ordered = sorted(micros)
    median = statistics.median(ordered)
    more = {"min_us": _rounded(ordered[0]), **more}
    return Row(name, processes, median, ordered[len(ordered) // 10], rate or 1e6 / median, peak_mb, more)


def peak_mb(pid: int | str = "self") -> float:
    """The most that a process has held; ``ru_maxrss`` would tell of what it was before it was replaced, too."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def told(row: Row) -> None:
    """To the process that started this one."""
    print(json.dumps(row.as_json()), flush=True)


def heading() -> str:
    """Of the table."""
    names = ("processes", "median µs", "p10 µs", "per second", "× raw", "÷ DIDKit", "peak MB")
    return f"{'':{_WIDTH}}" + "".join(f"{name:>12}" for name in names)


def line(row: Row, rows: Sequence[Row]) -> str:
    """Of the table; ratios where the row has them."""
    figures = [f"{row.processes:12}", f"{row.median_us:12,.1f}", f"{row.p10_us:12,.1f}", f"{row.rate_per_s:12,.1f}"]
    ratios = [f"{row.more[name]:12,.2f}" if name in row.more else f"{'':12}" for name in ("ratio_raw", "ratio_didkit")]
    return f"{row.name:{_WIDTH}}" + "".join((*figures, *ratios, f"{row.peak_mb:12.0f}"))


def add_ratios(rows: Sequence[Row]) -> None:
    """How many raw signatures a row costs, and how many times faster than DIDKit it is, each with as many processes."""
    for row in rows:
        raw, didkit = (find(rows, name, row.processes) for name in (RAW, DIDKIT))
        if raw is not None:
            row.more["ratio_raw"] = round(_each(row) / _each(raw), 3)
            row.more["ratio_raw_p10"] = round(row.p10_us / raw.p10_us, 3)
        if didkit is not None:
            row.more["ratio_didkit"] = round(_each(didkit) / _each(row), 3)


def find(rows: Sequence[Row], name: str, processes: int = 1) -> Row | None:
    """The row, where it was measured."""
    return next((row for row in rows if (row.name, row.processes) == (name, processes)), None)


def write(rows: Sequence[Row], path: Path) -> None:
    """As JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([row.as_json() for row in rows], indent=2) + "\n", encoding="utf-8")


def _each(row: Row) -> float:
    """With one process the median; with several what the rate says."""
    return row.median_us if row.processes == 1 else 1e6 / row.rate_per_s


def _rounded(figure: Any) -> Any:
    return round(figure, 3) if isinstance(figure, float) else figure
