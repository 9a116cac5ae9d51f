"""The report of this study: it compiles in both languages, says the same in both, and claims nothing."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html as parser
from report_samples import made_by_the_run, picture, table

from netwerkkracht.core import io
from netwerkkracht.core.errors import StudyError
from netwerkkracht.report import lint, outcomes, source
from netwerkkracht.report.build import build
from netwerkkracht.report.model import Check, Exhibit, Report
from netwerkkracht.report.numbers import collect
from netwerkkracht.report.spec import read_spec
from netwerkkracht.report.store import Number, Numbers, format_number
from netwerkkracht.study.config import read_config

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "reports" / "source"
RAW = {
    "interval": [0.1, 0.2],
    "share_interval": [0.1, 0.2],
    "p": 0.2,
    "p_phrase": 0.2,
    "text": "ok",
    "percent": 0.5,
}

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the released source is not here")


@pytest.fixture(scope="module")
def files():
    return source.read_source(FOLDER)


@pytest.fixture(scope="module")
def spec(files):
    return read_spec(files["numbers.yaml"].decode(), ("nl", "en"))


def printed(raw, line):
    return {lang: format_number(raw, line.kind, line.decimals, lang, line.unit) for lang in ("nl", "en")}


def invented(spec):
    """Return a store with an invented number for every key of the list."""
    made = {}
    for line in spec.numbers:
        raw = RAW.get(line.kind, 3)
        text = printed(raw, line)
        made[line.key] = Number(
            line.key, line.kind, raw, line.decimals, text, line.meaning, line.file, 2, "x", ""
        )
    for line in spec.words:
        outcome = outcomes.RULES[line.rule].outcomes[0]
        made[line.key] = Number(
            line.key, "word", outcome, 0, line.say[outcome], {}, None, None, None, "", line.of
        )
    return Numbers(made)


def exhibit(given):
    title = given.title.root
    common = {"id": given.id, "title": title, "path": f"reports/{given.id}.csv", "data": b"a,b\n1,2\n"}
    if given.id.startswith("figure"):
        both = {lang: picture() for lang in ("nl", "en")}
        alt = {"nl": "Staven van klein naar groot.", "en": "Bars from small to large."}
        return Exhibit(form="figure", pictures=both, alt=alt, **common)
    return Exhibit(form="table", table={lang: table(lang) for lang in ("nl", "en")}, **common)


def report_of(files, numbers):
    tables = {
        name: {lang: table(lang) for lang in ("nl", "en")} for name in source.read_yaml(files, "tables.yaml")
    }
    return Report(
        source=files,
        meta=source.read_meta(files, ("nl", "en"), synthetic=True, version="0"),
        numbers=numbers,
        languages=("nl", "en"),
        exhibits=tuple(exhibit(given) for given in read_config(ROOT / "config.yaml").exhibits),
        tables=tables | made_by_the_run()["tables"],
        drawings=made_by_the_run()["drawings"],
        checks=(Check({"nl": "Proef", "en": "Test"}, {"nl": "ja", "en": "yes"}, passed=True),),
    )


@pytest.fixture(scope="module")
def pages(files, spec):
    report = report_of(files, invented(spec))
    return {lang: parser.document_fromstring(build(report, lang).html.decode()) for lang in ("nl", "en")}


def test_the_source_is_clean(files):
    meta = source.read_meta(files, ("nl", "en"), synthetic=True)
    assert lint.find(files, literals=meta.literals) == []


def test_both_languages_carry_the_same_anchors_and_numbers_in_the_same_order(pages):
    def anchors(lang):
        return [name for name in pages[lang].xpath("//@id") if not name.startswith("loc-")]

    assert anchors("nl") == anchors("en")
    for heading in pages["nl"].xpath("//main/h2[@id] | //main/h3[@id]"):
        assert not heading.get("id").startswith("loc-") or "Literatuur" in heading.text_content()


def test_each_passage_has_its_twin_with_the_same_numbers(files):
    for name, content in files.items():
        if not name.endswith(".typ"):
            continue
        passages = list(lint.blocks(content.decode()))
        assert [lang for lang, _, _ in passages] == ["nl", "en"] * (len(passages) // 2), name
        for (_, dutch, line), (_, english, _) in zip(passages[::2], passages[1::2], strict=True):
            for pattern in (r'#(?:num|word)\("(\w+)"\)', r"@([\w-]+)"):
                found = [sorted(re.findall(pattern, text)) for text in (dutch, english)]
                assert found[0] == found[1], f"{name}:{line}"


STOP = {
    "nl": r"\b(?:het|een|niet|van|voor|wordt|zijn|waren|mensen|meting)\b",
    "en": r"\b(?:the|and|not|with|which|were|people|waves)\b",
}


@pytest.mark.parametrize(("lang", "other"), [("nl", "en"), ("en", "nl")])
def test_no_text_is_left_in_the_other_language(pages, lang, other):
    for block in pages[lang].xpath(
        "//main//p | //main//li | //main//h2 | //main//h3 | //main//dd | //main//dt"
    ):
        if block.xpath(
            "ancestor-or-self::section[@role='doc-bibliography'] | ancestor::*[@class='provenance']"
        ):
            continue
        text = " ".join(block.xpath(".//text()[not(ancestor::em)]"))
        assert len(re.findall(STOP[other], text.lower())) < 2, text[:120]


def test_no_number_is_typed_into_the_results(pages, files):
    literals = source.read_meta(files, ("nl", "en"), synthetic=True).literals
    allowed = [re.compile(pattern) for pattern in literals]
    for block in pages["en"].xpath("//main/p | //main/div[contains(@class, 'box')]"):
        text = "".join(block.xpath(".//text()[not(ancestor::a or ancestor::math)]"))
        for pattern in allowed:
            text = pattern.sub("", text)
        assert not re.search(r"\d", text), text[:120]


@pytest.mark.parametrize(
    ("lang", "sentences"),
    [
        (
            "nl",
            [
                "geen nulmeting",
                "geen behandeleffect",
                "bevestigen geen enkele bevinding",
                "derden",
                "niet te duiden",
            ],
        ),
        (
            "en",
            [
                "not a baseline",
                "not a treatment effect",
                "confirm no finding",
                "third parties",
                "cannot be interpreted",
            ],
        ),
    ],
)
def test_what_must_be_said_is_said(pages, lang, sentences):
    text = " ".join(pages[lang].xpath("//main")[0].text_content().split())
    for sentence in sentences:
        assert sentence in text


def test_every_word_has_a_text_for_every_outcome(spec):
    for line in spec.words:
        assert set(line.say) == set(outcomes.RULES[line.rule].outcomes)
        for texts in line.say.values():
            assert texts["nl"].strip()
            assert texts["en"].strip()


def test_every_number_has_a_meaning_in_both_languages(spec):
    assert [line.key for line in spec.numbers if set(line.meaning) != {"nl", "en"}] == []


def test_published_numbers_come_from_the_published_list_only(spec):
    for line in spec.numbers:
        assert line.key.startswith("pub_") == bool(line.file and line.file.endswith("published.csv")), (
            line.key
        )


def emptied(rows):
    """Return the rows of an exhibit as they are when no model had estimates."""
    keys = ("model", "group", "wave", "part", "route", "term", "minuend", "subtrahend", "shifted")
    return [
        {
            name: cell if name in keys else "separated" if name == "status" else ""
            for name, cell in row.items()
        }
        for row in rows
    ]


def test_every_number_of_a_model_can_be_not_given(spec):
    names = [name for name in spec.files() if name.startswith(("reports/figures/", "reports/tables/"))]
    shown = {
        name: io.read_rows(ROOT / "reports" / "reference" / Path(name).relative_to("reports"))
        for name in names
    }
    judged = {name: emptied(rows) for name, rows in shown.items() if rows and "status" in rows[0]}
    assert judged
    with pytest.raises(StudyError) as caught:
        collect(spec, judged)
    assert [finding for finding in caught.value.findings if finding.file in judged] == []


def test_a_report_without_any_number_is_a_report(files, spec):
    none = {
        line.key: replace(number, raw=None, text=printed(None, line))
        for line in spec.numbers
        for number in [invented(spec)[line.key]]
    }
    for line in spec.words:
        outcome = outcomes.choose(line.rule, [None for _ in line.of], line.arguments)
        none[line.key] = replace(invented(spec)[line.key], raw=outcome, text=line.say[outcome])
    for lang in ("nl", "en"):
        assert build(report_of(files, Numbers(none)), lang).pdf


def test_the_second_study_has_a_report_that_compiles():
    second = ROOT / "tests" / "second_study"
    given = source.read_source(second / "report")
    meta = source.read_meta(given, ("nl", "en"), synthetic=True)
    assert lint.find(given, literals=meta.literals) == []
    report = Report(
        source=given,
        meta=meta,
        numbers=invented(read_spec(given["numbers.yaml"].decode(), ("nl", "en"))),
        languages=("nl", "en"),
        exhibits=tuple(exhibit(one) for one in read_config(second / "config.yaml").exhibits),
    )
    for lang in ("nl", "en"):
        page = parser.document_fromstring(build(report, lang).html.decode())
        assert len(page.xpath("//figure[starts-with(@id, 'figure-')]")) == 4
        assert len(page.xpath("//figure[starts-with(@id, 'table-')]")) == 6
