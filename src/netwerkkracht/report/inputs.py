"""Reading what a report is made from: the files its lists name, the exhibits, and the origins of both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from netwerkkracht.core import io
from netwerkkracht.core.display import Lang
from netwerkkracht.core.errors import fail
from netwerkkracht.provenance.codelines import places
from netwerkkracht.report.model import Exhibit, Origin
from netwerkkracht.report.numbers import collect
from netwerkkracht.report.source import read_source, table_files
from netwerkkracht.report.spec import read_spec
from netwerkkracht.report.store import Numbers

Prepare = Callable[[str, Any], Any]


def _as_is(_name: str, content: Any) -> Any:
    return content


def read_files(names: Iterable[str], root: Path = Path(), prepare: Prepare = _as_is) -> dict[str, Any]:
    """Return what the named files hold: rows of text cells for CSV, the document for JSON.

    Parameters
    ----------
    names
        Names relative to ``root``, as the lists of the report have them.
    root
        Folder of the study.
    prepare
        Turns what a file holds into what may leave of it, by name and content.

    Notes
    -----
    A codebook file is separated by semicolons, all others by commas; the header says which.
    """
    found: dict[str, Any] = {}
    for name in sorted(set(names)):
        path = root / name
        if path.suffix == ".json":
            content = io.read_json(path)
        else:
            content = io.read_rows(path, separator=_separator(path))
        found[name] = prepare(name, content)
    return found


def _separator(path: Path) -> str:
    if not path.is_file():
        return ","
    with path.open(encoding="utf-8-sig") as stream:
        header = stream.readline()
    return ";" if header.count(";") > header.count(",") else ","


def number_files(folder: Path) -> tuple[str, ...]:
    """Return the files that the numbers of a report stand in, by the name its list gives them."""
    return read_spec(_list_of(read_source(folder)), ()).files()


def collect_numbers(
    folder: Path,
    languages: Sequence[str],
    root: Path = Path(),
    prepare: Prepare = _as_is,
    *,
    level: float = 0.95,
) -> Numbers:
    """Collect all numbers and words of the report whose source lies in ``folder``, in each language.

    Raises
    ------
    StudyError
        ``R01`` to ``R06``: see :func:`netwerkkracht.report.numbers.collect`.
    """
    spec = read_spec(_list_of(read_source(folder)), languages)
    return collect(spec, read_files(spec.files(), root, prepare), level=level)


def _list_of(source: Mapping[str, bytes]) -> str:
    if "numbers.yaml" not in source:
        raise fail(
            "R30",
            "the report's source folder has no list of numbers",
            file="numbers.yaml",
            expected="a file numbers.yaml (it may be empty)",
            action="add it",
        )
    return source["numbers.yaml"].decode("utf-8")


def read_tables(
    source: Mapping[str, bytes], root: Path = Path(), prepare: Prepare = _as_is
) -> dict[str, Any]:
    """Return the files that the small tables of a report are made from."""
    return read_files(table_files(source), root, prepare)


def read_exhibit(given: Any, kind: Any, facts: Any, reports: Path, languages: Sequence[str]) -> Exhibit:
    """Return one exhibit of a finished run as the report shows it.

    Parameters
    ----------
    given
        The exhibit of the configuration (``exhibits.material.Exhibit``).
    kind
        Its kind (``exhibits.kind.Kind``).
    facts
        The facts of the study (``models.facts.Facts``).
    reports
        Folder of the released exhibits; the picture is read from it, a table is laid out again from its CSV.
    languages
        Languages in which the exhibit is shown.
    """
    from netwerkkracht.exhibits import registry
    from netwerkkracht.exhibits.table_model import to_typst

    figure = kind.form == "figure"
    path = reports / ("figures" if figure else "tables") / f"{given.id}.csv"
    frame = io.read_csv(path, text=kind.text)
    table: Any = None if figure else registry.table(frame, given, facts)
    return Exhibit(
        id=given.id,
        form=kind.form,
        title=given.title,
        path=path.as_posix(),
        data=path.read_bytes(),
        readme=path.with_suffix(".README.md").read_bytes(),
        caption=_by_language(
            languages, lambda lang: " ".join(registry.notes(frame, given, facts, lang)) if figure else ""
        ),
        alt=_by_language(languages, lambda lang: registry.alt_text(frame, given, facts, lang)),
        pictures=_by_language(languages, lambda lang: _picture(path, lang)) if figure else {},
        table={} if figure else _by_language(languages, lambda lang: to_typst(table, lang)),
    )


def _by_language(languages: Sequence[str], make: Callable[[Lang], Any]) -> dict[str, Any]:
    return {lang: make(lang) for lang in languages}


def _picture(path: Path, lang: str) -> bytes:
    for suffix in ("svg", "png"):
        picture = path.with_name(f"{path.stem}.{lang}.{suffix}")
        if picture.is_file():
            return picture.read_bytes()
    return b""


def origins(records: Iterable[Any]) -> dict[str, Origin]:
    """Return where each file came from, out of the records of the jobs (``provenance.Record``)."""
    made = {}
    for record in records:
        code = tuple(map(str, places(record.step, record.spec)))
        for path, digest in record.outputs.items():
            inputs = dict(record.inputs)
            made[path] = Origin(path, record.step, record.command, digest, inputs, record.item or "", code)
    return made
