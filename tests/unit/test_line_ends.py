"""Hashes are made of bytes: git leaves line ends alone, whatever a machine has set."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINE = re.compile(r"i/(\S+) +w/\S+ +attr/(.*?) *\t(.+)")


def test_every_text_is_kept_with_plain_line_ends_and_every_other_file_as_it_is():
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("needs the repository")
    said = subprocess.run(
        ["git", "ls-files", "--eol"], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True
    ).stdout
    found = [LINE.match(line).groups() for line in said.splitlines()]
    assert len(found) > 100
    texts = {name for stored, kept, name in found if kept == "text=auto eol=lf" and stored in {"lf", "none"}}
    others = {name for _, kept, name in found if kept == "-text"}
    assert {name for _, _, name in found} - texts - others == set()
    assert {Path(name).suffix for name in others} >= {".sav", ".zsav", ".por", ".png"}
