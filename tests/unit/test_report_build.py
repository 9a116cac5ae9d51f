"""The build: what a fault does to it, what the two forms hold, and that equal input gives equal bytes."""

import base64
import csv
from dataclasses import replace

import pikepdf
import pytest
from lxml import html as parser
from report_samples import picture, sample

from netwerkkracht.core import typesetting
from netwerkkracht.core.errors import StudyError
from netwerkkracht.report.build import build
from netwerkkracht.report.model import Origin


@pytest.fixture(scope="module")
def built():
    report = sample()
    return {lang: build(report, lang) for lang in report.languages}


def page(built, lang):
    return parser.document_fromstring(built[lang].html.decode())


def with_text(old, new, **changes):
    report = sample(**changes)
    text = report.source["report.typ"].decode()
    assert old in text
    return replace(report, source={**report.source, "report.typ": text.replace(old, new).encode()})


def with_figure(**changes):
    report = sample()
    return replace(report, exhibits=(replace(report.exhibits[0], **changes), report.exhibits[1]))


def code_of(report, lang="nl"):
    with pytest.raises(StudyError) as caught:
        build(report, lang)
    return caught.value.findings[0].code


# ---- faults -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("@figure-1", "@figure-9", "R10"),
        ("@koster2021", "@koster2022", "R10"),
        ('#num("p")', '#num("q")', "R10"),
        ('#word("change_word")', '#word("chang_word")', "R10"),
        ("#formula(w(", "#math.equation(block: true, $x$) #formula(w(", "R10"),
        ("<measured>", "<table-1>", "R10"),
        ("== #w(nl: [Wat is gemeten]", "=== #w(nl: [Wat is gemeten]", "R10"),
        ("#checks-box()", '#text(font: "Helvetica Neue")[x] #checks-box()', "R11"),
        ("#checks-box()", "#let g = grid\n#g[weg] #checks-box()", "R11"),
        ("#checks-box()", "#grid[weg] #checks-box()", "R22"),
        ("#glossary", '#[#num("p"); x] #glossary', "R20"),
        ('#exhibit("figure-1")', "", "R10"),
        ('#exhibit("table-1")', '#exhibit("table-9")', "R10"),
        ("niet gelijk gemaakt.", "gelijk gemaakt. Dat leidt tot rust.", "R23"),
        ("Van allen bleef", "Van alle 115 bleef", "R24"),
        (
            "#checks-box()",
            '#if not paged { html.elem("img", attrs: (src: "https://x.test/y.png", alt: "")) } #checks-box()',
            "R14",
        ),
        (
            "#checks-box()",
            '#if not paged { html.elem("script", attrs: (src: "https://cdn.example/x.js")) } #checks-box()',
            "R14",
        ),
    ],
)
def test_a_fault_in_the_text_stops_the_build(old, new, code):
    assert code_of(with_text(old, new)) == code


def test_the_message_names_the_place_in_the_source():
    with pytest.raises(StudyError, match=r"report\.typ:\d+|main\.typ:\d+"):
        build(with_text("@koster2021", "@koster2022"), "nl")


@pytest.mark.parametrize(
    "changes",
    [
        {"alt": {}},
        {"alt": {"nl": " ", "en": " "}},
        {"alt": {"nl": "Verzonnen cijfers.", "en": "Invented figures."}},
        {"pictures": {}},
        {"data": b""},
        {"id": "figure-2"},
    ],
)
def test_a_fault_in_an_exhibit_stops_the_build(changes):
    assert code_of(with_figure(**changes)) in {"R10", "R12"}


def test_an_exhibit_that_the_text_forgets_stops_the_build():
    report = with_text('#exhibit("table-1")', "")
    text = report.source["report.typ"].decode().replace(" en @table-1", "").replace(" and @table-1", "")
    assert code_of(replace(report, source={**report.source, "report.typ": text.encode()})) == "R12"


def test_exhibits_in_another_order_than_their_numbers_stop_the_build():
    report = sample()
    second = replace(report.exhibits[0], id="figure-2")
    text = report.source["report.typ"].decode()
    text = text.replace('#exhibit("figure-1")', '#exhibit("figure-2")\n#exhibit("figure-1")')
    changed = replace(
        report, exhibits=(*report.exhibits, second), source={**report.source, "report.typ": text.encode()}
    )
    assert code_of(changed) == "R12"


def test_a_bare_particle_in_the_bibliography_stops_the_build():
    report = sample()
    bib = report.source["references.bib"].replace(b"{van den Berg}, Pieter", b"van den Berg, Pieter")
    assert code_of(replace(report, source={**report.source, "references.bib": bib})) == "R21"


# ---- what the page holds ----------------------------------------------------------------------------------


def test_two_builds_are_equal(built):
    again = build(sample(), "nl")
    assert (again.html, again.pdf) == (built["nl"].html, built["nl"].pdf)


def test_the_name_with_particle_is_cited_whole(built):
    assert "van den Berg" in built["nl"].html.decode()


