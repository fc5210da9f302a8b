"""
What DIDKit says of credentials of did:key issuers, in a process of its own: ``python didkit_judge.py < CASES``.

stdin has JSON lines ``{"id": str, "credential": {...}}``, stdout one line for each: ``{"id", "verified", "detail"}``.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterable
from typing import Any

import didkit

from openedx_verifiable_credentials.core import contexts
from openedx_verifiable_credentials.core import vocabulary as v

# What DIDKit does not bundle, or bundles in another version than the one that is pinned here.
INLINED = (v.OPEN_BADGES_V3, v.STATUS_V1, v.STATUS_LIST_2021_V1, v.MULTIKEY_V1)


def with_known_contexts(credential: dict[str, Any]) -> dict[str, Any]:
    """Contexts that DIDKit lacks are written out."""
    listed = credential.get("@context")
    if not isinstance(listed, list):
        return credential
    known = [contexts.get_context(one)["@context"] if one in INLINED else one for one in listed]
    return {**credential, "@context": known}


async def judge(credential: dict[str, Any]) -> tuple[bool, str]:
    """Whether it says that a proof is good and nothing is wrong."""
    try:
        answer = await didkit.verify_credential(json.dumps(with_known_contexts(credential)), "{}")
    except BaseException as error:  # native code panics with what is no Exception
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        return False, f"{type(error).__name__}: {error}"
    report = json.loads(answer)
    return not report["errors"] and "proof" in report["checks"], json.dumps(report)


async def main(lines: Iterable[str]) -> None:
    """One after the other."""
    for line in lines:
        case = json.loads(line)
        verified, detail = await judge(case["credential"])
        print(json.dumps({"id": case["id"], "verified": verified, "detail": detail}))


if __name__ == "__main__":
    asyncio.run(main(sys.stdin))
    sys.stdout.flush()
    os._exit(0)  # its threads do not survive Python's own way out
