"""The report of a finished run as a reader gets it: text and structure of the PDF against page and numbers.

NK_RUN names the folder of the run. NK_RENEW=1 writes the golden texts anew instead of comparing with them.
"""

import difflib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest
from lxml import html as parser
from project import ROOT, surroundings

from netwerkkracht.provenance.records import read_records
from netwerkkracht.report import workings
from netwerkkracht.run.picture import edges_of

pytestmark = [pytest.mark.workflow, pytest.mark.slow]
GOLDEN = ROOT / "tests" / "golden"
LANGUAGES = ("nl", "en")
# the text of a page without its head and foot, in points of an A4
FRAME = ["-x", "0", "-y", "66", "-W", "596", "-H", "712"]
NUMBER = re.compile(r"[−+<>]?\s?\d+(?:[.,:\-]\d+)*%?")
# parts of the text that belong to one run, or that the codebook fills
CUT = (
    ("checks", "appendices"),
    ("assumptions", "workflow"),
    ("environment", "provenance"),
    ("provenance", None),
)
DIGEST = re.compile(r"\b(?=[a-f]*\d)[0-9a-f]{12,64}\b")


@pytest.fixture(scope="module")
def finished():
    folder = Path(os.environ.get("NK_RUN") or ROOT).resolve()
    if not (folder / "reports" / "report.nl.pdf").is_file():
        pytest.skip("needs a finished run: NK_RUN=FOLDER")
    return folder


@pytest.fixture(scope="module")
def pages(finished):
    return {lang: parser.parse(str(finished / f"reports/report.{lang}.html")).getroot() for lang in LANGUAGES}


@pytest.fixture(scope="module")
def numbers(finished):
    return json.loads((finished / "reports" / "numbers.json").read_text(encoding="utf-8"))


def text_of(finished, lang, *options):
    if shutil.which("pdftotext") is None:
        pytest.skip("needs pdftotext (poppler-utils)")
    path = finished / "reports" / f"report.{lang}.pdf"
    done = subprocess.run(
        ["pdftotext", "-enc", "UTF-8", *options, str(path), "-"], capture_output=True, check=True
    )
    return done.stdout.decode("utf-8")


def solid(text):
    """Return a text without what depends on where lines break."""
    return re.sub(r"[\s\u00ad\u2060\u200b]", "", text)


