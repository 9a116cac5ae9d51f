"""The README beside the data of an exhibit: what it shows, its columns, its origin, how to cite it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from netwerkkracht.core.display import Lang, level_text
from netwerkkracht.core.languages import LANGUAGES
from netwerkkracht.exhibits import registry
from netwerkkracht.exhibits.material import Exhibit
from netwerkkracht.exhibits.words import WORDS as SHARED
from netwerkkracht.study.facts import Facts

WORDS: Final = SHARED.within("readme")


@dataclass(frozen=True)
class Making:
    """The job that made the data: its step, command, functions, and the hashes of what it read, by path."""

    step: str
    command: str
    code: Sequence[str]
    inputs: Mapping[str, str]


def readme(frame: Any, exhibit: Exhibit[Any], facts: Facts, making: Making, file: str, version: str) -> str:
    """Return the README of an exhibit as Markdown, in the languages of the study.

    Parameters
    ----------
    frame
        The released data, as read back from the CSV.
    exhibit, facts
        The exhibit and the facts of the study.
    making
        How the data were made.
    file
        Path of the released CSV, relative to the study's folder.
    version
        Version of this package.

    Notes
    -----
    Functions are named without lines, which move with every comment; ``netwerkkracht why`` prints those.
    Nothing is counted here but rows and columns: no number stands in it that the release withheld.
    """
    title = " / ".join(dict.fromkeys(exhibit.title[lang] for lang in facts.languages))
    lines = [f"# {exhibit.id}: {title}", ""]
    if facts.synthetic:
        lines += [f"**{' / '.join(SHARED[lang]['synthetic'] for lang in facts.languages)}**", ""]
    facts_of_file = {"file": file, "id": exhibit.id, "rows": str(len(frame)), "columns": str(frame.shape[1])}
    for lang in facts.languages:
        lines += [f"## {LANGUAGES[lang]['name']}", ""]
        lines += _section("shows", _shown(frame, exhibit, facts, lang), lang)
        lines += _section(
            "columns",
            [WORDS[lang]["rows"].format(**facts_of_file), "", *_columns(frame, exhibit, facts, lang)],
            lang,
        )
        lines += _section("terms", _terms(exhibit, facts, version, lang), lang)
    lines += [
        f"## {' / '.join(WORDS[lang]['origin'] for lang in facts.languages)}",
        "",
        *_origin(making, facts_of_file, facts.languages),
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


def _section(name: str, body: Sequence[str], lang: Lang) -> list[str]:
    return [f"### {WORDS[lang][name]}", "", *body, ""]


def _shown(frame: Any, exhibit: Exhibit[Any], facts: Facts, lang: Lang) -> list[str]:
    """Return the title, the words of the figure, and the lines under it."""
    kind = registry.kind_of(exhibit.kind)
    if kind.form == "figure":
        said = [registry.alt_text(frame, exhibit, facts, lang), *registry.notes(frame, exhibit, facts, lang)]
    else:
        said = registry.table(frame, exhibit, facts).note_lines(lang)
    lines = [f"{exhibit.title[lang].rstrip('.')}."]
    for text in dict.fromkeys(said):
        lines += ["", text] if text else []
    return lines


def _columns(frame: Any, exhibit: Exhibit[Any], facts: Facts, lang: Lang) -> list[str]:
    kind = registry.kind_of(exhibit.kind)
    lines = [WORDS[lang]["head"], "| --- | --- | --- |"]
    for column in frame.columns:
        meaning, unit = kind.meaning(str(column), lang)
        meaning = meaning.replace("{level}", level_text(lang, facts.level))
        lines.append(f"| `{column}` | {meaning} | {unit} |")
    return lines


def _origin(making: Making, facts_of_file: Mapping[str, str], languages: Sequence[Lang]) -> list[str]:
    """Return command, code and inputs once, each introduced in every language."""

    def said(name: str, **values: str) -> list[str]:
        return [*dict.fromkeys(WORDS[lang][name].format(**values) for lang in languages), ""]

    code = ", ".join(f"`{place}`" for place in making.code)
    return [
        *said("from", step=making.step),
        f"    {making.command}",
        "",
        *said("code", code=code),
        *said("inputs"),
        *(f"- `{path}` `{digest}`" for path, digest in sorted(making.inputs.items())),
        "",
        *said("again", **facts_of_file),
    ]


def _terms(exhibit: Exhibit[Any], facts: Facts, version: str, lang: Lang) -> list[str]:
    mark = f", {SHARED[lang]['synthetic'].lower()}" if facts.synthetic else ""
    cite = WORDS[lang]["cite"].format(version=version, title=exhibit.title[lang], id=exhibit.id, mark=mark)
    return [WORDS[lang]["synthetic" if facts.synthetic else "real"], "", cite]
