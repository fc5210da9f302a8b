"""The one place for this package's metadata."""

import re
import runpy
from pathlib import Path

from setuptools import find_packages
from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent
PACKAGE = "openedx_verifiable_credentials"


def read(*parts: str) -> str:
    """The text of a file of this repository."""
    return HERE.joinpath(*parts).read_text(encoding="utf-8")


def version() -> str:
    """What ``__init__.py`` says, read without importing it."""
    match = re.search(r'^__version__ = "([^"]+)"$', read(PACKAGE, "__init__.py"), re.MULTILINE)
    if match is None:
        raise RuntimeError("No __version__ in the package's __init__.py.")
    return match[1]


def requirements(name: str) -> list[str]:
    """The requirements of ``requirements/<name>.in``, without comments and without references to other files."""
    lines = (line.partition("#")[0].strip() for line in read("requirements", f"{name}.in").splitlines())
    return [line for line in lines if line and not line.startswith("-")]


class BuildWithTranslations(build_py):
    """Compiles the catalogues first: the wheel has what is translated, and so has a checkout that is installed from."""

    def run(self) -> None:
        """As its base, with a .mo beside every .po."""
        runpy.run_path(str(HERE / "scripts" / "translations.py"))["compile_all"]()
        # Which files there are may have been looked up before.
        self.__dict__.pop("data_files", None)
        super().run()


EXTRAS = {name: requirements(name) for name in ("anchoring", "hsm")}

setup(
    name="openedx-verifiable-credentials",
    version=version(),
    description="Open Badges 3.0 verifiable credentials for the Open edX Credentials service.",
    long_description=read("README.rst") + "\n\n" + read("CHANGELOG.rst"),
    long_description_content_type="text/x-rst",
    license="AGPL-3.0-or-later",
    keywords="Python edx openedx verifiable-credentials open-badges",
    packages=find_packages(include=[PACKAGE, f"{PACKAGE}.*"]),
    package_data={
        PACKAGE: [
            "core/checks/*.json",
            "core/contexts/data/*.json",
            "core/contexts/provenance.json",
            "core/contexts/LICENSES.txt",
            "rest_api/openapi/*.json",
            "templates/**/*",
            "static/**/*",
            "locale/**/*.mo",
            "locale/**/*.po",
        ],
    },
    include_package_data=False,
    zip_safe=False,
    python_requires=">=3.11",
    cmdclass={"build_py": BuildWithTranslations},
    install_requires=requirements("base"),
    extras_require={**EXTRAS, "all": sorted({line for lines in EXTRAS.values() for line in lines})},
    entry_points={
        "credentials.djangoapp": [f"{PACKAGE} = {PACKAGE}.apps:VerifiableCredentialsConfig"],
    },
    classifiers=[
        "Development Status :: 3 - Alpha",
        "Framework :: Django",
        "Framework :: Django :: 5.2",
        "Intended Audience :: Developers",
        "Intended Audience :: Education",
        "Natural Language :: Arabic",
        "Natural Language :: English",
        "Natural Language :: Spanish",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
    ],
)