def test_both_languages_use_the_same_numbers_as_often(pages):
    used = {lang: sorted(page.xpath("//a/@data-key")) for lang, page in pages.items()}
    assert used["nl"] == used["en"]
    assert used["nl"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_prints_each_number_as_stored_and_uses_each(pages, numbers, lang):
    links = pages[lang].xpath("//a[@data-key]")
    assert {link.get("data-key") for link in links} <= set(numbers)
    for link in links:
        assert link.text_content() == numbers[link.get("data-key")][lang]
    listed = {entry.get("id") for entry in pages[lang].xpath("//li[starts-with(@id, 'prov-')]")}
    assert listed == {f"prov-{key}" for key in numbers}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_passage_with_a_number_stands_in_the_pdf_word_for_word(finished, pages, lang):
    text = solid(text_of(finished, lang, *FRAME))
    passages = pages[lang].xpath("//main//*[self::p or self::li or self::dd][.//a[@data-key]]")
    seen = set()
    for passage in passages:
        if passage.xpath("ancestor::*[@class='provenance']"):
            continue
        for link in passage.xpath(".//a[@data-key]"):
            seen.add(link.get("data-key"))
        for sentence in re.split(r"(?<=[.!?:])\s", "".join(passage.itertext())):
            assert solid(sentence) in text, sentence
    assert seen >= set(pages[lang].xpath("//main//p//a/@data-key"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_list_of_origins_in_the_pdf_gives_each_number_its_value(finished, numbers, lang):
    text = solid(text_of(finished, lang, *FRAME))
    wrong = [key for key, number in numbers.items() if solid(key + number[lang]) not in text]
    assert wrong == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_of_the_pdf_says_that_the_data_are_synthetic(finished, lang):
    mark = {"nl": "SYNTHETISCHE GEGEVENS", "en": "SYNTHETIC DATA"}[lang]
    sheets = text_of(finished, lang, "-layout").split("\f")[:-1]
    assert len(sheets) > 20
    assert all(mark in sheet.strip().splitlines()[0] for sheet in sheets)
    banner = {"nl": "Synthetische gegevens.", "en": "Synthetic data."}[lang]
    assert banner in sheets[0]


def parts(node, found):
    if isinstance(node, pikepdf.Array):
        for item in node:
            parts(item, found)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        found.append((str(node.S), str(node.get("/Alt", ""))))
        parts(node.get("/K", pikepdf.Array()), found)
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_figure_and_formula_of_the_pdf_has_the_words_of_the_page(finished, pages, lang):
    with pikepdf.open(finished / "reports" / f"report.{lang}.pdf") as pdf:
        tree = parts(pdf.Root.StructTreeRoot.K, [])
        names = {name.rsplit("/", 1)[-1] for name in pdf.attachments}
    pictures = pages[lang].xpath("//main//img/@alt")
    told = [alt for kind, alt in tree if kind == "/Figure" and alt]
    assert sorted(told) == sorted(pictures)
    formulas = [alt for kind, alt in tree if kind == "/Formula"]
    assert formulas
    assert all(formulas)
    exhibits = {name for name in pages[lang].xpath("//figure/@id") if re.match(r"(?:figure|table)-\d", name)}
    assert names >= {f"{name}.csv" for name in exhibits} | {"numbers.json"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_environment_lists_what_was_received_and_nothing_that_was_made(finished, pages, lang):
    cells = pages[lang].xpath("//figure[@id='list-environment']//tbody//td/text()")
    names = pages[lang].xpath("//figure[@id='list-environment']//tbody//th//text()")
    assert sum(re.fullmatch(r"[0-9a-f]{64}", cell) is not None for cell in cells) >= 10
    assert not [name for name in names if name.startswith(("results/", "reports/"))]
    assert not [text for text in (*cells, *names) if text.startswith("/") or str(finished) in text]


def heading(page, name):
    return page.xpath(f"string(//*[@id='{name}'])").strip()


def last_line(lines, text):
    """Return where a line stands, the table of contents left aside."""
    return max(at for at, line in enumerate(lines) if line.strip() == text)


def masked(text, page):
    """Return the text of a report without numbers, and without the parts that are no text."""
    lines = [line.rstrip() for line in text.replace("\f", "\n").splitlines()]
    for first, last in CUT:
        titles = [
            heading(page, first),
            heading(page, last) if last else page.xpath("string((//main//h2)[last()])").strip(),
        ]
        start, end = (last_line(lines, title) for title in titles)
        lines[start + 1 : end] = []
    said = []
    for line in lines:
        plain = NUMBER.sub("#", DIGEST.sub("#", line.replace("\u00ad", "-")))
        plain = re.sub(r"(?: \.){3,}", " …", re.sub(r"\s{2,}", "  ", plain)).strip()
        said += [plain] if plain else []
    return "\n".join(said) + "\n"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_text_is_the_golden_one_but_for_numbers(finished, pages, lang):
    found = masked(text_of(finished, lang, "-layout", *FRAME), pages[lang])
    path = GOLDEN / f"report.{lang}.txt"
    if os.environ.get("NK_RENEW"):
        path.write_text(found, encoding="utf-8")
    wanted = path.read_text(encoding="utf-8")
    apart = list(
        difflib.unified_diff(wanted.splitlines(), found.splitlines(), "golden", "found", lineterm="", n=1)
    )
    assert not apart, "\n".join(apart[:40])


def test_the_graph_of_the_report_is_the_one_that_snakemake_has(finished):
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "--nolock", "--rulegraph", "dot"],
        cwd=finished, env=surroundings(ROOT), capture_output=True, text=True, check=True,
    )  # fmt: skip
    roads = reachable(edges_of(done.stdout))
    read = {f"reports/{name}" for name in ("numbers.json", "verify.json")} | {
        "results/aggregate/recovery.json"
    }
    records = read_records(finished / "results" / "provenance")
    jobs = [record for record in workings.records_behind(read, records) if record.step != "report"]
    made = {path: record.step for record in jobs for path in record.outputs}
    edges = {(made[path], record.step) for record in jobs for path in record.inputs if path in made}
    # data that are no job of their own are made in the job that shows them
    within = {(before, step) for before, step in edges if step == "data"}
    assert within <= {(a, "data") for a, b in roads if b in {"data", "figure", "table"}}
    roads |= {("data", "figure"), ("data", "table")}
    assert {edge for edge in edges - within if edge[0] != edge[1]} <= roads
    assert {step for edge in edges for step in edge} >= {"ingest", "harmonise", "fit", "data", "numbers"}


def reachable(edges):
    """Return every pair of rules of which the second waits for the first, directly or not."""
    found = set(edges)
    while True:
        more = {(one, four) for one, two in found for three, four in edges if two == three} - found
        if not more:
            return found
        found |= more
