"""Sentences and signs that must agree with the numbers."""

from dataclasses import replace
from itertools import pairwise

import analysis_study as study
import pytest
from exhibit_cases import exhibit, frame, material

from netwerkkracht.core import display
from netwerkkracht.core.precision import rounded
from netwerkkracht.exhibits import registry
from netwerkkracht.exhibits.cells import term_label, without_stem
from netwerkkracht.exhibits.style import MOVED, settings
from netwerkkracht.exhibits.table_model import Heading, TableModel, to_html


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


def test_a_text_says_of_whom_its_numbers_are():
    facts = material().facts
    flows = frame("alluvial")
    said = registry.alt_text(flows, exhibit("alluvial"), facts, "en")
    for group in facts.groups:
        mine = flows[flows["group"] == group]
        lost = int(mine[mine["destination"] == "lost"]["persons"].sum())
        assert f"of all {int(mine['persons'].sum())}, {lost} not interviewed again" in said

    # as a release with small cells has it: the text said that nobody stayed and nobody was lost
    merged = flows.groupby("group", sort=False).head(3).assign(origin="any")
    merged["destination"] = ["same", "changed", "gone"] * len(facts.groups)
    merged["persons"] = [25.0, 15.0, 10.0] * len(facts.groups)
    said = registry.alt_text(merged, exhibit("alluvial"), facts, "en")
    assert said.count(": unchanged 25, changed 15, unknown or not interviewed again 10.") == len(facts.groups)

    routes = frame("missing-data")
    known = " ".join(registry.notes(routes, exhibit("missing-data"), facts, "en"))
    for row in routes[routes["route"] != "delta"].to_dict("records"):
        assert f"{row['n_persons']:.0f}" in known


def test_figure_equals_model():
    means = frame("trajectories")
    result = material().models["load_main"]
    for row in result.means:
        if row["scale"] == "response":
            mine = means[(means["part"] == "model") & (means["group"] == row["group"])]
            assert mine.set_index("wave").loc[row["wave"], "estimate"] == rounded(row["estimate"], "estimate")
    forest = frame("forest").set_index("model").loc["load_main"]
    assert forest["estimate"] == rounded(result.contrast("change", "b")["estimate"], "estimate")
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
    made = frame("multiplicity")
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
    columns = (Heading("a", study.words("a")), Heading("b", study.words("b"), "number", 1))
    made = TableModel(
        "t", {"nl": "T", "en": "T"}, columns, (("deel", None), ("x", 1.25), ("y", float("nan"))), (0, 2, 2)
    )
    html = to_html(made, "nl")
    assert 'scope="rowgroup"' in html
    assert "1,2" in html
    assert display.MISSING in html


def test_flow_of_three_visits_draws():

    from netwerkkracht.exhibits.material import Material

    facts = study.facts()
    other = Material(facts, study.panel())
    one = exhibit("flow", {})
    figure = registry.draw(registry.make_data(one, other), one, facts, "en")
    assert len(figure.axes) == 1


def notes_of(kind, rows=None):
    made = frame(kind) if rows is None else rows
    return registry.table(made, exhibit(kind), material().facts)


def test_a_table_says_what_its_numbers_are_compared_with():
    facts = material().facts
    first, second = (facts.group_label(group, "en") for group in facts.groups[:2])
    assert f"Group terms are {second} minus {first}." in " ".join(notes_of("models").note_lines("en"))
    assert "percentage of the row" in " ".join(notes_of("transitions").note_lines("en"))
    told = " ".join(notes_of("attrition").note_lines("en"))
    school = facts.variable("school")
    known = f"{school.label['en']}: {school.code_label(school.codes[0][0], 'en')}"
    assert (
        f"Compared with: {facts.group_title(facts.groups[0], 'en')}, {known[:1].lower()}{known[1:]}." in told
    )


def test_one_row_is_no_rows():
    rows = frame("models").copy()
    rows.loc[rows["term"] == "dropped", "estimate"] = 1
    said = " ".join(row[0] for row in notes_of("models", rows).cells("en"))
    assert "1 row without a valid value" in said
    assert "1 rows" not in said


def test_a_range_of_dates_is_printed_as_dates():
    rows = frame("dictionary").head(2).assign(type=["date", "yesno"], low=[17167.0, 0.0], high=[18261.0, 1.0])
    ranges = [row[3] for row in notes_of("dictionary", rows).cells("nl")]
    assert ranges == ["2017-01-01\u20132019-12-31", ""]


def test_a_caption_says_how_many_are_counted():
    one, facts = exhibit("upset"), material().facts
    rows = frame("upset")
    total = int(rows.loc[rows["part"] == "combination", "persons"].sum())
    assert f"n = {total}." in " ".join(registry.notes(rows, one, facts, "en"))
    shares = frame("shares")
    said = " ".join(registry.notes(shares, exhibit("shares"), facts, "en"))
    wave = facts.wave_label(facts.waves[-1], "en")
    for group in facts.groups:
        here = shares[
            (shares["group"] == group) & (shares["fixed"] == 0) & (shares["wave"] == facts.waves[-1])
        ]
        assert f"{int(here['total'].max())} ({wave})" in said
    hidden = shares.assign(total=float("nan"))
    assert "Answers:" not in " ".join(registry.notes(hidden, exhibit("shares"), facts, "en"))


def test_the_three_states_of_an_item_differ_in_grey():
    def light(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    lights = sorted(light(face) for face in MOVED.values())
    assert all((b + 0.05) / (a + 0.05) > 1.8 for a, b in pairwise(lights))


def test_marks_of_neighbouring_panels_do_not_meet():
    shares = {"coverage": 0.95, "type_one": 0.05, "power": 0.1}
    rows = frame("operating").assign(
        label_en="A long name of an outcome", **shares, **{f"{name}_mcse": 0.005 for name in shares}
    )
    figure = registry.draw(rows, exhibit("operating"), material().facts, "en")
    with settings():
        figure.canvas.draw()
        boxes = [
            [
                label.get_window_extent()
                for place, label in zip(axes.get_xticks(), axes.get_xticklabels(), strict=True)
                if axes.get_xlim()[0] <= place <= axes.get_xlim()[1]
            ]
            for axes in figure.axes
        ]
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()][:3] == ["90", "95", "100"]
    for left, right in pairwise(boxes):
        # two millimetres apart
        assert max(box.x1 for box in left) + 8 < min(box.x0 for box in right)
