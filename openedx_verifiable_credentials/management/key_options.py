"""The options that say which key, for the commands that take one in."""

from typing import Any

from django.core.management.base import CommandParser

from openedx_verifiable_credentials.api import issuer_keys


def add_key_options(parser: CommandParser) -> None:
    """``--key-store`` and what belongs to it."""
    parser.add_argument(
        "--key-store",
        choices=issuer_keys.STORES,
        default="database",
        help="Where the private key is: in the database, made now and encrypted (default); in a file; in an "
        "environment variable; in a PKCS#11 token; or with a remote signing service.",
    )
    parser.add_argument(
        "--key-reference",
        default="",
        help="Which key: the whole path of a PEM or JWK file; the name of the variable; pkcs11:token=…;object=… (or "
        "token/label); what the signing service calls it. Never a secret.",
    )
    parser.add_argument(
        "--algorithm",
        choices=issuer_keys.ALGORITHMS,
        default="Ed25519",
        help="Ed25519 (default) signs for every wallet; P-256 is for modules without Ed25519, and not for VC 1.1.",
    )
    parser.add_argument(
        "--public-key",
        default="",
        help="The public key as Multikey (z6Mk…, zDn…); needed with a remote signing service, and with tokens that do "
        "not tell it.",
    )


def key_of(options: dict[str, Any]) -> issuer_keys.NewKey:
    """What these options say."""
    return issuer_keys.NewKey(
        store=options["key_store"],
        reference=options["key_reference"],
        algorithm=options["algorithm"],
        public_key=options["public_key"],
    )
