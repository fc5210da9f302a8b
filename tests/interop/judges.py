"""Runs the programs of this folder."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CONTEXTS = HERE.parents[1] / "openedx_verifiable_credentials" / "core" / "contexts"
JUDGES = ("verifierCore", "digitalbazaar")


def verdicts(cases: dict[str, Any], did_documents: dict[str, Any], directory: Path) -> dict[str, dict[str, Any]]:
    """By case id: what each judge says of the credential."""
    documents, lines = directory / "dids.json", directory / "cases.jsonl"
    documents.write_text(json.dumps(did_documents), encoding="utf-8")
    lines.write_text("\n".join(json.dumps({"id": i, "credential": c}) for i, c in cases.items()), encoding="utf-8")
    run = subprocess.run(
        ["node", "verify.mjs", "--contexts", str(CONTEXTS), "--did-documents", str(documents), str(lines)],
        cwd=HERE, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-2000:]
    reports = [json.loads(line) for line in run.stdout.splitlines()]
    assert [report["id"] for report in reports] == list(cases)
    return {report["id"]: report for report in reports}


def wallet(deep_link: str, *options: str) -> subprocess.CompletedProcess[str]:
    """The wallet's libraries answer a link; the credential is on stdout."""
    return subprocess.run(
        ["node", "wallet.mjs", "--deeplink", deep_link, *options], cwd=HERE, capture_output=True, text=True, timeout=120
    )
