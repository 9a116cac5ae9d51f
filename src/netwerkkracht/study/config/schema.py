"""The shape of ``config.yaml``: every key typed, described and closed.

The descriptions become ``docs/config.md`` and the editor schema ``config.schema.json``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

NAME = r"^[a-z][a-z0-9_-]{0,63}$"
COLUMN = r"^[A-Za-z][A-Za-z0-9_.]{0,63}$"
FOLDER = r"^[A-Za-z0-9_][A-Za-z0-9_./-]*$"
EXHIBIT = r"^(figure|table)-[a-z0-9][a-z0-9-]{0,40}$"
Name = Annotated[str, StringConstraints(pattern=NAME)]
Column = Annotated[str, StringConstraints(pattern=COLUMN)]
Folder = Annotated[str, StringConstraints(pattern=FOLDER)]
Language = Literal["nl", "en"]


class Closed(BaseModel):
    """A part of the configuration that refuses keys it does not know and cannot be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Text(Closed):
    """A text in both languages."""

    nl: str = Field(min_length=1, description="the Dutch text")
    en: str = Field(min_length=1, description="the English text")


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


class Means(Closed):
    """Which marginal means a model reports."""

    term: Column = Field(description="factor whose means are reported")
    by: Column | None = Field(default=None, description="within the levels of this factor")


class AtWave(Closed):
    """A person-level covariate taken from one wave."""

    variable: Column = Field(description="variable of the panel")
    wave: str = Field(description="wave whose value all rows of the person get, as text")


class Indicator(Closed):
    """A 0/1 column made from codes."""

    variable: Column = Field(description="coded variable of the panel")
    codes: tuple[str, ...] = Field(min_length=1, strict=False, description="codes that count as 1, as text")


class Model(Closed):
    """One model; each has its own chain of results."""

    id: Name = Field(description="name in file names and exhibits")
    order: int = Field(description="place in tables and figures")
    role: Literal["primary", "secondary", "exploratory", "sensitivity"] = Field(
        description="what the model was declared as before the data were seen"
    )
    label: Text = Field(description="name of the outcome in exhibits")
    family: Literal["gaussian", "binomial", "poisson", "negative-binomial", "ordinal"] = Field(
        description="distribution of the outcome"
    )
    formula: str = Field(
        pattern=r"^[^~]+~[^~]+$",
        description="lme4's formula language; parsed by netwerkkracht, never evaluated",
    )
    trials: Column | None = Field(default=None, description="column with the number of trials (binomial)")
    sample: Literal["all", "complete"] = Field(
        default="all",
        description="all: every row with valid values; complete: persons with the outcome in every wave",
    )
    reml: bool = Field(default=True, description="restricted likelihood (gaussian)")
    df: Literal["kenward-roger", "satterthwaite"] = Field(
        default="kenward-roger", description="denominator degrees of freedom (gaussian)"
    )
    nodes: int = Field(default=15, ge=1, le=101, description="quadrature nodes (not gaussian); 1 is Laplace")
    decimals: int = Field(default=2, ge=0, le=6, description="decimals in exhibits")
    unit: Text | None = Field(default=None, description="unit of the outcome in exhibits")
    means: Means | None = Field(default=None, description="marginal means to report")
    at_wave: dict[Column, AtWave] = Field(
        default_factory=dict, description="covariates taken from one wave, by the name the formula uses"
    )
    indicators: dict[Column, Indicator] = Field(
        default_factory=dict, description="0/1 columns made from codes, by the name the formula uses"
    )
    alternative_to: Name | None = Field(
        default=None, description="the model that this one is a sensitivity analysis of"
    )
    choices: dict[str, str] = Field(
        default_factory=dict, description="in which respects the alternative differs"
    )
    version_confounded: bool = Field(
        default=False, description="the question changed between waves: the overall change cannot be read"
    )


class Exhibit(Closed):
    """One figure or table."""

    id: Annotated[str, StringConstraints(pattern=EXHIBIT)] = Field(
        description="figure-N or table-N: name in file names, report and reference"
    )
    kind: Name = Field(description="what is drawn; docs/exhibits.md lists the kinds")
    order: int = Field(description="place in the report")
    title: Text = Field(description="title in both languages")
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
        default=("nl", "en"), min_length=1, strict=False, description="languages the report is made in"
    )


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
        for model in self.models:
            if model.alternative_to is not None and model.alternative_to not in ids:
                raise ValueError(
                    f"model '{model.id}' is an alternative to '{model.alternative_to}', which is not a model"
                )
        for name in self.operating.studies if self.operating else ():
            if name not in ids:
                raise ValueError(f"'operating' simulates for '{name}', which is not a model")
        return self
