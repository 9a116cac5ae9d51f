"""A language that the program or a codebook does not speak is a finding before any job."""

import shutil
from pathlib import Path

import pytest

from netwerkkracht.run import spoken
from netwerkkracht.study.codebook import read_codebook
from netwerkkracht.study.codebook.spoken import codebook_faults

ROOT = Path(__file__).resolve().parents[2]
SECOND = ROOT / "tests" / "second_study" / "codebook"


def without(folder, file, lang):
    """Return a copy of the second codebook in which one file has no column of a language."""
    book = shutil.copytree(SECOND, folder / "book")
    lines = (book / file).read_text(encoding="utf-8").splitlines()
    place = lines[0].split(";").index(f"label_{lang}")
    cut = [";".join(cell for at, cell in enumerate(line.split(";")) if at != place) for line in lines]
    (book / file).write_text("\n".join(cut) + "\n", encoding="utf-8")
    return read_codebook(book)


def test_our_own_languages_are_spoken_everywhere():
    assert spoken.word_faults(("nl", "en")) == []
    assert codebook_faults(read_codebook(SECOND), ("nl", "en")) == []


def test_a_language_without_words_is_named_in_every_layer():
    found = spoken.word_faults(("nl", "fr"))
    assert [finding.file for finding in found] == [
        f"{layer.replace('.', '/')}/fr.yaml" for layer in spoken.LAYERS
    ]
    assert {finding.code for finding in found} == {"L03"}
    assert "en, nl" in found[0].expected


@pytest.mark.parametrize("file", ["variables.csv", "targets.csv", "derived.csv"])
def test_a_file_without_a_language_of_the_report_is_named(tmp_path, file):
    book = without(tmp_path, file, "en")
    (finding,) = codebook_faults(book, ("nl", "en"))
    assert (finding.code, finding.file) == ("X10", file)
    assert codebook_faults(book, ("nl",)) == []


def test_a_codebook_that_speaks_no_language_at_all_misses_a_column(tmp_path):
    from netwerkkracht.core.errors import StudyError

    book = shutil.copytree(SECOND, tmp_path / "book")
    text = (book / "targets.csv").read_text(encoding="utf-8")
    (book / "targets.csv").write_text(text.replace("label_nl;label_en", "naam;name"), encoding="utf-8")
    with pytest.raises(StudyError, match=r"missing columns: label_\*"):
        read_codebook(book)


def test_a_label_that_one_language_lacks_is_said_in_the_first_that_has_it(tmp_path):
    book = shutil.copytree(SECOND, tmp_path / "book")
    text = (book / "targets.csv").read_text(encoding="utf-8")
    (book / "targets.csv").write_text(text.replace("vrouw;woman", "vrouw;"), encoding="utf-8")
    label = read_codebook(book).targets["sex"][0].label
    assert (label["nl"], label["en"]) == ("vrouw", "vrouw")
