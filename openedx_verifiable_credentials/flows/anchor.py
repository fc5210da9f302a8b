"""
Leaves that wait → roots on a public chain, each once.

A run follows what was sent before, prepares the batches that are due, and sends what is ready. It can stop anywhere:
what it had decided is stored before anybody is told, so the next run goes on with the same root, number and bytes.
"""

from __future__ import annotations

import dataclasses
import datetime
import logging
from collections import Counter
from collections.abc import Callable

from django.db import DatabaseError
from django.db.models import Count
from django.db.models import Min
from django.db.models import Q
from django.db.models import QuerySet

from openedx_verifiable_credentials.exceptions import AnchoringError
from openedx_verifiable_credentials.exceptions import SigningError
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.flows.steps.anchoring import fees
from openedx_verifiable_credentials.flows.steps.anchoring import preparing
from openedx_verifiable_credentials.flows.steps.anchoring import signing
from openedx_verifiable_credentials.flows.steps.anchoring.accounts import get_account
from openedx_verifiable_credentials.flows.steps.anchoring.finding import Depths
from openedx_verifiable_credentials.flows.steps.anchoring.finding import depths
from openedx_verifiable_credentials.flows.steps.anchoring.following import follow
from openedx_verifiable_credentials.flows.steps.anchoring.means import AnchorMeans
from openedx_verifiable_credentials.flows.steps.anchoring.means import FeeCaps
from openedx_verifiable_credentials.flows.steps.anchoring.means import Progress
from openedx_verifiable_credentials.flows.steps.anchoring.problems import Problem
from openedx_verifiable_credentials.flows.steps.anchoring.problems import balance as too_few_coins
from openedx_verifiable_credentials.flows.steps.anchoring.problems import fee_cap
from openedx_verifiable_credentials.flows.steps.anchoring.problems import no_endpoint
from openedx_verifiable_credentials.flows.steps.anchoring.problems import sentence_of
from openedx_verifiable_credentials.flows.steps.anchoring.sending import Chain
from openedx_verifiable_credentials.flows.steps.anchoring.sending import urge
from openedx_verifiable_credentials.flows.steps.races import is_race
from openedx_verifiable_credentials.models import AnchorAccount
from openedx_verifiable_credentials.models import AnchorBatch
from openedx_verifiable_credentials.models import AnchorLeaf
from openedx_verifiable_credentials.models.anchor import IN_BLOCK_STATES
from openedx_verifiable_credentials.models.anchor import AnchorState
from openedx_verifiable_credentials.ports import Ledger

__all__ = ["AnchorMeans", "AnchorRun", "Estimate", "FeeCaps", "Problem", "Status", "estimate", "run", "status"]

logger = logging.getLogger(__name__)


@dataclasses.dataclass
class AnchorRun:
    """
    ``happened``: how many events of each kind ("anchor.mined"); ``problems``: what holds something up, the same thing
    once; ``waiting``: the leaves that are in no batch yet.
    """

    happened: Counter[str] = dataclasses.field(default_factory=Counter)
    problems: list[Problem] = dataclasses.field(default_factory=list)
    waiting: int = 0


@dataclasses.dataclass(frozen=True)
class Estimate:
    """
    What a run that takes everything would send, and what that costs at most, in wei. ``batches``: those that are
    prepared but not signed, and those that the ``leaves`` that wait would make. ``spent``: of twenty-four hours.
    ``problems``: why it would not be sent.
    """

    title: str
    is_test: bool
    address: str
    leaves: int
    batches: int
    most_each: int
    most: int
    balance: int
    spent: int
    caps: FeeCaps
    problems: list[Problem]


@dataclasses.dataclass(frozen=True)
class Status:
    """
    ``batches``: how many are in each state; ``oldest``: when the first of the leaves that wait was written; ``balance``
    in wei, None where the chain does not say; ``spent`` as in :class:`Estimate`.
    """

    title: str
    is_test: bool
    address: str
    batches: dict[AnchorState, int]
    leaves: int
    oldest: datetime.datetime | None
    balance: int | None
    spent: int
    problems: list[Problem]


