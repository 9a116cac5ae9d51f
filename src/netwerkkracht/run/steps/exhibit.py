"""Make the tidy data behind one figure or table."""

from __future__ import annotations

import argparse

from netwerkkracht.core import io, logs
from netwerkkracht.run.steps.arguments import Part, add_common, add_item, add_source, add_target


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    add_common(parser)
    add_item(parser, "--exhibit", "id of the exhibit in the configuration")
    add_source(parser, "--panel", "the panel")
    add_source(parser, "--set-aside", "rows set aside, as counts")
    add_source(parser, "--models", "results of the models that the exhibit names", many=True)
    add_source(parser, "--operating", "operating characteristics of the models, one row each", many=True)
    add_source(parser, "--codes", "codes found in the files, with counts", many=True)
    add_source(parser, "--codebook", "folder of the codebook")
    add_target(parser, "--out", "the tidy data, as CSV")


def run(args: argparse.Namespace, part: Part) -> None:
    """Gather what the kind of exhibit needs, and write its data."""
    from pathlib import Path

    from netwerkkracht.analysis.models.result import ModelResult
    from netwerkkracht.exhibits.material import Material
    from netwerkkracht.exhibits.registry import exhibit_from, kind_of, make_data
    from netwerkkracht.run.steps.releasing import OPEN, releasable
    from netwerkkracht.run.steps.study_facts import read_panel
    from netwerkkracht.study.codebook import read_codebook
    from netwerkkracht.study.facts import facts_from_codebook
    from netwerkkracht.study.model import Model

    exhibit = exhibit_from(part["exhibit"])
    kind = kind_of(exhibit.kind)
    codebook = read_codebook(args.codebook)
    results = (ModelResult.from_dict(io.read_json(path)) for path in args.models)
    specs = (Model.model_validate(given) for given in part["models"])
    published = part["study"]["published"] if "published" in kind.needs else None
    # what may leave depends on how many persons stand behind a number, which the panel knows
    strict = part["release"]["profile"] != OPEN
    synthetic = part["study"]["status"] == "synthetic"
    operating = [io.read_rows(path)[0] for path in args.operating]
    material = Material(
        facts=facts_from_codebook(
            codebook, synthetic=synthetic, alpha=part["alpha"], languages=part["languages"]
        ),
        panel=read_panel(args.panel, codebook) if strict or "panel" in kind.needs else None,
        models={result.id: result for result in results},
        specs={spec.id: spec for spec in specs},
        set_aside=io.read_rows(args.set_aside),
        published=io.read_rows(Path(published), separator=";") if published else (),
        operating={row["model"]: row for row in operating},
        codebook=codebook,
        found=[row for path in args.codes for row in io.read_rows(path)],
        seed=part["seed"],
        alpha=part["alpha"],
    )
    frame = releasable(make_data(exhibit, material), exhibit, material, part["release"])
    io.write_csv(args.out, frame)
    logs.start("exhibit").info("%s: %d rows", exhibit.id, len(frame))
