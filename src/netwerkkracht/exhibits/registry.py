"""All kinds of exhibits, and the few functions through which the pipeline checks and makes them.

A kind is a file of ``figures`` or ``tables``. Listing the kinds imports none of them; the module of a kind is
imported when the kind is asked for, and imports no library before it makes or draws something.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, Final

from netwerkkracht.core.display import Lang
from netwerkkracht.core.errors import Finding, StudyError, fail, nearest
from netwerkkracht.core.precision import rounded_frame
from netwerkkracht.exhibits import figures, released, tables, versions
from netwerkkracht.exhibits.kind import Kind, require_declared, restore
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.options import Known, option_findings
from netwerkkracht.exhibits.table_model import TableModel
from netwerkkracht.study.facts import Facts

if TYPE_CHECKING:
    from netwerkkracht.release.roles import Sheet
    from netwerkkracht.study.config.schema import Config
    from netwerkkracht.study.config.schema import Exhibit as Entry

FOLDERS: Final = (figures, tables)


@cache
def modules() -> dict[str, str]:
    """Return the module of every kind, by the name of the kind: the files of the two folders."""
    return {
        file.name.replace("_", "-"): f"{folder.__name__}.{file.name}"
        for folder in FOLDERS
        for file in iter_modules(folder.__path__)
    }


def kind_of(name: str) -> Kind:
    """Return a kind by its name in the configuration.

    Raises
    ------
    StudyError
        ``E01`` for an unknown kind.
    """
    if name not in modules():
        raise StudyError(_unknown(name))
    found: Kind = import_module(modules()[name]).KIND
    return found


def _unknown(name: str) -> Finding:
    return Finding(
        "E01",
        "error",
        f"there is no kind of exhibit '{name}'",
        file="config.yaml",
        expected=nearest(name, modules()) or ", ".join(modules()),
        action="choose a kind listed in docs/exhibits.md",
    )


def sheets(names: Iterable[str]) -> dict[str, Sheet]:
    """Return what the release knows of kinds, by their names; a name that is no kind is left out."""
    return {name: kind_of(name).sheet for name in dict.fromkeys(names) if name in modules()}


def option_faults(config: Config, facts: Facts | None) -> list[Finding]:
    """Return all that is wrong with the exhibits of a configuration.

    Parameters
    ----------
    config
        The configuration.
    facts
        Waves and variables of the study; None leaves options that name them unchecked.

    Returns
    -------
    list of Finding
        ``E01`` a kind that does not exist, ``E02`` an option that does not exist, is missing, or names what
        is not there, ``E03`` an id that says figure of a table or the other way round.
    """
    simulated = tuple(config.operating.studies) if config.operating else ()
    specs = {model.id: model for model in config.models}
    known = Known(tuple(specs), simulated, facts, specs)
    return [fault for exhibit in config.exhibits for fault in _faults(exhibit, known)]


def _faults(exhibit: Entry, known: Known) -> Iterator[Finding]:
    if exhibit.kind not in modules():
        yield _unknown(exhibit.kind)
        return
    kind = kind_of(exhibit.kind)
    if not exhibit.id.startswith(f"{kind.form}-"):
        yield Finding(
            "E03",
            "error",
            f"'{exhibit.id}' is of the kind '{exhibit.kind}', which is a {kind.form}",
            file="config.yaml",
            expected=f"an id such as {kind.form}-1",
            action="docs/exhibits.md lists the kinds and their options",
        )
    yield from option_findings(kind.options, exhibit.id, exhibit.options, known)


def exhibit_from(given: Mapping[str, Any]) -> Exhibit[Any]:
    """Make an exhibit from its entry in the configuration.

    Raises
    ------
    StudyError
        ``E01`` unknown kind, ``E02`` options that the kind does not take, or lacks.
    """
    kind, options = kind_of(str(given["kind"])), given.get("options") or {}
    findings = option_findings(kind.options, str(given["id"]), options)
    if findings:
        raise StudyError(findings)
    return Exhibit(
        id=str(given["id"]),
        kind=kind.name,
        title=dict(given["title"]),
        options=kind.options.model_validate(dict(options)),
        order=int(given.get("order", 0)),
        confounded=tuple(given.get("confounded") or ()),
    )


def make_data(exhibit: Exhibit[Any], material: Material) -> Any:
    """Return the tidy table behind an exhibit: aggregates only, one row per printed or plotted number.

    Values have the digits that leave (`netwerkkracht.core.precision`): the same on any processor.

    Raises
    ------
    StudyError
        ``E01`` unknown kind, ``E02`` an option names what is not there, ``E04`` a column that the kind does
        not declare, or declares and does not make.
    """
    kind = kind_of(exhibit.kind)
    try:
        frame = rounded_frame(kind.data(exhibit, material))
    except KeyError as cause:
        raise fail(
            "E02",
            f"exhibit '{exhibit.id}' needs '{cause.args[0]}', which is not there",
            file="config.yaml",
            expected="an option, variable or model that this kind of exhibit can use",
            action=f"see the kind '{exhibit.kind}' in docs/exhibits.md",
        ) from cause
    require_declared(kind, exhibit, frame, material.facts.languages)
    return frame


def draw(frame: Any, exhibit: Exhibit[Any], facts: Facts, lang: Lang) -> Any:
    """Draw a figure from its table, as made or as read back from its CSV."""
    # by name: a table does not depend on what draws
    drawing = import_module("netwerkkracht.exhibits.drawing")
    return drawing.draw(frame, kind_of(exhibit.kind), exhibit, facts, lang)


def table(frame: Any, exhibit: Exhibit[Any], facts: Facts) -> TableModel:
    """Build a table model from its table, as made or as read back from its CSV."""
    kind = kind_of(exhibit.kind)
    if released.is_withheld(frame):
        return released.withheld_table(exhibit.id, exhibit.title)
    if kind.table is None:
        raise TypeError(f"the kind '{kind.name}' is a figure")
    made = kind.table(restore(frame, kind), exhibit, facts)
    warned = {lang: warnings(frame, exhibit, facts, lang) for lang in facts.languages}
    said = tuple(dict(zip(warned, texts, strict=True)) for texts in zip(*warned.values(), strict=True))
    made = replace(made, notes=(*made.notes, *exhibit.notes, *said))
    return released.mark_table(made, frame, facts.languages) if released.is_released(frame) else made


def alt_text(frame: Any, exhibit: Exhibit[Any], facts: Facts, lang: Lang) -> str:
    """Return what a figure shows in words, from the same numbers; at most 300 characters, never the title."""
    kind = kind_of(exhibit.kind)
    if kind.alt is None:
        return ""
    if released.partly_gone(frame):
        return released.alt(frame, lang)
    text = kind.alt(restore(frame, kind), exhibit, facts, lang)
    return shortened(text, 300)


def shortened(text: str, limit: int) -> str:
    """Cut a text that is too long after a whole sentence or clause; within a word never."""
    if len(text) <= limit:
        return text
    end = max(text.rfind(mark, 0, limit) for mark in (". ", "; "))
    return text[:end] + "." if end > limit // 2 else text[: limit - 1].rsplit(" ", 1)[0] + "…"


def notes(frame: Any, exhibit: Exhibit[Any], facts: Facts, lang: Lang) -> list[str]:
    """Return the lines under a figure: those of its kind, then those of the configuration."""
    kind = kind_of(exhibit.kind)
    if released.is_withheld(frame):
        return released.lines(frame, lang)
    if kind.notes is not None:
        own = kind.notes(restore(frame, kind), exhibit, facts, lang)
    else:
        own = [kind.words[lang]["how"]]
    warned = warnings(frame, exhibit, facts, lang)
    return [*own, *warned, *(note[lang] for note in exhibit.notes), *released.lines(frame, lang)]


def warnings(frame: Any, exhibit: Exhibit[Any], facts: Facts, lang: Lang) -> list[str]:
    """Return what must be said where answers to questions that were not asked alike are compared."""
    compares = kind_of(exhibit.kind).compares
    return versions.lines(frame, exhibit, facts, lang) if compares else []
