"""Run the workflow in this folder: what is out of date is made anew, then every check speaks."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from netwerkkracht.run.step import Step


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument(
        "--directory", type=Path, default=Path(), help="folder of the study (with config.yaml)"
    )
    parser.add_argument("--snakefile", type=Path, default=Path("Snakefile"), help="the workflow")
    parser.add_argument("--cores", default="all", help="how many jobs at once (default: all cores)")
    parser.add_argument("--dry-run", action="store_true", help="say what would be made anew and why")
    parser.add_argument("--no-warm", action="store_true", help="let every job import its libraries itself")
    parser.add_argument("targets", nargs="*", help="files to make (default: everything)")


def run(args: argparse.Namespace) -> int:
    """Run Snakemake under the lock of the folder and print progress and checks; return the exit code."""
    from netwerkkracht.core.errors import StudyError
    from netwerkkracht.run.faults import start_faults
    from netwerkkracht.run.leftovers import remove_leftovers
    from netwerkkracht.run.lock import only_run
    from netwerkkracht.run.runner import Order, work
    from netwerkkracht.run.summary import closing
    from netwerkkracht.study.config import read_config

    snakefile = _given(args)
    os.chdir(args.directory)
    with only_run(Path("results/run.lock")) as lock:
        order = Order(snakefile, args.cores, args.dry_run, tuple(args.targets), lock, warm=not args.no_warm)
        if not (args.dry_run or args.targets):
            config = read_config(Path("config.yaml"))
            if faults := start_faults(config):
                raise StudyError(faults)
            for name in remove_leftovers(config):
                sys.stdout.write(f"removed {name}: made by an earlier configuration\n")
        code = work(order)
        if code or args.dry_run or args.targets:
            return code
        return closing()


def _given(args: argparse.Namespace) -> Path:
    """Return the whole path of the workflow; refuse what Snakemake would wait for or answer with a traceback.

    Raises
    ------
    StudyError
        ``C08`` for a folder, workflow or number of cores that cannot be.
    """
    from netwerkkracht.core.errors import Finding, StudyError

    faults = []
    if not args.directory.is_dir():
        faults.append((f"there is no folder {args.directory.as_posix()}", "the folder with config.yaml"))
    if not args.snakefile.is_file():
        faults.append(
            (f"there is no workflow {args.snakefile.as_posix()}", "the Snakefile of the repository")
        )
    if args.cores != "all" and not (args.cores.isascii() and args.cores.isdigit() and int(args.cores) > 0):
        faults.append((f"'{args.cores}' is no number of cores", "1 or more, or all"))
    if faults:
        action = "run in the folder of the repository, or correct --directory, --snakefile or --cores"
        raise StudyError(Finding("C08", "error", what, expected=why, action=action) for what, why in faults)
    return Path(args.snakefile.resolve())


STEP = Step("run the workflow: what is out of date is made anew, then every check", run, add_arguments)
