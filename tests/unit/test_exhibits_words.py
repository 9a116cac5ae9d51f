"""Sentences and signs that must agree with the numbers."""

from dataclasses import replace

import pytest
from exhibit_cases import exhibit, frame, material

from netwerkkracht import display
from netwerkkracht.exhibits import registry
from netwerkkracht.exhibits.cells import term_label, without_stem
from netwerkkracht.exhibits.family_tables import multiplicity_data
from netwerkkracht.exhibits.table_model import Column, TableModel, to_html, to_markdown


def flipped(kind, *columns):
    made = frame(kind).copy()
    for name in columns:
        made[name] = -made[name]
    return made


def test_forest_alt_follows_the_sign():
    one, facts = exhibit("forest"), material().facts
    label = "load_main (en)"
    value = frame("forest").set_index("model").loc["load_main", "estimate"]
    words = {True: "higher", False: "lower"}
    assert f"{label}: New way (en) {words[value > 0]}" in registry.alt_text(frame("forest"), one, facts, "en")
    turned = flipped("forest", "estimate")
    assert f"{label}: New way (en) {words[value < 0]}" in registry.alt_text(turned, one, facts, "en")


def test_trajectory_alt_follows_the_direction():
    one, facts = exhibit("trajectories"), material().facts
    made = frame("trajectories").copy()
    made.loc[(made["part"] == "model") & (made["wave"] == "b"), "estimate"] += 10
    assert "rise" in registry.alt_text(made, one, facts, "en")
    made.loc[(made["part"] == "model") & (made["wave"] == "b"), "estimate"] -= 20
    text = registry.alt_text(made, one, facts, "en")
    assert "fall" in text
    assert "rise" not in text


def test_figure_equals_model():
    means = frame("trajectories")
    result = material().models["load_main"]
    for row in result.means:
        if row["scale"] == "response":
            mine = means[(means["part"] == "model") & (means["group"] == row["group"])]
            assert mine.set_index("wave").loc[row["wave"], "estimate"] == row["estimate"]
    forest = frame("forest").set_index("model").loc["load_main"]
    assert forest["estimate"] == result.contrast("change", "b")["estimate"]
    assert forest["shown"] == pytest.approx(forest["estimate"] / result.sd_first)


def test_a_model_that_is_not_ok_shows_no_interval_anywhere():
    broken = replace(material().models["load_main"], status="boundary")
    blank = {
        "se": float("nan"),
        "df": float("nan"),
        "p": float("nan"),
        "lower": float("nan"),
        "upper": float("nan"),
    }
    broken = replace(
        broken,
        contrasts=tuple({**row, **blank} for row in broken.contrasts),
        coefficients=tuple({**row, **blank} for row in broken.coefficients),
        means=tuple({**row, **blank} for row in broken.means),
    )
    models = {**material().models, "load_main": broken}
    changed = replace(material(), models=models)
    for kind in ("models", "means", "multiplicity", "sensitivity"):
        one = exhibit(kind)
        made = registry.table(registry.make_data(one, changed), one, changed.facts)
        html = to_html(made, "en")
        assert "variance at its boundary" in html
    forest = registry.make_data(exhibit("forest"), changed).set_index("model").loc["load_main"]
    assert forest["shown_lower"] != forest["shown_lower"]


def test_multiplicity_counts_the_whole_family():
    made = multiplicity_data(exhibit("multiplicity"), material())
    lowest = made["p"].min()
    assert made.loc[made["p"].idxmin(), "p_holm"] == pytest.approx(min(1.0, lowest * len(made)))


def test_flow_adds_up():
    made = frame("flow")
    counts = made.groupby(["stage", "group", "wave"])["count"].sum()
    for group in ("new", "old"):
        for wave in ("a", "b"):
            aside = counts.get(("set_aside", group, wave), 0)
            assert counts[("rows", group, wave)] == aside + counts[("interviews", group, wave)]
        lost = counts.get(("lost", group, "b"), 0)
        assert counts[("interviews", group, "b")] == counts[("interviews", group, "a")] - lost


def test_published_table_keeps_the_two_apart():
    made = registry.table(frame("published"), exhibit("published"), material().facts)
    keys = [column.key for column in made.columns]
    assert keys.index("published") != keys.index("found")
    headings = [column.heading("en") for column in made.columns]
    assert "synthetic" in headings
    assert any("confirm nothing" in note for note in made.note_lines("en"))
    assert any("bevestigen niets" in note for note in made.note_lines("nl"))


def test_published_table_of_real_data_says_nothing_of_synthetic_data():
    facts = replace(material().facts, synthetic=False)
    made = registry.table(frame("published"), exhibit("published"), facts)
    for lang, words in (("nl", "bevestigt geen bevinding"), ("en", "confirms no finding")):
        said = [*made.note_lines(lang), *(column.heading(lang) for column in made.columns)]
        assert not [text for text in said if "synthet" in text.lower()]
        assert any(words in text for text in said)


def test_term_labels():
    facts = material().facts
    assert term_label("(Intercept)", facts, "nl") == "constante"
    assert term_label("armold:visitb", facts, "en") == "Old way (en) × visit b (en)"
    assert term_label("school2", facts, "en") == "school (en): high (en)"
    assert term_label("0|1", facts, "nl") == "drempel 0 | 1"
    assert term_label("zzz", facts, "nl") == "zzz"


def test_long_texts_end_with_a_sentence():
    text = "One sentence. " * 30
    short = registry.shortened(text, 300)
    assert len(short) <= 300
    assert short.endswith("sentence.")
    assert registry.shortened("word " * 100, 300).endswith("word…")


def test_shared_stems_are_dropped():
    assert without_stem(["Help from: GP", "Help from: team"]) == ["GP", "team"]
    assert without_stem(["Help from: GP", "Other"]) == ["help from: GP", "other"]


def test_table_sections_and_missing_cells():
    columns = (Column("a", "naam", "name"), Column("b", "getal", "number", "number", 1))
    made = TableModel(
        "t", {"nl": "T", "en": "T"}, columns, (("deel", None), ("x", 1.25), ("y", float("nan"))), (0, 2, 2)
    )
    html = to_html(made, "nl")
    assert 'scope="rowgroup"' in html
    assert "1,2" in html
    assert display.MISSING in html
    assert "**deel**" in to_markdown(made, "nl")


def test_flow_of_three_visits_draws():
    import analysis_study as study

    from netwerkkracht.exhibits.kinds import Material

    facts = study.facts()
    other = Material(facts, study.panel())
    one = replace(exhibit("flow"), options={})
    figure = registry.draw(registry.make_data(one, other), one, facts, "en")
    assert len(figure.axes) == 1
