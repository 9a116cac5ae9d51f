"""What an exhibit is, what it is made from, and what a kind of exhibit must offer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from netwerkkracht.analysis.models.result import ModelResult
from netwerkkracht.analysis.models.spec import ModelSpec
from netwerkkracht.core.display import Lang
from netwerkkracht.study.facts import Facts


@dataclass(frozen=True)
class Exhibit:
    """One exhibit of the configuration; ``confounded`` labels its models whose question changed."""

    id: str
    kind: str
    title: Mapping[str, str]
    order: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)
    confounded: tuple[Mapping[str, str], ...] = ()

    @property
    def notes(self) -> tuple[Mapping[str, str], ...]:
        """Lines that the study itself wants under the exhibit: the option ``notes``."""
        return tuple(self.options.get("notes") or ())

    @property
    def models(self) -> tuple[str, ...]:
        """Models the exhibit shows: the option ``models`` or ``model``."""
        named = self.options.get("models") or self.options.get("model") or ()
        return (named,) if isinstance(named, str) else tuple(named)


@dataclass(frozen=True)
class Material:
    """All an exhibit may be made from; a kind says in ``needs`` which parts it reads.

    ``set_aside``: rows with file, wave, group, reason, count. ``published``: rows of the published findings.
    ``codebook``: the codebook itself; ``found``: rows of the codes found in the files, with counts.
    ``operating``: per model how often its analysis is right in simulated studies.
    ``seed`` is the root seed from which a kind that simulates derives its own generator.
    """

    facts: Facts
    panel: Any = None
    models: Mapping[str, ModelResult] = field(default_factory=dict)
    specs: Mapping[str, ModelSpec] = field(default_factory=dict)
    set_aside: Sequence[Mapping[str, Any]] = ()
    published: Sequence[Mapping[str, str]] = ()
    operating: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    codebook: Any = None
    found: Sequence[Mapping[str, Any]] = ()
    seed: int = 0
    alpha: float = 0.05


@dataclass(frozen=True)
class Kind:
    """One kind of exhibit.

    ``data`` makes the tidy table; ``render`` draws a figure from it (frame, exhibit, facts, language) or
    builds a table model (frame, exhibit, facts); ``alt`` says in words what the figure shows; ``notes`` are
    the lines under the title. ``text`` names the columns whose cells stay text when the CSV is read back.
    The data of a ``costly`` kind of figure are made in a job of their own: a new colour makes nothing anew
    there.
    """

    name: str
    form: Literal["figure", "table"]
    needs: tuple[str, ...]
    text: tuple[str, ...]
    data: Callable[[Exhibit, Material], Any]
    render: Callable[..., Any]
    alt: Callable[[Any, Exhibit, Facts, Lang], str] | None = None
    notes: Callable[[Any, Exhibit, Facts, Lang], list[str]] | None = None
    costly: bool = False


def restore(frame: Any, text: Sequence[str]) -> Any:
    """Return the frame as its kind expects it: text columns as text, an empty cell as an empty string."""
    made = frame.copy()
    for name in made.columns:
        if name in text:
            made[name] = made[name].astype(object).where(made[name].notna(), "").map(str)
    return made
