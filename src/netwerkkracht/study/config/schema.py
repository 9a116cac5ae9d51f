"""The shape of ``config.yaml``: every key typed, described and closed.

The descriptions become ``docs/config.md`` and the editor schema ``config.schema.json``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from netwerkkracht.core.errors import nearest
from netwerkkracht.core.languages import LANGUAGES
from netwerkkracht.study.closed import Closed, Folder, Language, Name, Text
from netwerkkracht.study.model import Columns, Model

EXHIBIT = r"^(figure|table)-[a-z0-9][a-z0-9-]{0,40}$"


class Study(Closed):
    """Where the study lies and what it is."""

    codebook: Folder = Field(description="folder with study.yaml, variables.csv, sources.csv, codes.csv ...")
    data: Folder = Field(description="folder with the SPSS files that study.yaml names")
    status: Literal["synthetic", "real"] = Field(
        description="synthetic: made by a simulator, everything may be shown, exhibits say so; "
        "real: interviews of people, row-level files stay in results/restricted/"
    )
    truth: Folder | None = Field(
        default=None,
        description="folder with the truth of a synthetic study; the recovery gate compares with it",
    )
    published: Folder | None = Field(
        default=None, description="CSV with published numbers to set beside the data"
    )
    received: Folder | None = Field(
        default=None, description="CSV with the sha256 of every received file; a file with another stays out"
    )
    reference: Folder | None = Field(
        default=None, description="folder with the expected numbers that `netwerkkracht verify` compares with"
    )

    @model_validator(mode="after")
    def _truth_fits_status(self) -> Study:
        for name in ("codebook", "data", "truth", "published", "received", "reference"):
            value = getattr(self, name)
            if value is not None and ".." in value.split("/"):
                raise ValueError(f"'{name}' leaves the folder of the study; use a path inside it")
        if self.status == "real" and self.truth is not None:
            raise ValueError("'truth' is known of synthetic studies only; remove it or set status: synthetic")
        if self.status == "synthetic" and self.truth is None:
            raise ValueError("a synthetic study names the folder of its truth: truth: data/synthetic")
        return self


class Release(Closed):
    """What may leave the machine."""

    profile: Literal["open", "strict10"] = Field(
        default="open",
        description="open: everything aggregate (synthetic studies only); strict10: real data, "
        "no cell under min_cell persons, counts rounded, no vector figures",
    )
    min_cell: int = Field(
        default=10, ge=3, description="smallest number of persons in a released cell (strict10)"
    )
    round_to: int = Field(
        default=5, ge=1, description="released counts are rounded to this number (strict10)"
    )


class Exhibit(Closed):
    """One figure or table."""

    id: Annotated[str, StringConstraints(pattern=EXHIBIT)] = Field(
        description="figure-N or table-N: name in file names, report and reference"
    )
    kind: Name = Field(description="what is drawn; docs/exhibits.md lists the kinds")
    order: int = Field(description="place in the report")
    title: Text = Field(description="title, by language")
    title_real: Text | None = Field(
        default=None, description="title instead of it when the data are those of interviews (status: real)"
    )
    options: dict[str, Any] = Field(
        default_factory=dict, description="what to draw: the keys depend on the kind"
    )


class Report(Closed):
    """The document."""

    source: Folder = Field(description="folder with the Typst source, the texts and numbers.yaml")
    languages: tuple[Language, ...] = Field(
        min_length=1,
        strict=False,
        description="languages the report is made in, such as `nl` and `en`; every text is in all of them",
    )

    @field_validator("languages")
    @classmethod
    def _has_words(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        known = LANGUAGES.languages
        for lang in given:
            if lang not in known:
                raise ValueError(f"the program has no words in '{lang}', only in {', '.join(known)}")
        if len(set(given)) < len(given):
            raise ValueError("a language stands twice")
        return given


class Operating(Closed):
    """Simulation of studies of this very design, to learn how often the analysis is right."""

    generator: Folder = Field(description="folder with the specification of the synthetic study")
    studies: dict[Name, Annotated[int, Field(ge=100)]] = Field(
        description="number of simulated studies per model; models of group by wave with one random intercept"
    )
    assumptions: dict[str, str] = Field(
        default_factory=dict,
        description="assumptions of the generator that the simulation sets to another value, as text",
    )
    target_chunks: int = Field(
        default=4,
        ge=1,
        description="chunks of 250 studies pooled to find what very many people would give (not gaussian)",
    )


class Config(Closed):
    """The whole of ``config.yaml``."""

    study: Study = Field(description="the study and its files")
    seed: int = Field(ge=0, description="root of all random numbers; each step derives its own")
    alpha: float = Field(default=0.05, gt=0, lt=0.5, description="level of intervals and tests")
    release: Release = Field(default_factory=Release, description="what may leave the machine")
    covariates: dict[Name, Columns] = Field(
        default_factory=dict,
        description="sets of columns that several models or alternatives use, which name the set",
    )
    model_sets: dict[Name, Annotated[tuple[Name, ...], Field(min_length=1, strict=False)]] = Field(
        default_factory=dict,
        description="lists of models that several exhibits show, which name the list in `models`",
    )
    notes: dict[Name, Text] = Field(
        default_factory=dict, description="lines that several exhibits print, which name them in `notes`"
    )
    models: tuple[Model, ...] = Field(default=(), strict=False, description="models, put in order by `order`")
    exhibits: tuple[Exhibit, ...] = Field(
        default=(), strict=False, description="figures and tables, put in order by `order`"
    )
    operating: Operating | None = Field(
        default=None, description="simulated studies behind the operating characteristics; left out: none"
    )
    notebooks: Folder | None = Field(
        default=None,
        description="folder with notebooks to execute on a synthetic study; never executed on real data",
    )
    report: Report = Field(description="the document")

    @model_validator(mode="after")
    def _hangs_together(self) -> Config:
        if self.study.status == "real" and self.release.profile == "open":
            raise ValueError("real data are released under profile strict10, never open")
        ids = [model.id for model in self.models]
        for kind, names in (("model", ids), ("exhibit", [item.id for item in self.exhibits])):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"{kind} id '{twice[0]}' stands twice; each id once")
        for name in self.model_sets:
            if name in {*ids, "all"}:
                raise ValueError(f"'model_sets' calls a list '{name}', which is a model or all; rename it")
        named = [
            *((f"'alternative_to' of model '{one.id}' is", one.alternative_to) for one in self.models),
            *(
                (f"'model_sets.{name}' names", one)
                for name, given in self.model_sets.items()
                for one in given
            ),
            *(
                ("'operating' simulates for", one)
                for one in (self.operating.studies if self.operating else ())
            ),
        ]
        for what, one in named:
            if one is not None and one not in ids:
                hint = nearest(one, ids)
                raise ValueError(f"{what} '{one}', which is not a model" + (f"; {hint}" if hint else ""))
        return self
