"""What a job really runs is among what its fingerprint counts: the proof that no edit can go unseen.

A whole small study is made with every step traced: each function of the package that is executed, and each
of its files that is opened, must belong to the definitions and folders that the fingerprint of that job is
made of.
"""

import ast
import json
import os
import shutil

import pytest
import yaml
from project import ROOT, command, surroundings

from netwerkkracht.provenance import reach
from netwerkkracht.provenance.codelines import entries
from netwerkkracht.provenance.fingerprint import files_of, step_module
from netwerkkracht.provenance.reach import PACKAGE, closure
from netwerkkracht.provenance.symbols import LOOSE
from netwerkkracht.run.step import STEPS

pytestmark = [pytest.mark.workflow, pytest.mark.slow]
# kinds that the second study does not show by itself, with options that fit it
MORE = [
    ("figure-5", "influence", {"model": "stress_change"}),
    ("figure-6", "diagnostics", {"model": "stress_change"}),
    ("figure-7", "contrasts", {"models": ["stress_change", "debts_change"]}),
    ("figure-8", "balance", {"covariates": ["years", "n_debts"]}),
    ("figure-9", "missing-data", {"model": "stress_change", "covariates": ["years"], "imputations": 3}),
    ("table-7", "dictionary", {}),
    ("table-8", "crosswalk", {}),
    ("table-9", "decisions", {}),
    ("table-10", "means", {"models": ["stress_change"]}),
    ("table-11", "sensitivity", {"models": ["stress_change", "debts_change"]}),
]
# executed on behalf of any job, and no work of a step: what a fingerprint is made of, for the manifest
OPENED_TO_BE_HASHED = {"manifest", "report"}


@pytest.fixture(scope="module", params=["open", "strict10"])
def traces(request, tmp_path_factory):
    """The traces of a whole run of the second study, under each profile of release."""
    base = tmp_path_factory.mktemp("reach")
    folder, site, found = base / "study", base / "site", base / "traces"
    shutil.copytree(ROOT / "tests" / "second_study", folder)
    config = yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))
    config["release"]["profile"] = request.param
    config["operating"] = {
        "generator": "codebook/synthetic",
        "studies": {"stress_change": 100, "both_sides": 100},
    }
    for name, kind, options in MORE:
        title = {"nl": kind, "en": kind}
        number = int(name.partition("-")[2])
        made = {"id": name, "kind": kind, "order": number, "title": title, "options": options}
        config["exhibits"].append(made)
    (folder / "config.yaml").write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    site.mkdir()
    found.mkdir()
    shutil.copy(ROOT / "tests" / "workflow" / "tracing.py", site / "sitecustomize.py")
    settings = surroundings(ROOT, NK_TRACE=str(found))
    settings["PYTHONPATH"] = os.pathsep.join([settings["PYTHONPATH"], str(site)])
    assert command(folder, "synthesise", "--out", "data", settings=settings).returncode == 0
    targets = ["reports/manifest.json", "results/aggregate/release.json", "results/aggregate/recovery.json"]
    targets += [f"results/aggregate/operating/{name}.csv" for name in config["operating"]["studies"]]
    words = ["run", "--cores", "2", "--snakefile", str(ROOT / "Snakefile"), *targets]
    done = command(folder, *words, settings=settings)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(found.glob("*.json"))]


def definitions(file):
    """Return first line, last line and names of every top-level statement of a file."""
    found = []
    for node in ast.parse((reach.ROOT / file).read_bytes()).body:
        first = min([node.lineno, *(given.lineno for given in getattr(node, "decorator_list", []))])
        stored = [
            name.id
            for name in ast.walk(node)
            if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
        ]
        found.append((first, node.end_lineno, [node.name] if hasattr(node, "name") else [*stored, LOOSE]))
    return found


def symbols_at(file, line):
    module = f"{PACKAGE}.{file.removesuffix('.py').replace('/', '.')}".removesuffix(".__init__")
    names = [name for first, last, names in definitions(file) if first <= line <= last for name in names]
    return {module, *(f"{module}:{name}" for name in names)}


def test_every_function_that_a_job_executes_is_counted_by_its_fingerprint(traces):
    assert {trace["step"] for trace in traces} >= set(STEPS) - {"notebook", "compare"}
    at = {}
    for trace in traces:
        given = [entry for entry in entries(trace["step"], trace["part"]) if not entry.startswith("=")]
        counted = closure(f"{step_module(trace['step'])}:run", *given)
        assert len(trace["functions"]) > 10
        for file, line, name in trace["functions"]:
            if (file, line) not in at:
                at[file, line] = symbols_at(file, line)
            assert at[file, line] & counted.symbols, f"{trace['step']} runs {name} of {file}, line {line}"
        beside = {path.relative_to(reach.ROOT).as_posix() for path in files_of(counted.beside)}
        opened = {name for name in trace["files"] if not name.endswith((".py", ".pyc"))}
        assert trace["step"] in OPENED_TO_BE_HASHED or opened <= beside, trace["step"]


@pytest.mark.parametrize("step", ["ingest", "harmonise", "recover", "fit", "operate"])
def test_no_edit_of_exhibits_or_report_reruns_a_fit_or_a_simulation(step):
    reached = {
        symbol.split(":")[0].split(".")[1]
        for symbol in closure(f"{step_module(step)}:run").symbols
        if "." in symbol
    }
    assert not reached & {"exhibits", "report", "release", "notebooks", "provenance"}
