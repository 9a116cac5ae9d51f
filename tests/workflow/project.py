"""A copy of the project in a folder of its own, and Snakemake at work in it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
PARTS = (
    "Snakefile",
    "rules",
    "profiles",
    "config.yaml",
    "requirements.lock",
    "CHANGELOG.md",
    "src",
    "data",
    "notebooks",
)
BIN = Path(sys.executable).parent
RULE = re.compile(r"^(?:local)?rule (\w+):$")
WILDCARDS = re.compile(r"^ +wildcards: (.+)$")


def copy_project(target, *, models=None, exhibits=None):
    """Copy what a run needs; keep only the models and exhibits named."""
    target.mkdir(parents=True)
    for name in PARTS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.is_file():
            shutil.copy2(source, target / name)
    for name in ("source", "reference"):
        if (ROOT / "reports" / name).is_dir():
            shutil.copytree(ROOT / "reports" / name, target / "reports" / name)
    if models is not None or exhibits is not None:
        config = yaml.safe_load((target / "config.yaml").read_text(encoding="utf-8"))
        config["models"] = [item for item in config["models"] if item["id"] in models]
        config["exhibits"] = [item for item in config["exhibits"] if item["id"] in exhibits]
        lists = config.get("model_sets", {})
        config["model_sets"] = {
            name: kept for name, given in lists.items() if (kept := [one for one in given if one in models])
        }
        for item in config["exhibits"]:
            named = item.get("options", {}).get("models")
            if isinstance(named, list):
                item["options"]["models"] = [
                    name for name in named if name in {*models, *config["model_sets"]}
                ]
        for section in ("operating", "notebooks"):
            config.pop(section, None)
        (target / "config.yaml").write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    return target


def surroundings(folder, **more):
    """Environment in which the package of the copy is the one that is imported."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("SNAKEMAKE", "NK_"))}
    path = os.pathsep.join([str(BIN), kept.get("PATH", "")])
    return {**kept, "PATH": path, "PYTHONPATH": str(folder / "src"), "PYTHONUTF8": "1", **more}


def command(folder, *words, settings=None, **options):
    """Run `netwerkkracht` of the copy and return what came out."""
    return subprocess.run(
        [sys.executable, "-m", "netwerkkracht", *words],
        cwd=folder,
        env=settings or surroundings(folder),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        **options,
    )


def snakemake(folder, *words, settings=None):
    """Run Snakemake in the copy and return what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "--nolock", "--cores", "2", *words],
        cwd=folder,
        env=settings or surroundings(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout


def jobs(said):
    """Return the jobs that Snakemake announces, as `rule` or `rule item`, without `all`."""
    found, rule = [], None
    for line in said.splitlines():
        if started := RULE.match(line):
            rule = started[1]
            found.append(rule)
        elif rule and (items := WILDCARDS.match(line)):
            found[-1] = f"{rule} {items[1].split('=', 1)[1]}"
    return {name for name in found if name != "all"}


PRETEND = '''#!{python}
"""Stands in for the command: makes the files it is asked to make, with the words it was given."""
import pathlib, sys
for word in sys.argv[1:]:
    path = pathlib.Path(word)
    if word.startswith(("results/", "reports/")) and path.suffix and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("made")
'''


def pretend(folder):
    """Return surroundings in which every step is played by a program that only makes its files."""
    place = folder / "pretend"
    place.mkdir()
    program = place / "netwerkkracht"
    program.write_text(PRETEND.format(python=sys.executable), encoding="utf-8")
    program.chmod(0o755)
    settings = surroundings(folder)
    settings["PATH"] = os.pathsep.join([str(place), settings["PATH"]])
    return settings
