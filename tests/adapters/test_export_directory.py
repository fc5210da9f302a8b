"""Files are replaced whole, by newer ones only, whoever dies or writes at the same time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from openedx_verifiable_credentials.adapters.export_directory import ExportDirectory
from openedx_verifiable_credentials.exceptions import TransientError

ROOT = Path(__file__).resolve().parents[2]
OLD, NEW = b"old " * 5000, b"newer " * 5000
NAME = "verifiable_credentials/status/a.json"
WRITE = f"""
import os, signal, sys
from pathlib import Path
left = int(sys.argv[2])
def dying(call):
    def counted(*arguments):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*arguments)
    return counted
for name in ("open", "fsync", "replace", "fdopen"):
    setattr(os, name, dying(getattr(os, name)))
from openedx_verifiable_credentials.adapters.export_directory import ExportDirectory
with ExportDirectory(Path(sys.argv[1])) as directory:
    directory.write({NAME!r}, {{"": {NEW!r}, ".gz": {NEW[::-1]!r}}}, 2)
"""


def visible(root: Path) -> dict[str, bytes]:
    """What a web server would serve."""
    return {
        str(file.relative_to(root)): file.read_bytes()
        for file in root.rglob("*")
        if file.is_file() and not file.name.startswith(".")
    }


def write(root: Path, content: bytes, version: int) -> bool:
    with ExportDirectory(root) as directory:
        return directory.write(NAME, {"": content, ".gz": content[::-1]}, version)


def test_what_is_there_is_left_alone(tmp_path):
    assert write(tmp_path, OLD, 1) is True
    before = (tmp_path / NAME).stat()
    assert write(tmp_path, OLD, 1) is False
    assert (tmp_path / NAME).stat() == before
    assert write(tmp_path, NEW, 2) is True
    assert visible(tmp_path) == {NAME: NEW, f"{NAME}.gz": NEW[::-1]}


def test_what_somebody_changed_or_removed_is_put_back(tmp_path):
    write(tmp_path, OLD, 1)
    (tmp_path / NAME).write_bytes(OLD[:100])
    (tmp_path / f"{NAME}.gz").unlink()
    assert write(tmp_path, OLD, 1) is True
    assert visible(tmp_path) == {NAME: OLD, f"{NAME}.gz": OLD[::-1]}


def test_a_web_server_may_read_it(tmp_path):
    before = os.umask(0o022)
    try:
        write(tmp_path / "new", OLD, 1)
    finally:
        os.umask(before)
    assert (tmp_path / "new" / NAME).stat().st_mode & 0o777 == 0o644
    assert (tmp_path / "new" / "verifiable_credentials").stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("point", range(1, 40))
def test_whoever_is_killed_leaves_whole_files(tmp_path, point):
    write(tmp_path, OLD, 1)
    died = subprocess.run([sys.executable, "-c", WRITE, str(tmp_path), str(point)], cwd=ROOT, timeout=60).returncode
    found = visible(tmp_path)
    assert found[NAME] in (OLD, NEW)
    assert found[f"{NAME}.gz"] in (OLD[::-1], NEW[::-1])
    assert len(found) == 2
    assert died == -9 or found[NAME] == NEW
    with ExportDirectory(tmp_path) as directory:
        assert directory.version_of(NAME) in (1, 2)
        assert found[NAME] == OLD or directory.version_of(NAME) == 2, "what is newer is known to be"
    write(tmp_path, NEW, 2)
    assert visible(tmp_path) == {NAME: NEW, f"{NAME}.gz": NEW[::-1]}
    assert [file.name for file in tmp_path.rglob(".vc-export-partial*")] == []


def test_one_at_a_time(tmp_path):
    waiting = (
        "import sys\nfrom pathlib import Path\n"
        "from openedx_verifiable_credentials.adapters.export_directory import ExportDirectory\n"
        "with ExportDirectory(Path(sys.argv[1])):\n    print('in', flush=True)\n"
    )
    with ExportDirectory(tmp_path):
        said = tmp_path / "said"
        with said.open("wb") as output:
            other = subprocess.Popen([sys.executable, "-c", waiting, str(tmp_path)], cwd=ROOT, stdout=output)
        time.sleep(1)
        assert (other.poll(), said.read_text(encoding="utf-8")) == (None, "")
    assert other.wait(30) == 0
    assert said.read_text(encoding="utf-8") == "in\n"


@pytest.mark.parametrize("junk", ["", "{", "[]", '{"a": "b"}', '{"a": null}'])
def test_without_knowing_what_is_there_nothing_is_written(tmp_path, junk):
    write(tmp_path, OLD, 1)
    (tmp_path / ".vc-export.json").write_text(junk, encoding="utf-8")
    with pytest.raises(TransientError, match=r"\.vc-export\.json is damaged"):
        write(tmp_path, NEW, 2)
    assert visible(tmp_path)[NAME] == OLD


def test_where_nothing_can_be_written_it_says_so(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(TransientError, match=r"The export to .* failed: Not a directory\. \[export_failed\]"):
        write(tmp_path / "file" / "below", OLD, 1)
    write(tmp_path / "good", OLD, 1)
    blocked = tmp_path / "good" / "verifiable_credentials" / "status" / "b.json"
    blocked.mkdir()
    with ExportDirectory(tmp_path / "good") as directory, pytest.raises(TransientError, match="failed"):
        directory.write("verifiable_credentials/status/b.json", {"": OLD}, 1)
    assert json.loads((tmp_path / "good" / ".vc-export.json").read_bytes())[NAME] == 1
