"""Compare the panel of a synthetic study with its truth, cell by cell; any difference stops the run."""

from __future__ import annotations

import argparse

from netwerkkracht.core import io, logs
from netwerkkracht.run.steps.arguments import Part, add_common, add_source, add_target


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    add_common(parser)
    add_source(parser, "--panel", "the panel")
    add_source(parser, "--findings", "what was found in the files")
    add_source(parser, "--set-aside", "rows set aside, as counts")
    add_source(parser, "--truth", "folder with truth.csv and planted.json")
    add_source(parser, "--codebook", "folder of the codebook")
    add_target(parser, "--out", "the comparison, as counts")


def run(args: argparse.Namespace, part: Part) -> None:  # noqa: ARG001  # the one shape of a step
    """Write the comparison when every cell is equal and every planted fault was reported.

    Raises
    ------
    StudyError
        ``Z01`` to ``Z04`` otherwise, with variables and counts.
    """
    from netwerkkracht.run.steps.study_facts import read_panel
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
