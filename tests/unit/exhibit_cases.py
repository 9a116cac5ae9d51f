"""Material of the invented study, and one exhibit of every kind, for the tests of the exhibits."""

import tempfile
from functools import cache
from pathlib import Path

import analysis_study as study
import crosswalk_study

from netwerkkracht.analysis.models.fit import fit_model
from netwerkkracht.analysis.operating.characteristics import COLUMNS as OPERATING
from netwerkkracht.exhibits.material import Material
from netwerkkracht.exhibits.registry import exhibit_from, make_data
from netwerkkracht.harmonise.found import codes_by_variable
from netwerkkracht.study.codebook import read_codebook

VISITS = ("a", "b")
MODELS = {
    "load_main": {"family": "gaussian", "formula": "load ~ arm * visit + (1 | pid)", "role": "primary"},
    "mood_main": {"family": "gaussian", "formula": "mood ~ arm * visit + (1 | pid)", "role": "secondary"},
    "aided_main": {"family": "binomial", "formula": "aided ~ arm * visit + (1 | pid)", "role": "secondary"},
    "load_poisson": {
        "family": "poisson",
        "formula": "load ~ arm * visit + (1 | pid)",
        "role": "sensitivity",
        "alternative_to": "load_main",
        "choices": {"family": "poisson"},
    },
    "load_complete": {
        "family": "gaussian",
        "formula": "load ~ arm * visit + (1 | pid)",
        "role": "sensitivity",
        "sample": "complete",
        "alternative_to": "load_main",
        "choices": {"sample": "complete"},
    },
}
MAIN = ["load_main", "mood_main", "aided_main"]
PUBLISHED = [
    {"id": "O1", "part": "a", "kind": "persons", "variable": "", "equals": "", "by": "", "set": "all",
     "denominator": "rows", "group": "new", "wave": "a", "value": "40", "base": "", "unit": "persons",
     "precision": "exact", "direction": "", "source": "S3", "statistic_nl": "mensen",
     "statistic_en": "people"},
    {"id": "O2", "part": "", "kind": "share", "variable": "aided", "equals": "1", "by": "", "set": "panel",
     "denominator": "valid", "group": "*", "wave": "b", "value": "62", "base": "45", "unit": "percent",
     "precision": "circa", "direction": "", "source": "S6", "statistic_nl": "hulp",
     "statistic_en": "help"},
    {"id": "D1", "part": "", "kind": "rank", "variable": "t_money t_house", "equals": "1", "by": "",
     "set": "all", "denominator": "valid", "group": "*", "wave": "a", "value": "", "base": "",
     "unit": "order",
     "precision": "", "direction": "named", "source": "S6", "statistic_nl": "genoemd",
     "statistic_en": "named"},
    {"id": "D2", "part": "", "kind": "change_difference", "variable": "load", "equals": "", "by": "",
     "set": "panel", "denominator": "valid", "group": "new old", "wave": "a b", "value": "",
     "base": "", "unit": "direction",
     "precision": "", "direction": "below", "source": "S7", "statistic_nl": "daling", "statistic_en": "drop"},
]  # fmt: skip

CHOICES = {
    "outcome": {"load": {"label": study.words("load")}, "mood": {"outcome": "mood"}},
    "family": {"linear": None, "poisson": {"family": "poisson"}},
    "dropout": {"all": None, "complete": {"sample": "complete"}, "weights": {"route": "weights"}},
}
IMPOSSIBLE = [
    {"when": {"outcome": ["mood"], "family": ["poisson"]}, "label": study.words("no count")},
    {"when": {"dropout": ["weights"], "family": ["poisson"]}},
]
OPTIONS = {
    "flow": {"models": MAIN},
    "distribution": {"variable": "load"},
    "trajectories": {"model": "load_main"},
    "forest": {"models": MAIN},
    "contrasts": {"models": MAIN},
    "upset": {"variable": "load", "largest": 6},
    "alluvial": {"variable": "mix"},
    "specification": {
        "model": "load_main",
        "choices": CHOICES,
        "impossible": IMPOSSIBLE,
        "headings": {"family": study.words("family")},
    },
    "missing-data": {"model": "load_main", "covariates": ["school", "years"], "imputations": 20},
    "influence": {"model": "load_main"},
    "diagnostics": {"model": "load_main", "simulations": 200},
    "pattern": {"variables": ["load", "mood"]},
    "moves": {"variable": "load"},
    "shares": {"variables": ["t_money", "t_house", "mix", "fixed"]},
    "balance": {"covariates": ["school", "years", "mood"]},
    "attrition": {"covariates": ["school", "years", "mood"]},
    "operating": {"models": ["load_main", "mood_main"]},
    "operating-table": {"models": ["load_main", "mood_main"]},
    "baseline": {"wave": "a", "variables": ["years", "school", "load", "aided"]},
    "models": {"models": MAIN},
    "published": {},
    "outcomes": {"variables": ["load", "mood"]},
    "means": {"models": MAIN},
    "multiplicity": {"models": MAIN},
    "sensitivity": {"models": ["load_main", "load_poisson", "load_complete"]},
    "transitions": {"variable": "mix"},
    "reliability": {"scales": ["load"]},
    "dictionary": {},
    "missing": {"variables": ["load", "mood"]},
    "crosswalk": {},
    "codes": {},
    "decisions": {},
    "indices": {},
}


@cache
def material():
    facts, panel = study.facts(VISITS), study.panel(visits=VISITS)
    specs = {
        name: study.model(id=name, label=study.words(name), order=place, **given)
        for place, (name, given) in enumerate(MODELS.items())
    }
    models = {name: fit_model(spec, panel, facts) for name, spec in specs.items()}
    aside = [{"file": "x", "wave": "b", "group": "new", "reason": "duplicate_identical", "count": 2}]
    row = dict.fromkeys(OPERATING, 0.05) | {"n_studies": 100, "n_ok": 90, "n_boundary": 8, "n_failed": 2}
    operating = {"load_main": row | {"coverage": 0.95}, "mood_main": row | {"coverage": 0.94}}
    with tempfile.TemporaryDirectory() as folder:
        book = read_codebook(crosswalk_study.write_codebook(Path(folder)))
    found = codes_by_variable(book, crosswalk_study.files()).to_dict("records")
    return Material(
        facts, panel, models, specs, aside, PUBLISHED, operating, codebook=book, found=found, seed=1
    )


def exhibit(kind, options=None, **more):
    """Return an exhibit of the kind, with the options of its case unless others are given, and ``more``."""
    chosen = {**(OPTIONS[kind] if options is None else options), **more}
    title = study.words(f"title of {kind}")
    return exhibit_from({"id": f"x-{kind}", "kind": kind, "title": title, "options": chosen})


@cache
def frame(kind):
    return make_data(exhibit(kind), material())
