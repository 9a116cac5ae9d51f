"""All kinds of exhibits, and the few functions through which the pipeline makes them.

The modules of the kinds are imported when a kind is asked for: listing the kinds costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from typing import Any, Final

from netwerkkracht.core.display import LANGS, Lang
from netwerkkracht.core.errors import fail, nearest
from netwerkkracht.exhibits import released, versions
from netwerkkracht.exhibits.kinds import Exhibit, Kind, Material, restore
from netwerkkracht.exhibits.table_model import TableModel
from netwerkkracht.study.facts import Facts

# kind -> module of this package and name of the kind in it
MODULES: Final[dict[str, str]] = {
    "flow": "flow.KIND",
    "distribution": "distribution.KIND",
    "trajectories": "trajectories.KIND",
    "forest": "forest.KIND",
    "contrasts": "contrasts.KIND",
    "upset": "upset.KIND",
    "alluvial": "alluvial.KIND",
    "specification": "specification.KIND",
    "missing-data": "missing_figure.KIND",
    "influence": "influence.KIND",
    "diagnostics": "diagnostics_figure.KIND",
    "pattern": "pattern.KIND",
    "moves": "moves.KIND",
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
    "reliability": "panel_tables.RELIABILITY",
    "dictionary": "panel_tables.DICTIONARY",
    "missing": "panel_tables.MISSING",
    "crosswalk": "codebook_tables.KIND",
    "codes": "codebook_tables.CODES",
    "decisions": "codebook_tables.DECISIONS",
    "indices": "indices_table.KIND",
}


def kind_of(name: str) -> Kind:
    """Return a kind by its name in the configuration.

    Raises
    ------
    StudyError
        ``E01`` for an unknown kind.
    """
    if name not in MODULES:
        raise fail(
            "E01",
            f"there is no kind of exhibit '{name}'",
            file="config.yaml",
            expected=nearest(name, MODULES) or ", ".join(MODULES),
            action="choose a kind listed in docs/exhibits.md",
        )
    module, _, own = MODULES[name].partition(".")
    found: Kind = getattr(import_module(f"netwerkkracht.exhibits.{module}"), own)
    return found


def exhibit_from(given: Mapping[str, Any]) -> Exhibit:
    """Make an exhibit from its entry in the configuration."""
    return Exhibit(
        id=str(given["id"]),
        kind=str(given["kind"]),
        title=dict(given["title"]),
        order=int(given.get("order", 0)),
        options=dict(given.get("options") or {}),
        confounded=versions.confounded(given),
    )


def make_data(exhibit: Exhibit, material: Material) -> Any:
    """Return the tidy table behind an exhibit: aggregates only, one row per printed or plotted number.

    Raises
    ------
    StudyError
        ``E01`` unknown kind, ``E02`` an option the kind needs is missing, or names what is not there.
    """
    kind = kind_of(exhibit.kind)
    try:
        return kind.data(exhibit, material)
    except KeyError as cause:
        raise fail(
            "E02",
            f"exhibit '{exhibit.id}' needs '{cause.args[0]}', which is not there",
            file="config.yaml",
            expected="an option, variable or model that this kind of exhibit can use",
            action=f"see the kind '{exhibit.kind}' in docs/exhibits.md",
        ) from cause


def draw(frame: Any, exhibit: Exhibit, facts: Facts, lang: Lang) -> Any:
    """Draw a figure from its table, as made or as read back from its CSV."""
    # by name: a table does not depend on what draws
    drawing = import_module("netwerkkracht.exhibits.drawing")
    return drawing.draw(frame, kind_of(exhibit.kind), exhibit, facts, lang)


def table(frame: Any, exhibit: Exhibit, facts: Facts) -> TableModel:
    """Build a table model from its table, as made or as read back from its CSV."""
    kind = kind_of(exhibit.kind)
    if released.is_withheld(frame):
        return released.withheld_table(exhibit.id, exhibit.title)
    made: TableModel = kind.render(restore(frame, kind.text), exhibit, facts)
    warned = {lang: versions.lines(frame, exhibit, facts, lang) for lang in LANGS}
    said = tuple(dict(zip(warned, texts, strict=True)) for texts in zip(*warned.values(), strict=True))
    made = replace(made, notes=(*made.notes, *exhibit.notes, *said))
    return released.mark_table(made, frame) if released.is_released(frame) else made


def alt_text(frame: Any, exhibit: Exhibit, facts: Facts, lang: Lang) -> str:
    """Return what a figure shows in words, from the same numbers; at most 300 characters, never the title."""
    kind = kind_of(exhibit.kind)
    if kind.alt is None:
        return ""
    if released.partly_gone(frame):
        return released.alt(frame, lang)
    text = kind.alt(restore(frame, kind.text), exhibit, facts, lang)
    return shortened(text, 300)


def shortened(text: str, limit: int) -> str:
    """Cut a text that is too long after a whole sentence or clause; within a word never."""
    if len(text) <= limit:
        return text
    end = max(text.rfind(mark, 0, limit) for mark in (". ", "; "))
    return text[:end] + "." if end > limit // 2 else text[: limit - 1].rsplit(" ", 1)[0] + "…"


def notes(frame: Any, exhibit: Exhibit, facts: Facts, lang: Lang) -> list[str]:
    """Return the lines under a figure: those of its kind, then those of the configuration."""
    kind = kind_of(exhibit.kind)
    if released.is_withheld(frame):
        return released.lines(frame, lang)
    own = kind.notes(restore(frame, kind.text), exhibit, facts, lang) if kind.notes else []
    warned = versions.lines(frame, exhibit, facts, lang)
    return [*own, *warned, *(note[lang] for note in exhibit.notes), *released.lines(frame, lang)]
