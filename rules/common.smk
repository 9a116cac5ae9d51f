"""Purpose: what all rules share: the configuration, the lists of items, the three fingerprints.

Inputs:  config.yaml, the list of files in the codebook
Outputs: names used by the other rule files; no rule stands here

Every rule has the same shape: a docstring; named inputs and outputs, literal and relative; `spec`, the part
of the configuration its step sees; `code` and `env`, fingerprints of its program and libraries; a log; a
benchmark; and one plain command that can be pasted into a terminal.
"""

from pathlib import Path

from netwerkkracht.study.codebook.study import codebook_files
from netwerkkracht.study.config import exhibit_models, notebook_names, part_text, read_config, study_files
from netwerkkracht.provenance.fingerprint import code, digest, env, load_cache, save_cache
from netwerkkracht.run.steps.exhibit_kinds import kind_modules, of_codes, simulated

load_cache()

CONFIG = read_config(Path("config.yaml"))
STUDY = CONFIG.study
FILES = study_files(STUDY)
MODELS = [model.id for model in CONFIG.models]
FIGURES = [exhibit.id for exhibit in CONFIG.exhibits if exhibit.id.startswith("figure")]
TABLES = [exhibit.id for exhibit in CONFIG.exhibits if exhibit.id.startswith("table")]
LANGUAGES = list(CONFIG.report.languages)
# a picture made of vectors is a data file: real data leave as pixels only
PICTURES = ["svg", "png"] if CONFIG.release.profile == "open" else ["png"]
KINDS = kind_modules(CONFIG)
SIMULATED = simulated(CONFIG)
OF_CODES = of_codes(CONFIG)
NOTEBOOKS = notebook_names(CONFIG)
OPERATED = list(CONFIG.operating.studies) if CONFIG.operating else []
# the tables themselves, without the recipe of the synthetic study that lies beside them
CODEBOOK = digest(*codebook_files(Path(STUDY.codebook)))

RECOVERED = ["results/aggregate/recovery.json"] if STUDY.status == "synthetic" else []
GATES = [*RECOVERED, "reports/verify.json", "results/aggregate/release.json"]


wildcard_constraints:
    model="[a-z][a-z0-9_-]*",
    figure="figure-[a-z0-9-]+",
    table="table-[a-z0-9-]+",
    exhibit="(figure|table)-[a-z0-9-]+",
    lang="|".join(LANGUAGES),


def spec(step):
    """Return the parameter that holds the part of the configuration a step sees."""

    def text(wildcards):
        item = wildcards[0] if len(wildcards) else None
        return part_text(CONFIG, step, item)

    return text


def kind_code(step):
    """Return the parameter that holds the code of a step together with that of the kind of exhibit."""
    made = {exhibit: code(step, module) for exhibit, module in KINDS.items()}
    return lambda wildcards: made[wildcards[0]]


def kind_env(step):
    """Return the parameter that holds the libraries of a step and of the kind of exhibit."""
    made = {exhibit: env(step, module) for exhibit, module in KINDS.items()}
    return lambda wildcards: made[wildcards[0]]
