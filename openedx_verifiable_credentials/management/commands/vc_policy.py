"""``manage.py vc_policy``."""

import json
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand
from django.core.management.base import CommandError
from django.core.management.base import CommandParser

from openedx_verifiable_credentials.api import policies
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.management.documents import printable


class Command(BaseCommand):
    """What claim policies let be claimed, and why."""

    help = (
        "Claim policies: explain what holds for a certificate and which rule decided, list what every policy says, or "
        "check them for contradictions. Changes nothing; shows nothing about a learner."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """See --help."""
        commands = parser.add_subparsers(dest="what", required=True, metavar="explain | list | check")
        explain = commands.add_parser(
            "explain", help="What may be claimed of a certificate, what its credential would say, and why."
        )
        explain.add_argument("certificate", type=UUID, help="Its uuid, as in its address; with or without dashes.")
        explain.add_argument("--json", action="store_true", help="For programs.")
        explain.add_argument(
            "--credential",
            action="store_true",
            help="Print the unsigned credential in each profile as well, made for an example learner.",
        )
        listing = commands.add_parser("list", help="Every policy, and what it says.")
        listing.add_argument("--json", action="store_true", help="For programs.")
        commands.add_parser(
            "check",
            help="Contradictions, ids of wallets and profiles that do not exist, and scopes that nothing in the "
            "service has. Exit status 1 where there are any.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """One of the three."""
        try:
            {"explain": self._explain, "list": self._list, "check": self._check}[options["what"]](options)
        except (VerifiableCredentialsError, ConfigurationError) as error:
            raise CommandError(str(error)) from error

    def _explain(self, options: dict[str, Any]) -> None:
        found = policies.explain(options["certificate"])
        if options["json"]:
            shown = found.as_json()
            if options["credential"]:
                shown["credentials"] = [
                    {"profile": one.profile_id, "issuer": one.issuer, "document": one.document, "note": one.note}
                    for one in found.samples
                ]
            self._write_json(shown)
            return
        self._facts(found)
        for decision in found.decisions:
            self.stdout.write(f"  {printable(policies.describe(decision))}")
        for problem in found.problems or ("none",):
            self.stdout.write(f"Problem: {printable(problem)}")
        if options["credential"]:
            self._credentials(found)

    def _facts(self, found: policies.Explanation) -> None:
        award = found.award
        lines = {
            "Certificate": f"{found.certificate_uuid} ({award.kind.value}, {award.status})",
            "Title": award.title,
            "Of": award.achievement_key,
            "Organisations": ", ".join(award.issuing_organizations) or "none",
            "Site": f"{award.platform.domain} ({award.platform.site_id})",
            "Awarded": award.awarded_at.isoformat(),
            "Valid until": found.valid_until.isoformat() if found.valid_until else "no end",
            "Profiles": ", ".join(found.resolution.profiles) or "none",
            "Wallets": ", ".join(found.wallets) or "none",
        }
        for name, value in lines.items():
            self.stdout.write(f"{name}: {printable(value)}")

    def _credentials(self, found: policies.Explanation) -> None:
        for sample in found.samples:
            self.stdout.write(f"\n{sample.profile_id}, issuer {sample.issuer}: {sample.note or 'unsigned, an example'}")
            if sample.document is not None:
                self._write_json(sample.document)

    def _list(self, options: dict[str, Any]) -> None:
        found = policies.list_rules()
        if options["json"]:
            self._write_json([policies.rule_as_json(rule) for rule in found])
            return
        for rule in found:
            marks = [word for word, holds in (("final", rule.final), ("for courses", rule.speaks_for_courses)) if holds]
            self.stdout.write(printable(f"{rule.ref} {policies.whose(rule)}{': ' if marks else ''}{', '.join(marks)}"))
            for line in policies.sayings(rule) or ["says nothing"]:
                self.stdout.write(f"  {printable(line)}")
        if not found:
            self.stdout.write("There is no claim policy: the defaults hold everywhere.")

    def _check(self, options: dict[str, Any]) -> None:
        found = list(policies.check())
        for finding in found:
            self.stdout.write(printable(f"{finding.about}: {finding.message}"))
        if found:
            raise CommandError(f"Findings: {len(found)}.")
        self.stdout.write("The claim policies are sound.")

    def _write_json(self, value: Any) -> None:
        # ASCII: nothing in it can move a terminal's cursor.
        self.stdout.write(json.dumps(value, indent=2))
