"""``vc_anchor status`` and ``--dry-run``: how things stand, and what a round would cost."""

from __future__ import annotations

import datetime

from django.core.management.base import CommandError
from django.core.management.base import OutputWrapper

from openedx_verifiable_credentials.api import anchor_status
from openedx_verifiable_credentials.api import anchoring
from openedx_verifiable_credentials.core import wei
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.management.anchoring.amounts import amount
from openedx_verifiable_credentials.management.anchoring.amounts import network

_HELD_UP = 3
_COLUMNS = ("batch", "made", "network", "state", "problem", "credentials", "transaction", "block", "fee in ether")


def say_status(stdout: OutputWrapper) -> None:
    """What the chain says, as far as it can be asked; the batches."""
    try:
        _say_standing(stdout, anchoring.status())
    except (ConfigurationError, VerifiableCredentialsError) as error:
        stdout.write(str(error))
    batches = anchor_status.list_batches()
    if not batches:
        stdout.write("There is no batch yet.")
        return
    rows = [_COLUMNS, *map(_row, batches)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        stdout.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def say_estimate(stdout: OutputWrapper) -> None:
    """Raises CommandError with status 3 where something would hold it up."""
    found = anchoring.estimate()
    lines = {
        "Network": network(found.title, is_test=found.is_test),
        "Account": found.address,
        "Credentials that wait": str(found.leaves),
        "Batches, one transaction each": str(found.batches),
        "Each costs at most": amount(found.most_each),
        "All cost at most": amount(found.most),
        "Balance": amount(found.balance),
        "Spent in twenty-four hours, at most": amount(found.spent),
        "Caps": f"{amount(found.caps.batch)} a batch, {amount(found.caps.day)} a day",
    }
    for name, value in lines.items():
        stdout.write(f"{name}: {value}")
    for problem in found.problems:
        stdout.write(f"In the way: {problem.sentence} [{problem.code}]")
    why_not = anchoring.kept_back()
    if why_not:
        stdout.write(f"In the way: {why_not}")
    stdout.write("Nothing was written or sent.")
    if found.problems or why_not:
        raise CommandError("Not all of it would be sent.", returncode=_HELD_UP)


def _say_standing(stdout: OutputWrapper, found: anchoring.Status) -> None:
    stdout.write(f"Network: {network(found.title, is_test=found.is_test)}")
    stdout.write(f"Account: {found.address}")
    stdout.write(f"Balance: {'not known' if found.balance is None else amount(found.balance)}")
    stdout.write(f"Spent in twenty-four hours, at most: {amount(found.spent)}")
    since = f", the first since {_written(found.oldest)}" if found.oldest else ""
    stdout.write(f"Credentials that wait: {found.leaves}{since}")
    counts = ", ".join(f"{count} {state}" for state, count in sorted(found.batches.items()))
    stdout.write(f"Batches: {counts or 'none'}")
    for problem in found.problems:
        about = problem.network if problem.batch is None else str(problem.batch)
        stdout.write(f"Held up: {about}: {problem.sentence} [{problem.code}]")


def _row(one: anchor_status.BatchStanding) -> tuple[str, ...]:
    return (
        str(one.uuid),
        _written(one.created),
        network(one.network, is_test=one.is_test),
        one.state,
        one.problem,
        str(one.leaves),
        f"0x{one.transaction}" if one.transaction else "",
        "" if one.block_number is None else str(one.block_number),
        "" if one.fee is None else wei.in_ether(one.fee),
    )


def _written(at: datetime.datetime) -> str:
    return at.astimezone(datetime.UTC).strftime("%Y-%m-%d %H:%M")