def run(
    means: AnchorMeans, *, flush: bool = False, only_follow: bool = False, progress: Progress | None = None
) -> AnchorRun:  # fmt: skip
    """
    One turn: what was sent is followed on every network that has a ledger; then, unless ``only_follow``, batches are
    prepared (``flush``: of all that waits, however few and new), signed and sent.

    What goes wrong with a network or a batch is among the problems, and the next run tries again. Raises
    ConfigurationError, DocumentError ``unsupported_key``, DatabaseError.
    """
    worker = _Worker(means, progress or (lambda kind, batch: None), may_sign=not only_follow)
    reached = {name for name, ledger in means.ledgers().items() if worker.follow(name, Chain(ledger))}
    worker.note_unreachable()
    if not only_follow and means.network_name in reached:
        worker.send_new(flush=flush)
    worker.done.waiting = _waiting().count()
    return worker.done


class _Worker:
    """One run."""

    def __init__(self, means: AnchorMeans, progress: Progress, *, may_sign: bool):
        self.means = means
        self.progress = progress
        self.may_sign = may_sign
        self.done = AnchorRun()

    def follow(self, name: str, chain: Chain) -> bool:
        """Whether the network's ledger answers."""
        try:
            deep = depths(chain.ledger)
        except (AnchoringError, TransientError) as error:
            self._note(error, name)
            return False
        # In the order of their numbers: a chain takes no transaction before those with lower ones.
        batches = _under_way().filter(_sent_to(name, chain.ledger))
        for batch in batches.select_related("account__key", "transaction").order_by("account", "nonce"):
            self._try(batch, lambda batch=batch: self._follow(chain, deep, batch))  # type: ignore[misc]
        return True

    def note_unreachable(self) -> None:
        """Batches that nobody can be asked about."""
        left = _under_way()
        for name, ledger in self.means.ledgers().items():
            left = left.exclude(_sent_to(name, ledger))
        for name in left.order_by("network").values_list("network", flat=True).distinct():
            self._note(no_endpoint(), name)

    def _follow(self, chain: Chain, deep: Depths, batch: AnchorBatch) -> None:
        self._tell(batch, follow(self.means, chain.ledger, deep, batch))
        self._urge(chain, batch)

    def _urge(self, chain: Chain, batch: AnchorBatch) -> None:
        batch = _with_account(batch)
        if batch.nonce is not None and batch.state not in IN_BLOCK_STATES:
            self._tell(batch, urge(self.means, chain, batch, may_sign=self.may_sign))
        if batch.problem:
            _as_it_is(batch).update(problem="", changed=self.means.now())

    def send_new(self, *, flush: bool) -> None:
        """What is prepared, and what is due."""
        means = self.means
        try:
            account = get_account(means.signer, means.ledger.chain_id, means.now())
        except AnchoringError as error:
            self._note(error, means.network_name)
            return
        if not self._send_all(account) and not flush and preparing.is_held_up(means):
            return
        try:
            for batch in preparing.prepare(means, account, flush=flush):
                self._tell(batch, ["anchor.prepared"])
        except (AnchoringError, TransientError) as error:
            self._note(error, means.network_name)
        self._send_all(account)

    def _send_all(self, account: AnchorAccount) -> bool:
        """Every batch that is ready for this network; whether nothing is left of them."""
        chain = Chain(self.means.ledger)
        ready = AnchorBatch.objects.filter(state=AnchorState.PREPARED).order_by("pk")
        return all(
            self._try(batch, lambda batch=batch: self._send_first(chain, account, batch))  # type: ignore[misc]
            for batch in ready
        )

    def _send_first(self, chain: Chain, account: AnchorAccount, batch: AnchorBatch) -> None:
        means, ledger = self.means, chain.ledger
        balance, used = ledger.balance(means.signer.address), ledger.nonces(means.signer.address).latest
        name, quote = means.network_name, chain.quote
        if signing.sign(means, account, batch, name, quote, balance=balance, used=used) is not None:
            self._tell(batch, ["anchor.signed"])
            self._urge(chain, batch)

    def _try(self, batch: AnchorBatch, work: Callable[[], None]) -> bool:
        """Whether nothing held it up."""
        try:
            work()
        except (AnchoringError, SigningError) as error:
            # Not of the batch as it was read: it may have been signed or moved since.
            _as_it_is(batch).exclude(problem=error.code).update(problem=error.code, changed=self.means.now())
            self._note(error, batch.network, batch)
        except TransientError as error:
            self._note(error, batch.network)
        except DatabaseError as error:
            if not is_race(error):
                raise
        else:
            return True
        return False

    def _note(self, error: VerifiableCredentialsError, network: str, batch: AnchorBatch | None = None) -> None:
        problem = Problem(error.code, error.message, network, None if batch is None else batch.uuid)
        if problem not in self.done.problems:
            self.done.problems.append(problem)
            logger.warning("Anchoring on %s%s: %s", network, f", batch {problem.batch}" if batch else "", error.code)

    def _tell(self, batch: AnchorBatch, kinds: list[str]) -> None:
        for kind in kinds:
            self.done.happened[kind] += 1
            self.progress(kind, batch.uuid)


