"""``vc_anchor keys`` and ``vc_anchor key``: what is published of the keys that pay for anchors."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.management.base import CommandError
from django.core.management.base import CommandParser
from django.core.management.base import OutputWrapper
from django.utils import timezone

from openedx_verifiable_credentials.api import anchor_keys
from openedx_verifiable_credentials.api import anchoring
from openedx_verifiable_credentials.management.selectors import moment


def add_arguments(parser: CommandParser) -> None:
    """Of ``vc_anchor key``."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--publish", action="store_true", help="The configured key pays from now on: name it.")
    what.add_argument(
        "--rotate", action="store_true", help="The configured key takes the place of the one that paid so far."
    )
    what.add_argument("--revoke", metavar="ADDRESS", help="This key is not to be believed any more.")
    parser.add_argument(
        "--since",
        type=moment,
        help="With --revoke: others may have it since then: an ISO 8601 date or time, UTC where it names no zone.",
    )


def say_keys(stdout: OutputWrapper) -> None:
    """All of them, newest first."""
    found = anchor_keys.list_anchor_keys()
    if not found:
        stdout.write("No key pays for anchors yet: manage.py vc_anchor key --publish")
    for one in found:
        chains = ", ".join(map(str, sorted(one.chain_ids))) or "none"
        stdout.write(f"{one.address}  {one.public_key_multibase}")
        stdout.write(f"  {_times(one.created, one.expires, one.revoked)}; chain ids: {chains}")


def change(stdout: OutputWrapper, options: dict[str, Any]) -> None:
    """One of the three. Raises CommandError, AnchoringError, ConfigurationError, SigningError."""
    if options["since"] is not None and options["revoke"] is None:
        raise CommandError("--since goes with --revoke.")
    if options["publish"]:
        stdout.write(f"{anchoring.publish_key()} pays for anchors; issuers with a did:web name it from now on.")
    elif options["rotate"]:
        address, former = anchoring.rotate_key()
        stdout.write(f"{address} pays for anchors from now on.")
        for each in former:
            stdout.write(f"{each} sends nothing new; what it anchored stays valid. Its coins are still there.")
    else:
        since = options["since"] or timezone.now()
        anchor_keys.revoke_anchor_key(options["revoke"], since)
        stdout.write(f"{options['revoke']} is revoked: anchors in blocks since {_written(since)} do not count.")


def _times(created: datetime.datetime, expires: datetime.datetime | None, revoked: datetime.datetime | None) -> str:
    said = [f"since {_written(created)}"]
    said += [f"until {_written(expires)}"] if expires else []
    said += [f"REVOKED since {_written(revoked)}"] if revoked else []
    return ", ".join(said)


def _written(at: datetime.datetime) -> str:
    return at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
