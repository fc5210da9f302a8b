"""Where the service differs from the facts that the stand-in is held to."""
# ruff: noqa: F821  (given and result are put here by service.py)

import importlib.util
from pathlib import Path

from django.conf import settings
from django.urls import reverse

spec = importlib.util.spec_from_file_location("host_contract", Path(given["folder"]) / "contract.py")
contract = importlib.util.module_from_spec(spec)
spec.loader.exec_module(contract)

differences = []
for label in contract.CONTRACT["models"]:
    differences += [f"{label}: {line}" for line in contract.model_differences(label)]
for path in contract.CONTRACT["functions"]:
    differences += [f"{path}: {line}" for line in contract.function_differences(path)]
for path, value in contract.CONTRACT["constants"].items():
    if contract.constant(path) != value:
        differences.append(f"{path}: {contract.constant(path)!r} instead of {value!r}")
for name, (arguments, path) in contract.CONTRACT["urls"].items():
    if reverse(name, kwargs=arguments) != path:
        differences.append(f"{name}: {reverse(name, kwargs=arguments)} instead of {path}")
differences += contract.settings_differences(settings)
result(differences)
