"""Kinds that are not yet one file, seen as kinds that are: goes when the last of them is converted.

Their options, columns and readers still stand in tables by the name of the kind: here, in roles.py,
role_tables.py, column_words.py and release/readers.py. Nobody but the registry asks this module.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, wraps
from types import ModuleType
from typing import Annotated, Any, Final, Literal

from pydantic import create_model

from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits import options as types
from netwerkkracht.exhibits.column_words import COLUMNS, OF_KIND, SPREAD
from netwerkkracht.exhibits.kind import Column
from netwerkkracht.exhibits.kind import Kind as Whole
from netwerkkracht.exhibits.material import Exhibit as Typed
from netwerkkracht.exhibits.material import Material
from netwerkkracht.exhibits.roles import SHEETS
from netwerkkracht.release.attack import NoCounts, Reader, no_counts
from netwerkkracht.release.readers import READERS
from netwerkkracht.study.facts import Facts

FIGURES: Final[dict[str, dict[str, str]]] = {
    "flow": {"models": "models", "status": "variable"},
    "pattern": {"variables": "variables!"},
    "distribution": {"variable": "measure!"},
    "upset": {"variable": "made_of_items!", "wave": "wave", "items": "whole", "largest": "whole"},
    "trajectories": {"model": "model!"},
    "forest": {"models": "models!", "contrast": "contrast", "wave": "wave"},
    "alluvial": {"variable": "measure!", "first": "wave", "last": "wave"},
    "specification": {
        "model": "model!",
        "choices": "part_of_curve!",
        "impossible": "part_of_curve",
        "headings": "part_of_curve",
        "imputations": "several",
        "wave": "wave",
    },
    "missing-data": {
        "model": "model!",
        "covariates": "measures",
        "deltas": "numbers",
        "imputations": "several",
    },
    "influence": {"model": "model!", "wave": "wave"},
    "diagnostics": {"model": "model!", "simulations": "whole"},
    "balance": {"covariates": "measures!"},
    "shares": {"variables": "measures!"},
    "operating": {"models": "simulated!"},
}
TABLES: Final[dict[str, dict[str, str]]] = {
    "baseline": {"wave": "wave", "variables": "measures!"},
    "outcomes": {"variables": "measures!"},
    "models": {"models": "models!"},
    "means": {"models": "models!"},
    "multiplicity": {"models": "models!", "contrast": "contrast", "wave": "wave"},
    "sensitivity": {"models": "models!", "contrast": "contrast", "wave": "wave"},
    "published": {},
    "transitions": {"variable": "measure!", "first": "wave", "last": "wave"},
    "missing": {"variables": "variables", "by": "by"},
    "crosswalk": {},
    "codes": {},
    "indices": {},
    "decisions": {},
    "attrition": {"covariates": "measures!"},
    "dictionary": {"variables": "variables"},
    "operating-table": {"models": "simulated!"},
}


TYPES: Final[dict[str, Any]] = {
    "model": types.Model,
    "models": types.Models,
    "simulated": types.SimulatedModels,
    "variable": types.Variable,
    "variables": types.Variables,
    "measure": types.Measure,
    "measures": types.Measures,
    "made_of_items": types.MadeOfItems,
    "scales": types.Scales,
    "wave": types.Wave,
    "whole": types.Whole,
    "several": types.Several,
    "numbers": types.Numbers,
    "contrast": types.Contrast,
    "by": Annotated[str, types.checked(lambda value, _: types.one_of(value, ("cell",), "way to split"))],
    "part_of_curve": types.PartOfCurve,
}
# these kinds show which answers there are, or say it of each model themselves
SILENT: Final = frozenset({"missing", "pattern", "dictionary", "crosswalk", "codes", "decisions", "models"})

# kind -> module of this package and name of the old kind in it
OLD: Final[dict[str, str]] = {
    "flow": "flow.KIND",
    "distribution": "distribution.KIND",
    "trajectories": "trajectories.KIND",
    "forest": "forest.KIND",
    "upset": "upset.KIND",
    "alluvial": "alluvial.KIND",
    "specification": "specification.KIND",
    "missing-data": "missing_figure.KIND",
    "influence": "influence.KIND",
    "diagnostics": "diagnostics_figure.KIND",
    "pattern": "pattern.KIND",
    "shares": "shares.KIND",
    "balance": "comparability.KIND",
    "attrition": "comparability.ATTRITION",
    "operating": "operating.KIND",
    "operating-table": "operating.TABLE",
    "baseline": "baseline.KIND",
    "models": "model_table.KIND",
    "published": "published_table.KIND",
    "outcomes": "outcomes_table.KIND",
    "means": "means_table.KIND",
    "multiplicity": "family_tables.KIND",
    "sensitivity": "family_tables.SENSITIVITY",
    "transitions": "panel_tables.KIND",
    "dictionary": "panel_tables.DICTIONARY",
    "missing": "panel_tables.MISSING",
    "crosswalk": "codebook_tables.KIND",
    "codes": "codebook_tables.CODES",
    "decisions": "codebook_tables.DECISIONS",
    "indices": "indices_table.KIND",
}


@dataclass(frozen=True)
class Exhibit:
    """An exhibit as old kinds know it: its options as given."""

    id: str
    kind: str
    title: Mapping[str, str]
    order: int
    options: Mapping[str, Any]
    confounded: tuple[Mapping[str, str], ...]
    models: tuple[str, ...]


@dataclass(frozen=True)
class Kind:
    """One kind of exhibit as it was declared before: by places of arguments."""

    name: str
    form: Literal["figure", "table"]
    needs: tuple[str, ...]
    text: tuple[str, ...]
    data: Callable[[Exhibit, Material], Any]
    render: Callable[..., Any]
    alt: Callable[[Any, Exhibit, Facts, Lang], str] | None = None
    notes: Callable[[Any, Exhibit, Facts, Lang], list[str]] | None = None


def module_of(name: str) -> str:
    """Return the module that holds an old kind."""
    return f"netwerkkracht.exhibits.{OLD[name].partition('.')[0]}"


@cache
def adapted(name: str, module: ModuleType) -> Whole:
    """Return an old kind as a kind that is declared whole."""
    own: Kind = getattr(module, OLD[name].partition(".")[2])
    sheet = SHEETS[name]
    return Whole(
        module=f"netwerkkracht.exhibits.{own.form}s.{name}",
        options=_options(name),
        needs=own.needs,
        columns=tuple(_column(name, column, role) for column, role in sheet.columns.items()),
        output=sheet.output,
        counts=_counts(name, sheet.columns),
        named_by=sheet.named_by,
        compares=name not in SILENT,
        data=_typed(own.data, 0),
        draw=_typed(own.render, 1) if own.form == "figure" else None,
        table=_typed(own.render, 1) if own.form == "table" else None,
        alt=_typed(own.alt, 1) if own.alt else None,
        notes=_typed(own.notes, 1) if own.notes else None,
    )


def _options(name: str) -> type[types.KindOptions]:
    given = (FIGURES | TABLES)[name]
    fields: dict[str, Any] = {
        option: (TYPES[check.removesuffix("!")], ... if check.endswith("!") else None)
        for option, check in given.items()
    }
    base = types.BetweenWaves if "first" in given else types.KindOptions
    if base is types.BetweenWaves:
        fields = {option: field for option, field in fields.items() if option not in {"first", "last"}}
    made: type[types.KindOptions] = create_model("Options", __base__=base, **fields)
    return made


def _column(kind: str, column: str, role: Any) -> Column:
    if column.endswith(SPREAD) and column.removesuffix(SPREAD) in COLUMNS:
        of = column.removesuffix(SPREAD)
        return Column(column, role, COLUMNS[of], of)
    return Column(column, role, OF_KIND.get((kind, column), COLUMNS.get(column, "text")))


def _counts(name: str, columns: Mapping[str, Any]) -> Reader | NoCounts | None:
    if not any(role.name in {"persons", "rows"} for role in columns.values()):
        return None
    return READERS.get(name) or no_counts("not read before its kind became one file")


def _typed(function: Callable[..., Any], place: int) -> Callable[..., Any]:
    """Return a function of an old kind that takes the exhibit with its typed options."""

    @wraps(function)
    def called(*given: Any) -> Any:
        one: Typed[Any] = given[place]
        plain = Exhibit(one.id, one.kind, one.title, one.order, one.given, one.confounded, one.models)
        return function(*given[:place], plain, *given[place + 1 :])

    return called
