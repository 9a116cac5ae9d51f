"""A new kind of exhibit is made by the page that says how, in a copy of the package, and drawn there."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = """
import sys
from exhibit_cases import study, VISITS
from netwerkkracht.core.errors import StudyError
from netwerkkracht.exhibits import registry
from netwerkkracht.exhibits.material import Material
from netwerkkracht.exhibits.save import svg_bytes

assert registry.__file__.startswith(sys.argv[1]), registry.__file__
facts = study.facts(VISITS)
entry = {"id": "figure-1", "kind": "dots", "title": study.words("t"), "options": {"variable": "load"}}
one = registry.exhibit_from(entry)
frame = registry.make_data(one, Material(facts, study.panel(visits=VISITS)))
for lang in one.title:
    assert svg_bytes(registry.draw(frame, one, facts, lang)).startswith(b"<?xml")
    print(registry.alt_text(frame, one, facts, lang))
    print(*registry.notes(frame, one, facts, lang))
    print(*(text for name in frame for text in registry.kind_of("dots").meaning(name, lang)))
try:
    registry.exhibit_from({**entry, "options": {"varable": "load"}})
except StudyError as told:
    print(told.findings[0].what)
"""


@pytest.fixture
def package(tmp_path):
    """The package with the kind of the page in it: its file, and its section in the file of each language."""
    page = (ROOT / "docs" / "exhibits.md").read_text(encoding="utf-8").split("## A new kind")[1]
    (module,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    dutch, english = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    inside = tmp_path / "netwerkkracht"
    shutil.copytree(ROOT / "src" / "netwerkkracht", inside, ignore=shutil.ignore_patterns("__pycache__"))
    (inside / "exhibits" / "figures" / "dots.py").write_text(module, encoding="utf-8")
    for lang, section in (("nl", dutch), ("en", english)):
        with (inside / "exhibits" / "words" / f"{lang}.yaml").open("a", encoding="utf-8") as stream:
            stream.write(section)
    return tmp_path


def run(package, script):
    path = [str(package), str(ROOT / "tests" / "unit"), str(ROOT / "tests")]
    code = f"import sys; sys.path[:0] = {path}\n{script}"
    return subprocess.run(
        [sys.executable, "-c", code, str(package)], capture_output=True, text=True, check=False
    )


def test_the_kind_of_the_page_is_made_drawn_and_held_to_its_options(package):
    done = run(package, SCRIPT)
    assert done.returncode == 0, done.stderr
    for said in ("4 gemiddelden van", "Each dot is the mean of a group.", "personen", "did you mean"):
        assert said in done.stdout


def test_without_a_reader_of_its_counts_it_is_refused(package):
    file = package / "netwerkkracht" / "exhibits" / "figures" / "dots.py"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("    counts=counts,\n", ""), encoding="utf-8")
    done = run(package, SCRIPT)
    assert done.returncode != 0
    assert "counts persons in 'n', which the attack on released counts does not read" in done.stderr
