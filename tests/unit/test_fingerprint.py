"""What changes a fingerprint, and what must not."""

import ast
import os
import sys

import pytest

from netwerkkracht.provenance import fingerprint, reach, symbols

FILES = {
    "__init__.py": '"""Package."""\n',
    "run/steps/__init__.py": "",
    "run/steps/count.py": (
        "import pandas\nfrom netwerkkracht.tally import total\nrun = total, pandas\nspare = 1\n"
    ),
    "tally.py": (
        '"""Doc."""\nimport scipy\nfrom netwerkkracht import base\n'
        'def total(x):\n    """Sum."""\n    return base.one + x\ndef spare(x):\n    return scipy.spare(x)\n'
    ),
    "base.py": "one = 1\ntwo = 2\n",
    "other.py": "two = 2\n",
    "kit/__init__.py": "from netwerkkracht.kit.tool import four\n",
    "kit/style.css": "a {}\n",
    "kit/beside.py": (
        "from pathlib import Path\ndef style():\n    return Path(__file__).with_name('style.css')\n"
    ),
    "kit/worker.py": "three = 3\n",
    "run/steps/late.py": (
        "def run():\n    from netwerkkracht.kit import tool\n    import yaml\n    tool, yaml\n"
    ),
    "kit/tool.py": "three = 3\nfour = 4\n",
}
# a step for each way to reach a definition, the file that holds it, and the definition anew
WAYS = {
    "handed on by a package": (
        "from netwerkkracht.kit import four\ndef run(): return four\n",
        "kit/tool.py",
        "four = 5",
    ),
    "asked of a module": (
        "import netwerkkracht.kit.tool\ndef run(): netwerkkracht.kit.tool.four\n",
        "kit/tool.py",
        "four = 5",
    ),
    "imported late": ("def run():\n    from netwerkkracht.kit.tool import four\n", "kit/tool.py", "four = 5"),
    "imported late under another name": (
        "def run():\n    from netwerkkracht.kit import tool as t\n    return t.four\n",
        "kit/tool.py",
        "four = 5",
    ),
    "a default": (
        "from netwerkkracht.kit import tool\ndef run(x=tool.four): pass\n",
        "kit/tool.py",
        "four = 5",
    ),
    "a base class": (
        "from netwerkkracht.kit import tool\nclass run(tool.four): pass\n",
        "kit/tool.py",
        "four = 5",
    ),
    "a field of a class": (
        "from netwerkkracht.kit import tool\nclass Run:\n    x: tool.four\ndef run(): Run\n",
        "kit/tool.py",
        "four = 5",
    ),
    "a decorator": (
        "from netwerkkracht.kit import tool\n@tool.four\ndef run(): pass\n",
        "kit/tool.py",
        "four = 5",
    ),
    "a table": (
        "from netwerkkracht.kit.tool import four\nT = {1: four}\ndef run(): T[1]()\n",
        "kit/tool.py",
        "four = 5",
    ),
    "a module as a value": (
        "from netwerkkracht.kit import tool\ndef run(name): return getattr(tool, name)\n",
        "kit/tool.py",
        "four = 5",
    ),
    "a star": ("from netwerkkracht.kit.tool import *\ndef run(): four\n", "kit/tool.py", "four = 5"),
    "a name that nothing gives": ("def run(): return unheard\nfour = 4\n", "run/steps/way.py", "four = 5"),
    "every name of the module": (
        "def run(name): return globals()[name]\nfour = 4\n",
        "run/steps/way.py",
        "four = 5",
    ),
    "a module named in a text": (
        "from importlib import import_module\ndef run(): import_module('netwerkkracht.kit.tool')\n",
        "kit/tool.py",
        "four = 5",
    ),
    "a program beside the module": (
        "from netwerkkracht.kit.starter import start\nrun = start\n",
        "kit/tool.py",
        "four = 5",
    ),
    "a table filled on import": (
        "from netwerkkracht.kit.filled import T\ndef run(): T\n",
        "kit/filled.py",
        "T.append(2)",
    ),
    "a definition changed on import": (
        "from netwerkkracht.kit.filled import T\ndef run(): T\n",
        "kit/filling.py",
        "return 5",
    ),
    "a file beside the module": (
        "from netwerkkracht.kit import beside\ndef run(): beside.style()\n",
        "kit/style.css",
        "b {}",
    ),
    "a name in a function under another": (
        (
            "from netwerkkracht.kit.tool import four\ndef run():\n    def inner(): return four\n"
            "    return inner\n"
        ),
        "kit/tool.py",
        "four = 5",
    ),
    "a comprehension over a name it binds": (
        "def four(): return 4\ndef run(): return [four for four in four()]\n",
        "run/steps/way.py",
        "return 5",
    ),
}
BEFORE = {
    "kit/filled.py": "from netwerkkracht.kit.filling import add\nT = []\nT.append(1)\nadd(T)\n",
    "kit/filling.py": "def add(x):\n    return 4\n",
    "kit/starter.py": "def start():\n    return ['tool.py', __file__]\n",
}
OLD = {"four = 5": "four = 4", "T.append(2)": "T.append(1)", "return 5": "return 4", "b {}": "a {}"}


