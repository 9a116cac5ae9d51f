"""Every kind of exhibit in its releasable form: complete roles, no small count, drawn without a crash."""

import math
from dataclasses import replace

import pandas as pd
import pytest
from exhibit_cases import OPTIONS, exhibit, material
from exhibit_cases import frame as made_of

from netwerkkracht.core import io
from netwerkkracht.core.errors import StudyError
from netwerkkracht.exhibits import registry, released
from netwerkkracht.exhibits.table_model import to_html
from netwerkkracht.release.attack import Known, attack
from netwerkkracht.release.check import check_exhibit
from netwerkkracht.release.context import Context, gather
from netwerkkracht.release.readers import read_table
from netwerkkracht.release.roles import HIDDEN, MARK, MERGED, WITHHELD
from netwerkkracht.release.rules import Rules
from netwerkkracht.release.treatments import release_frame, withheld

# the study of the tests is small: a lower limit leaves something to see, the real one hides nearly all
LIMITS = (Rules(10, 5), Rules(3, 3), Rules(4, 1))
TEN = LIMITS[0]


def sheet(kind):
    return registry.kind_of(kind).sheet


def release(kind, rules=TEN):
    given = material()
    context = gather(rules, given.facts, OPTIONS[kind], given.panel, given.models, given.specs)
    return release_frame(sheet(kind), made_of(kind), context)


def rows_of(frame, folder, name="x"):
    io.write_csv(folder / f"{name}.csv", frame)
    return io.read_rows(folder / f"{name}.csv")


@pytest.mark.parametrize("kind", OPTIONS)
def test_every_column_has_a_role_and_text_is_text(kind):
    frame, known = made_of(kind), sheet(kind)
    roles = {name: known.role(name, OPTIONS[kind]) for name in frame.columns}
    assert None not in roles.values()
    assert set(known.columns) <= set(frame.columns)
    for name in registry.kind_of(kind).text:
        assert roles.get(name) is None or roles[name].name == "text", name


@pytest.mark.parametrize("kind", OPTIONS)
def test_an_undeclared_column_does_not_leave(kind):
    frame = made_of(kind).assign(oldest=103)
    with pytest.raises(StudyError, match="G10"):
        release_frame(sheet(kind), frame, Context(TEN, options=OPTIONS[kind]))


@pytest.mark.parametrize("rules", LIMITS)
@pytest.mark.parametrize("kind", OPTIONS)
def test_what_leaves_keeps_every_rule(kind, rules, tmp_path):
    rows = rows_of(release(kind, rules), tmp_path)
    waves = len(material().facts.waves)
    assert check_exhibit("x", rows, sheet(kind), rules, waves, OPTIONS[kind]) == []


@pytest.mark.parametrize("kind", ["shares", "baseline", "outcomes", "distribution", "missing", "forest"])
def test_what_was_not_released_is_found(kind, tmp_path):
    frame = made_of(kind).assign(**{MARK: "rounded"})
    assert check_exhibit("x", rows_of(frame, tmp_path), sheet(kind), TEN, 2, OPTIONS[kind])


@pytest.mark.parametrize("rules", LIMITS[:2])
def test_all_tables_together_give_no_hidden_count_back(rules, tmp_path):
    known = Known(absent=True)
    for kind in OPTIONS:
        rows = rows_of(release(kind, rules), tmp_path, kind)
        read_table(known, sheet(kind), kind, rows, OPTIONS[kind], rules)
    result = attack(known, rules)
    assert result.hidden > 0
    assert [exposed.key for exposed in result.exposed] == []


@pytest.mark.parametrize("rules", LIMITS[:2])
@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("kind", OPTIONS)
def test_released_exhibits_are_drawn_and_say_what_was_done(kind, lang, rules, tmp_path):
    one, facts = exhibit(kind), replace(material().facts, synthetic=False)
    io.write_csv(tmp_path / "x.csv", release(kind, rules))
    frame = io.read_csv(tmp_path / "x.csv", text=registry.kind_of(kind).text)
    said = released.lines(frame, lang)
    if registry.kind_of(kind).form == "figure":
        figure = registry.draw(frame, one, facts, lang)
        words = " ".join(item.get_text() for item in figure.findobj(lambda item: hasattr(item, "get_text")))
        assert said[0].split()[0] in words
        assert "nan" not in words.lower().split()
        assert 30 <= len(registry.alt_text(frame, one, facts, lang)) <= 300
        assert registry.notes(frame, one, facts, lang)[-1] == said[-1]
    else:
        page = to_html(registry.table(frame, one, facts), lang)
        assert said[-1].split(":")[-1].strip()[:20] in page
        assert ">nan<" not in page


def test_open_exhibits_say_nothing_of_release():
    for kind in ("shares", "baseline"):
        assert released.lines(made_of(kind), "nl") == []
        assert not released.partly_gone(made_of(kind))


def test_persons_and_extremes_never_leave():
    for kind in ("influence", "diagnostics"):
        frame = release(kind)
        assert withheld(frame)
        numbers = frame.drop(columns=[MARK, *registry.kind_of(kind).text])
        assert numbers.isna().all(axis=None)