def test_both_languages_have_the_same_anchors_and_keys(built):
    def shape(lang):
        tree = page(built, lang)
        ids = [one for one in tree.xpath("//@id") if not one.startswith("loc-")]
        return ids, tree.xpath("//@data-key")

    assert shape("nl") == shape("en")


def test_each_language_says_which_it_is(built):
    assert page(built, "nl").get("lang") == "nl"
    assert page(built, "en").get("lang") == "en"
    assert "Wie doet mee" not in built["en"].html.decode()
    assert "Who takes part" not in built["nl"].html.decode()


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_every_number_is_printed_as_stored_and_leads_to_its_origin(built, lang):
    tree = page(built, lang)
    store = sample().numbers
    links = tree.xpath("//a[@data-key]")
    assert len(links) == 7
    for link in links:
        key = link.get("data-key")
        assert link.text_content() == store[key].text[lang]
        assert link.get("href") == f"#prov-{key}"
        (entry,) = tree.xpath(f"//*[@id='prov-{key}']")
        assert entry.xpath(".//strong")[0].text == store[key].text[lang]


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_no_request_leaves_the_page(built, lang):
    text = built[lang].html.decode()
    tree = page(built, lang)
    sources = tree.xpath("//@src | //link/@href | //@srcset | //object/@data | //iframe/@src")
    assert all(source.startswith("data:") for source in sources)
    assert "url(" not in "".join(tree.xpath("//style/text()"))
    assert "fetch(" not in text
    assert "@import" not in text
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert "unsafe" not in policy
    assert not tree.xpath("//@style | //@onclick | //@onload")


def test_what_comes_from_files_is_escaped(built):
    assert page(built, "nl").xpath("//td[contains(., 'gok, zie <b>')]")
    assert "{{" not in built["nl"].html.decode()


def test_labels_that_try_to_break_out_stay_text():
    nasty = '"><img src=x onerror=alert(1)><script>alert(1)</script>{{7*7}}#let x'
    report = with_figure(title={"nl": nasty, "en": nasty})
    tree = parser.document_fromstring(build(report, "nl").html.decode())
    assert not tree.xpath("//img[@src='x']")
    assert len(tree.xpath("//script")) == 1
    assert "{{7*7}}#let x" in tree.xpath("//figure[@id='figure-1']/figcaption")[0].text_content()


def test_figures_have_words_data_and_a_citation(built):
    figure = page(built, "en").xpath("//figure[@id='figure-1']")[0]
    alt = figure.xpath(".//img/@alt")[0]
    assert alt.startswith("Bars of five groups")
    assert alt not in figure.find("figcaption").text_content()
    link = figure.xpath(".//a[@download]")[0]
    assert link.get("download") == "figure-1.csv"
    assert link.get("href").startswith("data:text/csv")
    assert "[Figure\u00a01, synthetic data]" in figure.xpath(".//*[@class='cite']")[0].text_content()


def test_tables_have_headings_and_a_name(built):
    figure = page(built, "nl").xpath("//figure[@id='table-1']")[0]
    assert figure[0].tag == "figcaption"
    assert figure.xpath(".//th[@scope='colgroup']/text()|.//th[@scope='colgroup']//text()") == ["Groep"]
    assert len(figure.xpath(".//th[@scope='col']")) == 3
    assert len(figure.xpath(".//th[@scope='row']")) == 2
    assert len(figure.xpath(".//th[@scope='rowgroup']")) == 1
    region = figure.xpath(".//div[@role='region']")[0]
    assert region.get("aria-label").startswith("Tabel\u00a01")


def test_the_synthetic_mark_is_everywhere_and_only_on_synthetic_data(built):
    tree = page(built, "nl")
    assert "synthetische gegevens" in tree.xpath("//title/text()")[0]
    assert tree.xpath("//*[@class='banner']")
    assert tree.xpath("//header//*[@class='mark']")
    real = sample()
    html = build(replace(real, meta=replace(real.meta, synthetic=False)), "nl").html.decode()
    assert "synthetische" not in html


def test_the_formula_and_the_contents_arrive(built):
    tree = page(built, "nl")
    assert len(tree.xpath("//math")) == 1
    assert [a.text for a in tree.xpath("//nav//a[starts-with(@href, '#')]")][:2] == [
        "1 Wie doet mee",
        "2 Controles",
    ]


