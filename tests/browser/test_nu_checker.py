"""The pages before the Nu HTML checker, where it is installed: NK_VNU names its jar, and Java runs it."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

# properties of MathML Core that the checker's list of CSS does not know yet
UNKNOWN = ("math-style", "math-shift", "math-depth")


def test_the_checker_finds_no_error(pages):
    jar = os.environ.get("NK_VNU")
    if not jar or not Path(jar).is_file() or shutil.which("java") is None:
        pytest.skip("needs NK_VNU=vnu.jar and Java")
    names = [str(pages / f"report.{lang}.html") for lang in ("nl", "en")]
    done = subprocess.run(
        ["java", "-Xss4m", "-jar", jar, "--format", "json", *names],
        capture_output=True,
        text=True,
        check=False,
    )
    messages = json.loads(done.stderr)["messages"]
    errors = [
        f"{one['url'].rsplit('/', 1)[-1]}:{one.get('lastLine')} {one['message']}"
        for one in messages
        if one["type"] == "error" and not any(name in one["message"] for name in UNKNOWN)
    ]
    assert errors == []
