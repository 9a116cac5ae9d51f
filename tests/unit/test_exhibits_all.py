"""What holds for every kind of exhibit."""

import io as stdio
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest
from exhibit_cases import MODELS, OPTIONS, exhibit, material
from exhibit_cases import frame as made_of
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image, ImageFilter

from netwerkkracht.core import io
from netwerkkracht.core.errors import StudyError
from netwerkkracht.exhibits import registry
from netwerkkracht.exhibits.save import PNG_DPI, png_bytes, svg_bytes
from netwerkkracht.exhibits.style import new_figure, settings
from netwerkkracht.exhibits.table_model import to_html, to_typst

FIGURES = [kind for kind in OPTIONS if registry.kind_of(kind).form == "figure"]
TABLES = [kind for kind in OPTIONS if registry.kind_of(kind).form == "table"]


def through_csv(kind, frame, folder):
    path = folder / f"{kind}.csv"
    io.write_csv(path, frame)
    return io.read_csv(path, text=registry.kind_of(kind).text)


def test_every_kind_has_a_case():
    assert set(OPTIONS) == set(registry.modules())


@pytest.mark.parametrize("kind", FIGURES)
def test_figure_is_the_same_from_its_csv_and_on_a_second_run(kind, tmp_path):
    one, facts = exhibit(kind), material().facts
    frame = made_of(one.kind)
    back = through_csv(kind, frame, tmp_path)
    first = svg_bytes(registry.draw(frame, one, facts, "nl"))
    assert first == svg_bytes(registry.draw(back, one, facts, "nl"))
    assert b"<dc:date>" not in first
    assert b"<text" not in first
    again = registry.make_data(one, material())
    assert io.csv_text(list(again.columns), again.itertuples(index=False)) == io.csv_text(
        list(frame.columns), frame.itertuples(index=False)
    )


@pytest.mark.parametrize("noise", [-1e-14, 1e-14])
def test_equal_specifications_stand_as_declared_whatever_the_last_bits_say(noise, monkeypatch):
    from netwerkkracht.analysis.missing import curve

    real = curve.specification_curve

    def noisy(*args, **words):
        made = real(*args, **words)
        estimates = ([0.5, 0.25 + noise, 0.25, np.nan] * len(made))[: len(made)]
        return made.assign(estimate=estimates, p=range(len(made)))

    monkeypatch.setattr(curve, "specification_curve", noisy)
    made = registry.make_data(exhibit("specification"), material())
    equal = made[made["estimate"] == 0.25]
    assert len(equal) >= 2
    assert equal["p"].is_monotonic_increasing
    assert made["estimate"].dropna().is_monotonic_increasing


@pytest.mark.parametrize("kind", FIGURES)
def test_no_person_stands_in_an_exhibit(kind):
    frame = made_of(kind)
    people = set(material().panel["pid"])
    assert "pid" not in frame.columns
    for name in frame.columns:
        assert not people & set(frame[name].astype(str))


@pytest.mark.parametrize("kind", FIGURES)
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_alt_text_speaks_for_the_figure(kind, lang):
    one = exhibit(kind)
    frame = made_of(one.kind)
    text = registry.alt_text(frame, one, material().facts, lang)
    assert 30 <= len(text) <= 300
    assert text != one.title[lang]
    other = registry.alt_text(frame, one, material().facts, "en" if lang == "nl" else "nl")
    assert text != other


@pytest.mark.parametrize("kind", FIGURES)
def test_figure_says_how_to_read_it(kind):
    one, facts = exhibit(kind), material().facts
    lines = {lang: registry.notes(made_of(kind), one, facts, lang) for lang in ("nl", "en")}
    assert all(lines["en"])
    assert lines["nl"][0] != lines["en"][0]
    own = exhibit(kind, notes=[{"nl": "ja", "en": "yes"}])
    assert registry.notes(made_of(kind), own, facts, "nl")[-1] == "ja"


def words_in(figure):
    return [text.get_text() for text in figure.findobj(lambda item: hasattr(item, "get_text"))]


@pytest.mark.parametrize("kind", FIGURES)
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_text_says_synthetic_and_lies_inside_the_figure(kind, lang):
    one = exhibit(kind)
    figure = registry.draw(made_of(one.kind), one, material().facts, lang)
    svg_bytes(figure)
    marks = {"nl": "synthetische gegevens", "en": "synthetic data"}
    assert marks[lang] in words_in(figure)
    # inches around everything that is drawn; a label cut at the page's edge would lie outside
    box, (width, height) = figure.get_tightbbox(), figure.get_size_inches()
    assert box.x0 >= -0.02
    assert box.y0 >= -0.02
    assert box.x1 <= width + 0.02
    assert box.y1 <= height + 0.02


@pytest.mark.parametrize("kind", TABLES)
def test_table_renders_in_all_forms_from_its_csv(kind, tmp_path):
    one, facts = exhibit(kind), material().facts
    frame = made_of(one.kind)
    made = registry.table(through_csv(kind, frame, tmp_path), one, facts)
    assert to_html(made, "nl") == to_html(registry.table(frame, one, facts), "nl")
    width = len(made.columns)
    for lang in ("nl", "en"):
        assert all(len(row) == width for row in made.cells(lang))
        tree = ET.fromstring(to_html(made, lang))
        assert tree.find("caption").text == one.title[lang]
        assert len(to_typst(made, lang)["rows"]) == len(made.rows)
    flat = " ".join(" ".join(row) for row in made.cells("nl"))
    assert not re.search(r"\d\.\d", flat.replace("visit", "")), "a decimal point in Dutch"
    assert not re.search(r"nan|None", flat)


