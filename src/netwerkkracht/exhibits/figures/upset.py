"""UpSet: which items people have together, the most frequent combinations first."""

from __future__ import annotations

from typing import Any

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.cells import without_stem
from netwerkkracht.exhibits.kind import Column, Kind, codes, names, texts
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.options import KindOptions, MadeOfItems, Wave, Whole
from netwerkkracht.exhibits.style import (
    FAINT,
    INK,
    SOFT,
    STRIPE_BELOW,
    fill_bars,
    new_figure,
    note,
    settings,
    stamp,
    wrap,
)
from netwerkkracht.exhibits.words import of_kind
from netwerkkracht.release.attack import Key, Known
from netwerkkracht.release.readers import Options as Given
from netwerkkracht.release.readers import Rows, answers
from netwerkkracht.release.roles import FREQUENCIES, PERSONS, PLAIN, Output, share
from netwerkkracht.release.rules import Rules, number
from netwerkkracht.study.facts import Facts

WORDS = of_kind(__name__)
COLUMNS = (
    *texts("part"),
    *codes("wave"),
    *texts("item", "combination"),
    Column("size", PLAIN, "count"),
    *codes("group"),
    Column("persons", PERSONS),
    Column("total", PERSONS),
    Column("share", share("persons", "total")),
)


class Options(KindOptions):
    """A count of which the parts are combined, in one wave.

    ``items`` is how many of the commonest are combined: with more, nearly everyone has a combination of
    their own. ``largest`` is the number of combinations shown; the rest is merged.
    """

    variable: MadeOfItems
    wave: Wave = ""
    items: Whole = 6
    largest: Whole = 15


def data(exhibit: Exhibit[Options], material: Material) -> Any:
    """Count combinations (part ``combination``) and single items (part ``item``) of one wave."""
    import pandas as pd

    from netwerkkracht.analysis.describe.combinations import combinations, prevalence

    facts, options = material.facts, exhibit.options
    items = facts.variable(options.variable).parts
    wave = options.wave or facts.waves[0]
    singles = prevalence(material.panel, facts, items).assign(part="item")
    singles = singles[singles["wave"] == wave]
    common = singles.groupby("item", sort=False)["persons"].sum().sort_values(kind="stable", ascending=False)
    chosen = list(common.index[: options.items])
    sets = combinations(material.panel, facts, chosen, wave, options.largest)
    sets = sets.assign(part="combination", wave=wave)
    return pd.concat([singles, sets], ignore_index=True).reindex(columns=names(COLUMNS))


