"""What the syntax trees must show: layers, one writer, no evaluated text, no global randomness."""

import ast
import csv
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
SRC = ROOT / "src" / "netwerkkracht"
FILES = sorted(SRC.rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}

# room -> layer; a module imports its own layer and lower ones; the longest name that fits counts
LAYERS = {
    "__init__": 0,
    "core": 0,
    "mixed": 1,
    "spss": 1,
    "study": 1,
    "harmonise": 2,
    "analysis": 2,
    "exhibits": 2,
    "release": 2,
    "release/disclosure": 3,
    "synth": 3,
    "provenance": 3,
    "report": 3,
    "notebooks": 3,
    "codebook_tools": 3,
    "run": 4,
    "run/warm": 5,
    "run/cli": 5,
    "__main__": 5,
}
# analysis of data: no files, no clock
PURE = ("harmonise", "analysis", "exhibits", "release", "mixed", "core/display", "synth/recovery")
IMPURE = ("release/disclosure",)


def inside(path):
    return path.relative_to(SRC).with_suffix("").as_posix()


def room(name):
    """The longest name of the table of layers that a module lies in."""
    parts = name.split("/")
    return next(
        ("/".join(parts[:n]) for n in range(len(parts), 0, -1) if "/".join(parts[:n]) in LAYERS), None
    )


def pure(path):
    return inside(path).startswith(PURE) and not inside(path).startswith(IMPURE)


def top(path):
    return inside(path).split("/")[0]


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node.lineno
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node.lineno


