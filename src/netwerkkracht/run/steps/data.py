"""Make the tidy data behind one exhibit, in the form in which they may leave."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from netwerkkracht.core import io, logs
from netwerkkracht.run.step import Act, File, Part, Step

if TYPE_CHECKING:
    from netwerkkracht.study.config import Config


def part(config: Config, item: str) -> Part:
    """Return the exhibit with the specifications of the models it names, in their order."""
    from netwerkkracht.study.config.parts import exhibit_models, exhibit_of, shown, study_part

    named = exhibit_models(config, item)
    return {
        "exhibit": shown(config, exhibit_of(config, item)),
        "models": [model.model_dump(mode="json") for model in config.models if model.id in named],
        "study": study_part(config, "codebook", "published"),
        "release": config.release.model_dump(mode="json"),
        "languages": list(config.report.languages),
        "alpha": config.alpha,
        "seed": config.seed,
    }


def run(args: argparse.Namespace, part: Part) -> tuple[Act]:
    """Make the data and say what they were made from."""
    return (make(args, part),)


def make(args: argparse.Namespace, part: Part) -> Act:
    """Gather what the kind of exhibit needs, and write its data in the form in which they may leave."""
    from pathlib import Path

    from netwerkkracht.analysis.models.result import ModelResult
    from netwerkkracht.exhibits.material import Material
    from netwerkkracht.exhibits.registry import exhibit_from, kind_of, make_data
    from netwerkkracht.provenance.records import given_paths
    from netwerkkracht.run.releasing import OPEN, releasable
    from netwerkkracht.run.study_facts import read_panel
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
    io.write_csv(args.data, frame)
    logs.start("data").info("%s: %d rows", exhibit.id, len(frame))
    return Act("data", tuple(given_paths(args, *(file.name for file in STEP.sources))), (args.data,))


STEP = Step(
    "make the data of one figure, where they take long",
    run,
    part=part,
    item=("--exhibit", "id of the exhibit in the configuration"),
    sources=(
        File("--panel", "the panel"),
        File("--set-aside", "rows set aside, as counts"),
        File("--models", "results of the models that the exhibit names", many=True),
        File("--operating", "operating characteristics of the models, one row each", many=True),
        File("--codes", "codes found in the files, with counts", many=True),
        File("--codebook", "folder of the codebook"),
    ),
    targets=(File("--data", "the tidy data as released, as CSV"),),
    kind=("data",),
)
