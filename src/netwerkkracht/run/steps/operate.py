"""Simulate studies of this very design for one model, refit them, and keep estimates of the studies."""

from __future__ import annotations

import argparse

from netwerkkracht.core import io, logs
from netwerkkracht.run.steps.arguments import Part, add_common, add_item, add_source, add_target


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    add_common(parser)
    add_item(parser, "--model", "id of the model in the configuration")
    add_source(parser, "--codebook", "folder of the codebook, for names")
    add_source(parser, "--generator", "folder of the specification of the synthetic study")
    add_target(parser, "--out", "one row of operating characteristics")


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
    from netwerkkracht.run.steps.study_facts import read_facts
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
