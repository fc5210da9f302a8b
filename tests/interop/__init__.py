"""Verifiers and a wallet that we did not write, from npm. See README.md."""