def draw(frame: Any, _exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> Any:
    """Draw bars of the combinations above, the matrix of what is in them below, items' shares at the left."""
    from netwerkkracht.analysis.describe.combinations import OTHER

    sets, singles = frame[frame["part"] == "combination"], frame[frame["part"] == "item"]
    items = _combined(frame)
    names = [name for name in dict.fromkeys(sets["combination"]) if name != OTHER]
    labels = without_stem([facts.label(name, lang) for name in items])
    with settings():
        figure = new_figure(48 + 5.6 * len(items) + 10)
        grid = figure.add_gridspec(2, 2, height_ratios=[42, 5.6 * len(items)], width_ratios=[0.6, 2])
        matrix = figure.add_subplot(grid[1, 1])
        bars = figure.add_subplot(grid[0, 1], sharex=matrix)
        left = figure.add_subplot(grid[1, 0], sharey=matrix)
        corner = figure.add_subplot(grid[0, 0])
        corner.axis("off")
        _bars(bars, sets, names, facts, lang)
        _matrix(matrix, names, items, labels)
        _shares(left, singles, items, facts, lang)
        handles, found = bars.get_legend_handles_labels()
        titles = [facts.group_title(group, lang) for group in found]
        # wider than its corner: the layout must not make room for it between bars and labels
        corner.legend(
            handles, ["\n".join(wrap(title, 34)) for title in titles], loc="upper left"
        ).set_in_layout(False)
        rest = int(sets.loc[sets["combination"] == OTHER, "persons"].sum())
        if rest:
            said = "\n".join(wrap(WORDS[lang]["other"].format(n=rest), 60, 7))
            place = {"ha": "right", "va": "top", "transform": bars.transAxes}
            bars.text(0.995, 0.97, said, fontsize=7, color=SOFT, **place)
        stamp(figure, lang, synthetic=facts.synthetic)
    return figure


def _combined(frame: Any) -> list[str]:
    """Return the items that are combined, the commonest first."""
    from netwerkkracht.analysis.describe.combinations import NONE, OTHER

    singles = frame[frame["part"] == "item"]
    total = singles.groupby("item", sort=False)["persons"].sum().sort_values(kind="stable", ascending=False)
    named = {
        part
        for name in frame["combination"].fillna("")
        if name not in {"", OTHER, NONE}
        for part in name.split("+")
    }
    return [name for name in total.index if name in named]


def _bars(axes: Any, sets: Any, names: list[str], facts: Facts, lang: Lang) -> None:
    base = [0.0] * len(names)
    for place, group in enumerate(facts.groups):
        mine = sets[sets["group"] == group].set_index("combination").reindex(names)["persons"]
        made = axes.bar(range(len(names)), mine, bottom=base, width=0.66, label=group, linewidth=0.6)
        fill_bars(made, place)
        base = [low + float(value) for low, value in zip(base, mine, strict=True)]
    for place, height in enumerate(base):
        note(axes, display.count(height, lang), (place, height), (0, 2), ha="center")
    axes.set_ylabel(WORDS[lang]["persons"])
    axes.tick_params(axis="x", length=0, labelbottom=False)
    axes.spines["bottom"].set_visible(False)
    axes.set_ylim(0, max(base) * 1.12)


def _matrix(axes: Any, names: list[str], items: list[str], labels: list[str]) -> None:
    for row in range(0, len(items), 2):
        axes.axhspan(row - 0.5, row + 0.5, color=STRIPE_BELOW, lw=0, zorder=0)
    for place, name in enumerate(names):
        members = set(name.split("+"))
        on = [row for row, item in enumerate(items) if item in members]
        off = [row for row in range(len(items)) if row not in on]
        axes.plot([place] * len(off), off, marker="o", ms=3.6, color=FAINT, ls="none", zorder=1)
        axes.plot([place] * len(on), on, marker="o", ms=4.6, color=INK, lw=1.2, zorder=2)
    axes.set_yticks(range(len(items)), labels)
    axes.set_ylim(len(items) - 0.5, -0.5)
    axes.set_xlim(-0.6, len(names) - 0.4)
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def _shares(axes: Any, singles: Any, items: list[str], facts: Facts, lang: Lang) -> None:
    height = 0.7 / len(facts.groups)
    for place, group in enumerate(facts.groups):
        mine = singles[singles["group"] == group].set_index("item").reindex(items)["share"]
        y = [row + (place - (len(facts.groups) - 1) / 2) * height for row in range(len(items))]
        fill_bars(axes.barh(y, 100 * mine, height=height * 0.9, linewidth=0.6), place)
    axes.invert_xaxis()
    axes.set_xlabel(WORDS[lang]["share"], fontsize=7)
    axes.tick_params(axis="y", length=0, labelleft=False)
    axes.spines["left"].set_visible(False)


def alt(frame: Any, _exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> str:
    """Say the most frequent combination, how many people fall outside those shown, and the commonest item."""
    from netwerkkracht.analysis.describe.combinations import NONE, OTHER

    words = WORDS[lang]
    sets, singles = frame[frame["part"] == "combination"], frame[frame["part"] == "item"]
    counts = sets.groupby("combination", sort=False)["persons"].sum()
    named = [name for name in counts.index if name != OTHER]
    top = named[0]
    text = words["nothing"] if top == NONE else " + ".join(
        without_stem([facts.label(item, lang) for item in top.split("+")])
    )  # fmt: skip
    items = singles.groupby("item", sort=False)["persons"].sum().sort_values(kind="stable", ascending=False)
    item = without_stem([facts.label(name, lang) for name in items.index])[0]
    return words["alt"].format(
        k=len(_combined(frame)), n=int(counts.sum()), top=text,
        wave=facts.wave_label(frame["wave"].iloc[0], lang),
        m=int(counts[top]), o=int(counts.get(OTHER, 0)), c=len(named), item=item,
    )  # fmt: skip


def notes(frame: Any, _exhibit: Exhibit[Options], _facts: Facts, lang: Lang) -> list[str]:
    """Say how to read it, and how many persons the combinations hold together."""
    held = frame.loc[frame["part"] == "combination", "persons"]
    how = WORDS[lang]["how"]
    return [how] if held.isna().any() else [how, f"n = {display.count(held.sum(), lang)}."]


def counts(known: Known, where: str, rows: Rows, _options: Given, rules: Rules) -> None:
    """Enter who has each item, and each combination: those of a group add up to who answered all items."""
    from netwerkkracht.analysis.describe.combinations import OTHER

    items = [row for row in rows if row["part"] == "item"]
    answers(known, where, items, rules, ("item", "", "persons", "total"))
    groups: dict[str, list[Key]] = {}
    for row in rows:
        if row["part"] == "combination":
            key = ("set", row["combination"] or OTHER, row["group"], row["wave"])
            groups.setdefault(row["group"], []).append(key)
            known.tell(key, number(row["persons"]), rules, where)
            known.tell(("sets", row["group"], row["wave"]), number(row["total"]), rules, where)
    for group, keys in groups.items():
        known.add(keys, [("sets", group, keys[0][3])])


KIND = Kind(
    module=__name__,
    options=Options,
    needs=("panel",),
    columns=COLUMNS,
    output=Output(FREQUENCIES, treatment="upset", keep={"part": ("item",)}),
    data=data,
    draw=draw,
    alt=alt,
    notes=notes,
    counts=counts,
)
