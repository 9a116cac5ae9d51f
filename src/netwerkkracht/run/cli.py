"""The command line: one subcommand per step, imported only when it is asked for."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from netwerkkracht.run.step import COMMANDS, STEPS, Step, find, parser, part

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
    if name:
        from netwerkkracht.core.errors import nearest

        hint = nearest(name, [*STEPS, *COMMANDS])
        sys.stderr.write(f"there is no command '{name}'" + (f"; {hint}" if hint else "") + "\n")
        return 2
    wide = max(map(len, [*STEPS, *COMMANDS]))
    lines = ["netwerkkracht: from SPSS waves to a report in the languages of the study", "", "commands:"]
    lines += [f"  {key:<{wide}}  {find(key).does}" for key in COMMANDS]
    lines += ["", "steps of the workflow, in order:"]
    lines += [f"  {key:<{wide}}  {find(key).does}" for key in STEPS]
    lines += ["", "netwerkkracht COMMAND --help explains one of them."]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0 if not words or set(words) & {"-h", "--help"} else 2


def _guarded(name: str, words: list[str]) -> int:
    """Run the command; whatever goes wrong becomes a message without values and an exit code."""
    from netwerkkracht.core.errors import StudyError

    try:
        step = find(name)
        args = parser(name, step).parse_args(words[words.index(name) + 1 :])
        if step.part is not None:
            return _step(name, step, args, words)
        return int(step.run(args) or 0)
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


def _step(name: str, step: Step, args: argparse.Namespace, words: list[str]) -> int:
    """Run a step of the workflow on its part of the configuration and record what it read and wrote."""
    from netwerkkracht.provenance.records import given_paths, write_record
    from netwerkkracht.run.costs import write_cost
    from netwerkkracht.run.step import Act
    from netwerkkracht.study.config import read_config

    begun = time.perf_counter()
    spec = part(read_config(args.config), name, args.item)
    args.command = words
    made = step.run(args, spec)
    if args.record is not None:
        # a step that found its files itself names them; one that did the work of several names its acts
        read = given_paths(args, *args.sources) if made is None else made
        acts = (
            made
            if isinstance(made, tuple)
            else (Act(name, tuple(read), tuple(given_paths(args, *args.targets))),)
        )
        write_record(args, acts, spec)
        write_cost(begun, name, args.item)
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
