"""What changes a fingerprint, and what must not."""

import os
import sys

import pytest

from netwerkkracht.provenance import fingerprint

FILES = {
    "__init__.py": '"""Package."""\n',
    "run/steps/__init__.py": "",
    "run/steps/count.py": "import pandas\nfrom netwerkkracht.tally import total\nrun = total\n",
    "tally.py": (
        '"""Doc."""\nfrom netwerkkracht import base\ndef total(x):\n    """Sum."""\n    return base.one + x\n'
    ),
    "base.py": "one = 1\n",
    "other.py": "two = 2\n",
    "kit/__init__.py": "",
    "kit/style.css": "a {}\n",
    "run/steps/late.py": (
        "def run():\n    from netwerkkracht.kit import tool\n    import yaml\n    tool, yaml\n"
    ),
    "kit/tool.py": "three = 3\n",
}


@pytest.fixture
def package(tmp_path, monkeypatch):
    root = tmp_path / "netwerkkracht"
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(fingerprint, "ROOT", root)
    fingerprint.forget()
    yield root
    fingerprint.forget()


def changed(root, name, text, step="count"):
    before = fingerprint.code(step)
    (root / name).write_text(text, encoding="utf-8")
    fingerprint.forget()
    return fingerprint.code(step) != before


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tally.py", "# why\n" + FILES["tally.py"]),
        ("tally.py", FILES["tally.py"].replace('"""Sum."""', '"""Sum of two."""')),
        ("tally.py", FILES["tally.py"].replace('"""Doc."""', '"""Another."""')),
        ("tally.py", FILES["tally.py"].replace("base.one + x", "(base.one + x)")),
        ("tally.py", FILES["tally.py"].replace("base.one + x", "base.one  +  x  # sum")),
        ("other.py", "two = 22\n"),
        ("kit/style.css", "b {}\n"),
    ],
)
def test_comment_docstring_layout_and_strangers_change_nothing(package, name, text):
    assert not changed(package, name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("run/steps/count.py", FILES["run/steps/count.py"] + "x = 1\n"),
        ("tally.py", FILES["tally.py"].replace("+", "-")),
        ("base.py", "one = 2\n"),
        ("__init__.py", "x = 1\n"),
    ],
)
def test_an_edit_in_the_step_or_in_what_it_imports_changes_it(package, name, text):
    assert changed(package, name, text)


def test_late_imports_and_files_beside_a_package_count(package):
    assert changed(package, "kit/tool.py", "three = 4\n", "late")
    assert changed(package, "kit/style.css", "b {}\n", "late")


def test_a_module_named_by_hand_counts(package):
    before = fingerprint.code("count", "netwerkkracht.other")
    assert before != fingerprint.code("count")
    (package / "other.py").write_text("two = 22\n")
    fingerprint.forget()
    assert fingerprint.code("count", "netwerkkracht.other") != before


def test_the_fingerprint_starts_with_the_name_of_the_step(package):
    assert fingerprint.code("count").split()[0] == "count"


def test_env_names_python_the_libraries_and_those_behind_them(package, monkeypatch):
    monkeypatch.setattr(fingerprint, "_version", lambda name: f"{name}-1")
    python = f"python {sys.version_info.major}.{sys.version_info.minor}"
    assert fingerprint.env("count") == f"{python}, numpy numpy-1, pandas pandas-1"
    assert fingerprint.env("late") == f"{python}, yaml yaml-1"


def test_an_upgraded_library_changes_env(package, monkeypatch):
    before = fingerprint.env("count")
    fingerprint.forget()
    monkeypatch.setattr(fingerprint, "_version", lambda name: "99" if name == "numpy" else "1")
    assert fingerprint.env("count") != before


def test_a_library_that_is_not_there_is_called_absent():
    assert fingerprint._version("no-such-library") == "absent"


def test_digest_sees_content_and_not_time(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("one")
    before = fingerprint.digest(path)
    os.utime(path, (1, 1))
    assert fingerprint.digest(path) == before
    path.write_text("two")
    os.utime(path, (1, 1))
    assert fingerprint.digest(path) != before


def test_digest_of_a_folder_sees_new_gone_and_renamed_files_but_no_hidden_ones(tmp_path):
    (tmp_path / "a.txt").write_text("one")
    seen = [fingerprint.digest(tmp_path)]
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.txt").write_text("one")
    seen.append(fingerprint.digest(tmp_path))
    (tmp_path / "sub" / "b.txt").rename(tmp_path / "c.txt")
    seen.append(fingerprint.digest(tmp_path))
    assert len(set(seen)) == 3
    (tmp_path / ".hidden").write_text("x")
    assert fingerprint.digest(tmp_path) == seen[-1]


def test_a_missing_file_has_a_digest_of_its_own(tmp_path):
    before = fingerprint.digest(tmp_path / "a")
    (tmp_path / "a").write_text("")
    assert fingerprint.digest(tmp_path / "a") != before


def test_the_cache_gives_the_same_fingerprints_and_is_not_believed_of_another_program(package, tmp_path):
    before = fingerprint.code("count")
    path = tmp_path / "cache.json"
    fingerprint.save_cache(path)
    fingerprint._said.clear()
    fingerprint.forget()
    fingerprint.load_cache(path)
    assert len(fingerprint._said) >= 3
    assert fingerprint.code("count") == before
    path.write_text(path.read_text().replace('"made_by": "', '"made_by": "another '))
    fingerprint._said.clear()
    fingerprint.load_cache(path)
    assert not fingerprint._said


def test_imports_and_docstrings_are_found_in_every_kind_of_block():
    import ast

    from netwerkkracht.provenance.fingerprint import _imports, _without_docstrings

    text = (
        "if 1:\n    import a\nelif 2:\n    import b\nelse:\n    import c\n"
        "for _ in ():\n    import d\nelse:\n    import e\nwhile 0:\n    import f\nelse:\n    import g\n"
        "try:\n    import h\nexcept ValueError:\n    import i\nelse:\n    import j\nfinally:\n    import k\n"
        "with x:\n    import l\nmatch x:\n    case 1:\n        import m\n"
        "class N:\n    'said'\n    async def o(self):\n        'said'\n        import p\n"
    )
    assert _imports(ast.parse(text)) == set("abcdefghijklmp")
    assert "said" not in ast.dump(_without_docstrings(ast.parse(text)))
