"""Each way in which a report could quietly go wrong turns the build or the verification red, by its code."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from report_samples import sample, table

from netwerkkracht.core import io
from netwerkkracht.core.errors import StudyError
from netwerkkracht.provenance.fingerprint import sha256
from netwerkkracht.report import assets, proof
from netwerkkracht.report.build import build
from netwerkkracht.run.steps.verify import page_lines, verdict_lines

EXHIBITS = ["figure-1", "figure-2", "table-1"]


def two_figures():
    """Return the sample with a second figure, so that there is an order to change."""
    report = sample()
    second = replace(
        report.exhibits[0],
        id="figure-2",
        path="reports/figures/figure-2.csv",
        data=b"group,n\na,1\nb,2\n",
        title={"nl": "Nog een keer", "en": "Once more"},
    )
    text = report.source["report.typ"].decode()
    text = text.replace('#exhibit("figure-1")', '#exhibit("figure-1")\n\n#exhibit("figure-2")')
    return replace(
        report,
        exhibits=(report.exhibits[0], second, report.exhibits[1]),
        source={**report.source, "report.typ": text.encode()},
    )


def released_table(lang):
    """Return the sample's table as the page that is released beside its CSV."""
    given = table(lang)

    def row(cells, tag="td"):
        return "<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>"

    head = row([span["text"] for span in given["spans"]]) + row(
        [column["text"] for column in given["columns"]]
    )
    body = "".join(row(line["cells"][:1] if line["level"] == 0 else line["cells"]) for line in given["rows"])
    return f"<table><thead>{head}</thead><tbody>{body}</tbody></table>"


@pytest.fixture(scope="module")
def built():
    report = two_figures()
    return report, {lang: build(report, lang).html.decode() for lang in ("nl", "en")}


@pytest.fixture
def run(built, tmp_path, monkeypatch):
    """A finished run of the sample: released files, manifest and expected numbers."""
    report, pages = built
    monkeypatch.chdir(tmp_path)
    for folder in ("reports", "reports/reference"):
        for exhibit in report.exhibits:
            io.write_bytes(tmp_path / exhibit.path.replace("reports", folder, 1), exhibit.data)
        io.write_json(tmp_path / folder / "numbers.json", report.numbers.to_json())
    for lang, page in pages.items():
        io.write_text(tmp_path / f"reports/tables/table-1.{lang}.html", released_table(lang))
        io.write_text(tmp_path / f"reports/report.{lang}.html", page)
    inside = [
        path for path in (tmp_path / "reports").rglob("*") if path.is_file() and "reference" not in path.parts
    ]
    files = {path.relative_to(tmp_path).as_posix(): {"sha256": sha256(path)} for path in inside}
    io.write_json(tmp_path / "reports/manifest.json", {"files": files})
    return tmp_path / "reports"


def said():
    """Return all that the verification says: of the pages, then of files and numbers."""
    lines, passed = verdict_lines(EXHIBITS, Path("reports/reference"), quiet=True)
    pages = page_lines(EXHIBITS, ("nl", "en"), synthetic=True)
    return [*pages, *([] if passed else lines)]


def edit(path, before, after):
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def test_an_untouched_run_has_nothing_to_say(run):
    assert said() == []


def change_a_number(run):
    numbers = json.loads((run / "numbers.json").read_text(encoding="utf-8"))
    numbers["n_all"] |= {"raw": 116, "nl": "116", "en": "116"}
    io.write_json(run / "numbers.json", numbers)


def swap_labels_on_the_page(run):
    path = run / "report.en.html"
    text = path.read_text(encoding="utf-8")
    head = re.search(
        r"<th[^>]*>(?:<strong>)?A(?:</strong>)?</th>\s*<th[^>]*>(?:<strong>)?B(?:</strong>)?</th>", text
    )[0]
    path.write_text(
        text.replace(head, head.replace(">A<", ">?<").replace(">B<", ">A<").replace(">?<", ">B<"))
    )


def swap_labels_in_the_data(run):
    (run / "figures/figure-1.csv").write_bytes(b"group,n\nb,55\na,60\n")


def drop_an_alt(run):
    edit(
        run / "report.nl.html", 'alt="Staven van vijf groepen: van klein naar groot in het midden."', 'alt=""'
    )


def delete_a_csv(run):
    (run / "figures/figure-2.csv").unlink()


def reorder_figures(run):
    path = run / "report.nl.html"
    text = path.read_text(encoding="utf-8")
    first, second = (
        re.search(rf'<figure id="{name}".*?</figure>', text, re.DOTALL)[0] for name in EXHIBITS[:2]
    )
    path.write_text(text.replace(first, "¤").replace(second, first).replace("¤", second), encoding="utf-8")


def remove_the_banner(run):
    path = run / "report.en.html"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        re.sub(r'<div class="banner".*?</div>', "", text, count=1, flags=re.DOTALL), encoding="utf-8"
    )


