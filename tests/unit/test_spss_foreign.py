"""Files of other scripts, code pages, byte orders and times are read like our own."""

import numpy as np
import pandas as pd
import pytest
from spss_foreign import SCRIPTS, big_endian, named, old, paged, script
from spss_samples import frame, samples, small

from netwerkkracht.core.errors import StudyError
from netwerkkracht.spss import SpssVariable, read
from netwerkkracht.spss.codepages import codec_for, codec_of_page, page_of
from netwerkkracht.spss.reading.header import scan
from netwerkkracht.spss.writing.writer import Extras, to_bytes


@pytest.fixture
def put(tmp_path):
    def put(content, name="file.sav"):
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    return put


def holds(file, name):
    """Whether a file holds the words of a script wherever it can hold words, and nothing to remark."""
    one, two = SCRIPTS[name]
    a, s = file.variables
    assert file.findings == ()
    assert (a.label, a.value_labels, s.label) == (f"{one} {two}", {1.0: one, 9.0: two}, two)
    assert file.frame["s"].tolist() == [one, two, "", "x"]
    assert file.file_label == one


DECLARED = [
    ("hebrew", "windows-1255"), ("hebrew", "iso-8859-8"), ("japanese", "shift_jis"), ("japanese", "cp932"),
    ("japanese", "euc-jp"), ("russian", "windows-1251"), ("russian", "koi8-r"), ("russian", "iso-8859-5"),
    ("greek", "windows-1253"), ("turkish", "windows-1254"), ("polish", "windows-1250"),
    ("arabic", "windows-1256"), ("thai", "cp874"), ("chinese", "gbk"), ("chinese", "gb18030"),
    ("taiwanese", "big5"), ("korean", "euc-kr"), ("korean", "cp949"), ("french", "iso-8859-15"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "encoding"), DECLARED)
def test_a_declared_encoding_of_any_script_is_read(put, name, encoding):
    content = script(name, encoding)
    holds(read(put(content)), name)
    # the number beside the name is that of the same code page, for readers that look at the number
    codec, _ = codec_of_page(scan(content).code_page)
    words = SCRIPTS[name][0]
    assert words.encode(encoding).decode(codec) == words


PAGES = [
    ("hebrew", "windows-1255", 1255), ("japanese", "shift_jis", 932), ("russian", "iso-8859-5", 28595),
    ("russian", "koi8-r", 20866), ("chinese", "gbk", 936), ("taiwanese", "big5", 950),
    ("korean", "euc-kr", 949), ("thai", "cp874", 874), ("french", "iso-8859-15", 28605),
    ("french", "macintosh", 10000), ("french", "cp858", 858),
]  # fmt: skip


@pytest.mark.parametrize(("name", "encoding", "page"), PAGES)
def test_the_number_of_a_code_page_is_a_declaration(put, name, encoding, page):
    holds(read(put(paged(name, encoding, page))), name)


NAMES = [
    ("hebrew", "windows-1255", "WINDOWS-1255"), ("japanese", "cp932", "windows-932"),
    ("japanese", "cp932", "windows-31j"), ("japanese", "shift_jis", "x-sjis"),
    ("korean", "cp949", "windows-949"), ("korean", "cp949", "x-windows-949"),
    ("chinese", "gbk", "windows-936"), ("taiwanese", "cp950", "windows-950"),
    ("thai", "cp874", "windows-874"), ("french", "macintosh", "x-mac-roman"),
    ("french", "cp858", "ibm-858"), ("french", "utf-8", "utf8"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "encoding", "said"), NAMES)
def test_names_of_encodings_that_others_write(put, name, encoding, said):
    holds(read(put(named(name, encoding, said))), name)


def test_what_is_no_encoding_of_texts_is_none():
    for name in ("KLINGON", "utf-16", "utf-7", "iso-2022-jp", "hz", "rot13", "base64", "99999", ""):
        assert codec_for(name) is None
        assert page_of(name) == 2


@pytest.mark.parametrize("name", ["own_rows.sav", "own_plain.sav"])
def test_the_other_byte_order(put, name):
    file, mine = read(put(big_endian(samples()[name]))), read(put(samples()[name], "mine.sav"))
    assert file.variables == mine.variables
    assert file.findings == ()
    assert (file.weight_variable, file.documents) == (mine.weight_variable, mine.documents)
    assert file.multiple_response_sets == mine.multiple_response_sets
    expected = frame().astype({v.name: "str" for v in file.variables if v.is_string})
    pd.testing.assert_frame_equal(file.frame, expected, check_exact=True)


@pytest.mark.parametrize("packing", ["rows", "none"])
@pytest.mark.parametrize("turn", [bytes, big_endian])
def test_a_file_without_any_later_record(put, packing, turn):
    file = read(put(turn(old(packing))))
    assert [variable.name for variable in file.variables] == ["A", "B", "D"]
    assert file.variables[0].missing == (9.0,)
    assert file.frame["A"].tolist()[:3] == [1, 2, 9]
    assert np.isnan(file.frame["A"][3])
    assert file.frame["B"].tolist() == ["x", "yy", "", "zz", "x"]
    assert file.findings == ()


@pytest.mark.parametrize("packing", ["none", "rows", "zlib"])
def test_strings_up_to_the_longest(put, packing):
    values = pd.DataFrame(
        {"l": ["a" * 32767, "b" * 300, ""], "m": ["q" * 256, "", " l"], "k": ["q" * 255] * 3}
    )
    variables = tuple(SpssVariable(name, width=size) for name, size in (("l", 32767), ("m", 256), ("k", 255)))
    file = read(put(to_bytes(values, variables, Extras(), packing=packing)))
    pd.testing.assert_frame_equal(file.frame, values.astype("str"), check_exact=True)


def test_many_compressed_blocks(put):
    rng = np.random.default_rng(1)
    values = pd.DataFrame({f"v{k}": rng.integers(0, 7, 30_000).astype(float) for k in range(20)})
    values["x"] = rng.normal(size=30_000)
    content = to_bytes(values, tuple(SpssVariable(name) for name in values), Extras(), packing="zlib")
    pd.testing.assert_frame_equal(read(put(content)).frame, values, check_exact=True)


@pytest.mark.parametrize("bias", [0.0, 50.0])
def test_another_bias_of_compressed_numbers(put, bias):
    """The header says what is taken off each code; nearly every program writes 100."""
    import struct

    content = small()
    file = read(put(content[:84] + struct.pack("<d", bias) + content[92:]))
    assert file.frame["a"].tolist() == [101 - bias, 102 - bias]


def test_a_file_of_another_program_with_the_same_ending_is_called_by_its_name(put):
    with pytest.raises(StudyError, match="an IDL save file"):
        read(put(b"SR\x00\x04" + bytes(200)))
