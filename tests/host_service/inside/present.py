"""A wallet's presentations, one a challenge; ``given``: wallet (a file), seeds (hex, one a challenge), challenges."""
# ruff: noqa: F821  (given and result are put here by service.py)

import importlib.util
import sys

specification = importlib.util.spec_from_file_location("wallet", given["wallet"])
wallet = importlib.util.module_from_spec(specification)
sys.modules["wallet"] = wallet  # dataclasses look their module up
specification.loader.exec_module(wallet)

result(
    [
        wallet.make_wallet(bytes.fromhex(seed)).present(challenge)
        for seed, challenge in zip(given["seeds"], given["challenges"], strict=True)
    ]
)