def write(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.fixture
def package(tmp_path, monkeypatch):
    root = tmp_path / "netwerkkracht"
    write(root, FILES | BEFORE)
    monkeypatch.setattr(reach, "ROOT", root)
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
        ("tally.py", FILES["tally.py"].replace("scipy.spare(x)", "x")),
        ("tally.py", FILES["tally.py"] + "def added(): pass\n"),
        ("base.py", "one = 1\ntwo = 3\n"),
        ("run/steps/count.py", FILES["run/steps/count.py"] + "x = 1\n"),
        ("other.py", "two = 22\n"),
        ("kit/style.css", "b {}\n"),
        ("__init__.py", "x = 1\n"),
    ],
)
def test_comment_docstring_layout_and_what_is_not_reached_change_nothing(package, name, text):
    assert not changed(package, name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("run/steps/count.py", FILES["run/steps/count.py"] + "print()\n"),
        ("run/steps/count.py", FILES["run/steps/count.py"].replace("tally", "other")),
        (
            "run/steps/count.py",
            FILES["run/steps/count.py"].replace("import pandas", "import numpy as pandas"),
        ),
        ("tally.py", FILES["tally.py"].replace("+", "-")),
        ("tally.py", FILES["tally.py"] + "total = 3\n"),
        ("base.py", "one = 2\n"),
        ("base.py", "one = 1\none += 1\n"),
        ("__init__.py", "print()\n"),
    ],
)
def test_an_edit_in_what_a_step_reaches_changes_it(package, name, text):
    assert changed(package, name, text)


@pytest.mark.parametrize("way", WAYS)
def test_a_definition_is_reached_in_every_way(package, way):
    step, name, new = WAYS[way]
    write(package, {"run/steps/way.py": step})
    fingerprint.forget()
    text = (package / name).read_text(encoding="utf-8")
    assert OLD[new] in text
    assert changed(package, name, text.replace(OLD[new], new), "way")


@pytest.mark.parametrize(
    "step",
    [
        "from netwerkkracht.kit import tool\ndef run(four): return four\n",
        (
            "from netwerkkracht.kit import tool\ndef run():\n    four = tool.three\n"
            "    return [four for four in ()]\n"
        ),
        "from netwerkkracht.kit.tool import four\ndef run(x: four) -> four: pass\n",
    ],
)
def test_a_name_of_the_function_itself_is_no_definition_of_the_module(package, step):
    write(package, {"run/steps/way.py": step})
    fingerprint.forget()
    assert not changed(package, "kit/tool.py", FILES["kit/tool.py"].replace("four = 4", "four = 5"), "way")


def test_a_module_named_by_hand_counts_whole_and_a_definition_alone(package):
    for entry, text, counts in (
        ("netwerkkracht.other", "two = 22\n", True),
        ("netwerkkracht.other:two", "two = 22\n", True),
        ("netwerkkracht.base:one", "one = 1\ntwo = 22\n", False),
        ("=words", "two = 2\n", False),
    ):
        before = fingerprint.code("late", entry)
        assert before != fingerprint.code("late")
        kept = {name: (package / name).read_text() for name in ("other.py", "base.py")}
        name = "base.py" if "base" in entry else "other.py"
        (package / name).write_text(text)
        fingerprint.forget()
        assert (fingerprint.code("late", entry) != before) == counts
        write(package, kept)
        fingerprint.forget()


