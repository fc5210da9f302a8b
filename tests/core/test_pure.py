"""The core, the ports, the records and the errors are plain Python: they import where there is no Django."""

import subprocess
import sys

BLOCKED = ("django", "rest_framework", "celery", "credentials", "didkit", "web3", "requests", "waffle", "edx_toggles")
PROGRAM = f"""
import importlib, pkgutil, sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {BLOCKED!r}:
            raise ImportError(name + " is blocked")
sys.meta_path.insert(0, Blocked())
for name in ("data", "exceptions", "ports"):
    importlib.import_module("openedx_verifiable_credentials." + name)
import openedx_verifiable_credentials.core as core
names = [module.name for module in pkgutil.walk_packages(core.__path__, core.__name__ + ".")]
for name in names:
    importlib.import_module(name)
assert not set({BLOCKED!r}) & {{name.partition(".")[0] for name in sys.modules}}
print(len(names))
"""


def run(program):
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)


def test_the_core_imports_with_django_and_the_service_blocked():
    ran = run(PROGRAM)
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) > 10


def test_the_block_itself_works():
    ran = run(PROGRAM + "\nimport django")
    assert ran.returncode != 0
    assert "django is blocked" in ran.stderr
