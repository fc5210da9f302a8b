"""The tests of what browsers run that are written in JavaScript, and the bundles that go into the wheel."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.frontend import building

pytestmark = [pytest.mark.node, pytest.mark.slow]


def test_the_suite_in_javascript_passes() -> None:
    building.build()
    said = building.node("--test", "--test-reporter=tap", "test/")
    assert re.search(r"^# pass [1-9][0-9]*$", said, re.MULTILINE)
    assert re.search(r"^# fail 0$", said, re.MULTILINE)


def test_the_bundle_names_the_licence_of_every_package_in_it(tmp_path: Path) -> None:
    said = building.node("build.mjs", "--out", str(tmp_path))
    assert re.match(r"verifier\.js: [0-9]+ bytes, [0-9]+ with gzip\n", said)
    licences = (tmp_path / "verifier.LICENSES.txt").read_text(encoding="utf-8")
    named = set(re.findall(r"^((?:@[a-z]+/)?[a-z0-9-]+) [0-9]+\.[0-9]+\.[0-9]+ \(", licences, re.MULTILINE))
    assert {"@noble/curves", "@noble/hashes", "@scure/base", "canonicalize", "jsonld", "lru-cache", "yallist"} <= named
    assert "\nThe JSON-LD contexts\n" in licences


@pytest.mark.parametrize("name", ["verifier.js", "claim.js"])
def test_the_bundle_makes_no_code_from_strings_and_names_no_other_place(tmp_path: Path, name: str) -> None:
    building.node("build.mjs", "--out", str(tmp_path))
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert not re.search(r"\beval\(|\bnew Function\b|\bimport\(|\bimportScripts\(|XMLHttpRequest\(", text)
    assert "sourceMappingURL" not in text


def test_the_claim_element_is_one_script_of_ours_alone(tmp_path: Path) -> None:
    said = building.node("build.mjs", "--out", str(tmp_path))
    assert re.search(r"^claim\.js: [0-9]+ bytes, [0-9]+ with gzip$", said, re.MULTILINE)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["claim.js", "verifier.LICENSES.txt", "verifier.js"]
    text = (tmp_path / "claim.js").read_text(encoding="utf-8")
    assert not re.search(r"(?:inner|outer)HTML|insertAdjacentHTML|\.style\b|/\*!", text)
    # As a classic script: nothing to import or export.
    assert not re.search(r"^(?:import|export)\b", text, re.MULTILINE)
