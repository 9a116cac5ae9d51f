"""The report says 'synthetic' of synthetic data, and never of the interviews of a real study."""

import re
from dataclasses import replace

import pytest
from lxml import etree
from lxml import html as parser
from report_samples import made_by_the_run, sample, table
from test_report_source import FOLDER, ROOT, exhibit, invented

from netwerkkracht.core.errors import StudyError
from netwerkkracht.report import source
from netwerkkracht.report.build import build
from netwerkkracht.report.model import Report
from netwerkkracht.report.spec import read_spec
from netwerkkracht.study.config import read_config

released = pytest.mark.skipif(not FOLDER.is_dir(), reason="the released source is not here")
CLAIM = re.compile(
    r"synthet|verzonnen|invented|rekenmodel|computer model|ingebouwd|built[- ]in", re.IGNORECASE
)
# simulated studies are synthetic in a real report too, and are said to be so
SIMULATED = {"operating", "assumptions"}
SAID_OF_SIMULATIONS = re.compile(
    r"(?:synthetische studies van|synthetic studies of) (?:Hoofdstuk|Paragraaf|Sectie|Section|Chapter)"
)


BLOCKS = {"p", "li", "dd", "dt", "td", "th", "h1", "h2", "h3", "figcaption"}


def pages(*, synthetic):
    """Build both languages from invented numbers; titles of exhibits belong to a study's configuration."""
    files = source.read_source(FOLDER)
    given = read_config(ROOT / "config.yaml").exhibits
    noted = {lang: {**table(lang), "notes": []} for lang in ("nl", "en")}
    exhibits = [
        replace(exhibit(one), title={"nl": f"Titel {one.id}", "en": f"Title {one.id}"}) for one in given
    ]
    report = Report(
        source=files,
        meta=source.read_meta(files, ("nl", "en"), synthetic=synthetic, version="0"),
        numbers=invented(read_spec(files["numbers.yaml"].decode(), ("nl", "en"))),
        languages=("nl", "en"),
        exhibits=tuple(replace(one, table=noted) if one.form == "table" else one for one in exhibits),
        tables=dict.fromkeys([*source.read_yaml(files, "tables.yaml"), "environment"], noted),
        drawings=made_by_the_run()["drawings"],
    )
    return {lang: parser.document_fromstring(build(report, lang).html.decode()) for lang in ("nl", "en")}


@pytest.fixture(scope="module")
def real():
    return pages(synthetic=False)


@pytest.fixture(scope="module")
def synthetic():
    return pages(synthetic=True)


def sentences(page):
    """Return every sentence with the id of the section heading above it, head of the page included."""
    for text in page.xpath("//title/text() | //meta/@content"):
        yield "", text
    section, blocks = "", set()
    for part in page.body.iter(etree.Element):
        section = part.get("id", "") if part.tag in {"h2", "h3"} else section
        section = "operating" if part.get("id", "").startswith("prov-oc_") else section
        section = "" if part.get("id", "").startswith("prov-") and "-oc_" not in part.get("id") else section
        if part.tag in {"script", "style"} or not "".join(part.xpath("./text()")).strip():
            continue
        block = next((one for one in (part, *part.iterancestors()) if one.tag in BLOCKS), part)
        if block not in blocks:
            blocks.add(block)
            for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z])", " ".join(block.text_content().split())):
                yield section, sentence


def claims(page):
    return {
        sentence
        for section, sentence in sentences(page)
        if CLAIM.search(sentence) and section not in SIMULATED and not SAID_OF_SIMULATIONS.search(sentence)
    }


@released
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_a_real_report_never_calls_its_data_synthetic(real, synthetic, lang):
    assert claims(real[lang]) == set()
    assert len(claims(synthetic[lang])) > 20  # the search sees what it looks for


@released
@pytest.mark.parametrize(("lang", "word"), [("nl", "synthetische studies"), ("en", "synthetic studies")])
def test_a_real_report_says_that_its_simulated_studies_are_synthetic(real, lang, word):
    said = {section for section, sentence in sentences(real[lang]) if word in sentence}
    assert said >= SIMULATED


@released
@pytest.mark.parametrize(
    ("lang", "needed"),
    [
        (
            "nl",
            [
                "geen nulmeting",
                "geen effect van een",
                "groepen zijn klein",
                "bevestigen geen enkele bevinding",
            ],
        ),
        ("en", ["not a baseline", "not an effect of", "groups are small", "confirm no finding"]),
    ],
)
def test_a_real_report_stays_as_careful(real, lang, needed):
    text = " ".join(real[lang].xpath("//main")[0].text_content().split())
    assert [words for words in needed if words not in text] == []


@released
@pytest.mark.parametrize(
    ("lang", "mark", "needed"),
    [
        ("nl", "synthetische gegevens", ["In deze synthetische gegevens", "Synthetisch: wat dat betekent"]),
        ("en", "synthetic data", ["In these synthetic data", "Synthetic: what that means"]),
    ],
)
def test_a_synthetic_report_says_so_everywhere(synthetic, lang, mark, needed):
    page = synthetic[lang]
    assert mark in page.xpath("//title/text()")[0]
    assert mark in page.xpath("//header//*[@class='mark']")[0].text_content()
    assert mark in page.xpath("//*[@class='banner']")[0].text_content().lower()
    text = " ".join(page.xpath("//main")[0].text_content().split())
    assert [words for words in needed if words not in text] == []


def test_fields_under_real_replace_their_namesakes_for_real_data_only():
    files = sample().source
    text = files["meta.yaml"] + b"\nreal: {title: {nl: Echt, en: Real}}\n"
    given = {**files, "meta.yaml": text}
    assert source.read_meta(given, ("nl", "en"), synthetic=True).title["nl"] == "Een klein verslag"
    assert source.read_meta(given, ("nl", "en"), synthetic=False).title == {"nl": "Echt", "en": "Real"}


@pytest.mark.parametrize("wrong", [b"{authors: [x]}", b"{title: {nl: Echt}}", b"yes"])
def test_something_else_under_real_is_refused(wrong):
    files = sample().source
    given = {**files, "meta.yaml": files["meta.yaml"] + b"\nreal: " + wrong}
    with pytest.raises(StudyError, match="R30"):
        source.read_meta(given, ("nl", "en"), synthetic=False)
