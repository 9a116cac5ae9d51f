"""What a report is built from: its source files, numbers, exhibits, small tables, origins and checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from netwerkkracht.report.store import Numbers

Texts = Mapping[str, str]


@dataclass(frozen=True)
class Exhibit:
    """One figure or table as the report shows it.

    ``pictures`` holds a figure's SVG or PNG and ``alt`` its text alternative by language; ``table`` a
    table's cells by language as ``exhibits.table_model.to_typst`` gives them; ``data`` the bytes of the CSV
    that the exhibit was drawn from, ``path`` where that file stands, ``readme`` the text beside it.
    """

    id: str
    form: Literal["figure", "table"]
    title: Texts
    path: str
    data: bytes
    readme: bytes = b""
    caption: Texts = field(default_factory=dict)
    alt: Texts = field(default_factory=dict)
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    table: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Drawing:
    """A picture that is no exhibit, as SVG, with the words that say what it shows, by language."""

    pictures: Mapping[str, bytes]
    alt: Texts


@dataclass(frozen=True)
class Origin:
    """Where a file came from: the job that wrote it, its command, its hash and those of its inputs.

    ``rule`` is the step and ``item`` the model, exhibit or language it was about; ``code`` the functions that
    made it, each as file, lines and name.
    """

    path: str
    rule: str = ""
    command: str = ""
    sha256: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    item: str = ""
    code: tuple[str, ...] = ()


@dataclass(frozen=True)
class Check:
    """One line of the checks box: what was checked, what came out; ``passed`` is None for a plain fact."""

    name: Texts
    value: Texts
    passed: bool | None = None


@dataclass(frozen=True)
class Meta:
    """What stands on the front of the report, by language, and whether its data are synthetic."""

    title: Texts
    short_title: Texts
    subtitle: Texts
    kicker: Texts
    authors: tuple[str, ...]
    keywords: Mapping[str, Sequence[str]]
    date: str
    synthetic: bool
    version: str = ""
    level: float = 0.95
    banner_title: Texts = field(default_factory=dict)
    banner: Texts = field(default_factory=dict)
    cite: Texts = field(default_factory=dict)
    literals: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """All a report is built from.

    ``source`` holds the files of the study's source folder by relative name (``report.typ`` first of all);
    ``tables`` small tables by name and language, in the form of ``to_typst``; ``drawings`` pictures that are
    no exhibits, by name; ``origins`` by path.
    """

    source: Mapping[str, bytes]
    meta: Meta
    numbers: Numbers
    languages: tuple[str, ...]
    exhibits: tuple[Exhibit, ...] = ()
    tables: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    drawings: Mapping[str, Drawing] = field(default_factory=dict)
    origins: Mapping[str, Origin] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True)
class Built:
    """A report in one language."""

    html: bytes
    pdf: bytes
