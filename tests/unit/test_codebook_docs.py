"""The pages explain every code, every rule, every column and every key that the program knows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from netwerkkracht.study.codebook.derived import DERIVED_RULES
from netwerkkracht.study.codebook.study import ALLOWED, FILE_ALLOWED
from netwerkkracht.study.codebook.tables import COLUMNS
from netwerkkracht.study.codebook.types import LINKING, REASONS, SOURCE_RULES, TYPES

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "netwerkkracht"
FINDINGS = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
CODEBOOK = (ROOT / "docs" / "codebook.md").read_text(encoding="utf-8")


def used_codes():
    text = "".join(
        path.read_text(encoding="utf-8")
        for part in ("study/codebook", "harmonise", "codebook_tools")
        for path in sorted((PACKAGE / part).glob("*.py"))
    )
    return set(re.findall(r'"([DXTKWP]\d{2})"', text))


def test_every_code_is_explained_and_no_other():
    explained = set(re.findall(r"^\| ([A-Z]\d{2}) \|", FINDINGS, re.MULTILINE))
    assert explained == used_codes()
    wanted = {f"D{n:02d}" for n in range(14)} | {f"X{n:02d}" for n in range(1, 9)} | {"X10", "T01"}
    assert wanted <= explained


@pytest.mark.parametrize(
    "word",
    sorted(
        {
            *SOURCE_RULES,
            *DERIVED_RULES,
            *TYPES,
            *LINKING,
            *ALLOWED,
            *FILE_ALLOWED,
            *(f".{reason}" for reason in REASONS[1:]),
            *(column for needed, optional in COLUMNS.values() for column in (*needed, *optional)),
        }
    ),
)
def test_every_word_of_the_format_is_on_the_page(word):
    assert re.search(rf"(?<![a-z_]){re.escape(word)}(?![a-z_])", CODEBOOK)


def test_the_report_has_dutch_words_for_every_code_that_can_be_a_warning():
    import yaml

    rows = re.findall(r"^\| ([A-Z]\d{2}) \| ([^|]*)", FINDINGS, re.MULTILINE)
    warnings = {code for code, severity in rows if "warning" in severity or code.startswith("W")}
    # the reader warns under two codes that are errors elsewhere
    warnings |= {"D00", "D09"}
    source = (ROOT / "reports" / "source" / "tables.yaml").read_text(encoding="utf-8")
    told = [column["say"] for column in yaml.safe_load(source)["findings"]["columns"] if "say" in column]
    assert len(told) == 2
    for words in told:
        assert set(words) == warnings