def test_an_exhibit_leads_through_its_steps_to_the_lines_of_code():
    made = {
        "reports/figures/figure-1.csv": ("figure", "figure-1", ("a.csv",), "src/netwerkkracht/x.py:3-9 draw"),
        "a.csv": ("exhibit", "figure-1", ("panel.csv", "raw.sav"), "src/netwerkkracht/x.py:11-20 data"),
        "panel.csv": ("harmonise", "", ("raw.sav",), "src/netwerkkracht/y.py:1-2 harmonise"),
    }
    origins = {
        path: Origin(
            path, rule, f"netwerkkracht {rule}", "ab" * 32, dict.fromkeys(inputs, "cd" * 32), item, (line,)
        )
        for path, (rule, item, inputs, line) in made.items()
    }
    tree = parser.document_fromstring(build(sample(origins=origins), "en").html.decode())
    foot = tree.xpath("//figure[@id='figure-1']//details[.//code[text()='reports/figures/figure-1.csv']]")[0]
    names = ["step-harmonise", "step-exhibit-figure-1", "step-figure-figure-1"]
    assert foot.xpath(".//a/@href") == [f"#{name}" for name in names]
    said = foot.text_content()
    assert "x.py:11-20 data" in said
    assert "x.py:3-9 draw" in said
    for name, line in zip(names, ("y.py:1-2", "x.py:11-20", "x.py:3-9"), strict=True):
        assert line in tree.xpath(f"//li[@id='{name}']")[0].text_content()
    inputs = tree.xpath("//li[@id='step-exhibit-figure-1']//a/@href")
    assert inputs == ["#step-harmonise"]  # what was received has no step


# ---- what the PDF holds -----------------------------------------------------------------------------------


def opened(tmp_path, content):
    path = tmp_path / "report.pdf"
    path.write_bytes(content)
    return pikepdf.open(path)


def test_the_pdf_is_tagged_archivable_and_says_its_language(built, tmp_path):
    with opened(tmp_path, built["nl"].pdf) as pdf:
        assert str(pdf.Root.Lang) == "nl-NL"
        assert bool(pdf.Root.MarkInfo.Marked)
        with pdf.open_metadata() as metadata:
            assert metadata["pdfaid:part"] == "3"
            assert metadata["pdfaid:conformance"] == "A"
            assert metadata["pdfuaid:part"] == "1"


def test_the_pdf_carries_its_data(built, tmp_path):
    with opened(tmp_path, built["en"].pdf) as pdf:
        names = {name.rsplit("/", 1)[-1] for name in pdf.attachments}
        assert names == {"figure-1.csv", "table-1.csv", "numbers.json"}
        held = {
            name.rsplit("/", 1)[-1]: pdf.attachments[name].get_file().read_bytes() for name in pdf.attachments
        }
    assert held["figure-1.csv"] == sample().exhibits[0].data


def structure(node, found):
    if isinstance(node, pikepdf.Array):
        for item in node:
            structure(item, found)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        found.append((str(node.S), str(node.get("/Alt", ""))))
        structure(node.get("/K", pikepdf.Array()), found)
    return found


def test_figures_and_formulas_in_the_pdf_have_words(built, tmp_path):
    with opened(tmp_path, built["en"].pdf) as pdf:
        parts = structure(pdf.Root.StructTreeRoot.K, [])
    named = {kind: [alt for part, alt in parts if part == kind and alt] for kind in ("/Figure", "/Formula")}
    assert any(alt.startswith("Bars of five") for alt in named["/Figure"])
    assert named["/Formula"] == ["y equals mu plus u"]
    assert sum(kind == "/TH" for kind, _ in parts) >= 6


def test_only_fonts_of_the_package_are_used(built, tmp_path):
    with opened(tmp_path, built["nl"].pdf) as pdf:
        fonts = {
            str(obj.FontName)
            for obj in pdf.objects
            if isinstance(obj, pikepdf.Dictionary) and "/FontName" in obj
        }
    assert fonts
    assert all("NotoSans" in font or "Math" in font for font in fonts)


def test_a_picture_of_another_size_still_fits():
    assert build(with_figure(pictures={"nl": picture(900), "en": picture(900)}), "nl").pdf


def test_a_label_of_another_script_does_not_stop_the_pdf():
    """An emoji in one label of a file stopped the whole report at a line of our own library."""
    label = "plezier 😀, مرحبا, 漢字, Ægir, x ≥ 2"
    made = build(with_figure(title={"nl": label, "en": label}), "nl")
    assert label in made.html.decode("utf-8")
    assert made.pdf.startswith(b"%PDF")
    assert (
        typesetting.displayable(label)
        == "plezier \ufffd, \ufffd\ufffd\ufffd\ufffd\ufffd, \ufffd\ufffd, Ægir, x ≥ 2"
    )


def test_a_list_to_take_along_holds_nothing_that_a_spreadsheet_computes():
    report = sample()
    cells = {"=1+1": "'=1+1", "@SUM(A1)": "'@SUM(A1)", "+31 10": "'+31 10", "-": "'-", "a=1": "a=1", "": ""}
    made = {
        name: {
            lang: {
                **spec,
                "columns": [{"text": "w", "numeric": False}, {"text": "n", "numeric": True}],
                "rows": [{"level": 1, "cells": [cell, "-1"]} for cell in cells],
            }
            for lang, spec in by_lang.items()
        }
        for name, by_lang in report.tables.items()
    }
    text = build(replace(report, tables=made), "nl").html.decode()
    (link,) = parser.document_fromstring(text).xpath("//figure[@id='list-assumed']//a[@download]/@href")
    lines = list(csv.reader(base64.b64decode(link.partition(",")[2]).decode().splitlines()))
    assert lines == [["w", "n"], *([shown, "-1"] for shown in cells.values())]
