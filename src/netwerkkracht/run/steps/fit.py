"""Fit one model of the configuration on the panel."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from netwerkkracht.core import io, logs
from netwerkkracht.run.step import File, Part, Step

if TYPE_CHECKING:
    from netwerkkracht.study.config import Config


def part(config: Config, item: str) -> Part:
    """Return what the step sees of the configuration."""
    from netwerkkracht.study.config.parts import model_of

    return {
        "model": model_of(config, item).model_dump(mode="json"),
        "alpha": config.alpha,
        "status": config.study.status,
    }


def run(args: argparse.Namespace, part: Part) -> None:
    """Fit the model and write its result; a status other than ok is a result, not a stop."""
    from netwerkkracht.analysis.models.fit import fit_model
    from netwerkkracht.run.study_facts import read_panel
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


STEP = Step(
    "fit one model of the configuration",
    run,
    part=part,
    item=("--model", "id of the model in the configuration"),
    sources=(File("--panel", "the panel"), File("--codebook", "folder of the codebook")),
    targets=(File("--out", "estimates, variance parts and status, as JSON"),),
    calls=("fit_model",),
)
