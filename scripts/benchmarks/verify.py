"""
The part of ``make bench`` that is about verification: one credential after the other, without the network, beside
Node's @digitalbazaar/vc in the same run; and many of one issuer in one call.

Run with ``here`` it does the work, on a database in memory. Exit status 1, after the last figure, where a limit was
missed. Without Node the comparison is left out, in so many words.
"""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scripts.benchmarks import places
from scripts.benchmarks.limits import Limits
from tests import parts

INTEROP = places.ROOT / "tests" / "interop"
CONTEXTS = places.ROOT / "openedx_verifiable_credentials" / "core" / "contexts"
TURNS, ONE, MANY = 3, 300, 1_000
# The limit: how long we take for one credential, as a part of what Node takes.
MOST_RATIO = 1.0


def run(limits: Limits) -> None:
    """In a process of its own, since Django is set up another way here."""
    command = [sys.executable, "-m", "scripts.benchmarks.verify", "here"]
    environment = places.environment(places.MEMORY)
    done = subprocess.run(command, cwd=places.ROOT, env=environment, check=False)  # noqa: S603
    limits.hold("verification (see above)", done.returncode == 0)


def _here() -> int:
    import django  # noqa: PLC0415

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    from django.conf import settings  # noqa: PLC0415

    from tests import published  # noqa: PLC0415

    settings.OPENEDX_VC_FETCHER = published.PATH
    limits = Limits()
    for name, credential in _credentials().items():
        _one(name, credential, limits)
    _many()
    return limits.status()


def _credentials() -> dict[str, dict[str, Any]]:
    """One of each profile, of a did:key issuer: nobody has to be asked."""
    from tests import awards  # noqa: PLC0415
    from tests import signed  # noqa: PLC0415

    return {
        profile.id: json.loads(signed.released(awards.full_award(), profile, signed.signer()))
        for profile in awards.PROFILES
    }


def _one(name: str, credential: dict[str, Any], limits: Limits) -> None:
    """In turns with Node: what else runs on the machine slows both alike."""
    from openedx_verifiable_credentials.api import verifying  # noqa: PLC0415

    raw = json.dumps(credential).encode()

    def verify() -> None:
        assert verifying.verify(raw, offline=True).verdict == "valid"

    verify()
    reason = parts.missing("node")
    ours, theirs = [], []
    for _ in range(TURNS):
        ours.append(_milliseconds(verify))
        if reason is None:
            theirs.append(_with_node(credential))
    print(
        f"verify {name}, one at a time: {min(ours):.2f} ms (median of turns {statistics.median(ours):.2f})", flush=True
    )
    if reason is not None:
        print(f"verify {name}, @digitalbazaar/vc: not measured, {reason}", flush=True)
        return
    ratio = min(ours) / min(theirs)
    print(f"verify {name}, @digitalbazaar/vc: {min(theirs):.2f} ms; ours / Node's: {ratio:.2f} (at most {MOST_RATIO})")
    limits.hold(f"verify {name}, ours / Node's", ratio <= MOST_RATIO)


def _milliseconds(work: Callable[[], None]) -> float:
    since = time.perf_counter()
    for _ in range(ONE):
        work()
    return (time.perf_counter() - since) * 1000 / ONE


def _with_node(credential: dict[str, Any]) -> float:
    """Milliseconds for one, without the start of the process; contexts are in its memory."""
    with tempfile.TemporaryDirectory() as directory:
        cases = Path(directory, "cases.jsonl")
        cases.write_text("".join(f"{json.dumps({'id': str(n), 'credential': credential})}\n" for n in range(ONE)))
        done = subprocess.run(  # noqa: S603  (our own words)
            ["node", "verify.mjs", "--contexts", str(CONTEXTS), "--only-digitalbazaar", str(cases)],  # noqa: S607
            cwd=INTEROP, capture_output=True, text=True, check=True,
        )  # fmt: skip
    said = re.match(r"(\d+) documents in ([\d.]+) s; verified: .*digitalbazaar (\d+);", done.stderr)
    assert said and int(said[1]) == int(said[3]) == ONE, done.stderr
    return float(said[2]) * 1000 / ONE


def _many() -> None:
    from openedx_verifiable_credentials.api import verifying  # noqa: PLC0415
    from tests import published  # noqa: PLC0415

    issuer = published.Issuer()
    documents = [json.dumps(issuer.issue(number, title=f"Course {number}")).encode() for number in range(MANY)]
    published.asked.clear()
    since = time.perf_counter()
    verdicts = {report.verdict for report in verifying.verify_many(documents)}
    rate = MANY / (time.perf_counter() - since)
    assert verdicts == {"valid"}, verdicts
    fetched = published.asked.total()
    print(f"verify {MANY:,} of one issuer in one call: {rate:,.0f}/s, {fetched} documents fetched", flush=True)


if __name__ == "__main__" and sys.argv[1:] == ["here"]:
    sys.exit(_here())
