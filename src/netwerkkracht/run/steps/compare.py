"""Compare the exhibits and numbers of the run with the expected ones; the verdict is a result, not a stop."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from netwerkkracht.core import io, logs
from netwerkkracht.run.step import File, Part, Step

if TYPE_CHECKING:
    from netwerkkracht.study.config import Config


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe what is given besides files: the step names itself what it read."""
    parser.add_argument("--reports", type=Path, required=True, help="folder of the released exhibits")
    parser.add_argument("--numbers", type=Path, required=True, help="the printed numbers")


def part(config: Config, _: str) -> Part:
    """Return what the step sees of the configuration."""
    return {
        "status": config.study.status,
        "reference": config.study.reference,
        "exhibits": [exhibit.id for exhibit in config.exhibits],
    }


def run(args: argparse.Namespace, part: Part) -> list[Path]:
    """Write the verdicts and return the files that were compared."""
    from netwerkkracht.run.verify import compare_run, exhibit_file

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


STEP = Step(
    "compare exhibits and numbers with the expected ones, for the report",
    run,
    add_arguments,
    part=part,
    targets=(File("--out", "the verdict per exhibit and number, as JSON"),),
    calls=("compare_run",),
)
