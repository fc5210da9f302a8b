"""
A SoftHSM2 token of a test's own. Keys are made in a process of their own, which is this file run as a program:

    python tests/softhsm.py MODULE TOKEN PIN LABEL ALGORITHM…

The configuration is where SOFTHSM2_CONF says, as with every program that uses SoftHSM2.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TOKEN, PIN = "Issuers", "canary-pin-4711"
ED25519_LABEL, P256_LABEL = "ed25519-2026", "p256-2026"
ED25519 = f"pkcs11:token={TOKEN};object={ED25519_LABEL};type=private"
P256 = f"pkcs11:token={TOKEN};object={P256_LABEL};type=private"


class Token:
    """Where a token of SoftHSM2 is, and how it is pulled out."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.configuration = folder / "softhsm2.conf"
        self._tokens = folder / "tokens"

    def make(self) -> None:
        """An empty token with a user PIN."""
        from tests import parts

        self._tokens.mkdir(parents=True)
        self.configuration.write_text(
            f"directories.tokendir = {self._tokens}\nobjectstore.backend = file\nlog.level = ERROR\n", encoding="utf-8"
        )
        self.module = parts.softhsm_module() or ""
        self._run("softhsm2-util", "--init-token", "--free", "--label", TOKEN, "--pin", PIN, "--so-pin", "0000-so")

    def add(self, label: str, algorithm: str) -> None:
        """A fresh key pair."""
        self._run(sys.executable, __file__, self.module, TOKEN, PIN, label, algorithm)

    @contextlib.contextmanager
    def pulled_out(self) -> Iterator[None]:
        """As if somebody had unplugged it."""
        away = self._tokens.with_name("away")
        self._tokens.rename(away)
        self._tokens.mkdir()
        try:
            yield
        finally:
            self._tokens.rmdir()
            away.rename(self._tokens)

    def environment(self) -> dict[str, str]:
        """For processes that use it."""
        return {**os.environ, "SOFTHSM2_CONF": str(self.configuration)}

    def _run(self, *command: str) -> None:
        subprocess.run(command, check=True, capture_output=True, timeout=60, env=self.environment())


def _main() -> None:
    import pkcs11
    from pkcs11 import Attribute
    from pkcs11 import KeyType
    from pkcs11 import Mechanism
    from pkcs11.util import ec

    module, token, pin, label, algorithm = sys.argv[1:]
    # PrintableString "edwards25519" (PKCS#11 v3.0 §2.3.5).
    edwards = b"\x13\x0cedwards25519"
    kinds: dict[str, tuple[Any, ...]] = {
        "Ed25519": (
            KeyType.EC_EDWARDS,
            edwards,
            Mechanism.EC_EDWARDS_KEY_PAIR_GEN,
        ),
        "P-256": (KeyType.EC, ec.encode_named_curve_parameters("secp256r1"), Mechanism.EC_KEY_PAIR_GEN),
        "P-384": (KeyType.EC, ec.encode_named_curve_parameters("secp384r1"), Mechanism.EC_KEY_PAIR_GEN),
    }
    kind, parameters, mechanism = kinds[algorithm]
    with pkcs11.lib(module).get_token(token_label=token).open(rw=True, user_pin=pin) as session:
        domain = session.create_domain_parameters(kind, {Attribute.EC_PARAMS: parameters}, local=True)
        domain.generate_keypair(mechanism=mechanism, store=True, label=label)


if __name__ == "__main__":
    _main()
