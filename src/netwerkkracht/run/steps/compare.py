"""Compare the exhibits and numbers of the run with the expected ones; the verdict is a result, not a stop."""

from __future__ import annotations

import argparse
from pathlib import Path

from netwerkkracht.core import io, logs
from netwerkkracht.run.steps.arguments import Part, add_common, add_target
from netwerkkracht.run.verify import compare_run, exhibit_file


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    add_common(parser)
    parser.add_argument("--reports", type=Path, required=True, help="folder of the released exhibits")
    parser.add_argument("--numbers", type=Path, required=True, help="the printed numbers")
    add_target(parser, "--out", "the verdict per exhibit and number, as JSON")


def run(args: argparse.Namespace, part: Part) -> list[Path]:
    """Write the verdicts and return the files that were compared."""
    log = logs.start("compare")
    reference = Path(part["reference"]) if part["reference"] else None
    verdict = compare_run(args.reports, reference, part["exhibits"])
    io.write_json(args.out, verdict)
    wrong = [item["id"] for item in (*verdict["exhibits"], *verdict["numbers"]) if not item["passed"]]
    if not verdict["compared"]:
        log.info("there is no reference to compare with")
    else:
        log.info(
            "%d items compared, %d differ", len(verdict["exhibits"]) + len(verdict["numbers"]), len(wrong)
        )
    return [args.numbers, *(args.reports / exhibit_file(name) for name in part["exhibits"])]
