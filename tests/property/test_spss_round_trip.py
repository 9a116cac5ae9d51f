"""Whatever fits in a file comes back from it, and from the artefacts of the pipeline."""

import math
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st

from netwerkkracht.spss import SpssVariable, from_artifacts, read, to_artifacts, write
from netwerkkracht.spss.inspection.table import columns, cut, wrap

LETTERS = st.characters(codec="cp1252", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffd")
NUMBERS = st.one_of(
    st.just(math.nan),
    st.floats(allow_infinity=False, allow_nan=False, min_value=-1e300, max_value=1e300),
    st.integers(-200, 300).map(float),
)
TEXTS = st.text(LETTERS, max_size=40).map(lambda text: text.rstrip(" "))
FILES = st.integers(1, 12).flatmap(
    lambda rows: st.tuples(
        st.lists(NUMBERS, min_size=rows, max_size=rows),
        st.lists(TEXTS, min_size=rows, max_size=rows),
        st.dictionaries(st.integers(-99, 99).map(float), TEXTS, max_size=4),
    )
)


@settings(max_examples=40, deadline=None)
@example(([1.0, 2.0, 3.0], ["NaT", "<NA>", "nan"], {}), "a.sav", "UTF-8")
@given(FILES, st.sampled_from(["a.sav", "a.zsav"]), st.sampled_from(["UTF-8", "windows-1252"]))
def test_values_and_labels_come_back_exactly(made, name, encoding):
    numbers, texts, labels = made
    frame = pd.DataFrame({"getal": numbers, "tekst": pd.array(texts, dtype="str")})
    labels = {code: words[:30].rstrip(" ") for code, words in labels.items()}
    variables = (SpssVariable("getal", "Getal", value_labels=labels), SpssVariable("tekst", width=200))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(path, frame, variables, encoding=encoding)
        # texts drawn at random can look like another encoding, which is not the question here
        file = read(path, strict=False)
        pd.testing.assert_frame_equal(file.frame, frame, check_exact=True)
        assert file.variables[0].value_labels == labels
        to_artifacts(file, Path(folder) / "v.csv", Path(folder) / "v.json")
        back = from_artifacts(Path(folder) / "v.csv", Path(folder) / "v.json")
        pd.testing.assert_frame_equal(back.frame, file.frame, check_exact=True)
        assert back.variables == file.variables


@settings(max_examples=100, deadline=None)
@given(st.floats(-1e11, 1e11))
def test_a_duration_reads_back_to_the_microsecond(seconds):
    from netwerkkracht.spss.dates import to_iso

    (text,) = to_iso([seconds], "DTIME20").values
    hours, minutes, rest = text.lstrip("-").split(":")
    value = (int(hours) * 3600 + int(minutes) * 60 + float(rest)) * (-1 if text.startswith("-") else 1)
    assert math.isclose(value, seconds, rel_tol=1e-12, abs_tol=1e-6)


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=120), st.integers(8, 60))
@example("000000000\u0bfb\xa0", 11)
@example("\u2003" * 20, 8)
def test_no_line_is_wider_than_asked(text, width):
    assert all(columns(line) <= width for line in wrap(text, width))
    assert columns(cut(text, width)) <= width
    squeezed = "".join(text.split(" "))
    assert "".join("".join(wrap(text, width)).split(" ")) == squeezed


@settings(max_examples=100, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e200, max_value=1e200))
def test_numbers_of_portable_files_are_read_exactly(value):
    from netwerkkracht.spss.reading.por import from_base_30

    scaled = int(np.float64(value) * 30**8) if abs(value) < 1e12 else None
    if scaled is None:
        return
    digits = "0123456789ABCDEFGHIJKLMNOPQRST"
    left, word = abs(scaled), ""
    while left:
        left, last = divmod(left, 30)
        word = digits[last] + word
    word = ("-" if scaled < 0 else "") + (word or "0") + "-8"
    assert from_base_30(word) == scaled / 30**8