@pytest.mark.parametrize("kind", TABLES)
def test_the_notes_of_the_study_stand_once_under_every_table(kind):
    own, facts = exhibit(kind, notes=[{"nl": "ja", "en": "yes"}]), material().facts
    for lang, said in (("nl", "ja"), ("en", "yes")):
        assert registry.table(made_of(kind), own, facts).note_lines(lang).count(said) == 1


@pytest.mark.parametrize("kind", FIGURES)
def test_real_data_are_not_called_synthetic(kind):
    real = replace(material().facts, synthetic=False)
    assert "synthetic data" not in words_in(registry.draw(made_of(kind), exhibit(kind), real, "en"))


def test_hostile_labels_are_escaped():
    one = replace(exhibit("baseline"), title={"nl": "<script>", "en": '"><img'})
    made = registry.table(made_of(one.kind), one, material().facts)
    assert "<script>" not in to_html(made, "nl")
    assert "<img" not in to_html(made, "en")


def test_unknown_kind_and_missing_option_are_named():
    with pytest.raises(StudyError, match=r"E01[\s\S]*did you mean 'forest'"):
        registry.kind_of("forrest")
    with pytest.raises(StudyError, match=r"E02[\s\S]*variable"):
        exhibit("distribution", {})


def test_pixels_have_the_size_of_the_page_and_no_software_name():
    one = exhibit("distribution")
    figure = registry.draw(made_of(one.kind), one, material().facts, "nl")
    data = png_bytes(svg_bytes(figure))
    assert b"Software" not in data
    picture = Image.open(stdio.BytesIO(data))
    picture.verify()
    assert picture.info["dpi"] == pytest.approx((PNG_DPI, PNG_DPI), abs=0.01)
    # a started pixel counts whole
    inches = np.asarray(figure.get_size_inches())
    assert np.all(np.abs(np.asarray(picture.size) - inches * PNG_DPI) <= 1)


@pytest.mark.parametrize("high", [269.3, 310.110236, 182.5, 485.489764, 600.2])
def test_no_row_or_column_of_pixels_is_lost(high):
    wide = 453.543307
    side = min(wide, high)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}pt" height="{high}pt"'
    line = f'<path d="M 0 0 L {side} {side}" stroke="black" stroke-width="3"/>'
    made = png_bytes(f'{head} viewBox="0 0 {wide} {high}">{line}</svg>'.encode())
    dark = 255 - np.asarray(Image.open(stdio.BytesIO(made)).convert("L")).astype(float)
    inner = dark[20 : int(side * PNG_DPI / 72) - 20]
    # a slanting line goes on by one pixel in every row
    places = (inner * np.arange(inner.shape[1])).sum(axis=1) / inner.sum(axis=1)
    assert np.abs(np.diff(places) - 1).max() < 0.5


def test_a_mark_of_the_vertical_axis_stands_beside_its_place():
    with settings():
        figure = new_figure(40)
        axes = figure.add_subplot()
        axes.set(xticks=[], yticks=[0.5], yticklabels=["0"], ylim=(0, 1))
        axes.spines[:].set_visible(False)
        picture = Image.open(stdio.BytesIO(png_bytes(svg_bytes(figure)))).convert("L")
    dark = np.asarray(picture) < 128
    used = np.flatnonzero(dark.any(axis=0))
    gap = used[np.argmax(np.diff(used) > 1)] + 1
    digit, mark = (np.flatnonzero(part.any(axis=1)).mean() for part in (dark[:, :gap], dark[:, gap:]))
    assert abs(digit - mark) < 1.5


def ink_missing(of, other):
    """Count the dark pixels of one picture that have none near them in the other: more than 3 pixels off."""
    near = np.asarray(other.filter(ImageFilter.MinFilter(7))) < 225
    return int(((np.asarray(of) < 200) & ~near).sum())


@pytest.mark.parametrize("kind", FIGURES)
def test_pixels_show_what_the_vectors_show(kind):
    figure = registry.draw(made_of(kind), exhibit(kind), material().facts, "en")
    seen = Image.open(stdio.BytesIO(png_bytes(svg_bytes(figure)))).convert("L")
    # the other way to pixels, which aligns lines with them unless told not to
    for artist in figure.findobj():
        artist.set_snap(False)
    canvas = FigureCanvasAgg(figure)
    figure.dpi = PNG_DPI
    with settings():
        canvas.draw()
    drawn = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("L").resize(seen.size)
    assert (np.asarray(drawn) < 200).sum() > 5000
    assert ink_missing(drawn, seen) == 0
    assert ink_missing(seen, drawn) == 0


def test_models_of_the_case_are_fitted():
    assert set(material().models) == set(MODELS)
    assert material().models["load_main"].ok


def test_the_sensitivity_table_stands_in_units_of_the_outcome():
    found, facts = material(), material().facts
    units = found.models["load_poisson"].contrast("change", "b", "response")
    rows = made_of("sensitivity").set_index("model")
    assert rows.loc["load_poisson", "estimate"] == pytest.approx(units["estimate"])
    printed = {
        kind: "".join(row[1]["en"] for row in registry.table(made_of(kind), exhibit(kind), facts).rows)
        for kind in ("sensitivity", "multiplicity")
    }
    # ratios only where every line is a test of its own outcome
    assert "RR" not in printed["sensitivity"]
    assert "OR" in printed["multiplicity"]
