"""The report as a Word file: what a page holds arrives, what only works on a screen does not."""

import io as stdio
import shutil
import stat
import sys
import zipfile
from pathlib import Path

import pytest
from lxml import etree
from lxml import html as parser
from PIL import Image
from report_samples import sample

from netwerkkracht.core.errors import StudyError
from netwerkkracht.exhibits.save import png_bytes
from netwerkkracht.report.build import build, timestamp
from netwerkkracht.report.pandoc import to_docx
from netwerkkracht.report.word import manuscript
from netwerkkracht.run.cli import run

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
NOON = timestamp("2026-11-22")
with_pandoc = pytest.mark.skipif(shutil.which("pandoc") is None, reason="pandoc is not here")


@pytest.fixture(scope="module")
def report():
    return sample()


@pytest.fixture(scope="module", params=["nl", "en"])
def page(request, report):
    return request.param, build(report, request.param).html


@pytest.fixture
def text(page):
    return manuscript(page[1], page[0], png_bytes)


def words_of(element):
    return " ".join("".join(element.itertext()).split())


def test_the_text_stays_and_what_needs_a_screen_goes(page, text):
    before = parser.fromstring(page[1].decode()).find(".//main")
    after = parser.fromstring(text.html)
    assert [words_of(item) for item in after.xpath("//h2|//h3")] == [
        words_of(item)
        for item in before.xpath(".//h2|.//h3")
        if item.get("id") != "provenance" and not item.xpath("preceding::*[@id='provenance']")
    ]
    assert not after.xpath("//script|//details|//nav|//button|//a[starts-with(@href, 'data:')]")
    assert not after.xpath("//a[starts-with(@href, '#prov-')]|//*[starts-with(@id, 'prov-')]")
    assert after.get("lang") == page[0]


def test_every_number_stays_as_it_is_printed(page, text):
    before = parser.fromstring(page[1].decode())
    numbers = [words_of(link) for link in before.xpath("//main//a[contains(@class, 'num')]")]
    assert numbers
    said = words_of(parser.fromstring(text.html))
    assert all(number in said for number in numbers)


def test_pictures_are_pixels_with_their_words(page, text):
    before = parser.fromstring(page[1].decode())
    after = parser.fromstring(text.html)
    alts = [picture.get("alt") for picture in before.xpath("//main//img")]
    assert alts
    assert [picture.get("alt") for picture in after.xpath("//img")] == alts
    assert [picture.get("src") for picture in after.xpath("//img")] == list(text.pictures)
    for content in text.pictures.values():
        assert Image.open(stdio.BytesIO(content)).format == "PNG"


def test_pictures_of_another_make_keep_their_kind():
    held = '<main><img alt="a" src="data:image/jpeg;base64,AAAA"></main>'
    page = f"<html><head><title>t</title></head><body>{held}</body></html>".encode()
    assert manuscript(page, "nl", png_bytes).pictures == {"picture-1.jpeg": b"\0\0\0"}
    sizeless = (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 72 36"><rect width="9" height="9"/></svg>'
    )
    assert Image.open(stdio.BytesIO(png_bytes(sizeless, dpi=100))).size == (75, 38)


def test_the_widths_of_a_table_make_a_page_and_no_word_is_broken(text):
    for table in parser.fromstring(text.html).xpath("//table"):
        styles = [column.get("style") for column in table.xpath("./colgroup/col")]
        shares = [float(style.removeprefix("width: ").removesuffix("%")) for style in styles]
        rows = [row for row in table.xpath(".//tr") if not row.xpath("./*[@colspan]")]
        assert {len(row) for row in rows} == {len(shares)}
        assert sum(shares) == pytest.approx(100, abs=0.1 * len(shares))
        columns = [" ".join(words_of(row[place]) for row in rows) for place in range(len(shares))]
        longest = [max(map(len, column.split()), default=1) for column in columns]
        if sum(longest) < 80:
            # the signs that a line of a table holds
            assert all(105 * share / 100 >= word for share, word in zip(shares, longest, strict=True))


@with_pandoc
def test_word_gets_text_pictures_formulas_and_tables(page, text):
    made = to_docx(text, timestamp=NOON)
    assert made == to_docx(text, timestamp=NOON)
    with zipfile.ZipFile(stdio.BytesIO(made)) as packed:
        assert packed.testzip() is None
        document = etree.fromstring(packed.read("word/document.xml"))
        core = packed.read("docProps/core.xml").decode()
        styles = packed.read("word/styles.xml")
    before = parser.fromstring(text.html)
    said = words_of(document)
    for heading in before.xpath("//h2"):
        assert words_of(heading) in said
    assert [item.get("descr") for item in document.iter(f"{DRAWN}docPr")] == [
        picture.get("alt") for picture in before.xpath("//img")
    ]
    assert len(list(document.iter(f"{MATH}oMath"))) == len(before.xpath("//*[local-name()='math']"))
    assert len(list(document.iter(f"{W}tbl"))) == len(before.xpath("//table"))
    assert "2026-11-22T12:00:00Z" in core
    (compact,) = etree.fromstring(styles).iterfind(f"{W}style[@{W}styleId='Compact']")
    assert compact.find(f"{W}rPr/{W}sz").get(f"{W}val") == "15"


@with_pandoc
def test_the_mark_on_synthetic_data_arrives(page, text):
    with zipfile.ZipFile(stdio.BytesIO(to_docx(text, timestamp=NOON))) as packed:
        said = words_of(etree.fromstring(packed.read("word/document.xml")))
    assert {"nl": "synthetische gegevens", "en": "synthetic data"}[page[0]] in said.lower()


def test_without_pandoc_the_message_says_what_to_install(text, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(StudyError, match=r"R40[\s\S]*pandoc\.org"):
        to_docx(text, timestamp=NOON)


@pytest.mark.skipif(sys.platform == "win32", reason="a script stands in for the program")
@pytest.mark.parametrize(("code", "says"), [(1, ""), (0, "[WARNING] could not convert a formula")])
def test_a_conversion_with_a_warning_is_no_conversion(text, monkeypatch, tmp_path, code, says):
    program = tmp_path / "pandoc"
    program.write_text(f"#!{sys.executable}\nimport sys\nsys.stderr.write({says!r})\nsys.exit({code})\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StudyError, match="R41") as caught:
        to_docx(text, timestamp=NOON)
    assert says in str(caught.value)


def test_before_a_run_the_message_says_what_to_run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(Path(__file__).parents[2])
    assert run(["word", "--reports", str(tmp_path)]) == 1
    assert "netwerkkracht run" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
