"""What a kind of exhibit must offer: options, columns, how it is made, shown and released; each once.

A kind is one file of ``exhibits/figures`` or ``exhibits/tables``; docs/exhibits.md says how to make one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, Literal

from netwerkkracht.core.display import Lang
from netwerkkracht.core.errors import fail
from netwerkkracht.core.languages import LANGUAGES
from netwerkkracht.core.words import Section
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.options import KindOptions
from netwerkkracht.exhibits.table_model import TableModel
from netwerkkracht.exhibits.words import WORDS, of_kind
from netwerkkracht.release.attack import NoCounts, Reader
from netwerkkracht.release.roles import ESTIMATE, MARK, TEXT, Output, Role, Sheet
from netwerkkracht.study.closed import Text
from netwerkkracht.study.facts import Facts

# what a column is measured in, by its role, where the column says nothing else
UNITS: Final = {
    "text": "text", "persons": "persons", "rows": "rows", "share": "share", "p": "p", "estimate": "model",
    "moment": "outcome", "quantile": "outcome",
}  # fmt: skip
MATERIAL: Final = frozenset(part.name for part in fields(Material))


@dataclass(frozen=True)
class Column:
    """One column of the tidy table behind an exhibit.

    ``role`` is what it is for the release of real data; a column of labels or keys (role ``text``) is text
    when the CSV is read back, every other one a number. ``unit`` names a unit of the words; without it the
    role decides. ``error_of`` is the column whose simulation error this one is. What it means stands in the
    words: in the section of the kind under ``columns``, or under ``columns`` of all kinds. A ``spoken``
    column stands once for every language of the study, as ``NAME_LANGUAGE``.
    """

    name: str
    role: Role
    unit: str = ""
    error_of: str = ""
    spoken: bool = False

    @property
    def measured(self) -> str:
        """The unit's name in the words."""
        return self.unit or UNITS[self.role.name]

    def named(self, languages: Iterable[Lang]) -> tuple[str, ...]:
        """Return its name in the table, or its names where it is spoken."""
        return tuple(f"{self.name}_{lang}" for lang in languages) if self.spoken else (self.name,)


def texts(*names: str) -> tuple[Column, ...]:
    """Return columns of labels and names."""
    return tuple(Column(name, TEXT) for name in names)


def codes(*names: str) -> tuple[Column, ...]:
    """Return columns of codes of the codebook: groups, waves, answers, reasons."""
    return tuple(Column(name, TEXT, "code") for name in names)


def estimates(*names: str, unit: str = "") -> tuple[Column, ...]:
    """Return columns of estimates, in the unit of the model unless another is named."""
    return tuple(Column(name, ESTIMATE, unit) for name in names)


def spoken(*names: str) -> tuple[Column, ...]:
    """Return columns of texts that stand once for every language."""
    return tuple(Column(name, TEXT, spoken=True) for name in names)


# a model by its name in the configuration, with its label in every language
MODEL: Final = (*texts("model"), *spoken("label"))


def labels(label: Mapping[str, str] | Text) -> dict[str, str]:
    """Return the cells of the columns that hold a label in every language."""
    said = label if isinstance(label, Mapping) else label.root
    return {f"label_{lang}": text for lang, text in said.items()}