def called(tree):
    """Yield the dotted name of everything that is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def test_every_part_of_the_package_has_a_layer():
    assert not [name_of(path) for path in FILES if room(inside(path)) is None]


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_imports_run_one_way(path):
    own = LAYERS[room(inside(path))]
    wrong = [
        f"line {line}: {name}"
        for name, line in imported(TREES[path])
        if name.startswith("netwerkkracht.")
        and LAYERS.get(room(name.partition(".")[2].replace(".", "/")), 0) > own
    ]
    assert not wrong


def test_steps_do_not_import_steps_that_are_commands():
    # what is made whole is made by the steps that it consists of
    composed = {"figure": {"data", "draw"}, "table": {"data"}}
    for path in (SRC / "run" / "steps").glob("*.py"):
        used = {
            name.split(".")[3]
            for name, _ in imported(TREES[path])
            if name.startswith("netwerkkracht.run.steps.")
        }
        assert used <= composed.get(path.stem, set()), path.name


ONE_IMPORTER = {
    "pyreadstat": {"spss"},
    "statsmodels.regression.mixed_linear_model": {"analysis"},
    "typst": {"core"},
    "snakemake": set(),
    "pickle": set(),
    "joblib": set(),
    "patsy": set(),
    "formulaic": set(),
}


@pytest.mark.parametrize("library", ONE_IMPORTER)
def test_a_library_has_one_importer(library):
    users = {
        path
        for path in FILES
        if any(f"{name}.".startswith(f"{library}.") for name, _ in imported(TREES[path]))
    }
    assert {top(path) for path in users} <= ONE_IMPORTER[library]
    assert len(users) <= 1


def test_the_package_itself_imports_nothing():
    assert not list(imported(TREES[SRC / "__init__.py"]))


WRITERS = re.compile(
    r"\.(to_csv|to_parquet|to_excel|to_pickle|to_stata|to_hdf|write_text|write_bytes|savetxt|tofile)$"
    r"|^(?:np|numpy)\.(save|savez|savez_compressed)$|^json\.dump$|^yaml\.(?:safe_)?dump$|^shutil\.(copy|move)"
    r"|^os\.(rename|replace)$|\.write_(?:sav|dta|por)$|\.write_table$"
)
# what is written to memory, to a process of its own, or through io.write_via
ALLOWED_WRITERS = {
    "spss/writer.py": "through io.write_via",
    "codebook_tools/exports.py": "through io.write_via",
    "spss/worker.py": "pipes to the process that asked",
    "run/lock.py": "the lock file holds nothing",
}


@pytest.mark.parametrize("path", [path for path in FILES if path.name != "io.py"], ids=name_of)
def test_only_io_writes_files(path):
    wrong = []
    for name, node in called(TREES[path]):
        own = name.startswith(("io.", "self."))
        opened = name == "open" or name.endswith((".open", "os.fdopen"))
        modes = [
            item.value
            for item in node.args + [word.value for word in node.keywords]
            if isinstance(item, ast.Constant)
        ]
        writing = any(isinstance(mode, str) and re.fullmatch(r"[rbt+]*[wax+][rbt+]*", mode) for mode in modes)
        if (opened and writing) or (WRITERS.search(name) and not own):
            wrong.append(f"line {node.lineno}: {name}")
    assert not wrong or path.relative_to(SRC).as_posix() in ALLOWED_WRITERS


EVALUATED = re.compile(
    r"^(eval|exec|compile|__import__|pd\.eval|pandas\.eval|os\.system|os\.popen|yaml\.load|yaml\.unsafe_load)$"
    r"|\.(query|eval|read_pickle)$|^(?:np|numpy)\.load$"
)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_text_is_evaluated(path):
    wrong = []
    for name, node in called(TREES[path]):
        strict = name == "yaml.load" and re.search(r"Loader=_?Strict", ast.unparse(node))
        if EVALUATED.search(name) and not strict:
            wrong.append(f"line {node.lineno}: {name}")
        if any(word.arg == "shell" and getattr(word.value, "value", None) is True for word in node.keywords):
            wrong.append(f"line {node.lineno}: shell=True")
    assert not wrong


RANDOM = re.compile(r"^(?:np|numpy)\.random\.(?!Generator|PCG64|SeedSequence|SFC64|Philox)")


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_global_randomness_and_no_generator_without_a_seed(path):
    wrong = []
    for name, node in called(TREES[path]):
        seeded = name.endswith("default_rng") and node.args
        if RANDOM.search(name) and not seeded:
            wrong.append(f"line {node.lineno}: {name}")
    wrong += [
        f"line {line}: {name}" for name, line in imported(TREES[path]) if name.split(".")[0] == "random"
    ]
    assert not wrong


CLOCK = re.compile(r"(?:datetime|dt|date)\.(?:now|today|utcnow)$|^time\.(?:time|time_ns)$")


@pytest.mark.parametrize("path", [path for path in FILES if pure(path)], ids=name_of)
def test_pure_analysis_knows_no_clock_and_no_files(path):
    wrong = [
        f"line {node.lineno}: {name}"
        for name, node in called(TREES[path])
        if CLOCK.search(name) or name == "open" or name.endswith((".read_text", ".read_bytes", ".read_csv"))
    ]
    assert not wrong


def test_modules_are_imported_by_name_only_where_the_rules_know_of_it():
    users = {
        path.relative_to(SRC).as_posix()
        for path in FILES
        for name, _ in called(TREES[path])
        if name.endswith("import_module")
    }
    # the table of steps; the kinds of exhibits, which the rules add by hand; the helper, which imports no
    # module of ours; msvcrt on Windows; the synthetic study, which is not part of the workflow
    assert users <= {
        "run/step.py",
        "exhibits/registry.py",
        "run/warm.py",
        "run/lock.py",
        "synth/__init__.py",
    }


def test_figures_are_saved_in_one_module():
    users = {
        path.relative_to(SRC).as_posix()
        for path in FILES
        for name, _ in called(TREES[path])
        if name.endswith((".savefig", ".print_svg", ".print_png"))
    }
    assert users == {"exhibits/save.py"}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_files_and_functions_are_short(path):
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= 600, f"{lines} lines"
    for node in ast.walk(TREES[path]):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        doc = node.body[0] if ast.get_docstring(node, clean=False) else None
        length = node.end_lineno - (doc.end_lineno if doc else node.lineno)
        assert length <= 50, f"{node.name}: {length} lines"
        positional = [
            arg for arg in (*node.args.posonlyargs, *node.args.args) if arg.arg not in {"self", "cls"}
        ]
        assert len(positional) <= 6, f"{node.name}: {len(positional)} positional parameters"


def study_words():
    """Names of this study that may not stand in the code: long variables, groups, files and lists."""
    folder = ROOT / "data" / "codebook"
    study = yaml.safe_load((folder / "study.yaml").read_text(encoding="utf-8"))
    words = {*study["groups"], study["study"], *(item["file"] for item in study["files"])}
    for name in ("variables.csv", "derived.csv"):
        with (folder / name).open(encoding="utf-8", newline="") as stream:
            words |= {row["variable"] for row in csv.DictReader(stream, delimiter=";")}
    # the package bears the name of the study, and these are words of any study or of the program itself
    general = {study["study"], study["person"], study["group"], study["wave"], "netwerkkracht"}
    common = {
        "age",
        "gender",
        "origin",
        "household",
        "team",
        "status",
        "weight",
        "WT",
        "health",
        "finance",
        "work",
    }
    return {word for word in words if len(word) > 3} - general - common


def test_no_name_of_this_study_stands_in_the_code():
    words = study_words()
    assert len(words) > 20
    found = []
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in words:
                found.append(f"{name_of(path)} line {node.lineno}: {node.value}")
            elif isinstance(node, ast.Attribute) and node.attr in words and len(node.attr) > 6:
                found.append(f"{name_of(path)} line {node.lineno}: .{node.attr}")
    assert not found