def leave_dutch_in_english(run):
    edit(
        run / "report.en.html",
        "These groups were not made equal.",
        "Deze groepen zijn niet gelijk aan het begin van de meting.",
    )


def point_nowhere(run):
    edit(run / "report.en.html", 'href="#figure-1"', 'href="#figure-7"')


def add(what):
    return lambda run: edit(run / "report.nl.html", "</head>", f"{what}</head>")


AFTERWARDS = {
    "a number in the JSON": (change_a_number, "R16", "reports/numbers.json: not the file that the run made"),
    "group labels on the page": (swap_labels_on_the_page, "R18", "reports/report.en.html: not the file"),
    "group labels in the data": (swap_labels_in_the_data, "R12", "figure-1: differs"),
    "a dropped alt": (drop_an_alt, "R12", "reports/report.nl.html: not the file"),
    "a deleted CSV": (delete_a_csv, "R12", "figure-2: missing"),
    "a style sheet from a CDN": (
        add('<link rel="stylesheet" href="https://cdn.example/x.css">'),
        "R14",
        "not the file",
    ),
    "a script from a CDN": (add('<script src="https://cdn.example/x.js"></script>'), "R14", "not the file"),
    "a font from a CDN": (add("<style>@import 'https://cdn.example/x.css';</style>"), "R14", "not the file"),
    "figures in another order": (reorder_figures, "R12", "reports/report.nl.html: not the file"),
    "no banner": (remove_the_banner, "R15", "reports/report.en.html: not the file"),
    "English left in Dutch": (leave_dutch_in_english, "R17", "reports/report.en.html: not the file"),
    "a link to nowhere": (point_nowhere, "R13", "reports/report.en.html: not the file"),
}


@pytest.mark.parametrize("name", AFTERWARDS)
def test_a_change_after_the_run_is_found_by_its_content_and_by_its_hash(run, name):
    mutate, code, verdict = AFTERWARDS[name]
    mutate(run)
    found = said()
    assert any(f"({code})" in line for line in found), found
    assert any(verdict in line for line in found), found


def in_source(old, new, file="report.typ"):
    def mutate(report, _):
        text = report.source[file].decode()
        assert old in text
        return replace(report, source={**report.source, file: text.replace(old, new, 1).encode()})

    return mutate


def without_words(report, _):
    return replace(report, exhibits=(replace(report.exhibits[0], alt={}), *report.exhibits[1:]))


def without_data(report, _):
    return replace(report, exhibits=(replace(report.exhibits[0], data=b""), *report.exhibits[1:]))


def without_banner(report, monkeypatch):
    text = assets.text
    monkeypatch.setattr(
        assets,
        "text",
        lambda name: (
            text(name).replace('class="banner"', 'class="hidden"') if "shell" in name else text(name)
        ),
    )
    return report


def other_number(report, monkeypatch):
    text = assets.text
    said = "let shown = known(key)"
    assert said in text("lib.typ")
    monkeypatch.setattr(
        assets,
        "text",
        lambda name: text(name).replace(said, said + ' + "0"') if name == "lib.typ" else text(name),
    )
    return report


BEFOREHAND = {
    "a number printed as another": (other_number, "R16"),
    "a dropped alt": (without_words, "R12"),
    "no data": (without_data, "R12"),
    "something from a CDN": (
        in_source(
            "#checks-box()",
            '#if not paged { html.elem("script", attrs: (src: "https://cdn.example/x.js")) }\n#checks-box()',
        ),
        "R14",
    ),
    "figures in another order": (
        in_source(
            '#exhibit("figure-1")\n\n#exhibit("figure-2")', '#exhibit("figure-2")\n\n#exhibit("figure-1")'
        ),
        "R12",
    ),
    "a swallowed semicolon": (in_source("#glossary", '#[#num("p"); x] #glossary'), "R20"),
    "an unbraced particle": (
        in_source("{van den Berg}, Pieter", "van den Berg, Pieter", "references.bib"),
        "R21",
    ),
    "no banner": (without_banner, "R15"),
    "English left in Dutch": (
        in_source(
            "#en[These groups were not made equal.",
            "#en[Deze groepen zijn niet gelijk aan het begin van de meting.",
        ),
        "R17",
    ),
}


@pytest.mark.parametrize("name", BEFOREHAND)
def test_a_fault_put_in_stops_the_build(name, monkeypatch):
    mutate, code = BEFOREHAND[name]
    report = mutate(two_figures(), monkeypatch)
    with pytest.raises(StudyError) as caught:
        [build(report, lang) for lang in ("en", "nl")]
    assert code in {finding.code for finding in caught.value.findings}


def test_real_data_never_carry_the_banner(built):
    report, pages = built
    known = proof.Known("nl", False, {number.key: number.text["nl"] for number in report.numbers}, {
        exhibit.id: exhibit.data for exhibit in report.exhibits
    })  # fmt: skip
    assert {finding.code for finding in proof.faults(pages["nl"], known)} == {"R15"}