def estimate(means: AnchorMeans) -> Estimate:
    """
    What a run would send that takes all that waits. Writes nothing. Raises TransientError ``chain_unavailable``,
    AnchoringError ``wrong_chain``, ``bad_answer``.
    """
    leaves = _waiting().count()
    ready = AnchorBatch.objects.filter(state=AnchorState.PREPARED).count()
    quote, balance = fees.quote(means.ledger), means.ledger.balance(means.signer.address)
    batches = ready + -(-leaves // means.leaves)
    spent = fees.spent(means.ledger.chain_id, means.now())
    problems = []
    if batches and (quote.most > means.caps.batch or spent + batches * quote.most > means.caps.day):
        problems.append(Problem(fee_cap().code, fee_cap().message, means.network_name))
    if balance < batches * quote.most:
        problems.append(Problem(too_few_coins().code, too_few_coins().message, means.network_name))
    return Estimate(
        title=means.network.title,
        is_test=means.network.is_test,
        address=means.signer.address,
        leaves=leaves,
        batches=batches,
        most_each=quote.most,
        most=batches * quote.most,
        balance=balance,
        spent=spent,
        caps=means.caps,
        problems=problems,
    )


def status(means: AnchorMeans) -> Status:
    """How things stand; that the chain does not answer is among the problems. Writes nothing."""
    held_up = AnchorBatch.objects.exclude(problem="").order_by("pk")
    problems = [Problem(each.problem, sentence_of(each.problem), each.network, each.uuid) for each in held_up]
    balance = None
    try:
        balance = means.ledger.balance(means.signer.address)
    except (AnchoringError, TransientError) as error:
        problems.insert(0, Problem(error.code, error.message, means.network_name))
    counted = AnchorBatch.objects.order_by().values_list("state").annotate(count=Count("pk"))
    return Status(
        title=means.network.title,
        is_test=means.network.is_test,
        address=means.signer.address,
        batches={AnchorState(state): count for state, count in counted},
        leaves=_waiting().count(),
        oldest=_waiting().aggregate(oldest=Min("created"))["oldest"],
        balance=balance,
        spent=fees.spent(means.ledger.chain_id, means.now()),
        problems=problems,
    )


def _waiting() -> QuerySet[AnchorLeaf]:
    return AnchorLeaf.objects.filter(batch=None)


def _sent_to(name: str, ledger: Ledger) -> Q:
    """Settings may have given the name to another chain, which knows nothing of what was sent before."""
    return Q(network=name, chain_id=ledger.chain_id)


def _under_way() -> QuerySet[AnchorBatch]:
    return AnchorBatch.objects.filter(nonce__isnull=False).exclude(state=AnchorState.FINALIZED)


def _with_account(batch: AnchorBatch) -> AnchorBatch:
    """The batch as it is now."""
    return AnchorBatch.objects.select_related("account__key", "transaction").get(pk=batch.pk)


def _as_it_is(batch: AnchorBatch) -> QuerySet[AnchorBatch]:
    """Its row, unless it has been final since."""
    return AnchorBatch.objects.filter(pk=batch.pk).exclude(state=AnchorState.FINALIZED)
