"""Fit one model of the configuration on the panel."""

from __future__ import annotations

import argparse

from netwerkkracht.core import io, logs
from netwerkkracht.run.steps.arguments import Part, add_common, add_item, add_source, add_target


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    add_common(parser)
    add_item(parser, "--model", "id of the model in the configuration")
    add_source(parser, "--panel", "the panel")
    add_source(parser, "--codebook", "folder of the codebook")
    add_target(parser, "--out", "estimates, variance parts and status, as JSON")


def run(args: argparse.Namespace, part: Part) -> None:
    """Fit the model and write its result; a status other than ok is a result, not a stop."""
    from netwerkkracht.analysis.models.fit import fit_model
    from netwerkkracht.run.steps.study_facts import read_panel
    from netwerkkracht.study.codebook import read_codebook
    from netwerkkracht.study.facts import facts_from_codebook
    from netwerkkracht.study.model import Model

    log = logs.start("fit")
    codebook = read_codebook(args.codebook)
    facts = facts_from_codebook(codebook, synthetic=part["status"] == "synthetic", alpha=part["alpha"])
    spec = Model.model_validate(part["model"])
    result = fit_model(spec, read_panel(args.panel, codebook), facts, alpha=part["alpha"])
    io.write_json(args.out, result.to_dict())
    log.info("%s: %s, %d rows, %d persons", spec.id, result.status, result.n_rows, result.n_persons)