def names(columns: Iterable[Column], languages: Sequence[Lang] = ()) -> list[str]:
    """Return the names of columns, in order: those of the table that ``data`` makes of a study.

    ``languages`` are those of the study, for columns that are spoken.
    """
    return [name for column in columns for name in column.named(languages)]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of exhibit, declared whole at the end of its file.

    Parameters
    ----------
    module
        ``__name__`` of the file, which names the kind and says whether it is a figure or a table.
    options
        The options it takes, with their defaults.
    needs
        The parts of :class:`Material` that ``data`` reads.
    columns
        Every column of its table, in order.
    output
        Class of output, and how the table is made safe for release.
    data
        Makes the tidy table: ``(exhibit, material) -> DataFrame``.
    draw, alt
        Of a figure: drawn from the table alone, and what it shows in words, by ``(frame, exhibit, facts,
        lang)``.
    table
        Of a table: ``(frame, exhibit, facts) -> TableModel``.
    notes
        The lines under a figure, as ``draw``; without it there is one, the text ``how`` of its words.
    counts
        How the attack on released tables reads its counts of persons or interviews, or ``no_counts(why)``.
    costly
        True for a figure whose data take long: they are made in a job of their own, and a new colour makes
        none of them anew.
    named_by
        An option whose keys are columns of text as well.
    compares
        False for a kind that compares no answers (it shows which there are), or says itself where questions
        were not asked alike: nothing of it is then said under the exhibit.

    Raises
    ------
    StudyError
        ``E04`` for a kind that is not declared whole, such as counts of persons that nobody reads.
    """

    module: str
    options: type[KindOptions]
    needs: tuple[str, ...]
    columns: tuple[Column, ...]
    output: Output
    data: Callable[[Exhibit[Any], Material], Any]
    draw: Callable[[Any, Exhibit[Any], Facts, Lang], Any] | None = None
    alt: Callable[[Any, Exhibit[Any], Facts, Lang], str] | None = None
    table: Callable[[Any, Exhibit[Any], Facts], TableModel] | None = None
    notes: Callable[[Any, Exhibit[Any], Facts, Lang], list[str]] | None = None
    counts: Reader | NoCounts | None = None
    costly: bool = False
    named_by: str = ""
    compares: bool = True

    def __post_init__(self) -> None:
        """Refuse a kind that is not declared whole."""
        for what, expected in _gaps(self):
            raise fail(
                "E04",
                f"the kind of exhibit '{self.name}' {what}",
                file=f"{self.module.rpartition('.')[2]}.py",
                expected=expected,
                action="docs/exhibits.md, 'A new kind', says what a kind declares",
            )

    @property
    def name(self) -> str:
        """The name of the kind in the configuration."""
        return self.module.rpartition(".")[2].replace("_", "-")

    @property
    def form(self) -> Literal["figure", "table"]:
        """Whether it is a figure or a table: the folder of its file."""
        return "table" if ".tables." in self.module else "figure"

    @property
    def text(self) -> tuple[str, ...]:
        """Columns whose cells stay text when the CSV is read back."""
        given = [column for column in self.columns if column.role.name == "text"]
        return tuple(names(given, LANGUAGES.languages))

    @property
    def words(self) -> Section:
        """The words of the kind."""
        return of_kind(self.name)

    @property
    def sheet(self) -> Sheet:
        """What the release knows of the kind."""
        roles = {name: column.role for name, column in self._by_name.items()}
        return Sheet(self.output, roles, self.counts, self.named_by)

    @property
    def _by_name(self) -> dict[str, Column]:
        """Its columns by the name that they have in a table of whatever language."""
        languages = LANGUAGES.languages
        return {name: column for column in self.columns for name in column.named(languages)}

    def meaning(self, column: str, lang: Lang) -> tuple[str, str]:
        """Return what a column means and its unit, in words.

        Raises
        ------
        StudyError
            ``L02`` for a column without words.
        """
        units, shared = WORDS.within("units")[lang], WORDS.within("columns")[lang]
        known = self._by_name.get(column)
        if known is None:
            # added by the release, or named by an option
            return shared[MARK if column == MARK else "chosen"], units["text"]
        unit = units[known.measured]
        if known.error_of:
            return WORDS[lang]["simulation_error"].format(of=known.error_of), unit
        own = self.words.within("columns").any_texts(lang)
        key = f"{known.name}_*" if known.spoken else column
        meaning = own[key] if key in own else shared[key]
        return meaning.format(language=_called(column, lang)) if known.spoken else meaning, unit


def _called(column: str, lang: Lang) -> str:
    """Return what the language of a spoken column is called: its own name where there is no word for it."""
    of = column.rpartition("_")[2]
    return LANGUAGES.within("called")[lang].get(of, LANGUAGES[of]["name"])


def _gaps(kind: Kind) -> Iterable[tuple[str, str]]:
    """Yield what a kind lacks, and what was expected."""
    unknown = [name for name in kind.needs if name not in MATERIAL]
    if unknown:
        yield f"needs '{unknown[0]}', which is no part of the material", ", ".join(sorted(MATERIAL))
    seen = names(kind.columns)
    twice = [name for name in seen if seen.count(name) > 1]
    if twice:
        yield f"declares the column '{twice[0]}' twice", "each column once"
    for column in kind.columns:
        if not column.unit and column.role.name not in UNITS:
            yield f"has a column '{column.name}' without a unit", "a unit: its role has none by itself"
    if kind.form == "figure" and (kind.draw is None or kind.alt is None or kind.table is not None):
        yield "is a figure", "the functions draw and alt, and no function table"
    if kind.form == "table" and (kind.table is None or kind.draw is not None):
        yield "is a table", "the function table, and no function draw"
    counted = [column.name for column in kind.columns if column.role.name in {"persons", "rows"}]
    if counted and kind.counts is None:
        yield (
            f"counts persons in '{counted[0]}', which the attack on released counts does not read",
            "counts=READER, or counts=no_counts(WHY)",
        )


def require_declared(kind: Kind, exhibit: Exhibit[Any], frame: Any, languages: Sequence[Lang]) -> None:
    """Refuse a table whose columns are not those that its kind declares for the languages of the study.

    Raises
    ------
    StudyError
        ``E04`` with the columns that nobody declared, or that were declared and are not there.
    """
    chosen = exhibit.given.get(kind.named_by) or () if kind.named_by else ()
    declared = {*names(kind.columns, languages), *map(str, chosen)}
    made = {str(name) for name in frame.columns}
    if declared != made:
        raise fail(
            "E04",
            f"the data of '{exhibit.id}' do not have the columns that the kind '{kind.name}' declares",
            variable=", ".join(sorted(declared ^ made)),
            expected=", ".join(names(kind.columns, languages)),
            action="declare each column once, in the list of the kind",
        )


def restore(frame: Any, kind: Kind) -> Any:
    """Return the frame as its kind expects it: text columns as text, an empty cell as an empty string."""
    made = frame.copy()
    for name in made.columns:
        if name in kind.text:
            made[name] = made[name].astype(object).where(made[name].notna(), "").map(str)
    return made