WORDS = "shared: {a: b}\nkinds:\n  forest:\n    how: x\n# why\n  flow:\n    how: y\ncolumns:\n  flow: c\n"


@pytest.mark.parametrize(
    ("before", "after", "entry", "counts"),
    [
        ("how: x", "how: z", "=forest words", True),
        ("how: y", "how: z", "=forest words", False),
        ("a: b", "a: c", "=forest words", True),
        # no section of a kind, though it is called like one
        ("flow: c", "flow: d", "=forest words", True),
        ("how: y", "how: z", "netwerkkracht.other", True),
    ],
)
def test_a_kind_counts_its_own_words_and_those_that_all_share(package, before, after, entry, counts):
    step = "from importlib.resources import files\ndef run(): return files('netwerkkracht.exhibits')\n"
    names = {"exhibits/__init__.py": "", "exhibits/words/en.yaml": WORDS, "run/steps/way.py": step}
    write(package, names)
    fingerprint.forget()
    kept = fingerprint.code("way", entry)
    write(package, {"exhibits/words/en.yaml": WORDS.replace(before, after)})
    fingerprint.forget()
    assert (fingerprint.code("way", entry) != kept) == counts


def test_an_entry_that_a_module_hands_on_is_followed(package):
    before = fingerprint.code("count", "netwerkkracht.kit:four")
    write(package, {"kit/tool.py": "three = 3\nfour = 5\n"})
    fingerprint.forget()
    assert fingerprint.code("count", "netwerkkracht.kit:four") != before


def test_the_fingerprint_starts_with_the_name_of_the_step(package):
    assert fingerprint.code("count").split()[0] == "count"


def test_env_names_python_the_libraries_and_those_behind_them(package, monkeypatch):
    monkeypatch.setattr(fingerprint, "_version", lambda name: f"{name}-1")
    python = f"python {sys.version_info.major}.{sys.version_info.minor}"
    assert fingerprint.env("count") == f"{python}, numpy numpy-1, pandas pandas-1"
    assert fingerprint.env("late") == f"{python}, yaml yaml-1"
    # a library of a definition that is not reached
    assert "scipy" not in fingerprint.env("count")


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
    reach._said.clear()
    fingerprint.forget()
    fingerprint.load_cache(path)
    assert len(reach._said) >= 3
    assert fingerprint.code("count") == before
    path.write_text(path.read_text().replace('"made_by":"', '"made_by":"another '))
    reach._said.clear()
    fingerprint.load_cache(path)
    assert not reach._said


def test_imports_and_docstrings_are_found_in_every_kind_of_block():
    text = (
        "if 1:\n    import a\nelif 2:\n    import b\nelse:\n    import c\n"
        "for _ in ():\n    import d\nelse:\n    import e\nwhile 0:\n    import f\nelse:\n    import g\n"
        "try:\n    import h\nexcept ValueError:\n    import i\nelse:\n    import j\nfinally:\n    import k\n"
        "with x:\n    import l\nmatch x:\n    case 1:\n        import m\n"
        "class N:\n    'said'\n    async def o(self):\n        'said'\n        import p\n"
    )
    said = symbols.facts_of(text.encode(), "x.py")
    found = set(said["imports"]) | {name for own in said["own"].values() for name in own["imports"]}
    assert {name for name in found if len(name) == 1} == set("abcdefghijklmp")
    assert "said" not in ast.dump(symbols.without_docstrings(ast.parse(text)))


@pytest.mark.parametrize("step", ["ingest", "harmonise", "fit", "operate"])
def test_how_a_language_writes_numbers_counts_for_no_model(step):
    found = reach.closure(f"{fingerprint.step_module(step)}:run")
    files = {item.name for folder in found.beside for item in fingerprint._data_of(folder)}
    beside = {item.parent.name for folder in found.beside for item in fingerprint._data_of(folder)}
    assert "languages" not in beside
    assert files, "the words of the codebook count"
