"""
Signing, without a database: every way in turns, in one process; then the fast ones in two processes at once.

What else runs on the machine, and how warm it is, slows all ways alike. ``--only NAME`` does one way alone and tells
how much memory that takes.
"""

from __future__ import annotations

import argparse
import dataclasses
import gc
import hashlib
import json
import multiprocessing
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Any

from scripts.benchmarks import places
from scripts.benchmarks.rows import RAW
from scripts.benchmarks.rows import peak_mb
from scripts.benchmarks.rows import row_of
from scripts.benchmarks.rows import told

places.use_paths()

BLOCK_SECONDS, WARM_UP = 0.004, 2
POOL = 1_000


@dataclasses.dataclass(frozen=True)
class Way:
    """``prepare`` makes ``work`` and what is given to it, one after the other, again and again."""

    prepare: Callable[[], tuple[Callable[[Any], object], Sequence[Any]]]
    parallel: bool = False


class Runner:
    """One way, made ready in this process."""

    def __init__(self, way: Way):
        self._work, self._given = way.prepare()
        self._at, self._count = 0, 1
        since = time.perf_counter()
        self.block()
        self._count = max(1, min(5_000, int(BLOCK_SECONDS / (time.perf_counter() - since))))
        # The first ones compile and plan; then it is known how many are a block.
        each = min(self.block() for _ in range(3))
        self._count = max(1, min(5_000, int(BLOCK_SECONDS * 1e6 / each)))

    def block(self) -> float:
        """Microseconds of one operation, out of so many that they take some milliseconds."""
        given, at, count, work = self._given, self._at, self._count, self._work
        part = [given[(at + number) % len(given)] for number in range(count)]
        self._at = at + count
        since = time.perf_counter()
        for one in part:
            work(one)
        return (time.perf_counter() - since) * 1e6 / count

    def for_seconds(self, seconds: float) -> tuple[float, float, int, list[float]]:
        """Beginning, end, how many, and microseconds of one in each block."""
        began, micros, count = time.monotonic(), [], 0
        while time.monotonic() - began < seconds:
            micros.append(self.block())
            count += self._count
        return began, time.monotonic(), count, micros


def ways() -> dict[str, Way]:
    """By the name of their row."""
    from scripts.benchmarks import documents  # noqa: PLC0415  (the code under measure)

    def raw() -> tuple[Callable[[Any], object], Sequence[Any]]:
        return documents.SIGNER._key.sign, [hashlib.sha512(b"%d" % number).digest() for number in range(POOL)]

    def template(kind: documents.Kind) -> Callable[[], tuple[Callable[[Any], object], Sequence[Any]]]:
        def prepare() -> tuple[Callable[[Any], object], Sequence[Any]]:
            made = documents.Templated(kind)
            return made.sign, [made.values(number) for number in range(POOL)]

        return prepare

    def leaf_by_template() -> tuple[Callable[[Any], object], Sequence[Any]]:
        made = documents.Templated(documents.BULK_RDFC)
        leaf_of = made.template.leaves(documents.Cover.PROOF)
        given = [made.press(made.values(number)) for number in range(POOL)]
        if leaf_of(given[0]) != documents.leaf_with_pyld(made.document(given[0])):
            raise RuntimeError("A template does not give the leaf of the whole way: nothing is measured.")
        return leaf_of, given

    def leaf_by_pyld() -> tuple[Callable[[Any], object], Sequence[Any]]:
        made = documents.Templated(documents.BULK_RDFC)
        return documents.leaf_with_pyld, [made.document(made.press(made.values(number))) for number in range(50)]

    def whole(sign: Callable[[Any], object], kind: documents.Kind) -> Callable[[], Any]:
        return lambda: (sign, [documents.unsigned(number, kind) for number in range(50)])

    vc1 = documents.KINDS["template_ed25519signature2020"]
    return {
        RAW: Way(raw, parallel=True),
        **{name: Way(template(kind), parallel=True) for name, kind in documents.KINDS.items()},
        "leaf_template": Way(leaf_by_template),
        "leaf_full_pyld": Way(leaf_by_pyld),
        "full_pyld": Way(whole(documents.sign_with_pyld, documents.BULK_RDFC)),
        "full_pyoxigraph": Way(whole(documents.sign_with_pyoxigraph, documents.BULK_RDFC)),
        "didkit_sign": Way(whole(documents.sign_with_didkit, vc1), parallel=True),
    }


def main() -> None:
    """Rows, as they are known."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=400)
    parser.add_argument("--turns", type=int, default=10, help="of two processes at once")
    parser.add_argument("--seconds", type=float, default=0.15, help="of a turn")
    parser.add_argument("--only")
    parser.add_argument("--one-peak", action="store_true", help="of all ways in one process")
    options = parser.parse_args()
    if options.only:
        runner = Runner(ways()[options.only])
        for _ in range(WARM_UP * 2):
            runner.block()
        print(json.dumps(peak_mb()))
        return
    # First: DIDKit, once used, survives no fork.
    together = list(_two_processes(options.turns, options.seconds))
    alone = _one_process(options.rounds)
    peaks = {name: peak_mb() if options.one_peak else _peak(name) for name in alone}
    for name, micros in alone.items():
        told(row_of(name, micros, peaks[name]))
    for name, micros, rate in together:
        told(row_of(name, micros, peaks[name], processes=2, rate=rate))


def _one_process(rounds: int) -> dict[str, list[float]]:
    runners = {name: Runner(way) for name, way in ways().items()}
    taken: dict[str, list[float]] = {name: [] for name in runners}
    gc.collect()
    gc.freeze()
    for number in range(rounds + WARM_UP):
        for name in random.sample(list(runners), len(runners)):
            micros = runners[name].block()
            if number >= WARM_UP:
                taken[name].append(micros)
    return taken


def _peak(name: str) -> float:
    command = [sys.executable, "-m", "scripts.benchmarks.micro", "--only", name]
    done = subprocess.run(command, cwd=places.ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    return float(json.loads(done.stdout.splitlines()[-1]))


def _two_processes(turns: int, seconds: float) -> Iterator[tuple[str, list[float], float]]:
    """Name, microseconds of one in either process, and how many a second both made together."""
    names = [name for name, way in ways().items() if way.parallel]
    rates: dict[str, list[float]] = {name: [] for name in names}
    micros: dict[str, list[float]] = {name: [] for name in names}
    fork = multiprocessing.get_context("fork")
    pipes = [fork.Pipe() for _ in range(2)]
    children = [fork.Process(target=_child, args=(theirs, names)) for _, theirs in pipes]
    for child in children:
        child.start()
    ours = [mine for mine, _ in pipes]
    for pipe in ours:
        assert pipe.recv() == "ready"
    for _ in range(turns):
        for name in random.sample(names, len(names)):
            for pipe in ours:
                pipe.send((name, seconds))
            parts = [pipe.recv() for pipe in ours]
            took = max(end for _, end, _, _ in parts) - min(began for began, _, _, _ in parts)
            rates[name].append(sum(count for _, _, count, _ in parts) / took)
            micros[name] += [one for part in parts for one in part[3]]
    for pipe in ours:
        pipe.send(None)
    for child in children:
        child.join()
    for name in names:
        yield name, micros[name], statistics.median(rates[name])


def _child(pipe: Connection, names: Sequence[str]) -> None:
    known = ways()
    runners = {name: Runner(known[name]) for name in names}
    gc.freeze()
    pipe.send("ready")
    while (asked := pipe.recv()) is not None:
        pipe.send(runners[asked[0]].for_seconds(asked[1]))


if __name__ == "__main__":
    main()
