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
PURE = (
    "harmonise",
    "analysis",
    "exhibits",
    "release",
    "mixed",
    "core/display",
    "core/precision",
    "synth/recovery",
)
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


NAMES = {inside(path).removesuffix("/__init__").replace("/", "."): path for path in FILES}


def rests_on(name):
    """The modules that one imports, directly or through others, late imports and parents included."""
    seen, waiting = set(), [name]
    while waiting:
        one = waiting.pop()
        if one in NAMES and one not in seen:
            seen.add(one)
            waiting += [one.rpartition(".")[0]]
            waiting += [
                other.partition(".")[2]
                for other, _ in imported(TREES[NAMES[one]])
                if other.startswith("netwerkkracht.")
            ]
    return seen


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


def module_of(path):
    return ".".join(("netwerkkracht", *path.relative_to(SRC).with_suffix("").parts)).removesuffix(".__init__")


def import_graph():
    """Which module imports which, late imports and those for types alone included."""
    names = {module_of(path): path for path in FILES}
    graph = {}
    for name, path in names.items():
        used = set()
        for node in ast.walk(TREES[path]):
            if isinstance(node, ast.Import):
                used |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                # a module taken out of its package is that module, not what else the package shows
                full = [f"{node.module}.{alias.name}" for alias in node.names]
                used |= {one if one in names else node.module for one in full}
        graph[name] = sorted(used & set(names) - {name})
    return graph


def circles(graph):
    """Sets of modules that import each other. Source: Tarjan (1972), without recursion."""
    number, low, stack, found = {}, {}, [], []
    for root in graph:
        work = [] if root in number else [(root, iter(graph[root]))]
        if work:
            number[root] = low[root] = len(number)
            stack.append(root)
        while work:
            name, others = work[-1]
            for other in others:
                if other not in number:
                    number[other] = low[other] = len(number)
                    stack.append(other)
                    work.append((other, iter(graph[other])))
                    break
                if other in stack:
                    low[name] = min(low[name], number[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[name])
                if low[name] == number[name]:
                    own = stack[stack.index(name) :]
                    del stack[stack.index(name) :]
                    found += [set(own)] if len(own) > 1 else []
    return found


def test_a_circle_is_found():
    graph = {"a": ["b"], "b": ["c", "d"], "c": ["a"], "d": ["e"], "e": ["d"], "f": ["a"]}
    assert sorted(map(sorted, circles(graph))) == [["a", "b", "c"], ["d", "e"]]


def test_no_module_imports_itself_through_others():
    """Late imports and imports for types count: a circle that is hidden is a circle."""
    assert circles(import_graph()) == []


# what a library may import of the rest of the package
LIBRARIES = {
    "mixed": ("netwerkkracht.core.errors.",),
    "spss": ("netwerkkracht.core.errors.", "netwerkkracht.core.io."),
}


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_stands_alone(library):
    wrong = [
        f"{name_of(path)} line {line}: {name}"
        for path in FILES
        for name, line in imported(TREES[path])
        if top(path) == library
        and name.startswith("netwerkkracht.")
        # `from netwerkkracht.core import io` names both
        and name != "netwerkkracht.core"
        and not f"{name}.".startswith((f"netwerkkracht.{library}.", *LIBRARIES[library]))
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
    "spss/writing/writer.py": "through io.write_via",
    "codebook_tools/exports.py": "through io.write_via",
    "spss/reading/worker.py": "pipes to the process that asked",
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
    # module of ours; msvcrt on Windows; the doors of two packages, see below
    assert users <= {
        "run/step.py",
        "exhibits/registry.py",
        "run/warm.py",
        "run/lock.py",
        *DOORS,
    }


# these import by name what they offer, so that a fingerprint does not look through them; the names given
# here are plain imports
DOORS = {
    "spss/__init__.py": {"Limits", "MultipleResponseSet", "SpssFile", "SpssVariable"},
    "synth/__init__.py": set(),
}


@pytest.mark.parametrize("door", DOORS)
def test_the_package_does_not_go_through_a_door_that_fingerprints_do_not_see(door):
    """Else an edit behind the door would make nothing anew."""
    folder = top(SRC / door)
    package = f"netwerkkracht.{folder}"
    plain = [node for node in TREES[SRC / door].body if isinstance(node, ast.ImportFrom)]
    ours = [node for node in plain if node.module.startswith("netwerkkracht.")]
    assert {alias.name for node in ours for alias in node.names} == DOORS[door]
    wrong = []
    for path in FILES:
        for node in ast.walk(TREES[path]):
            names = {alias.name for alias in getattr(node, "names", ()) if isinstance(alias, ast.alias)}
            through = {name for name in names - DOORS[door] if f"{folder}.{name}" not in NAMES}
            if (
                (isinstance(node, ast.ImportFrom) and node.module == package and through)
                or (isinstance(node, ast.ImportFrom) and node.module == "netwerkkracht" and folder in names)
                or (isinstance(node, ast.Import) and package in names)
            ):
                wrong.append(f"{name_of(path)} line {node.lineno}: {', '.join(sorted(names))}")
    assert not wrong


def test_the_simulations_rest_on_no_file():
    """They take longest of all: an edit of fieldwork, reader or writer may not make them anew."""
    simulated = rests_on("run.steps.operate")
    assert "synth.study" in simulated
    assert not [name for name in simulated if name.split(".")[0] == "spss"]
    assert not simulated & {"synth.fieldwork", "synth.run"}
    ingested = rests_on("run.steps.ingest")
    assert "spss.reading.reader" in ingested
    assert not [name for name in ingested if name.startswith(("spss.writing", "spss.inspection"))]


def test_figures_are_saved_in_one_module():
    users = {
        path.relative_to(SRC).as_posix()
        for path in FILES
        for name, _ in called(TREES[path])
        if name.endswith((".savefig", ".print_svg", ".print_png"))
    }
    assert users == {"exhibits/save.py"}


# what changes together stands together: a file is one thing, and one thing may take this many lines
MOST_LINES = 600


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_files_and_functions_are_short(path):
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= MOST_LINES, f"{lines} lines"
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


def test_the_map_of_the_house_names_every_room():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = {top(path) for path in FILES if path.parent != SRC}
    assert rooms == set(re.findall(r"^\| `([a-z_]+)` \|", text, re.MULTILINE))
