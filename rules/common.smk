"""Purpose: what all rules share: the configuration, the lists of items, the three fingerprints.

Inputs:  config.yaml, the list of files in the codebook
Outputs: names used by the other rule files; no rule stands here

Every rule has the same shape: a docstring; named inputs and outputs, literal and relative; `spec`, the part
of the configuration its step sees; `code` and `env`, fingerprints of its program and libraries; a log;
and one plain command that can be pasted into a terminal. A job measures itself: what it cost stands in
`benchmarks/jobs/`.
"""

from pathlib import Path

from netwerkkracht.study.codebook.study import codebook_files
from netwerkkracht.study.config import exhibit_models, notebook_names, read_config, study_files
from netwerkkracht.provenance import fingerprint
from netwerkkracht.provenance.codelines import entries, kind_value
from netwerkkracht.provenance.fingerprint import digest, load_cache, save_cache
from netwerkkracht.run.faults import require_sound
from netwerkkracht.run.step import part_text

load_cache()

CONFIG = read_config(Path("config.yaml"))
require_sound(CONFIG)
STUDY = CONFIG.study
FILES = study_files(STUDY)
MODELS = [model.id for model in CONFIG.models]
FIGURES = [exhibit.id for exhibit in CONFIG.exhibits if exhibit.id.startswith("figure")]
TABLES = [exhibit.id for exhibit in CONFIG.exhibits if exhibit.id.startswith("table")]
LANGUAGES = list(CONFIG.report.languages)
# a picture made of vectors is a data file: real data leave as pixels only
PICTURES = ["svg", "png"] if CONFIG.release.profile == "open" else ["png"]
NEEDS = {exhibit.id: kind_value(exhibit.kind, "needs", ()) for exhibit in CONFIG.exhibits}
# figures whose data are made in a job of their own, and drawn in another
COSTLY = [
    exhibit.id
    for exhibit in CONFIG.exhibits
    if exhibit.id in FIGURES and kind_value(exhibit.kind, "costly", False)
]
WHOLE = [name for name in FIGURES if name not in COSTLY]
NOTEBOOKS = notebook_names(CONFIG)
OPERATED = list(CONFIG.operating.studies) if CONFIG.operating else []
# the tables themselves, without the recipe of the synthetic study that lies beside them
CODEBOOK = digest(*codebook_files(Path(STUDY.codebook)))

RECOVERED = ["results/aggregate/recovery.json"] if STUDY.status == "synthetic" else []
GATES = [*RECOVERED, "reports/verify.json", "results/aggregate/release.json"]


wildcard_constraints:
    model="[a-z][a-z0-9_-]*",
    figure="|".join(WHOLE) or "none",
    costly="|".join(COSTLY) or "none",
    table="table-[a-z0-9-]+",
    lang="|".join(LANGUAGES),


def spec(step):
    """Return the parameter that holds the part of the configuration a step sees."""

    return lambda wildcards: part_text(CONFIG, step, item_of(wildcards))


def item_of(wildcards):
    """Return the model, exhibit or language that a job is about."""
    return wildcards[0] if len(wildcards) else None


def code(step, *others, about=None):
    """Return the parameter that holds the code of a step and of ``others``, for exhibits with that of their kind.

    ``about`` names the exhibits of which the step makes one; without it a step is about all of them. All is
    asked at once, here, so that it can be kept for the next run.
    """
    return of_kinds(fingerprint.code, step, others, about)


def env(step, *others, about=None):
    """Return the parameter that holds the libraries of the same code."""
    return of_kinds(fingerprint.env, step, others, about)


def of_kinds(say, step, others, about):
    """Return what is said of a step: a text, or one for each exhibit."""
    kinds = {exhibit.id: {"kind": exhibit.kind} for exhibit in CONFIG.exhibits}
    if about is None:
        return say(step, *others, *entries(step, {"exhibits": list(kinds.values())}))
    made = {name: say(step, *others, *entries(step, {"exhibit": kinds[name]})) for name in about}
    return lambda wildcards: made[wildcards[0]]


def material(exhibit):
    """Return the files that the data of an exhibit are made from, besides panel, counts and codebook."""
    named = exhibit_models(CONFIG, exhibit)
    simulated = "operating" in NEEDS[exhibit]
    return {
        "models": [] if simulated else [f"results/aggregate/models/{model}.json" for model in named],
        "operating": [f"results/aggregate/operating/{model}.csv" for model in named] if simulated else [],
        "codes": ["results/aggregate/codes.csv"] if "found" in NEEDS[exhibit] else [],
    }
