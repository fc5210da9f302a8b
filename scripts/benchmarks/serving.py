"""
What learners, wallets and verifiers wait for, under gunicorn on loopback: two servers, one with a thousand places in
its status lists and one with very many, asked in turns over connections that stay open.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable

from scripts.benchmarks import status
from scripts.benchmarks.rows import peak_mb
from scripts.benchmarks.rows import row_of
from scripts.benchmarks.rows import told
from tests.servers.running import Browser
from tests.servers.running import claim
from tests.servers.running import workers_of
from tests.wallet import Wallet
from tests.wallet import make_wallet

SETTINGS = {
    **status.CACHED,
    "OPENEDX_VC_THROTTLE_OFFER": "100000/min",
    "OPENEDX_VC_THROTTLE_USER": "100000/min",
    "OPENEDX_VC_MAX_LIVE_CREDENTIALS": 10_000,
}
LIST = "/verifiable_credentials/api/v1/credentials/"
WARM_UP = 3


def main() -> None:
    """Rows: of claims, then of what is fetched."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--claims", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=1_000)
    parser.add_argument("--many", type=int, default=status.MANY)
    options = parser.parse_args()
    with status.serving(status.FEW, SETTINGS) as few:
        _claims(few, options.claims)
        with status.serving(options.many, SETTINGS) as more:
            _fetched(few, more, options.rounds, options.many)


def _claims(service: status.Service, count: int) -> None:
    learner = Browser(service.description, service.description["learners"][0])
    certificates = learner.certificates()
    taken: dict[str, list[float]] = {"claim_post": [], "certificates_list": []}
    for number in range(count + WARM_UP):
        offer, wallet = learner.offer(certificates[number % len(certificates)]), make_wallet()
        micros = _micros(_claim(offer["deeplink"], wallet)), _micros(lambda: learner.get(LIST))
        if number >= WARM_UP:
            taken["claim_post"].append(micros[0])
            taken["certificates_list"].append(micros[1])
    for name, figures in taken.items():
        told(row_of(name, figures, _peak(service)))


def _claim(link: str, wallet: Wallet) -> Callable[[], None]:
    """What a wallet does with a link: it signs, which takes it half a millisecond or so, and posts."""

    def work() -> None:
        answer, body = claim(link, wallet)
        assert answer in (200, 201), (answer, body)

    return work


def _fetched(few: status.Service, more: status.Service, rounds: int, many: int) -> None:
    requests = [
        ("status_get_1k", few, few.list_path),
        ("status_get_1m", more, more.list_path),
        ("static_get", few, status.STATIC),
        ("static_get", more, status.STATIC),
    ]
    taken: dict[str, list[float]] = {name: [] for name, _, _ in requests}
    for number in range(rounds + WARM_UP):
        for name, service, path in random.sample(requests, len(requests)):
            milliseconds = service.timed(path)
            if number >= WARM_UP:
                taken[name].append(milliseconds * 1000)
    told(row_of("status_get_1k", taken["status_get_1k"], _peak(few), entries=status.FEW))
    told(row_of("status_get_1m", taken["status_get_1m"], _peak(more), entries=many))
    told(row_of("static_get", taken["static_get"], _peak(few)))


def _peak(service: status.Service) -> float:
    return max(map(peak_mb, workers_of(service.description["pid"])))


def _micros(work: Callable[[], object]) -> float:
    since = time.perf_counter()
    work()
    return (time.perf_counter() - since) * 1e6


if __name__ == "__main__":
    main()
