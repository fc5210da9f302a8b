"""
Credentials that are issued → a batch: tree, paths, all of it stored, and the value of every proof. Once with the leaves
that were computed when they were issued; once without, so that each document is opened and canonicalised the whole way.

No transaction is sent: what a chain costs does not depend on how many credentials there are.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import time
from typing import Any

from scripts.benchmarks import issuing
from scripts.benchmarks import places
from scripts.benchmarks.rows import peak_mb
from scripts.benchmarks.rows import row_of
from scripts.benchmarks.rows import told

WITH, WITHOUT = "anchor_10k", "anchor_10k_without_leaves"
NETWORK = "base-sepolia"
_TRANSACTION = bytes(range(32))


def _issue(certificates: int) -> None:
    """By a did:web issuer, while anchoring is on."""
    from openedx_verifiable_credentials.api import issuers  # noqa: PLC0415  (settings are named by the environment)
    from tests import bulk  # noqa: PLC0415

    issuing.seed(certificates)
    issuers.create_issuer(issuers.NewIssuer(name="Bench", slug="bench", method="web"))
    done = bulk.issue(profile_id=issuing.PROFILE)
    assert done.issued > certificates // 2, done


class Batches:
    """Of all leaves that there are."""

    def __init__(self) -> None:
        from django.utils import timezone  # noqa: PLC0415  (settings are named by the environment)

        from openedx_verifiable_credentials.core.networks import NETWORKS  # noqa: PLC0415
        from openedx_verifiable_credentials.flows.anchor import AnchorMeans  # noqa: PLC0415
        from openedx_verifiable_credentials.flows.anchor import FeeCaps  # noqa: PLC0415
        from openedx_verifiable_credentials.models import AnchorAccount  # noqa: PLC0415
        from openedx_verifiable_credentials.models import AnchorKey  # noqa: PLC0415

        now = timezone.now()
        key = AnchorKey.objects.create(address="0x" + "0" * 40, public_key_multibase="zQ3s", created=now)
        self._network = NETWORKS[NETWORK]
        self._account = AnchorAccount.objects.create(key=key, chain_id=self._network.chain_id)
        nobody: Any = self._network  # it has the number of the chain, and is not asked for more
        self._means = AnchorMeans(
            ledger=nobody, signer=nobody, network_name=NETWORK, network=self._network, address="", caps=FeeCaps(1, 1),
            leaves=65_536, every=now - now, stuck=now - now, now=timezone.now,
        )  # fmt: skip

    def make(self) -> tuple[float, float, int]:
        """Seconds of CPU until one is stored, and for the values of its proofs; how many leaves it has."""
        from openedx_verifiable_credentials.flows.steps.anchoring import preparing  # noqa: PLC0415

        began = time.process_time()
        [batch] = preparing.prepare(self._means, self._account, flush=True)
        stored = time.process_time()
        count = self._write_proofs(batch)
        assert count == batch.leaf_count
        return stored - began, time.process_time() - stored, count

    def _write_proofs(self, batch: Any) -> int:
        from openedx_verifiable_credentials.core.suites import merkle_proof  # noqa: PLC0415
        from openedx_verifiable_credentials.models import InclusionProof  # noqa: PLC0415

        root, codes, count = bytes.fromhex(batch.root), self._network.codes, 0
        rows = InclusionProof.objects.filter(leaf__batch=batch).values_list("leaf__leaf", "path")
        for leaf, path in rows.iterator(chunk_size=500):
            merkle_proof.write(root, bytes.fromhex(leaf), bytes(path), _TRANSACTION, codes)
            count += 1
        return count

    def undo(self) -> None:
        """The leaves wait again."""
        from openedx_verifiable_credentials.models import AnchorBatch  # noqa: PLC0415
        from openedx_verifiable_credentials.models import AnchorLeaf  # noqa: PLC0415
        from openedx_verifiable_credentials.models import InclusionProof  # noqa: PLC0415

        InclusionProof.objects.all().delete()
        AnchorLeaf.objects.update(batch=None)
        AnchorBatch.objects.all().delete()


def _with_leaves(batches: Batches, times: int) -> None:
    micros, stored, values, count = [], [], [], 0
    for _ in range(times):
        one, other, count = batches.make()
        batches.undo()
        stored.append(one)
        values.append(other)
        micros.append((one + other) * 1e6 / count)
    told(row_of(WITH, micros, peak_mb(), **_said(count, stored_s=min(stored), proof_values_s=min(values))))


def _without_leaves(batches: Batches) -> None:
    from openedx_verifiable_credentials.api import anchor_leaves  # noqa: PLC0415
    from openedx_verifiable_credentials.models import AnchorLeaf  # noqa: PLC0415

    AnchorLeaf.objects.all().delete()
    micros, done, since = [], 0, time.process_time()
    began = since
    for progress in anchor_leaves.backfill():
        now = time.process_time()
        micros.append((now - since) * 1e6 / (progress.looked_at - done))
        done, since = progress.looked_at, now
    filled = time.process_time() - began
    stored, values, count = batches.make()
    rest = (stored + values) * 1e6 / count
    more = _said(count, leaves_s=filled, stored_s=stored, proof_values_s=values)
    told(row_of(WITHOUT, [one + rest for one in micros], peak_mb(), **more))


def _said(count: int, **seconds: float) -> dict[str, Any]:
    said = {name: round(one, 3) for name, one in seconds.items()}
    return {"credentials": count, "cpu_s": round(sum(seconds.values()), 3), **said}


def main() -> None:
    """Both rows."""
    parser = argparse.ArgumentParser()
    # One in twenty-five of the certificates that are seeded may have no credential.
    parser.add_argument("--certificates", type=int, default=10_417)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    with places.database_of_its_own():
        from django.conf import settings  # noqa: PLC0415  (settings are named by the environment)
        from django.db import connections  # noqa: PLC0415
        from waffle.models import Switch  # noqa: PLC0415

        settings.OPENEDX_VC_ANCHORING = True
        Switch.objects.create(name="openedx_verifiable_credentials.enabled", active=True)
        connections.close_all()
        # In another process, which takes the memory of it along.
        issue = multiprocessing.get_context("fork").Process(target=_issue, args=(options.certificates,))
        issue.start()
        issue.join()
        gc.freeze()
        batches = Batches()
        _with_leaves(batches, options.times)
        _without_leaves(batches)


if __name__ == "__main__":
    main()
