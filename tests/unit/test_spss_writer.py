"""The bytes we write: the same every time, and never a cut or replaced letter."""

import hashlib
import struct

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from spss_samples import EXTRAS, VARIABLES, frame, sample, samples

from netwerkkracht.core.errors import StudyError
from netwerkkracht.spss import SpssVariable, read, write
from netwerkkracht.spss.writing.writer import Extras, to_bytes


def test_the_same_content_gives_the_same_bytes(tmp_path):
    for name in ("a.sav", "b.sav"):
        write(tmp_path / name, frame(), VARIABLES, extras=EXTRAS)
    assert (tmp_path / "a.sav").read_bytes() == (tmp_path / "b.sav").read_bytes() == sample()


@pytest.mark.parametrize("name", sorted(samples()))
def test_the_library_reads_what_we_write(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(samples()[name])
    values, meta = pyreadstat.read_sav(path, user_missing=True, disable_datetime_conversion=True)
    assert list(values) == [variable.name for variable in VARIABLES]
    assert values["kort"].tolist() == frame()["kort"].tolist()
    assert values["zeer_lange_tekst_van_de_persoon"][1] == "y" * 255 + "Z" * 345
    assert meta.column_names_to_labels["vraag"] == "Eén antwoord"
    assert meta.file_encoding.lower() == ("windows-1252" if "1252" in name else "utf-8")


def test_no_time_of_writing_stands_in_the_file():
    assert sample()[92:109] == b"01 Jan 2000:00:00"


def test_windows_1252_takes_one_byte_per_letter():
    assert "één".encode("cp1252") in sample("windows-1252")
    assert "één".encode() not in sample("windows-1252")


def one(value, **facts):
    variable = SpssVariable(**({"name": "a"} | facts))
    return to_bytes(pd.DataFrame({variable.name: [value]}), (variable,), Extras())


@pytest.mark.parametrize(
    ("value", "facts", "words"),
    [
        ("te lang", {"width": 3}, "needs 7 bytes"),
        (1.0, {"name": "met spatie"}, "sign SPSS uses"),
        (1.0, {"name": "x" * 65}, "name does not fit"),
        (1.0, {"label": "x" * 256}, "label is too long"),
        (1.0, {"value_labels": {1.0: "x" * 121}}, "value label is too long"),
        (1.0, {"missing": (1.0, 2.0, 3.0, 4.0)}, "more missing values"),
        (1.0, {"missing": ((1.0, 2.0), (3.0, 4.0))}, "more missing values"),
        (1.0, {"missing": ("x",)}, "wrong type"),
        ("a", {"width": 20, "missing": ("langer dan acht",)}, "missing text is too long"),
    ],
)
def test_what_the_format_cannot_hold_is_refused(value, facts, words):
    with pytest.raises(StudyError, match=words):
        one(value, **facts)


def test_a_letter_the_encoding_lacks_is_refused_without_showing_it():
    values = pd.DataFrame({"a": ["geheim 上海"]})
    with pytest.raises(StudyError) as caught:
        to_bytes(values, (SpssVariable("a"),), Extras(), encoding="windows-1252")
    assert "geheim" not in str(caught.value)


def test_all_mistakes_come_at_once():
    variables = (SpssVariable("a b"), SpssVariable("c", label="x" * 300))
    with pytest.raises(StudyError) as caught:
        to_bytes(pd.DataFrame({"a b": [1.0], "c": [1.0]}), variables, Extras())
    assert len(caught.value.findings) == 2


def test_names_that_differ_after_eight_letters_keep_apart(tmp_path):
    names = ["vraag_aa_1", "vraag_aa_2", "V00001", "v00001_lang", "straße"]
    values = pd.DataFrame({name: [float(i)] for i, name in enumerate(names)})
    write(tmp_path / "n.sav", values, tuple(SpssVariable(name) for name in names))
    back = read(tmp_path / "n.sav").frame
    assert list(back) == names
    assert back.iloc[0].tolist() == [0, 1, 2, 3, 4]


def test_codes_at_the_edges_of_the_short_form():
    edges = np.array([-100.0, -99, 151, 152, 0.0, 1.5, np.nan, -1.7976931348623155e308])
    content = to_bytes(pd.DataFrame({"a": edges}), (SpssVariable("a"),), Extras())
    data = content[content.index(struct.pack("<2i", 999, 0)) + 8 :]
    assert list(data[:8]) == [253, 1, 251, 253, 100, 253, 255, 253]


def test_hash_of_the_format():
    """The bytes themselves are part of what is promised: a change must be meant."""
    plain = to_bytes(pd.DataFrame({"a": [1.0, np.nan]}), (SpssVariable("a", "A"),), Extras("x"))
    assert hashlib.sha256(plain).hexdigest()[:16] == "dcd2d2685e6f9553"
