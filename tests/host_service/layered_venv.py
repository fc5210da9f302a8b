"""
A throw-away virtual environment on top of an interpreter's packages.

Packages of the given interpreter are seen through a .pth file and never written to; what is installed here goes into
the new environment alone, and must agree with the exact versions that are there already.
"""

import json
import os

from steps import StepError
from steps import expect
from steps import run

# Every distribution the interpreter sees, once.
LIST_PACKAGES = """
import importlib.metadata, json, sysconfig
packages = {}
for found in importlib.metadata.distributions():
    name = found.metadata["Name"]
    if name:
        packages.setdefault(name.lower().replace("_", "-"), found.version)
paths = sysconfig.get_paths()
print(json.dumps({"packages": packages, "folders": sorted({paths["purelib"], paths["platlib"]})}))
"""


class LayeredVenv:
    """``python`` is the new interpreter, ``bin`` its folder of scripts."""

    def __init__(self, lower_python, folder):
        self.lower_python = lower_python
        self.folder = folder
        self.python = folder / "bin" / "python"
        self.constraints = folder / "constraints.txt"
        # Neither the interpreter below nor the checkout of the service gets __pycache__ from us.
        self.environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        for name in ("PYTHONPATH", "PYTHONHOME", "DJANGO_SETTINGS_MODULE"):
            self.environment.pop(name, None)
        # A folder of the run: what lies in the caller's must not be importable.
        self.where = {"env": self.environment, "cwd": folder.parent}
        self.before = self._look_below()

    def create(self):
        """Make the environment; pip is the lower interpreter's if it has one."""
        has_pip = "pip" in self.before["packages"]
        options = ["--without-pip"] if has_pip else []
        run([self.lower_python, "-m", "venv", *options, self.folder], **self.where)
        own = run(
            [self.python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"], **self.where
        ).strip()
        lines = [f"import site; site.addsitedir({folder!r})" for folder in self.before["folders"]]
        with open(os.path.join(own, "_packages_below.pth"), "w", encoding="utf-8") as stream:
            stream.write("\n".join(lines) + "\n")
        pins = [f"{name}=={version}" for name, version in sorted(self.before["packages"].items())]
        self.constraints.write_text("\n".join(pins) + "\n", encoding="utf-8")

    def install(self, *requirements):
        """pip install into this environment, held to the versions below; returns what was added as a list of lines."""
        before = self._look(self.python)["packages"]
        run(
            [self.python, "-m", "pip", "install", "--quiet", "--constraint", self.constraints, *requirements],
            **self.where,
        )
        after = self._look(self.python)["packages"]
        changed = {name: version for name, version in before.items() if after.get(name) != version}
        expect(not changed, f"pip changed versions that the service pins: {changed}")
        return sorted(f"{name} {version}" for name, version in after.items() if name not in before)

    def uninstall(self, name):
        """pip uninstall from this environment."""
        run([self.python, "-m", "pip", "uninstall", "--quiet", "--yes", name], **self.where)

    def check(self):
        """Every requirement of every package is met."""
        run([self.python, "-m", "pip", "check"], **self.where)

    def has_module(self, name):
        """Whether an import of that name works."""
        try:
            run([self.python, "-c", f"import {name}"], **self.where)
        except StepError:
            return False
        return True

    def expect_untouched(self):
        """Raise StepError if the interpreter below has other packages than at the start."""
        expect(self._look_below() == self.before, "the packages of the given interpreter changed")

    def _look_below(self):
        return self._look(self.lower_python)

    def _look(self, python):
        return json.loads(run([python, "-c", LIST_PACKAGES], **self.where).splitlines()[-1])
