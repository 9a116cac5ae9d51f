"""How often analyses are right in simulated studies: what the figure and the table of it share."""

from __future__ import annotations

from typing import Any, Final

from netwerkkracht.exhibits.kind import MODEL, Column, labels, names, texts
from netwerkkracht.exhibits.material import Material
from netwerkkracht.exhibits.options import KindOptions, SimulatedModels
from netwerkkracht.exhibits.words import WORDS
from netwerkkracht.release.roles import NOT_PERSONS, PLAIN, Output

SHARED: Final = WORDS.within("simulated")
# the shares, each of which the words have a title for
MEASURES: Final = ("coverage", "type_one", "power")
OUTPUT: Final = Output(NOT_PERSONS)


def _with_error(name: str, unit: str) -> tuple[Column, Column]:
    return Column(name, PLAIN, unit), Column(f"{name}_mcse", PLAIN, unit, error_of=name)


NUMBERS: Final = (
    *(Column(name, PLAIN, "studies") for name in ("n_studies", "n_ok", "n_boundary", "n_failed")),
    Column("target", PLAIN, "model"),
    Column("mean", PLAIN, "outcome"),
    *_with_error("bias", "model"),
    *_with_error("sd", "outcome"),
    Column("mean_se", PLAIN, "model"),
    *(column for name in MEASURES for column in _with_error(name, "share")),
)
COLUMNS: Final = (*MODEL, *texts("family"), *NUMBERS)


class Simulated(KindOptions):
    """The models whose analyses were simulated."""

    models: SimulatedModels


def collect(options: Simulated, material: Material) -> Any:
    """Join the characteristics of each model with its label, in the order of the configuration.

    Returns
    -------
    DataFrame
        The columns of ``COLUMNS``; NaN where the simulation gives none.
    """
    import pandas as pd

    rows = []
    for name in options.models:
        row, spec = material.operating[name], material.specs[name]
        numbers = {key: float(row[key] or "nan") for key in names(NUMBERS)}
        rows.append({"model": name, **labels(spec.label.model_dump()), "family": spec.family, **numbers})
    return pd.DataFrame(rows, columns=names(COLUMNS, material.facts.languages))
