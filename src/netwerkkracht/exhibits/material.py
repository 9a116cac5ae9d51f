"""What an exhibit is, and what it is made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from netwerkkracht.exhibits.options import KindOptions
from netwerkkracht.study.facts import Facts

if TYPE_CHECKING:
    from netwerkkracht.analysis.models.result import ModelResult
    from netwerkkracht.study.model import Model

Chosen_co = TypeVar("Chosen_co", bound=KindOptions, covariant=True)


@dataclass(frozen=True)
class Exhibit(Generic[Chosen_co]):
    """One exhibit of the configuration; ``confounded`` labels its models whose question changed."""

    id: str
    kind: str
    title: Mapping[str, str]
    options: Chosen_co
    order: int = 0
    confounded: tuple[Mapping[str, str], ...] = ()

    @property
    def notes(self) -> tuple[Mapping[str, str], ...]:
        """Lines that the study itself wants under the exhibit."""
        return self.options.notes

    @property
    def given(self) -> dict[str, Any]:
        """The options that the configuration gives, as it gives them."""
        return self.options.model_dump(exclude_unset=True)

    @property
    def models(self) -> tuple[str, ...]:
        """Models the exhibit shows: the option ``models`` or ``model``."""
        named = self.given.get("models") or self.given.get("model") or ()
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
    specs: Mapping[str, Model] = field(default_factory=dict)
    set_aside: Sequence[Mapping[str, Any]] = ()
    published: Sequence[Mapping[str, str]] = ()
    operating: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    codebook: Any = None
    found: Sequence[Mapping[str, Any]] = ()
    seed: int = 0
    alpha: float = 0.05
