"""Compare the panel of a synthetic study with its truth, cell by cell; any difference stops the run."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from netwerkkracht.core import io, logs
from netwerkkracht.run.step import File, Part, Step

if TYPE_CHECKING:
    from netwerkkracht.study.config import Config


def part(config: Config, _: str) -> Part:
    """Return what the step sees of the configuration."""
    from netwerkkracht.study.config.parts import study_part

    return study_part(config, "codebook", "truth")


def run(args: argparse.Namespace, part: Part) -> None:  # noqa: ARG001  # the one shape of a step
    """Write the comparison when every cell is equal and every planted fault was reported.

    Raises
    ------
    StudyError
        ``Z01`` to ``Z04`` otherwise, with variables and counts.
    """
    from netwerkkracht.run.study_facts import read_panel
    from netwerkkracht.study.codebook import read_codebook
    from netwerkkracht.synth.recovery import compare

    codebook = read_codebook(args.codebook)
    recovery = compare(
        read_panel(args.panel, codebook),
        read_panel(args.truth / "truth.csv", codebook),
        io.read_json(args.truth / "planted.json"),
        io.read_json(args.findings),
        io.read_csv(args.set_aside, text=["file", "wave", "group", "reason"]),
    )
    log = logs.start("recover")
    log.info("%d of %d cells equal, %d planted faults", recovery.equal, recovery.cells, len(recovery.faults))
    recovery.require()
    words = f"{recovery.equal} of {recovery.cells} cells equal the known truth, "
    words += f"{len(recovery.faults)} planted faults reported"
    io.write_json(args.out, {**recovery.as_dict(), "passed": recovery.complete, "words": words})


STEP = Step(
    "compare the panel of a synthetic study with its truth, cell by cell (gate)",
    run,
    part=part,
    sources=(
        File("--panel", "the panel"),
        File("--findings", "what was found in the files"),
        File("--set-aside", "rows set aside, as counts"),
        File("--truth", "folder with truth.csv and planted.json"),
        File("--codebook", "folder of the codebook"),
    ),
    targets=(File("--out", "the comparison, as counts"),),
    calls=("compare",),
)
