"""``manage.py vc_verify``."""

from __future__ import annotations

import argparse
import collections
import contextlib
import datetime
import json
import logging
import os
import sys
import time
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.core.management.base import CommandError
from django.core.management.base import CommandParser

from openedx_verifiable_credentials.api import verifying
from openedx_verifiable_credentials.api.variables import forget_variables
from openedx_verifiable_credentials.core.checks.report import Check
from openedx_verifiable_credentials.core.checks.report import Outcome
from openedx_verifiable_credentials.core.checks.report import Report
from openedx_verifiable_credentials.core.checks.report import Verdict
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.management import running
from openedx_verifiable_credentials.management.documents import Named
from openedx_verifiable_credentials.management.documents import named_documents
from openedx_verifiable_credentials.management.documents import printable

logger = logging.getLogger(__name__)

_INVALID = 1
_COULD_NOT_BE_CHECKED = 2
_GOOD = (Verdict.VALID, Verdict.VALID_WITH_WARNINGS)
_MOST_DETAIL = 200
_PROGRESS_SECONDS = 1.0


class Command(BaseCommand):
    """Check credentials and presentations, whoever issued them."""

    help = (
        "Check credentials and presentations, whoever issued them: JSON, PNG, SVG or compact JWS. Exit status: 0 all "
        "are valid (perhaps with warnings); 1 one is invalid; 2 none is invalid, but one could not be checked, or the "
        "command could not be used."
    )
    # A verifier needs no issuer, no base URL and no switch; and a failed check's exit status would say "invalid".
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """See --help."""
        parser.add_argument(
            "files", nargs="+", metavar="FILE", help='A file; a directory: the documents below it; "-": standard input.'
        )
        parser.add_argument("--json", action="store_true", help="One JSON object a line for each file, nothing else.")
        parser.add_argument("--offline", action="store_true", help="Fetch nothing.")
        parser.add_argument(
            "--at", type=_moment, metavar="TIME", help="Judge for this moment (ISO 8601, with its zone); default: now."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """A block or a line for each document, then counts."""
        self._options = options
        try:
            counts = self._verify(list(named_documents(options["files"])))
        except CommandError:
            raise
        except BrokenPipeError:
            # Whoever read what is told has enough, as "head" has. Python would complain once more when it closes it.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise SystemExit(_COULD_NOT_BE_CHECKED) from None
        except ConfigurationError as error:
            raise CommandError(str(error), returncode=_COULD_NOT_BE_CHECKED) from error
        except Exception as error:
            # Python would leave with 1, and that says that a document is invalid.
            forget_variables(error)
            logger.exception("vc_verify failed")
            raise CommandError(
                f"Nothing can be said: {type(error).__name__}. The log has more.", returncode=_COULD_NOT_BE_CHECKED
            ) from error
        if counts[Verdict.INVALID]:
            raise SystemExit(_INVALID)
        if counts[Verdict.COULD_NOT_BE_CHECKED]:
            raise SystemExit(_COULD_NOT_BE_CHECKED)

    def _verify(self, documents: list[Named]) -> collections.Counter[Verdict]:
        if not documents:
            raise CommandError("There is no document in what was named.", returncode=_COULD_NOT_BE_CHECKED)
        several = len(documents) > 1
        counts: collections.Counter[Verdict] = collections.Counter()
        for document, report in self._reports(documents):
            counts[report.verdict] += 1
            if self._options["json"]:
                self.stdout.write(json.dumps({"file": document.name, "report": report.as_json()}))
            else:
                self._tell(document.name, report, short=several and self._options["verbosity"] < 2)
        if several and not self._options["json"]:
            self.stdout.write(_summary(counts))
        return counts

    def _reports(self, documents: list[Named]) -> Iterator[tuple[Named, Report]]:
        """One is read when the one before it has been told; each DID document and list is fetched once for all."""
        contents = (document.find_bytes(verifying.MAX_BYTES) for document in documents)
        reports = verifying.verify_many(contents, at=self._options["at"], offline=self._options["offline"])
        shows = len(documents) > 1 and not self._options["json"] and self.stderr.isatty()
        rate, told = running.Rate(), time.monotonic()
        for number, (document, report) in enumerate(zip(documents, reports, strict=True), 1):
            yield document, report
            if shows and time.monotonic() - told >= _PROGRESS_SECONDS:
                told = time.monotonic()
                # As it is: what is not told otherwise is red on this stream.
                self.stderr.write(f"… {number} of {len(documents)} documents ({rate.of(number)})", style_func=str)

    def _tell(self, name: str, report: Report, *, short: bool) -> None:
        """The verdict; then the checks, unless all is well with one of many."""
        self.stdout.write(f"{name}: {self._coloured(report.verdict)}")
        if not (short and report.verdict is Verdict.VALID):
            self._tell_checks(report, "  ")

    def _tell_checks(self, report: Report, before: str) -> None:
        for check in report.checks:
            outcome = check.outcome.replace("_", " ")
            self.stdout.write(f"{before}{check.name:<10}  {outcome:<11}  {check.message}{_detail(check)}")
        for number, credential in enumerate(report.credentials, 1):
            self.stdout.write(f"{before}credential {number}: {self._coloured(credential.verdict)}")
            self._tell_checks(credential, f"{before}  ")

    def _coloured(self, verdict: Verdict) -> str:
        style = {
            Verdict.VALID: self.style.SUCCESS,
            Verdict.VALID_WITH_WARNINGS: self.style.WARNING,
            Verdict.COULD_NOT_BE_CHECKED: self.style.WARNING,
            Verdict.INVALID: self.style.ERROR,
        }
        return str(style[verdict](verdict.replace("_", " ")))


def _detail(check: Check) -> str:
    """What else is known, where something is wrong; it quotes the document, so it is kept short and harmless."""
    if check.outcome is Outcome.PASSED or not check.detail:
        return ""
    text = ", ".join(f"{name}: {value}" for name, value in check.detail.items())
    return f" ({printable(text[:_MOST_DETAIL])}{'…' if len(text) > _MOST_DETAIL else ''})"


def _summary(counts: collections.Counter[Verdict]) -> str:
    told = [
        f"{counts[verdict]} {verdict.replace('_', ' ')}"
        for verdict in Verdict
        if counts[verdict] or verdict in (Verdict.VALID, Verdict.INVALID)
    ]
    return f"{counts.total()} documents: {', '.join(told)}."


def _moment(text: str) -> datetime.datetime:
    with contextlib.suppress(ValueError):
        moment = datetime.datetime.fromisoformat(text)
        # Of the first and the last year that Python knows, not every moment can be told in UTC.
        if moment.tzinfo is not None and datetime.MINYEAR < moment.year < datetime.MAXYEAR:
            return moment
    raise argparse.ArgumentTypeError("needs a time with its zone, such as 2026-11-22T12:00:00Z")
