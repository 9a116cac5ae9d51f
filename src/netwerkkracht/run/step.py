"""What a command of the program is: one entry, declared in one module of ``run/steps`` as ``STEP``.

An entry says what the command does, what it is about, which files it reads and writes, which part of the
configuration it sees and what it calls to do its work. The command line, the parameters of the rules, the
records and the lines of code behind a result all follow from it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from netwerkkracht.study.config import Config

# the part of the configuration that a step may see
Part = dict[str, Any]

# the steps of the workflow, in the order of the work
STEPS: Final = (
    "ingest",
    "harmonise",
    "recover",
    "fit",
    "operate",
    "figure",
    "table",
    "data",
    "draw",
    "numbers",
    "notebook",
    "report",
    "compare",
    "manifest",
    "release-check",
)
# what people call
COMMANDS: Final = (
    "run",
    "verify",
    "word",
    "why",
    "synthesise",
    "inspect",
    "register",
    "check",
    "scaffold",
    "codebook",
    "export",
    "schema",
)


@dataclass(frozen=True)
class File:
    """A file or folder that is given to a step; ``many`` takes any number, in order."""

    flag: str
    meaning: str
    many: bool = False

    @property
    def name(self) -> str:
        """Return the name under which the arguments hold it."""
        return self.flag.removeprefix("--").replace("-", "_")


@dataclass(frozen=True)
class Act:
    """One record of a job: the step it counts as, the files it read and the files it wrote."""

    step: str
    read: tuple[Path, ...]
    wrote: tuple[Path, ...]


@dataclass(frozen=True)
class Step:
    """One command of the program.

    Attributes
    ----------
    does
        What it does, in one line.
    run
        The work. A step of the workflow gets its arguments and its part of the configuration and returns
        None, the files that it read, or its acts; another command gets its arguments and returns an exit
        code.
    arguments
        Describes the command line of a command, and what a step has besides its files.
    part
        The part of the configuration that a step sees, given the item it is about: its rule carries the
        part as a parameter, so a step that saw more would go stale without a word. None for a command.
    item
        Flag and meaning of the one model, exhibit or language the step is about.
    sources, targets
        The files that it reads and writes.
    calls
        Names, imported by its module, of what it calls to do its work. Read from the source, so literal.
    kind
        The sides of a kind of exhibit that it uses: ``data``, ``drawing``, ``sheet``. Read from the source,
        so literal.
    """

    does: str
    run: Callable[..., Any]
    arguments: Callable[[argparse.ArgumentParser], None] | None = None
    part: Callable[[Config, str], Part] | None = None
    item: tuple[str, str] | None = None
    sources: tuple[File, ...] = ()
    targets: tuple[File, ...] = ()
    calls: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()


def find(name: str) -> Step:
    """Return the entry of a step or command; its module is imported now."""
    found: Step = import_module(f"netwerkkracht.run.steps.{name.replace('-', '_')}").STEP
    return found


def parser(name: str, step: Step) -> argparse.ArgumentParser:
    """Return what reads the command line of a step."""
    made = argparse.ArgumentParser(prog=f"netwerkkracht {name}", description=f"{name}: {step.does}.")
    if step.part is not None:
        made.add_argument("--config", type=Path, default=Path("config.yaml"), help="the configuration")
        made.add_argument("--record", type=Path, help="write what was read and written to this file")
        # of a codebook only its own tables are read, not the recipe of a synthetic study beside them
        made.set_defaults(item=None, flat=("codebook",))
    if step.item is not None:
        made.add_argument(step.item[0], dest="item", required=True, help=step.item[1])
    for role, files in (("sources", step.sources), ("targets", step.targets)):
        added = [_add(made, file) for file in files]
        made.set_defaults(**{role: tuple(added)})
    if step.arguments is not None:
        step.arguments(made)
    return made


def _add(made: argparse.ArgumentParser, file: File) -> str:
    if file.many:
        action = made.add_argument(file.flag, type=Path, nargs="*", default=[], help=file.meaning)
    else:
        action = made.add_argument(file.flag, type=Path, required=True, help=file.meaning)
    return action.dest


def part(config: Config, name: str, item: str | None = None) -> Part:
    """Return the part of the configuration of one step (and one model, exhibit or language) as plain data.

    Raises
    ------
    StudyError
        ``C05`` when the step or the item is not known.
    """
    make = find(name).part if name in STEPS else None
    if make is None:
        from netwerkkracht.study.config.parts import unknown

        raise unknown("step", name, list(STEPS))
    return make(config, item or "")


def part_text(config: Config, name: str, item: str | None = None) -> str:
    """Return the part as one line of canonical JSON."""
    made = part(config, name, item)
    return json.dumps(made, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
