"""Simulate studies of this very design for one model, refit them, and keep estimates of the studies."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from netwerkkracht.core import io, logs
from netwerkkracht.run.step import File, Part, Step

if TYPE_CHECKING:
    from netwerkkracht.study.config import Config


def part(config: Config, item: str) -> Part:
    """Return what the step sees of the configuration."""
    from netwerkkracht.study.config.parts import model_of, unknown

    model = model_of(config, item)
    plan = config.operating
    if plan is None or model.id not in plan.studies:
        raise unknown("simulated model", item, list(plan.studies) if plan else [])
    return {
        "model": model.model_dump(mode="json"),
        "alpha": config.alpha,
        "seed": config.seed,
        "status": config.study.status,
        "studies": plan.studies[model.id],
        "assumptions": plan.assumptions,
        "target_chunks": plan.target_chunks,
    }


def run(args: argparse.Namespace, part: Part) -> None:
    """Draw, refit as they are and with shuffled groups, summarise.

    Every chunk of studies has a stream of its own, so that the result depends on the number of studies and
    the seed, and on nothing else.
    """
    import numpy as np

    from netwerkkracht.analysis.operating.characteristics import summarise, target
    from netwerkkracht.analysis.operating.replicates import Names, replicate
    from netwerkkracht.core.seeds import generator
    from netwerkkracht.mixed.families import family
    from netwerkkracht.run.study_facts import read_facts
    from netwerkkracht.study.model import Model
    from netwerkkracht.synth.many import draw, unbound
    from netwerkkracht.synth.reading import read_spec
    from netwerkkracht.synth.truth import CHUNK

    model = Model.model_validate(part["model"])
    facts = read_facts(args.codebook, part)
    names = Names("outcome", "person", "arm", "visit", facts.groups[:2], facts.waves)
    made = model.indicators.get(model.outcome)
    codes = tuple(float(code) for code in made.codes) if made else ()
    spec = unbound(read_spec(args.generator), part["assumptions"])
    chunks = -(-part["studies"] // CHUNK)
    # a mean over all studies costs nothing; one fit to very many people does
    pooled = chunks if family(model.family).linear else part["target_chunks"]
    everything = draw(spec, model.source, range(max(chunks, pooled)), part["seed"], codes=codes)
    drawn = everything.first(chunks * CHUNK)
    aim = target(everything.first(pooled * CHUNK), names, model.family)
    shuffle = generator(part["seed"], "operate", model.id)
    row = summarise(
        replicate(drawn, names, model.family),
        replicate(drawn, names, model.family, shuffle=shuffle),
        aim,
        part["alpha"],
    )
    cells = {"model": model.id, "family": model.family, **row}
    io.write_text(args.out, io.csv_text(list(cells), [list(cells.values())]))
    if not np.isfinite(row["coverage"]):
        logs.start("operate").warning("%s: no study could be fitted", model.id)
    logs.start("operate").info("%s: %d studies, %d failed", model.id, row["n_studies"], row["n_failed"])


STEP = Step(
    "simulate studies of this design and count how often a model is right",
    run,
    part=part,
    item=("--model", "id of the model in the configuration"),
    sources=(
        File("--codebook", "folder of the codebook, for names"),
        File("--generator", "folder of the specification of the synthetic study"),
    ),
    targets=(File("--out", "one row of operating characteristics"),),
    calls=("replicate", "summarise"),
)
