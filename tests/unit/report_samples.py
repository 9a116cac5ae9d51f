"""A small report of invented numbers, for the tests of the report."""

from __future__ import annotations

from pathlib import Path

from netwerkkracht.report import numbers, source
from netwerkkracht.report.model import Check, Drawing, Exhibit, Origin, Report
from netwerkkracht.report.spec import read_spec

FOLDER = Path(__file__).parent / "report_sample"

SOURCES = {
    "flow.csv": [
        {"stage": "in", "group": "a", "n": "55"},
        {"stage": "in", "group": "all", "n": "115"},
        {"stage": "both", "group": "all", "n": "90"},
    ],
    "model.csv": [
        {
            "term": "change",
            "estimate": "-0.3125",
            "lower": "-0.92",
            "upper": "0.295",
            "p": "0.0004",
            "status": "ok",
        },
        {"term": "separated", "estimate": "21.3", "lower": "", "upper": "", "p": "", "status": "separated"},
    ],
    "facts.json": {"run": {"seed": 20191001}},
}
ASSUMED = [{"name": "rho", "why_nl": "gok, zie <b>", "why_en": "a guess, see <b>", "value": "0.55"}]


def picture(width: int = 640) -> bytes:
    """Return a plain picture of a bar chart."""
    bars = "".join(
        f'<rect x="{60 + 90 * place}" y="{200 - height}" width="60" height="{height}" fill="#0072B2"/>'
        for place, height in enumerate((40, 90, 150, 120, 60))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="240" viewBox="0 0 640 240">'
        f'<rect width="640" height="240" fill="#fff"/>{bars}<path d="M40 200H600" stroke="#222"/></svg>'
    ).encode()


def table(lang: str) -> dict[str, object]:
    """Return the cells of a small table with a spanning heading, a section and a note."""
    comma = "," if lang == "nl" else "."
    return {
        "columns": [
            {"key": "what", "text": {"nl": "Kenmerk", "en": "Trait"}[lang], "numeric": False},
            {"key": "a", "text": "A", "numeric": True},
            {"key": "b", "text": "B", "numeric": True},
        ],
        "spans": [{"text": "", "width": 1}, {"text": {"nl": "Groep", "en": "Group"}[lang], "width": 2}],
        "rows": [
            {"level": 0, "cells": [{"nl": "Leeftijd", "en": "Age"}[lang], "", ""]},
            {"level": 2, "cells": [{"nl": "gemiddeld", "en": "mean"}[lang], f"43{comma}1", f"45{comma}0"]},
            {"level": 1, "cells": [{"nl": "Aantal", "en": "Number"}[lang], "55", "60"]},
        ],
        "notes": [{"nl": "Cijfers zijn verzonnen.", "en": "Figures are invented."}[lang]],
    }


def made_by_the_run() -> dict[str, object]:
    """Return what a run adds to the tables and drawings of a source: small stand-ins."""
    alt = {"nl": "Vakken met pijlen.", "en": "Boxes with arrows."}
    return {
        "tables": {"environment": {lang: table(lang) for lang in ("nl", "en")}},
        "drawings": {"workflow": Drawing({lang: picture() for lang in ("nl", "en")}, alt)},
    }


def sample(**changes: object) -> Report:
    """Return the small report, fields changed as asked."""
    files = source.read_source(FOLDER)
    store = numbers.collect(read_spec(files["numbers.yaml"].decode(), ("nl", "en")), SOURCES)
    figure = Exhibit(
        id="figure-1",
        form="figure",
        title={"nl": "Aantallen per groep", "en": "Numbers by group"},
        caption={"nl": "Verzonnen cijfers.", "en": "Invented figures."},
        path="reports/figures/figure-1.csv",
        data=b"group,n\na,55\nb,60\n",
        readme=b"# figure-1: synthetic data\n",
        alt={
            "nl": "Staven van vijf groepen: van klein naar groot in het midden.",
            "en": "Bars of five groups: from small to large in the middle.",
        },
        pictures={"nl": picture(), "en": picture()},
    )
    listing = Exhibit(
        id="table-1",
        form="table",
        title={"nl": "Deelnemers", "en": "Participants"},
        path="reports/tables/table-1.csv",
        data=b"what,a,b\nn,55,60\n",
        table={"nl": table("nl"), "en": table("en")},
    )
    fields: dict[str, object] = {
        "source": files,
        "meta": source.read_meta(files, ("nl", "en"), synthetic=True, version="0.1.0"),
        "numbers": store,
        "languages": ("nl", "en"),
        "exhibits": (figure, listing),
        "tables": source.small_tables(files, {"assumed.csv": ASSUMED}, ("nl", "en")),
        "origins": {
            "flow.csv": Origin(
                "flow.csv", "flow", "netwerkkracht flow --out flow.csv", "ab" * 32, {"panel.csv": "cd" * 32}
            )
        },
        "checks": (
            Check({"nl": "Versie", "en": "Version"}, {"nl": "0.1.0", "en": "0.1.0"}),
            Check({"nl": "Terugvinden", "en": "Recovery"}, {"nl": "100%", "en": "100%"}, passed=True),
            Check(
                {"nl": "Vergelijking", "en": "Verification"},
                {"nl": "1 wijkt af", "en": "1 differs"},
                passed=False,
            ),
        ),
    }
    return Report(**{**fields, **changes})
