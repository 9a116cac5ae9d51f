"""The command line: one subcommand per step, imported only when it is asked for."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

# step -> what it does, in the order of the work; the module of each is imported when the step is asked for
STEPS = {
    "ingest": "read the SPSS files with their labels and missing codes, as stored",
    "harmonise": "recode, link, score and assemble the panel; say what was set aside and why",
    "recover": "compare the panel of a synthetic study with its truth, cell by cell (gate)",
    "fit": "fit one model of the configuration",
    "operate": "simulate studies of this design and count how often a model is right",
    "exhibit": "make the tidy data behind one figure or table",
    "figure": "draw one figure from its data, in every language",
    "table": "lay out one table from its data, in every language",
    "numbers": "collect every number that the report prints",
    "notebook": "execute one notebook on the synthetic study and lay it out as pages",
    "report": "make the report in one language, as web page and PDF",
    "compare": "compare exhibits and numbers with the expected ones, for the report",
    "manifest": "list every released file with its hash and how it was made",
    "release-check": "refuse released files with rows of persons, small cells or no manifest line (gate)",
}
COMMANDS = {
    "run": "run the workflow: what is out of date is made anew, then every check",
    "verify": "compare the exhibits and numbers with the expected ones of the published run",
    "word": "turn the finished report into Word files, for co-authors who comment there (needs pandoc)",
    "why": "say where a figure, a table or a number comes from",
    "synthesise": "make a synthetic study: the truth first, then the distorted SPSS files",
    "inspect": "show what is in an SPSS file",
    "register": "enter received SPSS files in the register: hash, size, rows, date and terms",
    "check": "lint codebook and files together and say all that is wrong",
    "scaffold": "write a codebook skeleton from the metadata of SPSS files",
    "codebook": "'codebook fmt' sorts the codebook so that a changed line is a decision",
    "export": "export the panel inside the restricted room, as CSV, Parquet or SPSS",
    "schema": "write the pages and schemas that are made from the code, or check them",
}
USER_ERROR, BUG = 1, 70


def run(words: Sequence[str]) -> int:
    """Run one command and return its exit code: 0 done, 1 a mistake in data or configuration, 70 our fault.

    No traceback and no value of a person reaches the screen; the traceback of an unexpected fault goes to a
    file in the restricted room that only its owner can read.
    """
    # one thread per process: cores are shared out by the workflow, and sums come out the same everywhere
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    name = next((word for word in words if not word.startswith("-")), "")
    if name not in STEPS and name not in COMMANDS:
        return _overview(words, name)
    return _guarded(name, list(words))


def _overview(words: Sequence[str], name: str) -> int:
    wide = max(map(len, [*STEPS, *COMMANDS]))
    lines = ["netwerkkracht: from SPSS waves to a report in two languages", "", "commands:"]
    lines += [f"  {key:<{wide}}  {text}" for key, text in COMMANDS.items()]
    lines += ["", "steps of the workflow, in order:"]
    lines += [f"  {key:<{wide}}  {text}" for key, text in STEPS.items()]
    lines += ["", "netwerkkracht COMMAND --help explains one of them."]
    if name:
        from netwerkkracht.core.errors import nearest

        hint = nearest(name, [*STEPS, *COMMANDS])
        sys.stderr.write(f"there is no command '{name}'" + (f"; {hint}" if hint else "") + "\n")
        return 2
    sys.stdout.write("\n".join(lines) + "\n")
    return 0 if not words or set(words) & {"-h", "--help"} else 2


def _guarded(name: str, words: list[str]) -> int:
    """Run the command; whatever goes wrong becomes a message without values and an exit code."""
    from netwerkkracht.core.errors import StudyError

    try:
        module = import_module(f"netwerkkracht.run.steps.{name.replace('-', '_')}")
        args = _parser(name, module).parse_args(words[words.index(name) + 1 :])
        if name in STEPS:
            return _step(name, module, args, words)
        return int(module.run(args) or 0)
    except StudyError as error:
        sys.stderr.write(f"{error}\n")
        _keep_traceback(name)
        return USER_ERROR
    except KeyboardInterrupt:
        sys.stderr.write(f"{name}: stopped on request; earlier results are untouched\n")
        return 130
    except BrokenPipeError:
        return 0
    except OSError as error:
        return _refused(name, error)
    except Exception as error:  # noqa: BLE001  # the border where values must not get out
        if package := absent(error):
            sys.stderr.write(
                f"{name} needs the pipeline, of which '{package}' is not installed: type `python3 run.py`, "
                f'or `python3 -m pip install ".[pipeline]"`, in the folder of the program\n'
            )
            return USER_ERROR
        return _bug(name, error)


def _refused(name: str, error: OSError) -> int:
    """Say what the disk or the system refused; anything else it can say is a fault of ours."""
    from netwerkkracht.core import io

    if error.errno not in io.STORAGE:
        return _bug(name, error)
    place = Path(str(error.filename or "")).name or None
    sys.stderr.write(f"{io.storage_fault(error, place, what=f'{name} stopped')}\n")
    return USER_ERROR


def _bug(name: str, error: Exception) -> int:
    kept = _keep_traceback(name)
    where = f"; the details are in {kept.as_posix()} (yours only; it may hold data)" if kept else ""
    sys.stderr.write(
        f"Z99 error: {name} met a fault in the program ({type(error).__name__})\n"
        f"  to do:    report it with the command you ran{where}\n"
    )
    return BUG


def absent(error: BaseException) -> str | None:
    """Return the package of others that an import did not find, None for any other error."""
    name = error.name if isinstance(error, ModuleNotFoundError) else None
    package = (name or "").partition(".")[0]
    known = {"", "netwerkkracht", *sys.stdlib_module_names}
    return None if package in known else package


def _parser(name: str, module: Any) -> argparse.ArgumentParser:
    summary = STEPS.get(name) or COMMANDS[name]
    parser = argparse.ArgumentParser(prog=f"netwerkkracht {name}", description=f"{name}: {summary}.")
    module.add_arguments(parser)
    return parser


def _step(name: str, module: Any, args: argparse.Namespace, words: list[str]) -> int:
    """Run a step of the workflow on its part of the configuration and record what it read and wrote."""
    from netwerkkracht.provenance.records import write_record
    from netwerkkracht.study.config import part, read_config

    spec = part(read_config(args.config), name, args.item)
    args.read = module.run(args, spec)
    if args.record is not None:
        write_record(args, name, spec, words)
    return 0


def _keep_traceback(name: str) -> Path | None:
    import traceback

    from netwerkkracht.core import io

    path = Path("results/restricted/tracebacks") / f"{name}.txt"
    try:
        io.write_private_text(path, traceback.format_exc())
    except Exception:  # noqa: BLE001  # a full disk must not hide the first message
        return None
    return path