def moves(counts):
    return pd.DataFrame(
        [
            ("new", origin, end, persons, "mix", "a", "b")
            for (origin, end), persons in counts.items()
        ],
        columns=["group", "origin", "destination", "persons", "variable", "first", "last"],
    )  # fmt: skip


def test_moves_are_merged_to_same_changed_and_gone_or_withheld():
    context = Context(TEN)
    big = {("1", "1"): 21, ("1", "2"): 4, ("2", "1"): 8, ("2", "2"): 15, ("1", "lost"): 9, ("2", "lost"): 4}
    frame = release_frame(sheet("transitions"), moves(big), context)
    assert dict(zip(frame["destination"], frame["persons"], strict=True)) == {
        "same": 35.0, "changed": 10.0, "gone": 15.0,
    }  # fmt: skip
    assert set(frame[MARK]) == {MERGED}
    assert withheld(release_frame(sheet("transitions"), moves({**big, ("2", "1"): 1}), context))


def test_neighbouring_values_are_merged_until_no_bin_is_small():
    frame = made_of("distribution")
    made = release("distribution")
    bars = made[made["part"] == "value"]
    assert len(bars) < len(frame[frame["part"] == "value"])
    assert any("–" in value for value in bars["value"])
    totals = bars.groupby(["group", "wave"])["share"].sum()
    assert all(0.8 <= total <= 1.2 for total in totals)


def test_small_losses_are_left_out_of_the_flow():
    rows = [
        ("rows", "new", "a", "", 46), ("set_aside", "new", "a", "duplicate_identical", 1),
        ("interviews", "new", "a", "", 45), ("lost", "new", "b", "1", 7), ("lost", "new", "b", "2", 5),
        ("interviews", "new", "b", "", 33),
    ]  # fmt: skip
    given = pd.DataFrame(rows, columns=["stage", "group", "wave", "reason", "count"])
    given[["model", "label_nl", "label_en"]] = ""
    made = release_frame(sheet("flow"), given, Context(TEN))
    assert made[["stage", "reason", "count", MARK]].to_numpy().tolist() == [
        ["interviews", "", 45.0, "rounded"], ["lost", "", 10.0, MERGED], ["interviews", "", 35.0, "rounded"],
    ]  # fmt: skip


def test_a_model_of_few_persons_is_hidden_wherever_it_stands():
    given = material()
    small = {
        name: replace(model, persons_by_group={"new": 50, "old": 4}) for name, model in given.models.items()
    }
    for kind in ("forest", "contrasts", "means", "models", "multiplicity", "sensitivity", "trajectories"):
        one = exhibit(kind)
        context = gather(TEN, given.facts, OPTIONS[kind], given.panel, small, given.specs)
        frame = release_frame(sheet(kind), made_of(kind), context)
        assert set(frame[MARK]) <= {HIDDEN, WITHHELD}, kind
        assert frame["estimate"].isna().all(), kind
        registry.draw(frame, one, given.facts, "nl") if registry.kind_of(kind).form == "figure" else (
            registry.table(frame, one, given.facts)
        )


def test_a_rare_category_of_a_model_is_hidden():
    frame = pd.DataFrame(
        {"covariate": ["school:2", "school:3"], "before": [0.123456, 0.2], "after": [0.0, 0.1]}
    ).assign(status="ok", n=60, n_effective=50.4, minuend="new", subtrahend="old")
    context = Context(TEN, small_terms=frozenset({"school:3"}))
    made = release_frame(sheet("balance"), frame, context)
    assert made["before"].iloc[0] == 0.12
    assert math.isnan(made["before"].iloc[1])
    assert made["n_effective"].iloc[0] == 50


def test_the_reasons_of_a_variable_add_up_to_its_missing_answers():
    exact, known = Rules(3, 1), Known()
    cells = {"valid": "40", "s": "5", "r": ""}
    rows = [
        {"variable": "load", "wave": "", "group": "", "reason": name, "cells": count, MARK: MERGED}
        for name, count in cells.items()
    ]
    read_table(known, sheet("missing"), "table-1", rows, {}, exact)
    assert attack(known, exact).exposed == ()
    known.tell(("empty", "load", "", ""), 7.0, exact, "said elsewhere")
    assert [exposed.key[-1] for exposed in attack(known, exact).exposed] == ["r"]


def test_who_was_lost_is_of_the_persons_that_balance_counts():
    rules, known = Rules(10, 5), Known()
    options = {"covariates": ["school", "years"]}
    read_table(known, sheet("attrition"), "table-1", [{"n": "50", "left": ""}], options, rules)
    whole = {"covariates": ["years", "school"]}
    read_table(known, sheet("balance"), "figure-1", [{"n": "50"}], whole, rules)
    assert [known.hidden[key] for key in known.hidden] == ["table-1"]
    assert len(known.sums) == 1
    assert known.sums[0][1][0] in known.bounds
    assert len(known.bounds) == 3
