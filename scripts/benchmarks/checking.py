"""What is done in this service's own process, in turns: publishing a status list, verifying one credential and many."""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable

from scripts.benchmarks import places
from scripts.benchmarks.rows import peak_mb
from scripts.benchmarks.rows import row_of
from scripts.benchmarks.rows import told

REVOKED = 1_000


def main() -> None:
    """Rows, once all are known."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--turns", type=int, default=4, help="of verifying many")
    parser.add_argument("--many", type=int, default=1_000)
    options = parser.parse_args()
    with places.database_of_its_own():
        _measure(options.rounds, options.turns, options.many)


def _measure(rounds: int, turns: int, count: int) -> None:
    publish, verify, many = _publishing(), _verifying(), _verifying_many(count)
    taken: dict[str, list[float]] = {"publish": [], "verify_one": [], "verify_1000": []}
    every = max(1, rounds // turns)
    for number in range(rounds):
        taken["publish"].append(_micros(publish))
        taken["verify_one"].append(_micros(verify))
        if number % every == 0 and len(taken["verify_1000"]) < turns:
            taken["verify_1000"].append(_micros(many) / count)
    peak = peak_mb()
    for name, micros in taken.items():
        told(row_of(name, micros, peak, **({"of": count} if name == "verify_1000" else {})))


def _micros(work: Callable[[], None]) -> float:
    since = time.perf_counter()
    work()
    return (time.perf_counter() - since) * 1e6


def _publishing() -> Callable[[], None]:
    """A list of the usual length, in which a thousand are revoked."""
    from openedx_verifiable_credentials.api import issuers  # noqa: PLC0415  (settings are named by the environment)
    from openedx_verifiable_credentials.api.means import get_means  # noqa: PLC0415
    from openedx_verifiable_credentials.core import status_list  # noqa: PLC0415
    from openedx_verifiable_credentials.flows.steps.publishing import publish  # noqa: PLC0415
    from openedx_verifiable_credentials.flows.steps.status_lists import allocate  # noqa: PLC0415
    from openedx_verifiable_credentials.models import StatusList  # noqa: PLC0415

    issuer = issuers.create_issuer(issuers.NewIssuer(name="Bench"))
    row = allocate(get_means(), issuer, "obv3-vc2")[0].status_list
    revoked = random.Random(1).sample(range(row.length), REVOKED)  # noqa: S311  (no secret)
    bits = status_list.with_bits(status_list.empty_bits(row.length), revoked)
    StatusList.objects.filter(pk=row.pk).update(bits=bits)

    def work() -> None:
        assert publish(get_means(), row)

    return work


def _verifying() -> Callable[[], None]:
    """A credential of a did:key issuer: nobody has to be asked."""
    from openedx_verifiable_credentials.api import verifying  # noqa: PLC0415  (settings are named by the environment)
    from openedx_verifiable_credentials.core.profiles import OBV3_VC2  # noqa: PLC0415
    from tests import awards  # noqa: PLC0415
    from tests import signed  # noqa: PLC0415

    raw = signed.released(awards.full_award(), OBV3_VC2, signed.signer())

    def work() -> None:
        assert verifying.verify(raw, offline=True).verdict == "valid"

    work()
    return work


def _verifying_many(count: int) -> Callable[[], None]:
    """Of one did:web issuer, in one call: its document and its list are fetched, from memory, once."""
    from django.conf import settings  # noqa: PLC0415  (settings are named by the environment)

    from openedx_verifiable_credentials.api import verifying  # noqa: PLC0415
    from tests import published  # noqa: PLC0415

    settings.OPENEDX_VC_FETCHER = published.PATH
    issuer = published.Issuer()
    documents = [json.dumps(issuer.issue(number, title=f"Course {number}")).encode() for number in range(count)]

    def work() -> None:
        verdicts = {report.verdict for report in verifying.verify_many(documents)}
        assert verdicts == {"valid"}, verdicts

    return work


if __name__ == "__main__":
    main()
