"""Is anchoring set up, and does it go on? Facts for the system checks: no endpoint is asked, and no key is opened."""

from __future__ import annotations

import datetime
import importlib.util
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials.app_settings import anchoring
from openedx_verifiable_credentials.app_settings.defaults import DEFAULTS
from openedx_verifiable_credentials.flows.steps.issuers import issuers_in_use
from openedx_verifiable_credentials.models import AnchorBatch
from openedx_verifiable_credentials.models import AnchorLeaf
from openedx_verifiable_credentials.models.anchor import AnchorState

PACKAGE = "web3"
# Rounds may be rare, endpoints away for a while, and blocks full.
_PATIENCE = datetime.timedelta(minutes=30)
_UNDERWAY = (AnchorState.PREPARED, AnchorState.SIGNED, AnchorState.BROADCAST)


def obstacles() -> Iterator[tuple[str, str]]:
    """As :func:`missing`; nothing while nothing is anchored."""
    if anchoring.anchoring():
        yield from missing()


def missing() -> Iterator[tuple[str, str]]:
    """``(what, todo)``: what keeps a round from asking or sending anything. Raises ConfigurationError."""
    name, network = anchoring.anchor_network()
    if _needs_package() and importlib.util.find_spec(PACKAGE) is None:
        yield "The packages of anchoring are not installed.", "pip install openedx-verifiable-credentials[anchoring]"
    if not anchoring.anchor_rpc_urls().get(name):
        yield (
            f"{app_settings.PREFIX}ANCHOR_RPC_URLS names no endpoint of {network.title}, where batches go.",
            f"Name one at least for {name!r}; see how-tos/anchor-credentials.",
        )
    problem = _key_problem()
    if problem:
        yield problem, "Make a key for anchoring alone; see how-tos/anchor-credentials."


def _needs_package() -> bool:
    return any(_is_default(name) for name in ("LEDGER", "ANCHOR_SIGNER"))


def _is_default(name: str) -> bool:
    return bool(app_settings.class_path(name) == DEFAULTS[name])


def _key_problem() -> str:
    """Where the signer is ours."""
    if not _is_default("ANCHOR_SIGNER"):
        return ""
    path = anchoring.anchor_keystore()
    if not path:
        found = anchoring.anchor_private_key()
        return "" if found else "There is no key that signs and pays for anchors."
    try:
        there = Path(path).is_file()
    except (OSError, ValueError):
        there = False
    if not there:
        return f"The key file {path} of {app_settings.PREFIX}ANCHOR_KEYSTORE is not there for this process."
    if anchoring.anchor_keystore_password() is None:
        return f"{app_settings.PREFIX}ANCHOR_KEYSTORE_PASSWORD is not set: the key file does not open."
    return ""


def test_network() -> str | None:
    """The title of the test network where batches go, on a service that is no test; None where all is well."""
    if not anchoring.anchoring() or settings.DEBUG:
        return None
    _, network = anchoring.anchor_network()
    return network.title if network.is_test else None


def nobody_to_anchor_for() -> bool:
    """Whether no issuer in use has a did:web: those of others get no leaf."""
    return anchoring.anchoring() and not issuers_in_use().filter(did__startswith="did:web:").exists()


def leaves_wait_since() -> datetime.datetime | None:
    """
    Since when a leaf waits to be in a block, where that is much longer than it should. None where all is well.
    """
    if not anchoring.anchoring():
        return None
    late = timezone.now() - 2 * anchoring.anchor_every() - _PATIENCE
    leaf = AnchorLeaf.objects.filter(batch=None).order_by("pk").values_list("created", flat=True).first()
    batch = AnchorBatch.objects.filter(state__in=_UNDERWAY).order_by("created").values_list("created", flat=True)
    found = [since for since in (leaf, batch.first()) if since is not None and since < late]
    return min(found, default=None)


def problems() -> Counter[str]:
    """How many batches are held up, by the code of what holds them up."""
    held_up = AnchorBatch.objects.filter(state__in=_UNDERWAY).exclude(problem="")
    return Counter(held_up.values_list("problem", flat=True))
