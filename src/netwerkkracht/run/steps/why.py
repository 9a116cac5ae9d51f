"""Say where a figure, a table or a printed number comes from, back to the files that were received."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from netwerkkracht.core.errors import fail, nearest
from netwerkkracht.run.step import Step


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("what", help="figure-2, table-1, the key of a number, or the path of a file")


def run(args: argparse.Namespace) -> int:
    """Print the chain of files, commands and hashes behind an exhibit, a number or a file."""
    from netwerkkracht.core import io
    from netwerkkracht.provenance.codelines import places
    from netwerkkracht.provenance.records import chain_lines, read_records, trace

    records = read_records(Path("results/provenance"))
    numbers = io.read_json(Path("reports/numbers.json"))
    path, lines = place(args.what, numbers, [path for record in records for path in record.outputs])
    if args.what in numbers:
        lines += [f"  collected at {found}" for found in places("numbers", {})[1:]]
    lines += chain_lines(trace(path, records, Path()))
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def place(what: str, numbers: dict[str, Any], made: list[str]) -> tuple[str, list[str]]:
    """Return the file behind an exhibit, a key or a path, and what can be said of a number.

    Raises
    ------
    StudyError
        ``Y01`` when nothing has that name, with the nearest name.
    """
    for folder in ("figures", "tables"):
        if f"reports/{folder}/{what}.csv" in made:
            return f"reports/{folder}/{what}.csv", []
    if what in made:
        return what, []
    if what not in numbers:
        exhibits = [Path(path).stem for path in made if path.startswith("reports/") and path.endswith(".csv")]
        hint = nearest(what, [*numbers, *exhibits])
        raise fail(
            "Y01",
            f"nothing is called '{what}'" + (f"; {hint}" if hint else ""),
            expected="an exhibit such as figure-2, the key of a number, or the path of a file of this run",
            action="point at a number in the report to see its key; reports/numbers.json lists all",
        )
    number = numbers[what]
    lines = [f"{what} = {number['en']} (raw {number['raw']})"]
    if number["file"] is None:
        lines.append(f"  made of {', '.join(number['uses'])}: {number['how']}")
        inner = next((name for name in number["uses"] if numbers[name]["file"]), None)
        return (numbers[inner]["file"] if inner else "reports/numbers.json"), lines
    row = f", row {number['row']}" if number["row"] is not None else ""
    lines.append(f"  {number['file']}{row}, column {number['column']} ({number['how']})")
    return number["file"], lines


STEP = Step("say where a figure, a table or a number comes from", run, add_arguments)
