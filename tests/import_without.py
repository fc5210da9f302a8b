"""
Import the package where something it must not need cannot be imported. A program of its own, run in a fresh process:

    python -I tests/import_without.py everything [FOLDER]    every module but host, without the Credentials service
    python -I tests/import_without.py pure [FOLDER]          core, data, exceptions and ports, without any framework

FOLDER holds the package; without it the installed one is meant. The last line says what was imported, as JSON.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys

PACKAGE = "openedx_verifiable_credentials"
PURE = ("core", "data", "exceptions", "ports")
FRAMEWORKS = ("celery", "credentials", "didkit", "django", "pkcs11", "requests", "rest_framework", "web3")
# Libraries of extras: what needs them is plugged in by operators who have them.
OF_EXTRAS = ("eth_abi", "pkcs11", "web3")


class Absent:
    """Stands before every other finder and knows no module of the given names."""

    def __init__(self, names: tuple[str, ...]):
        self.names = names

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        """None leaves the module to others; the exception is what an absent package raises."""
        if fullname.split(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {fullname!r}: it is kept out", name=fullname)


def set_up_django() -> None:
    """A project that has the plugin and nothing of the Credentials service."""
    import django
    from django.conf import settings

    settings.configure(
        SECRET_KEY="not a secret",
        INSTALLED_APPS=[
            "django.contrib.admin",
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.messages",
            "django.contrib.sessions",
            "django.contrib.sites",
            "rest_framework",
            "waffle",
            f"{PACKAGE}.apps.VerifiableCredentialsConfig",
        ],
        USE_TZ=True,
    )
    django.setup()


def import_below(name: str) -> list[str]:
    """Import a module and all below it, but ``host``; the names of those that were imported."""
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name in OF_EXTRAS:
            return []
        raise
    imported = [name]
    for found in pkgutil.iter_modules(getattr(module, "__path__", ())):
        if f"{name}.{found.name}" != f"{PACKAGE}.host":
            imported += import_below(f"{name}.{found.name}")
    return imported


def main() -> None:
    """See the module's docstring."""
    what, *folder = sys.argv[1:]
    sys.path[:0] = folder
    kept_out = ("credentials",) if what == "everything" else FRAMEWORKS
    sys.meta_path.insert(0, Absent(kept_out))
    if what == "everything":
        set_up_django()
        imported = import_below(PACKAGE)
    else:
        imported = [name for top in PURE for name in import_below(f"{PACKAGE}.{top}")]
    print(json.dumps(imported))


if __name__ == "__main__":
    main()
