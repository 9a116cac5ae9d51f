"""How often the analysis of this design is right: coverage, false alarms and power, in simulated studies."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from netwerkkracht.analysis.operating.characteristics import COLUMNS
from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.material import Material
from netwerkkracht.exhibits.old import Exhibit, Kind
from netwerkkracht.exhibits.style import BLUE, INK, language_axis, new_figure, note, settings, stamp, wrap
from netwerkkracht.exhibits.table_model import Column, TableModel
from netwerkkracht.exhibits.words import FAMILY
from netwerkkracht.study.facts import Facts

TEXT = ("model", "label_nl", "label_en", "family")
PAPER_BOX: Final = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}  # keeps a number off the line
MEASURES: Final = ("coverage", "type_one", "power")
TITLES: Final = {
    "coverage": {"nl": "Dekking van het interval", "en": "Coverage of the interval"},
    "type_one": {"nl": "Vals alarm zonder verschil", "en": "False alarms without a difference"},
    "power": {"nl": "Onderscheidend vermogen", "en": "Power"},
}
ALT: Final = {
    "nl": "Per model de dekking van het interval, het aandeel vals alarm en het vermogen in "
    "gesimuleerde studies. {label}: dekking {coverage}, vals alarm {type_one}, vermogen {power}.",
    "en": "Coverage of the interval, share of false alarms and power per model in simulated studies. "
    "{label}: coverage {coverage}, false alarms {type_one}, power {power}.",
}
NOTES: Final = (
    {
        "nl": "Studies met precies deze opzet, getrokken uit de aannamen achter de synthetische studie, "
        "zonder vastgelegde aantallen en zonder ontbrekende items. Doel is de waarde die het model "
        "met heel veel mensen vindt. Vals alarm: hetzelfde na loting van de groepen. Tussen haakjes "
        "de Monte-Carlofout. Het vermogen hoort bij het verschil dat de aannamen inhouden, niet bij "
        "een verschil dat ertoe doet. Komt een variantie op nul uit, dan telt de studie mee met het "
        "interval dat het model geeft; dit verslag zou er geen afdrukken.",
        "en": "Studies of exactly this design, drawn from the assumptions behind the synthetic study, "
        "without fixed counts and without missing items. The target is what the model finds with very"
        " many people. False alarms: the same after shuffling the groups. Monte Carlo error in "
        "brackets. Power belongs to the difference that the assumptions imply, not to a difference "
        "that matters. Where a variance comes out at zero, the study counts with the interval that the "
        "model gives; this report would print none.",
    },
)


def data(exhibit: Exhibit, material: Material) -> Any:
    """Join the characteristics of each model with its label, in the order of the configuration."""
    rows = []
    for name in exhibit.models:
        row, spec = material.operating[name], material.specs[name]
        labels = {"model": name, "label_nl": spec.label["nl"], "label_en": spec.label["en"]}
        rows.append({**labels, "family": spec.family, **{key: float(row[key] or "nan") for key in COLUMNS}})
    return pd.DataFrame(rows, columns=[*TEXT, *COLUMNS])


def draw(frame: Any, _exhibit: Exhibit, facts: Facts, lang: Lang) -> Any:
    """Draw one panel per measure: a dot per model with two Monte Carlo errors, and the promised value."""
    from matplotlib.ticker import MaxNLocator

    alpha = facts.alpha
    promised = {"coverage": 1 - alpha, "type_one": alpha}
    labels = ["\n".join(wrap(str(label), 46)) for label in frame[f"label_{lang}"]]
    places = list(range(len(frame)))[::-1]
    with settings():
        figure = new_figure(18 + 11 * len(frame))
        for axes, measure in zip(figure.subplots(1, 3, sharey=True), MEASURES, strict=True):
            share, error = 100 * frame[measure], 200 * frame[f"{measure}_mcse"]
            if measure in promised:
                axes.axvline(100 * promised[measure], color=INK, lw=0.8, zorder=0)
            axes.hlines(places, share - error, share + error, color=BLUE, lw=1.4)
            # a share near zero has its dot on the axis: whole, not half
            axes.plot(share, places, color=BLUE, marker="o", ls="none", clip_on=False, zorder=3)
            for value, place in zip(share, places, strict=True):
                text = display.number(float(value), lang, 1)
                # beside the axis a centred number would lie across it
                side = ((0, 5), "center") if measure in promised else ((2, 4), "left")
                note(axes, text, (value, place), side[0], ha=side[1], va="bottom", bbox=PAPER_BOX)
            axes.set_title("\n".join(wrap(TITLES[measure][lang], 36)))
            axes.set_xlim(*_limits(measure, share, error, alpha))
            axes.set_ylim(-0.6, len(frame) - 0.2)
            # so few marks that those of neighbouring panels do not meet
            axes.xaxis.set_major_locator(MaxNLocator(nbins=3, steps=[1, 5, 10], integer=True))
            language_axis(axes.xaxis, lang)
            axes.set_yticks(places, labels)
        stamp(figure, lang, synthetic=facts.synthetic, below="%")
    return figure


def _limits(measure: str, share: Any, error: Any, alpha: float) -> tuple[float, float]:
    low, high = float((share - error).min()), float((share + error).max())
    if measure == "power":
        return 0.0, 100.0
    if measure == "coverage":
        return min(90.0, 95.0 - 100 * alpha, low - 1), max(100.0, high + 0.5)
    return 0.0, max(10.0, 200 * alpha, high + 1)


def alt(frame: Any, _exhibit: Exhibit, _facts: Facts, lang: Lang) -> str:
    """Say the three measures of the first model."""
    first = frame.iloc[0]
    shares = {name: display.percent(float(first[name]), lang, 1) for name in MEASURES}
    return ALT[lang].format(label=first[f"label_{lang}"], **shares)


def table(frame: Any, exhibit: Exhibit, _facts: Facts) -> TableModel:
    """Print the characteristics, one line per model, with their Monte Carlo errors."""
    columns = (
        Column("model", "uitkomst", "outcome"),
        Column("family", "familie", "family"),
        Column("n_studies", "studies", "studies", "count"),
        Column("n_boundary", "variantie nul", "variance zero", "count"),
        Column("n_failed", "mislukt", "failed", "count"),
        Column("target", "doel", "target", "number"),
        Column("bias", "afwijking", "bias", "number", 3),
        Column("sd", "sd van schattingen", "SD of estimates", "number"),
        Column("mean_se", "gemiddelde SE", "mean SE", "number"),
        *(Column(name, TITLES[name]["nl"], TITLES[name]["en"], "number") for name in MEASURES),
    )
    rows = tuple(_line(row) for row in frame.to_dict("records"))
    return TableModel(exhibit.id, exhibit.title, columns, rows, (), NOTES)


def _line(row: Any) -> tuple[Any, ...]:
    label = {"nl": row["label_nl"], "en": row["label_en"]}
    counts = (row["n_studies"], row["n_boundary"], row["n_failed"], row["target"])
    bias = _with_error(row["bias"], row["bias_mcse"], 3, percent=False)
    shares = (_with_error(row[name], row[f"{name}_mcse"], 1, percent=True) for name in MEASURES)
    return (label, FAMILY.each(row["family"]), *counts, bias, row["sd"], row["mean_se"], *shares)


def _with_error(value: float, error: float, decimals: int, *, percent: bool) -> dict[str, str]:
    """Return ``95,0% (0,2)`` in both languages."""

    def text(lang: Lang) -> str:
        if percent:
            shown = display.percent(value, lang, decimals)
            return f"{shown}{display.NO_BREAK_SPACE}({display.number(100 * error, lang, decimals)})"
        shown = display.number(value, lang, decimals)
        return f"{shown}{display.NO_BREAK_SPACE}({display.number(error, lang, decimals)})"

    return {"nl": text("nl"), "en": text("en")}


def notes(_frame: Any, _exhibit: Exhibit, _facts: Facts, lang: Lang) -> list[str]:
    """Say what was simulated and what the numbers are not."""
    return [note[lang] for note in NOTES]


KIND = Kind("operating", "figure", ("operating",), TEXT, data, draw, alt, notes)
TABLE = Kind("operating-table", "table", ("operating",), TEXT, data, table)
